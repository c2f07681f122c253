"""The pictures of a script: scenes and their palettes, photographs and films."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest
from PIL import Image

from guideplayer.authoring.reader import read_text
from guideplayer.authoring.schema import json_schema
from guideplayer.core.script import Motion, SceneChoice
from guideplayer.own_scenes import OwnScene, OwnScenes


def read(small, library, folder, first, second=""):
    """The small script with another first scene, and one in its return."""
    text = small.replace("scene: dusk", f"scene: {{{first}}}", 1)
    if second:
        text = text.replace("return:\n", f"return:\n  scene: {{{second}}}\n")
    return read_text(text, "script.yaml", library, Path(folder))


def scenes(small, library, folder, first, second):
    script, problems = read(small, library, folder, first, second)
    assert problems == ()
    return script.phases[0].scene, script.returning.scene


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "scripts"
    folder.mkdir()
    Image.effect_noise((64, 36), 50).convert("RGB").save(folder / "lake.jpg")
    data = (folder / "lake.jpg").read_bytes()
    (folder / "broken.jpg").write_bytes(data[: len(data) // 2])
    (folder / "text.txt").write_text("no picture")
    return folder


def test_a_palette_stays_while_the_scene_does(small, library, folder):
    first, last = scenes(small, library, folder, "name: tide, palette: moon", "light: 0.2")
    assert first == SceneChoice("tide", Motion.SLOW, 0.5, "moon")
    assert last == SceneChoice("tide", Motion.SLOW, 0.2, "moon")
    assert scenes(small, library, folder, "name: tide, palette: moon", "name: dawn")[1].palette == ""


def test_a_photograph_is_a_scene(small, library, folder):
    first, last = scenes(small, library, folder, "image: lake.jpg, light: 0.4", "motion: still")
    assert first == SceneChoice("image", Motion.SLOW, 0.4, "", str(folder / "lake.jpg"))
    assert last == SceneChoice("image", Motion.STILL, 0.4, "", str(folder / "lake.jpg"))
    assert scenes(small, library, folder, "image: lake.jpg", "name: dawn")[1].file == ""


def test_a_film_is_a_scene(small, library, folder):
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", "color=gray:s=64x36:d=1"]
    subprocess.run([*command, str(folder / "waves.mp4")], check=True)
    first, _ = scenes(small, library, folder, "video: waves.mp4", "light: 0.3")
    assert first == SceneChoice("video", Motion.SLOW, 0.5, "", str(folder / "waves.mp4"))


@pytest.mark.parametrize(
    ("scene", "sentence"),
    [
        ("name: tide, palette: mon", "unknown-palette: there is no palette “mon”"),
        (
            "name: tide, palette: rose",
            "unknown-palette: the scene 'tide' has no palette “rose”: there is evening and moon",
        ),
        (
            "image: lake.jpg, palette: moon",
            "unknown-palette: the scene 'image' has no palette “moon”: it has no palettes",
        ),
        ("name: dusk, image: lake.jpg", "two-in-one: 'image' and 'name' stand together: a scene has one of them"),
        ("image: lak.jpg", "missing-picture: there is no file “lak.jpg” in the script's folder"),
        ("image: ../lake.jpg", "outside: “../lake.jpg” is outside the script's folder: put the file beside the script"),
        ("image: broken.jpg", "unreadable-picture: the picture “broken.jpg” cannot be read: it is broken"),
        (
            "image: text.txt",
            "unreadable-picture: the file “text.txt” is no picture that can be read: save it as JPEG, PNG or WebP",
        ),
        ("video: text.txt", "unreadable-picture: the film “text.txt” cannot be read: save it as MP4 or WebM"),
    ],
)
def test_a_wrong_scene_is_told(small, library, folder, scene, sentence):
    (problem,) = read(small, library, folder, scene)[1]
    assert problem.render().splitlines()[0] == f"script.yaml:{problem.line}:{problem.column}: {sentence}"
    assert problem.line == 8


RIPPLE = OwnScene("ripple", "/clinic/scenes/ripple.py", ("amber", "moss"))
BROKEN = OwnScene("lava", "/clinic/scenes/lava.py", (), "it fails with ValueError, line 3 of lava.py")


@pytest.fixture
def own_scenes(library):
    library.own_scenes = OwnScenes(known=(RIPPLE, BROKEN))
    return library


def test_a_scene_of_the_clinics_own_is_named_like_a_shipped_one(small, own_scenes, folder):
    first, last = scenes(small, own_scenes, folder, "name: ripple, palette: moss", "light: 0.3")
    assert first == SceneChoice("ripple", Motion.SLOW, 0.5, "moss", RIPPLE.file)
    assert last == SceneChoice("ripple", Motion.SLOW, 0.3, "moss", RIPPLE.file)
    assert scenes(small, own_scenes, folder, "name: ripple", "name: dawn")[1].file == ""


@pytest.mark.parametrize(
    ("first", "told"),
    [
        ("name: riple", "unknown-scene: there is no scene “riple”\n"),
        (
            "name: ripple, palette: moon",
            "unknown-palette: the scene 'ripple' has no palette “moon”: there is amber and moss",
        ),
        ("name: lava", "broken-scene: the scene 'lava' cannot be shown: it fails with ValueError, line 3 of lava.py"),
    ],
)
def test_what_is_wrong_with_one_is_told_at_its_place(small, own_scenes, folder, first, told):
    script, [problem] = read(small, own_scenes, folder, first)
    assert script is None
    assert told in problem.render()
    assert problem.line == small[: small.index("scene: dusk")].count("\n") + 1
    assert problem.suggestion == ("ripple" if "riple" in first else "")


def test_the_schema_offers_them(own_scenes):
    text = str(json_schema(own_scenes))
    assert "'ripple'" in text
    assert "'moss'" in text
