"""`guideplayer report` as a person types it, over a journal that a room has written."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from guideplayer.cli import app
from guideplayer.core.messages import Noted
from tests.report.conftest import Recording

ROOT = Path(__file__).parents[2]


class Report:
    """Runs the command over a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *words: str, state: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Within this process."""
        command = ["report", *words, "--state", str(state or self.folder)]
        done = CliRunner().invoke(app, command)
        return subprocess.CompletedProcess(command, done.exit_code, done.stdout, done.stderr)

    def typed(self, *words: str) -> subprocess.CompletedProcess[str]:
        """In a process of its own, where it is London in winter."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("GUIDEPLAYER_")}
        return subprocess.run(
            [sys.executable, "-m", "guideplayer", "report", *words, "--state", str(self.folder)],
            check=False,
            capture_output=True,
            text=True,
            cwd=self.folder,
            env={**own, "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(self.folder), "TZ": "UTC", "COLUMNS": "120"},
            stdin=subprocess.DEVNULL,
            timeout=180,
        )


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "120")
    return Report(tmp_path)


def test_the_list_a_page_a_table_and_json(report: Report, recording: Recording) -> None:
    recording.whole()
    done = report.typed()
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["session", "begun", "script", "length", "calls", "longest", "wait"],
        ["1", "2026-11-23", "14:01", "Test", "57", "min", "2", "1", "min", "30", "s"],
    ]
    done = report.typed("last")
    assert (done.returncode, done.stdout, done.stderr) == (0, "session-1.html\n", "")
    page = (report.folder / "session-1.html").read_text("utf-8")
    for part in ("<title>Session 1, Monday 23 November 2026, Test</title>", "14:01:00", "Maria, Tom", "Nausea", "<svg"):
        assert part in page
    # It asks for nothing from anywhere, and runs nothing.
    assert not re.search(r"(src|href)=|<script|url\((?!#)|@import|https?:", page)
    done = report.typed("1", "--csv", "-o", "times.csv")
    assert (done.returncode, done.stdout) == (0, "times.csv\n")
    rows = list(csv.DictReader((report.folder / "times.csv").read_text("utf-8").splitlines()))
    [first, second] = [row for row in rows if row["what"] == "call" and row["cleared_after_s"]]
    assert (first["time"], first["minute"], first["infusion_minute"]) == ("14:11:30", "10.5", "10.0")
    assert (first["shown_after_s"], first["answered_after_s"], first["bedside_after_s"]) == ("0.2", "8.2", "68.2")
    assert second["answered_after_s"] == "90.2"
    done = report("1", "--json")
    told = json.loads(done.stdout)
    assert (told["session"], told["standing"], len(told["calls"])) == (1, "ended", 3)
    assert told["calls"][1]["to_answered_ms"] == 8200
    assert json.loads(report("--json").stdout)[0]["script"] == "Test"
    [row] = csv.DictReader(io.StringIO(report("--csv").stdout))
    assert row["longest_wait_s"] == "90.2"


def test_what_a_person_wrote_stays_text(report: Report, recording: Recording) -> None:
    """In the page it is no mark-up, and in a spreadsheet no formula."""
    recording.begin()
    recording.after(60, Noted("technical", "<b>&\"'</b>", by='=HYPERLINK("http://x")'))
    recording.after(1)
    report("1")
    assert "Technical: &lt;b&gt;&amp;" in (report.folder / "session-1.html").read_text("utf-8")
    rows = csv.DictReader(io.StringIO(report("1", "--csv").stdout))
    assert [row["who"] for row in rows if row["what"] == "note"] == ['\'=HYPERLINK("http://x")']


def test_a_session_under_way_says_so(report: Report, recording: Recording) -> None:
    recording.begin()
    recording.after(300)
    sentence = "This session is still under way: what follows is as far as it has come."
    done = report("last")
    assert (done.returncode, done.stderr) == (0, f"{sentence}\n")
    assert sentence in (report.folder / "session-1.html").read_text("utf-8")
    assert report().stdout.splitlines()[1].endswith("under way")


def test_a_damaged_journal_is_told_as_far_as_it_goes(report: Report, recording: Recording) -> None:
    recording.whole()
    for number in range(100):
        recording.after(1, Noted("technical", f"{number} " + "x" * 200))
    recording.journal.close()
    cut = report.folder / "cut.sqlite3"
    content = recording.path.read_bytes()
    cut.write_bytes(content[: len(content) - 20_000])
    done = report("1", state=cut)
    assert done.returncode == 1
    assert re.fullmatch(
        r"The record is damaged: it can be read up to minute \d+:\d\d; what came then is lost.\n", done.stderr
    )
    assert "<svg" in (report.folder / "session-1.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["9"], "There is no session 9. `guideplayer report` lists them."),
        (["first"], "“first” is no session: give its number or `last`. `guideplayer report` lists them."),
        (["1", "--csv", "--json"], "Say either --csv or --json."),
        (["--delete"], "Say which session to delete: guideplayer report SESSION --delete."),
        (["1", "--delete"], "Session 1 is deleted for good: say --yes as well."),
        (["1", "-o", "nowhere/page.html"], "nowhere/page.html cannot be written: No such file or directory."),
    ],
)
def test_a_wrong_call_is_one_sentence(report: Report, recording: Recording, words: list[str], sentence: str) -> None:
    recording.begin()
    recording.close()
    done = report(*words)
    assert (done.returncode, done.stdout, done.stderr.splitlines()[-1]) == (2, "", sentence)


def test_no_journal_is_one_sentence(report: Report) -> None:
    done = report()
    path = report.folder / "journal.sqlite3"
    assert (done.returncode, done.stderr) == (2, f"There is no journal {path}: no session has been recorded there.\n")


def test_deleting(report: Report, recording: Recording) -> None:
    recording.whole()
    recording.again()
    recording.begin()
    recording.after(60, Noted("nausea"))
    done = report("2", "--delete", "--yes")
    assert (done.returncode, done.stderr) == (
        2,
        "Session 2 is still open: choose the next script in the room, or close it there, first.\n",
    )
    recording.close()
    done = report("1", "--delete", "--yes")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Session 1 is deleted.\n", "")
    assert [line.split()[0] for line in report().stdout.splitlines()] == ["session", "2"]
