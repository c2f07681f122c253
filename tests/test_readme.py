"""Every command that the README shows is run, in a folder of its own: what a reader copies from it works."""

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from guideplayer.authoring.template import Density
from tests.printed import Printed
from tests.report.kept import months
from tests.session.conftest import free_port

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
SAYS_WITHIN_S, ENDS_WITHIN_S = 120, 300

GOOD, CONTENT, WRONG = 0, 1, 2
# What a shell expects of who was ended at the keyboard before it had quite begun.
INTERRUPTED = 130


@dataclass(frozen=True)
class Run:
    """How a command of the README is run here. `says` is in what it prints; `until` ends one that goes on for ever,
    once it has said that. `instead` are words for others that would take minutes, or need what no test has.
    """

    codes: tuple[int, ...] = (GOOD,)
    says: str = ""
    until: str = ""
    instead: tuple[tuple[str, str], ...] = ()


LONG_WORK = (("--seeds 2000", "--seeds 60"), ("--to 13m", "--to 12m1s --size 320x180"))
# By the beginning of a command; the longest that fits counts. All others just have to end well.
RUNS = {
    "play": Run(until="code", instead=(("play open-sky", "play open-sky --desk 127.0.0.1:PORT"),)),
    "play --sound headphone": Run(codes=(WRONG,), says="sound device"),
    # The tour itself is tried in tests/session/test_demo.py.
    "demo": Run(until="The desk is at", instead=(("demo", "demo --no-browser"),)),
    "--install-completion": Run(instead=(("--install-completion", "--show-completion bash"),)),
    "sync offer": Run(says="Offered", instead=(("/srv/guideplayer", "offered"),)),
    "sync": Run(says="files"),
    # No station has kept anything yet.
    "station report": Run(codes=(GOOD, CONTENT, WRONG), says="station"),
    "watch my-script.yaml": Run(until="Watching my-script.yaml.", instead=(("watch", "watch --no-open"),)),
    # It speaks where its extra is installed, and says what to install elsewhere.
    "voice": Run(codes=(GOOD, WRONG)),
    # A tone is no line.
    "voice --import": Run(codes=(CONTENT, WRONG)),
    "check my-script.yaml": Run(says="is good"),
    "check own.yaml": Run(says="skipped-music"),
    "check --explain wordy-peak": Run(says="You are here."),
    "list": Run(says="long-quiet"),
    "report": Run(says="longest wait"),
    "report last": Run(says="session.html"),
    "rehearse open-sky --script": Run(says="the optional lines are left out"),
    "desk cert": Run(says="A certificate was made"),
    # There is no pager to be tried.
    "call test": Run(codes=(GOOD, CONTENT)),
    # Nobody answers there, which its page says.
    "station": Run(
        until="code",
        instead=(
            ("mqtts://broker.clinic.example", "mqtt://127.0.0.1:1"),
            (" --files DIR", ""),
            ("station", "station --desk 127.0.0.1:PORT"),
        ),
    ),
    # This is a machine of tests: much may be wrong with it, and all of it is told.
    "doctor": Run(codes=(GOOD, CONTENT), says="disk"),
    "doctor --sound": Run(codes=(GOOD, WRONG), instead=(("--sound", "--sound --seconds 1"),)),
    "simulate": Run(says="All rules hold in 60 worlds"),
    "kiosk install": Run(codes=(GOOD, WRONG)),
}


def shown() -> Iterator[str]:
    """The commands of the README, without `guideplayer`, each once; `make` ones as they are."""
    found = re.findall(r"^\$ guideplayer (.+)$", README, re.MULTILINE)
    found += re.findall(r"`guideplayer ([^`\n]+)`", README)
    yield from dict.fromkeys(found)


def alternatives(command: str) -> list[str]:
    """A command with each of its options in brackets left out and put in."""
    bracketed = re.search(r" \[([^\]]+)\]", command)
    if bracketed is None or '"' in command:
        return [command]
    return [command.replace(bracketed[0], ""), command.replace(bracketed[0], f" {bracketed[1]}")]


COMMANDS = [one for command in shown() for one in alternatives(command)]


