"""`guideplayer preview` as it is called."""

import os
import subprocess
import sys

import pygame
import pytest

from guideplayer.media import scripts_folder


def preview(folder, *options):
    command = [sys.executable, "-m", "guideplayer", "preview", *map(str, options)]
    environment = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def text():
    return (scripts_folder() / "open-sky.yaml").read_text("utf-8")


def test_a_page_and_a_picture(tmp_path):
    ended = preview(tmp_path, "open-sky", "--infusion", "45m", "-o", "page.html", "--png", "picture.png")
    assert (ended.returncode, ended.stdout) == (0, "page.html\npicture.png\n")
    assert "174/174" in ended.stderr
    assert "fitted to 45 min of infusion" in (tmp_path / "page.html").read_text("utf-8")
    assert pygame.image.load(tmp_path / "picture.png").get_width() == 1680


def test_a_picture_alone(tmp_path):
    ended = preview(tmp_path, "open-sky", "--png", "picture.png")
    assert (ended.returncode, ended.stdout) == (0, "picture.png\n")
    assert [path.name for path in tmp_path.iterdir()] == ["picture.png"]


def test_without_a_name_the_page_has_the_scripts(tmp_path):
    ended = preview(tmp_path, "open-sky", "--voice", "onyx")
    assert (ended.returncode, ended.stdout) == (0, "open-sky.html\n")


def test_a_missing_clip_is_told_and_previewed(tmp_path, text):
    (tmp_path / "mine.yaml").write_text(text.replace("There is time. There is plenty of time.", "Let it be."), "utf-8")
    ended = preview(tmp_path, "mine.yaml")
    assert (ended.returncode, ended.stdout) == (0, "mine.html\n")
    assert "missing-clip: no clip of “Let it be.” in the voice 'heart'" in ended.stderr
    assert "no recording yet, about 1 s" in (tmp_path / "mine.html").read_text("utf-8")


def test_a_broken_script_has_no_preview(tmp_path, text):
    (tmp_path / "mine.yaml").write_text(text.replace("title: Open Sky", "titel: Open Sky"), "utf-8")
    ended = preview(tmp_path, "mine.yaml")
    assert (ended.returncode, ended.stdout) == (1, "")
    line = text[: text.index("title:")].count("\n") + 1
    assert ended.stderr.startswith(f"mine.yaml:{line}:1: unknown-key: a script has no key “titel”\n")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.yaml"]


def test_a_length_that_the_script_is_not_for(tmp_path):
    ended = preview(tmp_path, "open-sky", "--infusion", "20m")
    assert ended.returncode == 1
    assert ended.stderr == "“Open Sky” is for infusions of 40m to 60m, not 20m.\n"


def test_estimated_lines_that_fit_no_length(tmp_path, text):
    short = text.replace("length: 40m..60m", "length: 2m").replace("There is time.", "There is still time.")
    (tmp_path / "mine.yaml").write_text(short, "utf-8")
    ended = preview(tmp_path, "mine.yaml")
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("“Open Sky” takes ")
    assert ended.stderr.endswith("as it stands, not 2m: change its rests, or choose another --infusion.\n")


@pytest.mark.parametrize("option", ["-o", "--png"])
def test_a_place_that_cannot_be_written(tmp_path, option):
    ended = preview(tmp_path, "open-sky", option, "nowhere/file")
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[-1] == "nowhere/file cannot be written: No such file or directory."
