"""The help of every command: grouped, with examples that work; and what a shell completes, by a real bash."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from guideplayer.cli import app
from guideplayer.cli.app import CARE, CLINIC, SESSIONS, WRITING
from guideplayer.cli.completion import pagers, scripts, sessions, voices
from guideplayer.media import scripts_folder

EVENTS = Path(__file__).parent / "rehearsal/events/evening.yaml"
# Examples that are not run here: each has tests of its own, and plays, draws for minutes, or changes the machine.
ELSEWHERE = {
    "guideplayer play open-sky --infusion 45m": "tests/session",
    "guideplayer play open-sky --begin --window 1280x720": "tests/session",
    "guideplayer demo": "tests/session/test_demo.py",
    "guideplayer demo --window 1280x720 --no-browser": "tests/session/test_demo.py",
    "guideplayer check open-sky --visuals --sound": "tests/verify",
    "guideplayer preview open-sky --infusion 50m -o page.html": "tests/rehearsal/test_preview_command.py",
    "guideplayer preview open-sky --png picture.png": "tests/rehearsal/test_preview_command.py",
    "guideplayer watch my-script.yaml": "tests/test_watch.py",
    "guideplayer export open-sky film.mkv --from 12m --to 13m": "tests/rehearsal/test_export.py",
    "guideplayer voice my-script.yaml --voice onyx": "tests/test_voice_command.py",
    'guideplayer voice --try "You are here." --voice emma': "tests/test_voice_command.py",
    "guideplayer voice --import takes my-script.yaml --voice anna": "tests/test_voice_command.py",
    "guideplayer station --broker mqtts://broker.clinic.example": "tests/clinic",
    'guideplayer station --name "Station 2"': "tests/clinic",
    "guideplayer simulate --seeds 2000": "tests/simulation",
    "guideplayer doctor": "tests/doctor/test_command.py",
    "guideplayer doctor --json": "tests/doctor/test_command.py",
    "guideplayer doctor --sound": "tests/doctor/test_command.py",
    "guideplayer call test": "tests/pager",
    'guideplayer call test --pager "night phone"': "tests/pager",
    "guideplayer kiosk install": "tests/launch/test_kiosk.py",
    'guideplayer kiosk install -- --room "Room 2" --desk 0.0.0.0:8765': "tests/launch/test_kiosk.py",
    "guideplayer kiosk uninstall": "tests/launch/test_kiosk.py",
    "guideplayer station report": "tests/session/test_clinic.py",
    "guideplayer station report --by hour --csv": "tests/session/test_clinic.py",
    "guideplayer station report --by room --from 2026-07 -o rooms.svg": "tests/session/test_clinic.py",
    "guideplayer sync --dry-run": "tests/test_sync_command.py",
    "guideplayer sync offer /srv/scripts": "tests/test_sync_command.py",
    "guideplayer sync offer /srv/scripts --key ~/safe/sync-key.pem": "tests/test_sync_command.py",
    "guideplayer report": "tests/report/test_command.py",
    "guideplayer report last -o session.html": "tests/report/test_command.py",
    "guideplayer report 12 --csv": "tests/report/test_command.py",
}

# What somebody has done before who types this.
BEFORE = {
    'guideplayer clinic init clinic --room "Room 13" --relay "Room 13=tasmota:lamp-13"': (
        "guideplayer clinic init clinic --host broker.clinic.example"
    ),
}


def walk(command, words=("guideplayer",)):
    """Every command with the words that call it."""
    yield words, command
    if isinstance(command, TyperGroup):
        for name, child in command.commands.items():
            yield from walk(child, (*words, name))


COMMANDS = dict(walk(typer.main.get_command(app)))


def examples_of(command):
    return re.findall(r"^  (guideplayer .*)$", command.epilog or "", re.MULTILINE)


EXAMPLES = {example for command in COMMANDS.values() for example in examples_of(command)}


@pytest.fixture
def home(tmp_path):
    """A folder with what the examples name."""
    folder = tmp_path / "home"
    folder.mkdir()
    shutil.copy(scripts_folder() / "open-sky.yaml", folder / "my-script.yaml")
    shutil.copy(EVENTS, folder / "events.yaml")
    return folder


@pytest.fixture
def run(home):
    def run(line, **more):
        own = {name: value for name, value in os.environ.items() if not name.startswith("GUIDEPLAYER_")}
        folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "CACHE", "STATE")}
        command = [sys.executable, "-m", *shlex.split(line)]
        return subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            cwd=home,
            env={**own, **folders, "COLUMNS": "100", **more},
            timeout=120,
        )

    return run


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_help_ends_with_examples(words):
    command = COMMANDS[words]
    told = command.get_help(typer.Context(command, info_name=" ".join(words)))
    assert "\n  Examples:\n\n    guideplayer " in told
    assert "Examples:" not in (command.help or "")
    for example in examples_of(command):
        # Each on a line of its own, to be copied.
        assert f"\n    {example}\n" in f"{told}\n"


def test_every_example_is_of_its_command():
    for words, command in COMMANDS.items():
        for example in examples_of(command) if len(words) > 1 else ():
            assert tuple(shlex.split(example)[: len(words)]) == words


def test_commands_are_grouped_by_what_they_are_for():
    command = COMMANDS["guideplayer",]
    told = command.get_help(typer.Context(command, info_name="guideplayer"))
    places = [told.index(f"\n{part}:\n") for part in (SESSIONS, WRITING, CLINIC, CARE)]
    assert places == sorted(places)
    assert "\nCommands:\n" not in told
    assert "..." not in told.split("COMMAND [ARGS]...")[1]


@pytest.mark.parametrize("example", sorted(EXAMPLES - ELSEWHERE.keys()))
def test_an_example_works(run, home, example):
    if example.startswith("guideplayer new "):
        (home / "my-script.yaml").unlink()
    if before := BEFORE.get(example):
        assert run(before).returncode == 0
    done = run(example)
    assert done.returncode == 0, done.stderr


def test_what_is_not_run_here_is_still_an_example():
    assert ELSEWHERE.keys() - EXAMPLES == set()


# What a shell completes.


def test_callbacks_offer_what_begins_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("GUIDEPLAYER_STATE", str(tmp_path / "state"))
    (tmp_path / "own").mkdir()
    (tmp_path / "open.yaml").touch()
    (tmp_path / "open.txt").touch()
    (tmp_path / "config/guideplayer").mkdir(parents=True)
    (tmp_path / "config/guideplayer/settings.toml").write_text(
        '[voices.lucia]\ncommand = ["true"]\nlanguage = "es"\n[[pagers]]\nname = "night phone"\ncommand = ["true"]\n'
    )
    assert scripts("o") == ["open-sky", "open.yaml", "own/"]
    assert "template" not in scripts("")
    assert scripts("own/") == []
    assert voices("") == ["emma", "heart", "lucia", "michael", "none", "onyx"]
    assert voices("he") == ["heart"]
    assert pagers("n") == ["night phone"]
    assert sessions("") == ["last"]
    (tmp_path / "config/guideplayer/settings.toml").write_text("broken")
    assert voices("he") == ["heart"]


def test_callbacks_are_quick_and_draw_nothing(tmp_path):
    code = (
        "import sys, time\nfrom guideplayer.cli import completion as it\nbegun = time.process_time()\n"
        "for one in (it.scripts, it.voices, it.sessions, it.pagers): one('')\n"
        "took = time.process_time() - begun\nassert took < 0.3, took\nassert 'pygame' not in sys.modules"
    )
    environment = {**os.environ, "GUIDEPLAYER_STATE": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_completion(run, shell):
    shown = run("guideplayer --show-completion", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1", SHELL=shell)
    if shown.returncode:
        shown = run(f"guideplayer --show-completion {shell}", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert shown.returncode == 0, shown.stderr
    assert f"complete_{shell}" in shown.stdout


@pytest.fixture
def bash(tmp_path):
    """Completes a line as somebody would by Tab, in a real bash with what `--show-completion` prints."""
    if not shutil.which("bash"):
        pytest.skip("needs bash")
    program = tmp_path / "bin/guideplayer"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m guideplayer "$@"\n')
    program.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "GUIDEPLAYER_STATE": str(tmp_path / "state"),
        "XDG_CONFIG_HOME": str(tmp_path),
        "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1",
    }
    shown = subprocess.run(
        [str(program), "--show-completion", "bash"], check=True, capture_output=True, text=True, env=environment
    ).stdout
    (tmp_path / "complete.sh").write_text(shown)

    def complete(line):
        words = line.split(" ")
        listed = " ".join(map(shlex.quote, words))
        code = (
            f"source {shlex.quote(str(tmp_path / 'complete.sh'))}\n"
            "function=$(complete -p guideplayer | sed 's/.*-F \\([^ ]*\\).*/\\1/')\n"
            f"COMP_WORDS=({listed}); COMP_CWORD={len(words) - 1}; COMP_LINE={shlex.quote(line)}\n"
            f"$function guideplayer {shlex.quote(words[-1])} {shlex.quote(words[-2])}\n"
            'printf "%s\\n" "${COMPREPLY[@]}"'
        )
        done = subprocess.run(
            ["bash", "--norc", "-c", code], check=True, capture_output=True, text=True, cwd=tmp_path, env=environment
        )
        return done.stdout.split()

    return complete


def test_bash_completes_commands_scripts_voices_and_sessions(bash):
    begun_s = time.monotonic()
    assert bash("guideplayer reh") == ["rehearse"]
    assert bash("guideplayer play open") == ["open-sky"]
    assert bash("guideplayer rehearse open-sky --voice mi") == ["michael"]
    assert bash("guideplayer report la") == ["last"]
    assert time.monotonic() - begun_s < 60
