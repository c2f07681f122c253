"""A sync of a room: what it fetches, what it refuses, and that the old is whole whatever fails."""

import asyncio
import errno
import json
import os
import shutil
from datetime import timedelta

import pytest

from guideplayer.sync import ContentError, SyncError, fetching, sources, syncing
from guideplayer.sync.last import Outcome
from guideplayer.sync.locks import held
from guideplayer.sync.setting import Sync
from guideplayer.sync.syncing import SessionError, Syncing
from guideplayer.sync.trees import CURRENT, PREVIOUS, WAITING
from tests.sync.offered import FILES, content_of
from tests.sync.server import certificate, cut_after, drip, elsewhere, hang, served, without_length

HARP = "media/beds/harp.ogg"


def synced(setting, folder, *, under_way=lambda: False, **how):
    return asyncio.run(Syncing(setting, folder, under_way).run(**how))


def current(folder):
    tree = folder.tree(CURRENT)
    return content_of(tree.path) if tree else None


def web(offering, server, **more):
    # Plain http, which a signature makes as good as https.
    return offering.setting(f"http://127.0.0.1:{server.server_port}", **more)


def test_a_folder_comes_whole_and_only_once(offering, folder):
    done = synced(offering.setting(), folder)
    assert (done.outcome, done.signed, len(done.changes.added)) == (Outcome.TAKEN_OVER, True, len(FILES))
    assert current(folder) == FILES
    assert synced(offering.setting(), folder).outcome is Outcome.UNCHANGED
    assert folder.scripts.joinpath("quiet.yaml").read_bytes() == FILES["scripts/quiet.yaml"]


def test_only_what_is_different_is_fetched_and_the_rest_is_the_same_file(offering, folder, server):
    synced(web(offering, server), folder)
    before = folder.tree(CURRENT)
    server.asked.clear()
    offering.put({"scripts/new.yaml": b"new", HARP: b"another harp"}, "scripts/lexicon.yaml")
    done = synced(web(offering, server), folder)
    assert sorted(server.names()) == ["manifest.json", "manifest.sig", HARP, "scripts/new.yaml"]
    assert done.changes.added == ("scripts/new.yaml",)
    assert done.changes.replaced == (HARP,)
    assert done.changes.removed == ("scripts/lexicon.yaml",)
    after = folder.tree(CURRENT)
    assert (after.path / "scripts/quiet.yaml").samefile(before.path / "scripts/quiet.yaml")
    assert (before.path / HARP).read_bytes() == FILES[HARP]
    assert folder.tree(PREVIOUS).path == before.path


def test_what_is_moved_is_not_fetched_again(offering, folder, server):
    synced(web(offering, server), folder)
    server.asked.clear()
    offering.put({"media/beds/lyre.ogg": FILES[HARP]}, HARP)
    synced(web(offering, server), folder)
    assert server.names() == ["manifest.json", "manifest.sig"]


def test_of_the_trees_before_one_is_kept(offering, folder):
    for number in range(4):
        offering.put({"scripts/new.yaml": str(number).encode()})
        synced(offering.setting(), folder)
    assert len(list((folder.folder / "trees").iterdir())) == 2
    assert not list((folder.folder / "fetched").iterdir())


def test_a_dry_run_tells_what_would_change_and_changes_nothing(offering, folder):
    done = synced(offering.setting(), folder, dry=True)
    assert done.outcome is None
    assert done.changes.fetch_bytes == sum(map(len, FILES.values()))
    assert current(folder) is None
    assert not folder.waits


def test_over_https_with_the_clinics_own_authority(offering, folder, tmp_path):
    authority = tmp_path / "ca.crt"
    with served(offering.folder, authority) as server:
        source = f"https://127.0.0.1:{server.server_port}"
        with pytest.raises(SyncError, match="is not trusted"):
            synced(offering.setting(source), folder)
        done = synced(offering.setting(source, key="", authority=str(authority)), folder)
        assert (done.outcome, done.signed) == (Outcome.TAKEN_OVER, False)
        other = tmp_path / "other.crt"
        certificate(other)
        with pytest.raises(SyncError, match="is not trusted"):
            synced(offering.setting(source, authority=str(other)), folder)
        with pytest.raises(SyncError, match="cannot be read"):
            synced(offering.setting(source, authority=str(tmp_path / "none.crt")), folder)
    assert current(folder) == FILES


def test_plain_http_without_a_key_is_refused(offering, folder, server):
    with pytest.raises(SyncError, match="anybody on the way could change"):
        synced(web(offering, server, key=""), folder)
    assert not server.asked


@pytest.mark.parametrize("source", ["ftp://a.example", "file:///srv", "relative/folder"])
def test_other_sources_are_refused(source):
    assert Sync(source=source).problem()


def refused(offering, folder, setting, kind, match, **how):
    """It fails, and what was there is there still."""
    before = current(folder)
    with pytest.raises(kind, match=match):
        synced(setting, folder, **how)
    assert current(folder) == before
    assert not folder.waits


