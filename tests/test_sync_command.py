"""`guideplayer sync` and `guideplayer sync offer`, as people and programs type them."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from guideplayer.core.messages import Began, Chose
from guideplayer.core.session import opened
from guideplayer.core.units import MINUTE_MS
from guideplayer.doctor.synced import files, last_sync
from guideplayer.journal.journal import Journal
from guideplayer.journal.record import Entry
from guideplayer.media import scripts_folder
from guideplayer.sync.locks import held
from guideplayer.sync.trees import CURRENT, SyncFolder
from tests.factory import SCRIPT, WORDS


class Clinic:
    """A place where scripts are offered, and a room."""

    def __init__(self, folder):
        self.folder, self.offered, self.state = folder, folder / "offered", folder / "state"
        (self.offered / "scripts").mkdir(parents=True)
        (self.offered / "scripts" / "evening.yaml").write_text(
            (scripts_folder() / "long-quiet.yaml").read_text("utf-8")
        )
        self.sync = SyncFolder(self.state / "sync")
        self.key = ""

    def typed(self, *words, **more):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GUIDEPLAYER_")}
        environment |= {
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "GUIDEPLAYER_STATE": str(self.state),
            "GUIDEPLAYER_SYNC_SOURCE": str(self.offered),
            "GUIDEPLAYER_SYNC_KEY": self.key,
        } | more
        command = [sys.executable, "-m", "guideplayer", *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False, env=environment)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout, done.stderr

    def offer(self):
        code, told, _ = self.typed("sync", "offer", str(self.offered), "--json")
        assert code == 0
        self.key = json.loads(told)["key"]
        return json.loads(told)


@pytest.fixture
def clinic(tmp_path):
    return Clinic(tmp_path)


def test_what_is_offered_is_in_the_rooms_library(clinic):
    code, told, _ = clinic.typed("sync", "offer", str(clinic.offered))
    assert code == 0
    assert "The key was made just now." in told
    key = clinic.folder / "config" / "guideplayer" / "sync-key.pem"
    assert key.stat().st_mode & 0o777 == 0o600
    assert clinic.offer()["changed"] is False
    assert f'key = "{clinic.key}"' in told
    code, told, bar = clinic.typed("sync")
    assert (code, told.split(" (")[0]) == (0, "Taken over: 1 files")
    assert "Fetching" in bar
    code, told, _ = clinic.typed("sync", "--json")
    assert (code, json.loads(told)["outcome"]) == (0, "unchanged")
    names = [one["name"] for one in json.loads(clinic.typed("list", "--json")[1])]
    assert "evening" in names
    assert "open-sky" in names
    assert "evening" not in [
        one["name"] for one in json.loads(clinic.typed("list", "--json", GUIDEPLAYER_SYNC_SOURCE="")[1])
    ]


def test_scripts_with_problems_are_not_offered_and_all_is_told(clinic):
    (clinic.offered / "scripts" / "broken.yaml").write_text("guideplayer: 1\ntitel: x\n")
    (clinic.offered / "scripts" / "worse.yaml").write_text("- 1\n")
    code, _, told = clinic.typed("sync", "offer", str(clinic.offered))
    assert code == 1
    assert "broken.yaml" in told
    assert "worse.yaml" in told
    assert told.endswith("Nothing was offered: mend this first.\n")
    assert not (clinic.offered / "manifest.json").exists()


def test_what_cannot_be_offered_is_told(clinic):
    inside = str(clinic.offered / "key.pem")
    code, _, told = clinic.typed("sync", "offer", str(clinic.offered), "--key", inside)
    assert (code, "would be served to everybody" in told) == (2, True)
    assert clinic.typed("sync", "offer", str(clinic.folder / "none"))[0] == 2
    (clinic.offered / "scripts" / "link.yaml").symlink_to("/etc/hostname")
    code, _, told = clinic.typed("sync", "offer", str(clinic.offered))
    assert (code, "is a link to elsewhere" in told) == (1, True)
    shutil.rmtree(clinic.offered / "scripts")
    code, _, told = clinic.typed("sync", "offer", str(clinic.offered))
    assert (code, "There is nothing to offer" in told) == (1, True)


def test_a_dry_run_lists_what_would_change(clinic):
    clinic.offer()
    code, told, _ = clinic.typed("sync", "--dry-run")
    assert code == 0
    assert "  new      scripts/evening.yaml" in told
    assert clinic.sync.tree(CURRENT) is None


def test_nobody_vouches_without_a_key(clinic):
    clinic.offer()
    clinic.key = ""
    code, told, _ = clinic.typed("sync")
    assert (code, "Nobody vouches for what is offered there" in told) == (0, True)
    assert last_sync(clinic.sync.folder).verdict == "doubtful"


def test_it_is_refused_during_a_session(clinic):
    clinic.offer()
    journal = Journal(clinic.state)
    number = journal.begin(opened("Room 1", WORDS, 0), 0)
    for at_ms, event in ((1, Chose(SCRIPT, 40 * MINUTE_MS)), (2, Began("Anna", unready=True))):
        journal.append(number, Entry(at_ms, at_ms, event))
    journal.close()
    code, told, wrong = clinic.typed("sync")
    assert (code, told) == (2, "")
    assert "A session is under way, and nothing may change under it" in wrong
    # That is no failure to tell anybody of.
    assert not (clinic.sync.folder / "last.json").exists()


def test_in_a_room_that_runs_it_waits(clinic):
    clinic.offer()
    with held(clinic.sync.room_lock, shared=True):
        code, told, _ = clinic.typed("sync")
    assert (code, "The room that runs takes them over once no script is chosen in it." in told) == (0, True)
    assert clinic.sync.waits


def test_what_fails_ends_with_a_sentence_and_is_known_to_the_doctor(clinic):
    clinic.offer()
    assert clinic.typed("sync")[0] == 0
    assert last_sync(clinic.sync.folder).verdict == "good"
    assert files(clinic.sync).verdict == "good"
    manifest = clinic.offered / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b"evening", b"EVENING"))
    code, told, wrong = clinic.typed("sync")
    assert (code, told) == (1, "")
    assert "not signed with the key of the settings" in wrong
    finding = last_sync(clinic.sync.folder)
    assert finding.verdict == "doubtful"
    assert "not signed with the key" in finding.sentence
    assert clinic.typed("sync", GUIDEPLAYER_SYNC_SOURCE=str(clinic.folder / "none"))[0] == 2
    damaged = clinic.sync.tree(CURRENT).path / "scripts" / "evening.yaml"
    damaged.chmod(0o644)
    damaged.write_text("rot")
    finding = files(clinic.sync)
    assert (finding.verdict, "1 of 1 files are missing or damaged: scripts/evening.yaml" in finding.sentence) == (
        "bad",
        True,
    )
    assert "guideplayer sync" in finding.fix


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"GUIDEPLAYER_SYNC_SOURCE": ""}, "Nothing is set to sync from."),
        ({"GUIDEPLAYER_SYNC_SOURCE": "http://a.example", "GUIDEPLAYER_SYNC_KEY": ""}, "over plain http anybody"),
        ({"GUIDEPLAYER_SYNC_KEY": "short"}, "have a mistake"),
        ({"GUIDEPLAYER_SYNC_EVERY": "1m"}, "10m is the shortest"),
        ({"GUIDEPLAYER_SYNC_EVERY": "often"}, "is not a duration"),
    ],
)
def test_settings_that_are_wrong_are_told(clinic, settings, match):
    code, told, wrong = clinic.typed("sync", **settings)
    assert (code, told, match in wrong) == (2, "", True), wrong
