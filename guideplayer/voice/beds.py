"""Renders the beds and the one-shots into the media folder, with their measured loudness.

    python -m guideplayer.voice.beds --out media

It needs the extra `beds` (scipy) and the Debian packages `fluidsynth` and `fluid-soundfont-gm`. Every random choice is
seeded: the same code gives the same sound.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np

from guideplayer.media import Recording
from guideplayer.voice import evening_pad, one_shots, piano, tide
from guideplayer.voice.looping import read_sound, write_loop, write_once
from guideplayer.voice.measuring import Loudness, levelled, loudest_moment_lufs
from guideplayer.voice.synthesis import RATE_HZ, Stereo, filtered, high_pass, low_pass

BED_LUFS = -26.0
SOUND_LUFS = {"bell": -26.0, "chime": -24.0, "alarm": -18.0}
SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")

COMPRESSION = 0.5


def main(arguments: list[str] | None = None) -> None:
    """Render what is asked for, or everything."""
    parser = argparse.ArgumentParser(prog="python -m guideplayer.voice.beds", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("media"), help="the media folder")
    parser.add_argument("--soundfont", type=Path, default=SOUNDFONT, help="the soundfont of the piano")
    parser.add_argument("names", nargs="*", help="only these; without any, all of them")
    chosen = parser.parse_args(arguments)
    beds: dict[str, Callable[[], Stereo]] = {
        "evening-pad": evening_pad.render,
        "tide": tide.render,
        "piano-sparse": lambda: piano.render(chosen.soundfont),
    }
    sounds: dict[str, Callable[[], Stereo]] = {
        "bell": one_shots.bell,
        "chime": one_shots.chime,
        "alarm": one_shots.alarm,
    }
    unknown = set(chosen.names) - beds.keys() - sounds.keys()
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join([*beds, *sounds])}")
    for name, render in {**beds, **sounds}.items():
        if chosen.names and name not in chosen.names:
            continue
        if name in beds:
            recording = write_bed(chosen.out / "beds", name, render())
        else:
            recording = write_sound(chosen.out / "sounds", name, render())
        print(f"{name}: {recording.length_ms} ms, {recording.lufs} LUFS")


def write_bed(folder: Path, name: str, rendered: Stereo) -> Recording:
    """Finish a circular signal as a bed, encode it and enter what its file really holds into the index."""
    bed = levelled(filtered(rendered, lambda hz: high_pass(28)(hz) * low_pass(9000, 4)(hz)), window_s=6.0, share=0.6)
    bed *= np.float32(10 ** ((BED_LUFS - Loudness(bed, circular=True).integrated_lufs()) / 20))
    folder.mkdir(parents=True, exist_ok=True)
    write_loop(folder / f"{name}.ogg", bed, COMPRESSION)
    decoded = read_sound(folder / f"{name}.ogg")
    return _enter(folder, name, decoded, Loudness(decoded, circular=True).integrated_lufs())


def write_sound(folder: Path, name: str, rendered: Stereo) -> Recording:
    """Encode a one-shot and enter it. Its loudness is that of its loudest 0.4 s: that is what can startle."""
    sound = rendered * np.float32(10 ** ((SOUND_LUFS[name] - loudest_moment_lufs(rendered)) / 20))
    folder.mkdir(parents=True, exist_ok=True)
    write_once(folder / f"{name}.ogg", sound, COMPRESSION)
    decoded = read_sound(folder / f"{name}.ogg")
    return _enter(folder, name, decoded, loudest_moment_lufs(decoded))


def _enter(folder: Path, name: str, sound: Stereo, lufs: float) -> Recording:
    """Put a recording into its folder's index."""
    if len(sound) * 1000 % RATE_HZ:
        raise ValueError(f"{name} has {len(sound)} samples, no whole number of milliseconds")
    recording = Recording(f"{name}.ogg", len(sound) * 1000 // RATE_HZ, round(lufs, 2))
    index = folder / "index.json"
    entries = msgspec.json.decode(index.read_bytes(), type=dict[str, Recording]) if index.exists() else {}
    entries[name] = recording
    ordered = dict(sorted(entries.items()))
    index.write_bytes(msgspec.json.format(msgspec.json.encode(ordered), indent=2) + b"\n")
    return recording


if __name__ == "__main__":
    main()