def test_what_is_tampered_with_is_refused(offering, folder):
    synced(offering.setting(), folder)
    offering.put({"scripts/new.yaml": b"new"})
    offering.tamper(files=[])
    refused(offering, folder, offering.setting(), ContentError, "not signed with the key")
    (offering.folder / "manifest.sig").unlink()
    refused(offering, folder, offering.setting(), ContentError, "not signed with the key")


def test_another_key_is_refused(offering, folder, tmp_path):
    synced(offering.setting(), folder)
    other = type(offering)(tmp_path / "other")
    refused(offering, folder, offering.setting(str(other.folder)), ContentError, "not signed with the key")


def test_what_is_older_is_refused_unless_it_is_wanted(offering, folder, tmp_path):
    shutil.copytree(offering.folder, tmp_path / "old")
    offering.put({HARP: b"another harp"})
    synced(offering.setting(), folder)
    old = offering.setting(str(tmp_path / "old"))
    refused(offering, folder, old, ContentError, "older than what this room has, .* --older")
    assert synced(old, folder, older=True).outcome is Outcome.TAKEN_OVER
    assert current(folder) == FILES


def test_two_offers_of_one_date_are_refused(offering, folder):
    synced(offering.setting(), folder)
    offering.tamper(files=[])
    refused(offering, folder, offering.setting(key=""), ContentError, "bear the same date")


def test_a_path_that_leads_elsewhere_is_refused_also_when_it_is_signed(offering, folder):
    synced(offering.setting(), folder)
    manifest = json.loads((offering.folder / "manifest.json").read_bytes())
    manifest["files"][0]["path"] = "scripts/../../../../stolen"
    manifest["serial"] = "2030-01-01T00:00:00Z"
    content = json.dumps(manifest).encode()
    (offering.folder / "manifest.json").write_bytes(content)
    (offering.folder / "manifest.sig").write_bytes(syncing_signature(offering, content))
    refused(offering, folder, offering.setting(), ContentError, "not a plain path within the folder")


def syncing_signature(offering, content):
    from guideplayer.sync.signing import signature_of

    return signature_of(offering.key, content)


def test_a_connection_that_breaks_off_is_gone_on_with(offering, folder, server):
    server.mischief[HARP] = cut_after(70_000)
    assert synced(web(offering, server), folder).outcome is Outcome.TAKEN_OVER
    ranges = [asked for name, asked in server.asked if name == HARP]
    assert ranges[0] == ""
    assert ranges[1].startswith("bytes=")
    assert 0 < int(ranges[1][6:-1]) <= 70_000
    assert current(folder) == FILES


def test_what_had_come_is_kept_for_the_next_sync(offering, folder, server):
    server.mischief[HARP] = cut_after(60_000, times=3)
    with pytest.raises(SyncError, match=r"has broken off|in part only"):
        synced(web(offering, server), folder)
    assert current(folder) is None
    server.asked.clear()
    assert synced(web(offering, server), folder).outcome is Outcome.TAKEN_OVER
    (asked,) = [asked for name, asked in server.asked if name == HARP]
    assert int(asked[6:-1]) > 0
    assert current(folder) == FILES


def test_a_server_that_knows_no_parts_begins_anew(offering, folder, server):
    cut = cut_after(70_000)

    def mischief(handler, content):
        if handler.headers.get("Range"):
            handler.answer(200, content)
        else:
            cut(handler, content)

    server.mischief[HARP] = mischief
    assert synced(web(offering, server), folder).outcome is Outcome.TAKEN_OVER
    assert current(folder) == FILES


@pytest.mark.parametrize(
    ("mischief", "kind", "match"),
    [
        (
            lambda handler, content: handler.answer(200, b"x" * len(content)),
            ContentError,
            "is not what its manifest says",
        ),
        (lambda handler, content: handler.answer(200, content + b"x"), ContentError, "longer than its manifest says"),
        (without_length(b"x" * 5_000_000), ContentError, "longer than its manifest says"),
        (without_length(b"x" * 5000), SyncError, "in part only"),
        (lambda handler, content: handler.answer(200, content, length=len(content) + 9), ContentError, "longer than"),
        (lambda handler, content: handler.answer(200, content[:9]), SyncError, "in part only"),
        (lambda handler, content: handler.answer(404, b""), ContentError, "but not at http"),
        (lambda handler, content: handler.answer(503, b""), SyncError, "answers 503"),
        (lambda handler, content: handler.answer(206, content), SyncError, "answers 206"),
        (elsewhere, SyncError, "sends elsewhere, to https://elsewhere.example"),
    ],
)
def test_a_server_that_lies_or_fails_leaves_the_old_whole(  # noqa: PLR0917
    offering, folder, server, mischief, kind, match
):
    synced(offering.setting(), folder)
    offering.put({HARP: os.urandom(90_000)})
    server.mischief[HARP] = mischief
    refused(offering, folder, web(offering, server), kind, match)
    server.mischief.clear()
    assert synced(web(offering, server), folder).outcome is Outcome.TAKEN_OVER


def test_a_server_that_hangs_is_given_up(offering, folder, server, monkeypatch):
    monkeypatch.setattr(sources, "PATIENCE_S", 0.3)
    server.mischief[HARP] = hang
    refused(offering, folder, web(offering, server), SyncError, "does not answer in time")


