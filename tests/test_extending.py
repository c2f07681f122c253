"""docs/extending.md is true: what stands there is installed as a package or laid into folders, and used by commands."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import imageio_ffmpeg
import msgspec
import numpy as np
import pytest

from guideplayer.core.moment import ScenePart
from guideplayer.media import media_folder, scripts_folder
from guideplayer.stage.reel import STEP_MS
from guideplayer.stage.scenes.colours import luminance
from guideplayer.stage.scenes.loading import load
from guideplayer.stage.scenes.tamed import Tamed
from guideplayer.verify.display import Display
from guideplayer.verify.examination import Examination, merged
from guideplayer.verify.film import lights
from tests.packages import install
from tests.stage.moments import moment

DOCUMENT = (Path(__file__).parents[1] / "docs/extending.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", DOCUMENT, re.DOTALL)
SCENE, PAGER = (text for kind, text in BLOCKS if kind == "python")
FOLDERS, PROJECT, PAGERS = (text for kind, text in BLOCKS if kind == "toml")
BED = next(text for kind, text in BLOCKS if kind == "json")
PALETTES = ("ember", "pine")


@pytest.fixture
def guideplayer(tmp_path):
    """Runs a command with settings of its own."""

    def run(*words, settings="", **environment):
        (tmp_path / "config/guideplayer").mkdir(parents=True, exist_ok=True)
        (tmp_path / "config/guideplayer/settings.toml").write_text(settings)
        own = {name: value for name, value in os.environ.items() if not name.startswith("GUIDEPLAYER_")}
        folders = {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("CONFIG", "DATA", "CACHE", "STATE")}
        command = [sys.executable, "-m", "guideplayer", *map(str, words)]
        surroundings = {**own, **folders, "SDL_VIDEODRIVER": "dummy", "COLUMNS": "160", **environment}
        return subprocess.run(command, check=False, capture_output=True, text=True, env=surroundings, timeout=180)

    return run


@pytest.fixture
def script(tmp_path):
    """A script in which the document's scene is seen from the beginning."""
    text = (scripts_folder() / "open-sky.yaml").read_text("utf-8")
    path = tmp_path / "evening.yaml"
    path.write_text(re.sub(r"scene: \{name: \w+", "scene: {name: glow, palette: pine", text), "utf-8")
    return path


@pytest.fixture
def site(tmp_path):
    """Where the document's package is installed."""
    install(tmp_path / "site", PROJECT, {"glow.py": SCENE, "corridor.py": PAGER})
    return {"PYTHONPATH": os.pathsep.join(filter(None, [str(tmp_path / "site"), os.environ.get("PYTHONPATH", "")]))}


def test_each_example_is_about_thirty_lines():
    for text in (SCENE, PAGER):
        assert len(text.splitlines()) <= 40


def test_the_scene_of_an_installed_package_is_used_like_a_shipped_one(guideplayer, script, site, tmp_path):
    missing = guideplayer("check", script)
    assert missing.returncode == 1
    assert "there is no scene “glow”" in missing.stderr
    checked = guideplayer("check", script, **site)
    assert (checked.returncode, checked.stdout) == (0, "1 script is good.\n"), checked.stderr
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(script.read_text().replace("name: glow", "name: glwo", 1))
    assert "Did you mean 'glow'?" in guideplayer("check", wrong, **site).stderr
    rehearsed = guideplayer("rehearse", script, "--json", **site)
    assert rehearsed.returncode == 0, rehearsed.stderr
    schema = json.loads(guideplayer("schema", **site).stdout)
    assert '"glow"' in json.dumps(schema)


def test_two_seconds_of_it_are_exported(guideplayer, script, site, tmp_path):
    film = tmp_path / "glow.mkv"
    size = ["--size", "320x180", "--fps", "10", "--lossless"]
    made = guideplayer("export", script, film, "--from", "5m", "--to", "5m2s", *size, **site)
    assert made.returncode == 0, made.stderr
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(film), "-f", "rawvideo", "-pix_fmt", "rgb24"]
    raw = subprocess.run([*command, "-"], check=True, capture_output=True).stdout
    frames = np.frombuffer(raw, np.uint8).reshape(-1, 180, 320, 3)
    assert len(frames) == 20
    # The pine's palette is green, which no shipped scene of this script is.
    red, green, blue = frames[10].reshape(-1, 3).mean(axis=0)
    assert green > 1.1 * red
    assert green > 1.1 * blue


