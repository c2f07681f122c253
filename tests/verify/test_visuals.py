"""The check of a whole session, as it is called."""

import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest

from guideplayer.core.moment import Caption
from guideplayer.stage.captions import CaptionStyle, Place
from guideplayer.verify.film import lights
from guideplayer.verify.outsiders import ABSENT, installed
from tests.stage.moments import moment

STYLE = CaptionStyle()

SCRIPT = """\
guideplayer: 1
title: Short
language: en
arrival:
  scene: {name: dusk, light: 0.4}
  lines:
    - say: If something difficult comes up, press the button.
    - rest: 2s
    - say: Someone will come to you.
    - rest: 2s
infusion:
  length: 20s
  phases:
    - name: peak
      scene: {name: NAME, light: 0.3}
      lines:
        - say: It is all right to rest here.
        - rest: 1s..1m
return:
  length: 10s
  lines:
    - rest: 1s..1m
"""


def check(folder, *options, **environment):
    (folder / "short.yaml").write_text(SCRIPT.replace("NAME", "nebula"))
    command = [sys.executable, "-m", "guideplayer", "check", "--visuals", str(folder / "short.yaml"), *options]
    home = dict.fromkeys(("XDG_CONFIG_HOME", "XDG_DATA_HOME"), str(folder))
    environment = {**os.environ, **home, **environment}
    return subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=300)


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    return check(tmp_path_factory.mktemp("scripts"))


def test_a_calm_session_is_told_to_be_calm(checked):
    assert checked.returncode == 0
    head, *_ = (row for row in checked.stdout.splitlines() if row.startswith("Short, "))
    assert head == (
        "Short, 0 min with a press in the middle; 480x270 at 30 frames a second, seen 122 cm wide from 200 cm"
    )
    names = re.findall(r"^  ([a-z0-9].*?)  +[\d.]+  ", checked.stdout, re.MULTILINE)
    assert len(names) == 10
    assert "Short: pictures" in checked.stderr
    assert not re.search(r"^! ", checked.stdout, re.MULTILINE)


def test_the_same_for_machines_and_the_same_every_time(checked, tmp_path):
    again = check(tmp_path, "--json")
    document = json.loads(again.stdout)
    assert document["problems"] == []
    (visuals,) = document["visuals"]
    assert visuals["fails"] is False
    for measure in visuals["measures"]:
        assert measure["fails"] is False
        assert measure["source"]
        row = next(row for row in checked.stdout.splitlines() if row[2:].startswith(f"{measure['name']:32}"))
        number = float(row[34:].split()[0])
        assert number == pytest.approx(measure["value"], abs=0.00006)


def test_what_others_say_stands_beside_it(checked):
    if installed():
        assert re.search(r"^  IRIS passes$", checked.stdout, re.MULTILINE)
        assert re.search(r"^  ffmpeg photosensitivity sums to 0\.\d+ of 1, at \d", checked.stdout, re.MULTILINE)
    else:
        assert checked.stdout.rstrip().endswith(ABSENT)


def test_the_film_has_the_captions_that_the_patient_sees():
    def words(at_ms):
        return moment(("still", 1.0), caption=Caption("You can rest.", 1.0))

    def rows_of(style):
        (light,) = lights(words, 0, 30, style)
        (plain,) = lights(lambda at_ms: moment(("still", 1.0)), 0, 30)
        return np.flatnonzero(np.abs(light.luminance - plain.luminance).max(axis=1) > 0.01)

    usual, large, high = (rows_of(style) for style in (STYLE, CaptionStyle(1.6), CaptionStyle(place=Place.HIGH)))
    assert len(large) > 1.3 * len(usual)
    assert high.max() < usual.min()
