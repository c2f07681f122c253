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

from guideplayer.media import Bed, Layer, Recording
from guideplayer.voice import (
    evening_pad,
    forest_night,
    low_choir,
    one_shots,
    piano,
    rain,
    room_tone,
    singing_bowls,
    tide,
)
from guideplayer.voice.looping import read_sound, write_loop, write_once
from guideplayer.voice.measuring import Loudness, levelled, loudest_moment_lufs, together
from guideplayer.voice.synthesis import RATE_HZ, Part, Stereo, filtered, high_pass, low_pass

BED_LUFS = -26.0
SOUND_LUFS = {"bell": -26.0, "chime": -24.0, "alarm": -18.0}
LOUDEST_LUFS = {"room-tone": room_tone.LOUDEST_LUFS}
SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")

COMPRESSION = 0.5
# A layer is one of several, and none of them is bright: it needs no more than this.
LAYER_COMPRESSION = 0.7
MEASURED_S = 20 * 60


def main(arguments: list[str] | None = None) -> None:
    """Render what is asked for, or everything."""
    parser = argparse.ArgumentParser(prog="python -m guideplayer.voice.beds", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("media"), help="the media folder")
    parser.add_argument("--soundfont", type=Path, default=SOUNDFONT, help="the soundfont of the piano")
    parser.add_argument("names", nargs="*", help="only these; without any, all of them")
    chosen = parser.parse_args(arguments)
    beds: dict[str, Callable[[], list[Part]]] = {
        "evening-pad": evening_pad.layers,
        "forest-night": forest_night.layers,
        "low-choir": low_choir.layers,
        "piano-sparse": lambda: piano.layers(chosen.soundfont),
        "rain": rain.layers,
        "room-tone": room_tone.layers,
        "singing-bowls": singing_bowls.layers,
        "tide": tide.layers,
    }
    sounds: dict[str, Callable[[], Stereo]] = {
        "bell": one_shots.bell,
        "chime": one_shots.chime,
        "alarm": one_shots.alarm,
    }
    unknown = set(chosen.names) - beds.keys() - sounds.keys()
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join([*beds, *sounds])}")
    for name in (*beds, *sounds):
        if chosen.names and name not in chosen.names:
            continue
        if name in beds:
            loudest_lufs = LOUDEST_LUFS.get(name, 0.0)
            bed = write_bed(chosen.out / "beds", name, beds[name](), loudest_lufs)
            lengths = ", ".join(f"{layer.length_ms / 1000:g} s" for layer in bed.layers)
            print(f"{name}: {lengths}, {bed.lufs} LUFS")
        else:
            recording = write_sound(chosen.out / "sounds", name, sounds[name]())
            print(f"{name}: {recording.length_ms} ms, {recording.lufs} LUFS")


def write_bed(folder: Path, name: str, parts: list[Part], loudest_lufs: float) -> Bed:
    """Finish circular signals as a bed, encode each, and enter what their files really hold into the index."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted_lufs = min(BED_LUFS, loudest_lufs)
    layers, heard = [], []
    for part in parts:
        file = f"{name}-{part.name}.ogg"
        write_loop(folder / file, _finished(part.sound), LAYER_COMPRESSION)
        decoded = read_sound(folder / file)
        decoded_lufs = Loudness(decoded, circular=True).integrated_lufs()
        if abs(decoded_lufs - BED_LUFS) > 1:
            raise ValueError(
                f"{file} holds {decoded_lufs:.1f} LUFS, not {BED_LUFS:g}: its turn was cut in a wrong place"
            )
        gain = 10 ** ((wanted_lufs + part.level_lu - decoded_lufs) / 20)
        layers.append(Layer(file, _length_ms(file, decoded), gain))
        heard.append((decoded, gain))
    together_lufs = Loudness.of_blocks(together(heard, 0, MEASURED_S)).integrated_lufs()
    share = 10 ** ((wanted_lufs - together_lufs) / 20)
    layers = [msgspec.structs.replace(layer, gain=round(layer.gain * share, 4)) for layer in layers]
    bed = Bed(tuple(layers), wanted_lufs, loudest_lufs)
    _enter(folder, name, bed)
    return bed


def _finished(rendered: Stereo) -> Stereo:
    """A layer without rumble and hiss, evened out, at the level of a bed: its place in the bed is its gain's."""
    layer = levelled(filtered(rendered, lambda hz: high_pass(28)(hz) * low_pass(9000, 4)(hz)), window_s=6.0, share=0.6)
    return layer * np.float32(10 ** ((BED_LUFS - Loudness(layer, circular=True).integrated_lufs()) / 20))


def write_sound(folder: Path, name: str, rendered: Stereo) -> Recording:
    """Encode a one-shot and enter it. Its loudness is that of its loudest 0.4 s: that is what can startle."""
    sound = rendered * np.float32(10 ** ((SOUND_LUFS[name] - loudest_moment_lufs(rendered)) / 20))
    folder.mkdir(parents=True, exist_ok=True)
    write_once(folder / f"{name}.ogg", sound, COMPRESSION)
    decoded = read_sound(folder / f"{name}.ogg")
    recording = Recording(f"{name}.ogg", _length_ms(name, decoded), round(loudest_moment_lufs(decoded), 2))
    _enter(folder, name, recording)
    return recording


def _length_ms(name: str, sound: Stereo) -> int:
    if len(sound) * 1000 % RATE_HZ:
        raise ValueError(f"{name} has {len(sound)} samples, no whole number of milliseconds")
    return len(sound) * 1000 // RATE_HZ


def _enter(folder: Path, name: str, entry: Bed | Recording) -> None:
    """Put a bed or a recording into its folder's index."""
    index = folder / "index.json"
    entries = msgspec.json.decode(index.read_bytes(), type=dict[str, msgspec.Raw]) if index.exists() else {}
    entries[name] = msgspec.Raw(msgspec.json.encode(entry))
    ordered = dict(sorted(entries.items()))
    index.write_bytes(msgspec.json.format(msgspec.json.encode(ordered), indent=2) + b"\n")


if __name__ == "__main__":
    main()
