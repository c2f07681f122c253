"""What the picture costs at 1920x1080 and 3840x2160 on Xvfb, without a GPU, beside an empty frame and a film in mpv."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import psutil
import pytest

from guideplayer.core.scenes import SCENE_NAMES
from guideplayer.core.script import SceneChoice
from guideplayer.media import shipped_library
from guideplayer.rehearsal.export import Film, export_film
from tests.factory import phase, rest, script_of
from tests.xvfb import VirtualScreen, virtual_screen

pytestmark = [pytest.mark.bench, pytest.mark.screen]
FULL_HD, ULTRA_HD = "1920x1080", "3840x2160"
FILM_S, PLAYED_S = 6, 8
MINUTE_MS = 60_000


def ours(screen: VirtualScreen, size: str, what: str) -> dict[str, float]:
    """One scene, or `empty`, in a process of its own."""
    environment = {**os.environ, "DISPLAY": screen.name, "SDL_VIDEODRIVER": "x11"}
    command = [sys.executable, "-m", "tests.bench.frames", size, str(screen.process.pid), what, str(PLAYED_S)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=dict[str, float])


def film_of(scene: str, folder: Path) -> Path:
    """Six seconds of a scene, by the project's own export."""
    peak = phase("peak", rest(60, 3600))
    script = script_of(msgspec.structs.replace(peak, scene=SceneChoice(scene), peak=True))
    start_ms = 20 * MINUTE_MS
    film = Film(folder / f"{scene}.mkv", start_ms=start_ms, end_ms=start_ms + FILM_S * 1000)
    export_film(script, 40 * MINUTE_MS, film, shipped_library(), lambda _done, _all: None)
    return film.path


def played_by_mpv(screen: VirtualScreen, film: Path) -> float:
    """The share of a core that mpv and the X server take for the film in the same window, in a loop."""
    options = "--no-config --no-terminal --vo=x11 --no-audio --loop --no-osc --fullscreen --hwdec=no"
    process = psutil.Popen(["mpv", *options.split(), str(film)], env={**os.environ, "DISPLAY": screen.name})
    server = psutil.Process(screen.process.pid)
    try:
        time.sleep(3)
        before, began = sum(sum(one.cpu_times()[:2]) for one in (process, server)), time.monotonic()
        time.sleep(PLAYED_S)
        spent = time.monotonic() - began
        assert process.poll() is None, "mpv ended"
        return (sum(sum(one.cpu_times()[:2]) for one in (process, server)) - before) / spent
    finally:
        process.kill()
        process.wait()


def test_frames_beside_an_empty_one_and_mpv(tmp_path: Path, figure) -> None:
    has_mpv = shutil.which("mpv") is not None
    with virtual_screen(FULL_HD) as screen:
        empty = ours(screen, FULL_HD, "empty")
        nothing = empty["core"] + empty["server"]
        print(f"\n1920x1080, 60 a second. An empty frame: {empty['median_ms']:.2f} ms, {nothing:.0%} of a core.")
        print("| scene | frame median | p99 | of a core | with X | to an empty frame | mpv | to mpv | MB |")
        print("|---|---|---|---|---|---|---|---|---|")
        for what in (*sorted(SCENE_NAMES), "crossfade", "hold"):
            one = ours(screen, FULL_HD, what)
            whole = one["core"] + one["server"]
            figure("frame median", one["median_ms"], what)
            figure("frame p99", one["p99_ms"], what)
            figure("frame core", one["core"] * 100, what)
            figure("frame rate", one["shown"], what)
            compared = has_mpv and what in SCENE_NAMES
            mpv = played_by_mpv(screen, film_of(what, tmp_path)) if compared else None
            beside = f"{mpv:.0%} | {whole / mpv:.2f}" if mpv else " | "
            print(
                f"| {what} | {one['median_ms']:.1f} ms | {one['p99_ms']:.1f} ms | {one['core']:.0%} | {whole:.0%} | "
                f"{whole / nothing:.2f} | {beside} | {one['memory_mb']:.0f} |",
                flush=True,
            )


def test_frames_in_ultra_hd() -> None:
    with virtual_screen(ULTRA_HD) as screen:
        print("\n3840x2160 | frame median | p99 | of a core | frames a second | late")
        for what in (*sorted(SCENE_NAMES), "crossfade", "hold"):
            one = ours(screen, ULTRA_HD, what)
            print(
                f"{what} | {one['median_ms']:.1f} ms | {one['p99_ms']:.1f} ms | {one['core']:.0%} | "
                f"{one['shown']:.0f} | {one['late']:.0f}",
                flush=True,
            )