def test_a_server_that_is_all_too_slow_is_given_up(offering, folder, server, monkeypatch):
    monkeypatch.setattr(sources, "SLOW_AFTER_S", 0.3)
    server.mischief[HARP] = drip
    refused(offering, folder, web(offering, server), SyncError, "less than 1000 bytes in a second")


@pytest.mark.parametrize(
    ("mischief", "match"),
    [
        (elsewhere, "sends elsewhere"),
        (without_length(b"x" * 30_000_000), "is larger than"),
        (lambda handler, content: handler.answer(404, b""), "There is no manifest.json"),
        (lambda handler, content: handler.answer(500, b""), "answers 500"),
        (cut_after(9), "has broken off"),
    ],
)
def test_a_manifest_that_does_not_come_is_told(offering, folder, server, mischief, match):
    server.mischief["manifest.json"] = mischief
    refused(offering, folder, web(offering, server), SyncError, match)


def test_a_server_that_is_not_there_is_told(offering, folder):
    with served(offering.folder) as server:
        setting = web(offering, server)
    refused(offering, folder, setting, SyncError, "cannot be reached")


def test_a_share_that_is_not_there_is_told(offering, folder, tmp_path):
    refused(offering, folder, offering.setting(str(tmp_path / "none")), SyncError, "is the share mounted")


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda file: file.write_bytes(b"x" * 200_000), "is not what its manifest says"),
        (lambda file: file.write_bytes(b"short"), "shorter than its manifest says"),
        (lambda file: file.write_bytes(b"x" * 300_000), "longer|not what"),
        (lambda file: file.unlink(), "is offered, and cannot be read"),
    ],
)
def test_a_folder_that_was_changed_after_it_was_offered_is_refused(offering, folder, change, match):
    change(offering.folder / HARP)
    refused(offering, folder, offering.setting(), ContentError, match)


def test_more_than_the_settings_allow_is_refused(offering, folder):
    offering.put({HARP: bytes(1_500_000)})
    refused(offering, folder, offering.setting(most_mb=1), ContentError, "raise most_mb")


def test_a_disk_without_room_for_it_is_told_before_anything_is_fetched(offering, folder, server, monkeypatch):
    monkeypatch.setattr(fetching, "RESERVE_BYTES", 1 << 60)
    refused(offering, folder, web(offering, server), SyncError, "too full")
    assert server.names() == ["manifest.json", "manifest.sig"]


def test_a_disk_that_fills_up_meanwhile_is_told(offering, folder, monkeypatch):
    synced(offering.setting(), folder)
    offering.put({HARP: b"another harp"})

    def full(self, part, file):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(fetching.Fetched, "_keep", full)
    refused(offering, folder, offering.setting(), SyncError, "the disk is full: make room")


def test_a_damaged_file_is_fetched_again(offering, folder):
    synced(offering.setting(), folder)
    damaged = folder.tree(CURRENT).path / HARP
    damaged.chmod(0o644)
    damaged.write_bytes(b"rot")
    assert synced(offering.setting(), folder).outcome is Outcome.TAKEN_OVER
    assert current(folder) == FILES


def test_during_a_session_nothing_is_asked_for(offering, folder, server):
    with pytest.raises(SessionError, match="A session is under way"):
        synced(web(offering, server), folder, under_way=lambda: True)
    assert not server.asked


def test_a_session_that_begins_meanwhile_ends_it(offering, folder, server, monkeypatch):
    monkeypatch.setattr(syncing, "SESSION_EVERY_S", 0.05)
    server.mischief[HARP] = hang
    refused(
        offering,
        folder,
        web(offering, server),
        SessionError,
        "A session is under way",
        under_way=lambda: HARP in server.names(),
    )


def test_what_came_waits_while_a_room_runs(offering, folder):
    synced(offering.setting(), folder)
    offering.put({HARP: b"another harp"})
    with held(folder.room_lock, shared=True):
        assert synced(offering.setting(), folder).outcome is Outcome.WAITING
        assert synced(offering.setting(), folder).outcome is Outcome.WAITING
        assert current(folder) == FILES
        assert folder.waits
    assert synced(offering.setting(), folder).outcome is Outcome.TAKEN_OVER
    assert current(folder)[HARP] == b"another harp"


def test_a_session_that_began_just_before_the_taking_over_keeps_its_tree(offering, folder):
    synced(offering.setting(), folder)
    offering.put({HARP: b"another harp"})
    answers = iter([False, True])
    assert synced(offering.setting(), folder, under_way=lambda: next(answers)).outcome is Outcome.WAITING
    assert current(folder) == FILES
    assert folder.tree(WAITING)


def test_two_syncs_of_one_room_are_kept_apart(offering, folder):
    with held(folder.sync_lock), pytest.raises(SyncError, match="Another sync of this room is under way"):
        synced(offering.setting(), folder)


def test_the_serial_rises_whatever_the_clock_says(offering):
    first = offering.put({HARP: b"one"})
    offering.now -= timedelta(days=2)
    second = offering.put({HARP: b"two"})
    assert second.serial > first.serial
    assert offering.put({}) == second
