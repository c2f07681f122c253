"""Pagers of other packages: found by their name, called in a process of their own, and told about when they fail."""

import asyncio
import os
import time

import pytest

from guideplayer.clock import now_ms
from guideplayer.doctor.finding import Verdict
from guideplayer.doctor.pagers import pagers
from guideplayer.pager.pager import WITHIN_S, tell
from guideplayer.pager.services import Page, Service
from guideplayer.room.settings import SettingsError, read_settings
from tests.packages import install

PAGE = Page("Room 4 is calling", "Nobody has answered.")
PROJECT = """
[project]
name = "clinic-pagers"
version = "1.0"
[project.entry-points."guideplayer.pagers"]
lamp = "clinic_pagers:lamp"
fails = "clinic_pagers:fails"
hangs = "clinic_pagers:hangs"
ends = "clinic_pagers:ends"
gone = "clinic_pagers:nothing.here"
missing = "no_such_module:lamp"
"""
CODE = """
import sys, time
from pathlib import Path

def lamp(title, body, *, file, times=1):
    print("not a reason")
    Path(file).write_text(f"{title}|{body}|{times}")

def fails(title, body):
    raise ConnectionError("the lamp does not answer")

def hangs(title, body):
    time.sleep(600)

def ends(title, body):
    sys.exit(3)
"""


@pytest.fixture(autouse=True)
def installed(tmp_path, monkeypatch):
    install(tmp_path / "site", PROJECT, {"clinic_pagers.py": CODE})
    before = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(tmp_path / "site"), before])))
    monkeypatch.syspath_prepend(str(tmp_path / "site"))


def services(tmp_path, text):
    path = tmp_path / "settings.toml"
    path.write_text(text)
    return read_settings({}, path).pagers


async def test_a_plugin_is_called_with_the_words_and_its_options(tmp_path):
    heard = tmp_path / "heard"
    [service] = services(
        tmp_path, f'[[pagers]]\nname = "corridor"\nplugin = "lamp"\nlevel = 1\nfile = "{heard}"\ntimes = 3\n'
    )
    assert (service.level, service.plugin) == (1, "lamp")
    result = await tell(service, PAGE, now_ms)
    assert (result.reached, result.says) == (True, "")
    assert heard.read_text() == f"{PAGE.title}|{PAGE.body}|3"


@pytest.mark.parametrize(
    ("plugin", "says"),
    [
        ("fails", "ConnectionError: the lamp does not answer"),
        ("lamp", "TypeError: lamp() missing 1 required keyword-only argument: 'file'"),
        ("ends", ""),
        ("lampp", "There is no pager plugin “lampp”. Did you mean 'lamp'?"),
        ("telephone", "There is no pager plugin “telephone”. There is ends, fails, gone, hangs, lamp and missing."),
        ("gone", "The pager plugin “gone” has no function `nothing.here` in clinic_pagers."),
        ("missing", "ModuleNotFoundError: No module named 'no_such_module'"),
    ],
)
async def test_one_that_does_not_reach_anybody_says_why_in_a_sentence(plugin, says):
    result = await tell(Service("corridor", plugin=plugin), PAGE, now_ms)
    assert (result.reached, result.says) == (False, says)


async def test_one_that_hangs_has_the_same_deadline_as_all_others(tmp_path):
    begun_s = time.monotonic()
    hangs, lamp = await asyncio.gather(
        tell(Service("hangs", plugin="hangs"), PAGE, now_ms), tell(Service("lamp", plugin="ends"), PAGE, now_ms)
    )
    assert hangs.says == "It has not answered within 4 s."
    assert (lamp.reached, lamp.says) == (False, "")
    assert time.monotonic() - begun_s < WITHIN_S + 10


def test_options_belong_to_plugins_alone(tmp_path):
    with pytest.raises(SettingsError, match="file"):
        services(tmp_path, '[[pagers]]\nname = "a"\nurl = "json://x"\nfile = "x"\n')
    with pytest.raises(SettingsError, match="needs either a url or a command or a plugin"):
        services(tmp_path, '[[pagers]]\nname = "a"\nurl = "json://x"\nplugin = "lamp"\n')


def test_the_doctor_tells_of_a_plugin_that_is_not_there():
    found = pagers([Service("corridor", plugin="lampp")])
    assert found.verdict is Verdict.BAD
    assert found.sentence == (
        "“corridor” cannot be told of a call. There is no pager plugin “lampp”. Did you mean 'lamp'?"
    )
    assert pagers([Service("corridor", plugin="lamp")]).verdict is Verdict.GOOD
    assert pagers([]).verdict is Verdict.GOOD