def test_the_folders_of_the_settings_are_enough(guideplayer, script, tmp_path):
    """The steps of the document: a script, a bed and a scene, each laid into its folder."""
    clinic = tmp_path / "clinic"
    settings = FOLDERS.replace("/clinic", str(clinic))
    assert set(tomllib.loads(settings)) == {"scripts", "media", "scenes"}
    for name in ("scripts", "media/beds", "scenes"):
        (clinic / name).mkdir(parents=True)
    (clinic / "scenes/glow.py").write_text(SCENE)
    (clinic / "media/beds/index.json").write_text(BED)
    file, length_ms = (json.loads(BED)["harp"]["layers"][0][key] for key in ("file", "length_ms"))
    shutil.copy(next((media_folder() / "beds").glob("*.og*"), None) or next((media_folder() / "beds").glob("*.opus")),
                clinic / "media/beds" / file)  # fmt: skip
    assert length_ms > 0
    text = script.read_text().replace("bed: {name: evening-pad", "bed: {name: harp")
    (clinic / "scripts/evening.yaml").write_text(text)
    assert "harp" in text
    checked = guideplayer("check", "evening", settings=settings)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "evening " in guideplayer("list", settings=settings).stdout
    told = json.loads(guideplayer("doctor", "--json", "--running", settings=settings).stdout)["findings"]
    assert [one["sentence"] for one in told if one["name"] == "scenes"] == ["All 1 scenes of your own can be shown."]


@pytest.mark.parametrize("palette", PALETTES)
def test_the_scene_is_as_calm_as_the_shipped_ones(tmp_path, palette):
    """The measures of tests/verify/test_scenes.py, of the painter's own frames."""
    file = tmp_path / "glow.py"
    file.write_text(SCENE)

    def moments(at_ms):
        scenes = (ScenePart("glow", 700_000 + at_ms, 1.0, palette, str(file)),)
        return msgspec.structs.replace(moment(light=1.0), scenes=scenes)

    examination = Examination(Display())
    examination.walk(lights(moments, 0, 4000))
    assert {one.name: one.value for one in merged([examination.worst()]) if one.fails} == {}


@pytest.mark.parametrize("palette", PALETTES)
def test_the_scene_needs_no_taming(tmp_path, palette):
    file = tmp_path / "glow.py"
    file.write_text(SCENE)
    scene, tamed = load(str(file)).made(320, 180, palette), Tamed(180, 320)
    for number in (*range(20), *range(9000, 9020)):
        field = scene.paint(number * STEP_MS / 1000)
        shown, _ = tamed.step(number, field, scene.stars(0.0))
        np.testing.assert_array_equal(shown, np.clip(field, 0, 1))
        assert 0.015 < luminance(shown).mean() <= 0.10
    np.testing.assert_array_equal(scene.paint(433.3), scene.paint(433.3))


class Sign(BaseHTTPRequestHandler):
    shown: list[dict] = []  # noqa: RUF012

    def do_POST(self) -> None:
        self.shown.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        body = json.dumps({"shown": "off" not in self.path}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def sign():
    with ThreadingHTTPServer(("127.0.0.1", 0), Sign) as served:
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{served.server_address[1]}"
        served.shutdown()
        thread.join(5)


def test_the_pager_of_an_installed_package_is_called(guideplayer, site, sign):
    Sign.shown.clear()
    settings = PAGERS.replace("http://sign.clinic.example", sign)
    told = guideplayer("call", "test", settings=settings, **site)
    assert (told.returncode, told.stderr) == (0, "")
    assert re.search(r"^corridor sign +pager +yes +\d+\.\d\d s", told.stdout, re.MULTILINE), told.stdout
    assert Sign.shown == [
        {"heading": "Test from Room 1", "text": "This is a test of the call. Nobody needs help.", "colour": "amber"}
    ]
    off = guideplayer("call", "test", settings=settings.replace("/show", "/off"), **site)
    assert off.returncode == 1
    # The table breaks long sentences.
    assert "RuntimeError: the sign has taken it, and shows something else" in " ".join(off.stdout.split())
    wrong = guideplayer("call", "test", settings=settings.replace('plugin = "corridor"', 'plugin = "coridor"'), **site)
    assert "There is no pager plugin “coridor”. Did you mean 'corridor'?" in wrong.stdout