def run_of(command: str) -> Run:
    """How this one is run; one that is only named is asked for its help."""
    if " " not in command and command in NAMED_ALONE:
        return Run(says="Usage", instead=((command, f"{command} --help"),))
    fitting = [begin for begin in RUNS if command == begin or command.startswith(f"{begin} ")]
    found = RUNS[max(fitting, key=len)] if fitting else Run()
    return replace(found, instead=(*found.instead, *LONG_WORK))


# Commands that the text speaks of; each of them needs more words to do anything.
NAMED_ALONE = {"check", "watch", "simulate", "voice", "preview", "play", "export"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A reader's folder: scripts of their own, some music, takes, and sessions that there were."""
    here = tmp_path_factory.mktemp("reader")
    (here / "tests").symlink_to(ROOT / "tests")
    months(here / "state")
    _typed(here, "new", "my-script.yaml", "--title", "The quiet shore", "--density", Density.SPARSE.value)
    music = here / "music" / "evening"
    music.mkdir(parents=True)
    tone = 0.1 * np.sin(np.arange(48_000 * 20) * 2 * np.pi * 220 / 48_000)
    soundfile.write(music / "1.wav", np.stack([tone, tone], axis=1), 48_000)
    (music / "5.m4p").write_bytes(b"\0" * 64)
    script = (ROOT / "scripts" / "open-sky.yaml").read_text("utf-8")
    bed = re.compile(r"bed: \{name: [^}]*\}")
    (here / "own.yaml").write_text(bed.sub("bed: {playlist: music/evening, order: shuffled}", script, count=1), "utf-8")
    (here / "offered" / "scripts").mkdir(parents=True)
    (here / "offered" / "scripts" / "ours.yaml").write_text(script, "utf-8")
    (here / "takes").mkdir()
    soundfile.write(here / "takes" / "01.wav", tone[: 48_000 * 3], 48_000)
    return here


def _environment(here: Path) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("GUIDEPLAYER_", "DISPLAY"))}
    places = {f"XDG_{what}_HOME": str(here / "home" / what) for what in ("CONFIG", "DATA", "STATE", "CACHE")}
    quiet = {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy", "COLUMNS": "160"}
    ours = {"GUIDEPLAYER_STATE": str(here / "state"), "GUIDEPLAYER_SYNC_SOURCE": str(here / "offered")}
    # Else completion is for the shell that this runs in, which may be one that has none.
    shell = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    return {**own, **places, **quiet, **ours, **shell, "HOME": str(here / "home")}


def _typed(here: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "guideplayer", *words],
        check=False,
        capture_output=True,
        text=True,
        cwd=here,
        env=_environment(here),
        stdin=subprocess.DEVNULL,
        timeout=ENDS_WITHIN_S,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme(folder, command):
    run = run_of(command)
    for words, others in run.instead:
        command = command.replace(words, others)
    # A file that a reader has not got yet must not be there already.
    if command.startswith("new "):
        (folder / "my-script.yaml").unlink()
    words = shlex.split(command.replace("PORT", str(free_port())))
    if run.until:
        _goes_on(folder, words, run.until)
        return
    done = _typed(folder, *words)
    told = done.stdout + done.stderr
    assert done.returncode in run.codes, told
    assert run.says in told
    assert "Traceback" not in told


def _goes_on(here: Path, words: list[str], until: str) -> None:
    """Start it, wait until it says what it should, and end it as a person does."""
    process = subprocess.Popen(
        [sys.executable, "-m", "guideplayer", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        cwd=here,
        env=_environment(here) | {"GUIDEPLAYER_STATE": str(here / "another")},
    )
    printed = Printed(process)
    try:
        printed.until(re.escape(until), SAYS_WITHIN_S)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) in (GOOD, INTERRUPTED), printed.lines
    finally:
        process.kill()
        process.wait()
        printed.end()
    assert not any("Traceback" in line for line in printed.lines)


@pytest.mark.parametrize("goal", sorted(set(re.findall(r"(?:`|^)make ([a-z]+)", README, re.MULTILINE))))
def test_a_goal_of_make_is_there(goal):
    """Each is run by hand, or is what runs this; here it has to exist."""
    done = subprocess.run(["make", "-n", goal], cwd=ROOT, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_what_the_readme_links_to_is_there():
    # A pronunciation, [word](/ipa/), is no link.
    links = re.findall(r"\]\(([^)#\s/][^)#\s]*)\)", README)
    assert links
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []
