"""A clinic's own music: any kind of file, listened to once; what is broken or protected is told and left out."""

import os

import msgspec
import numpy as np
import pytest
import soundfile

from guideplayer.core.playlist import MusicTrack, Order, Playlist
from guideplayer.music.folder import MusicError, Skipped, hear, keep_playlist, music_of, natural_key, playlist_of
from guideplayer.music.readable import UnreadableError, readable
from guideplayer.music.track import tags_of
from tests.music.recordings import RATE_HZ, convert, tone, write

ANY = "it is broken, or of a kind that cannot be read: save it as WAV, FLAC or MP3"


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """A folder as a clinic may have it, and what it is kept in."""
    folder = tmp_path_factory.mktemp("originals")
    convert(folder / "2 blue.mp3", tone(20), "Blue hour", "Anna\n Berg")
    convert(folder / "10 green.m4a", tone(15, level=0.1), "Green")
    write(folder / "1.flac", tone(14))
    broken = (folder / "10 green.m4a").read_bytes()
    (folder / "3 half.m4a").write_bytes(broken[: len(broken) // 2])
    (folder / "4 locked.m4p").write_bytes(broken)
    (folder / "5 text.mp3").write_text("no music")
    write(folder / "6 short.wav", tone(11))
    write(folder / "7 silent.wav", np.zeros((13 * RATE_HZ, 2), np.float32))
    (folder / "cover.jpg").write_bytes(b"a picture")
    (folder / "._2 blue.mp3").write_bytes(b"left by another computer")
    return folder


@pytest.fixture
def folder(originals, tmp_path):
    folder = tmp_path / "evening"
    folder.mkdir()
    for path in originals.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def listened(folder, cache):
    """Listen to a folder; what was said while it was done."""
    told = []
    hear([folder], cache, lambda done, total, name: told.append((done, total, name)))
    return told


def test_every_kind_of_file_is_listened_to_once(folder, cache):
    assert music_of(folder, cache).unheard == 8
    names = ["1.flac", "2 blue.mp3", "3 half.m4a", "4 locked.m4p", "5 text.mp3", "6 short.wav", "7 silent.wav"]
    assert listened(folder, cache) == [
        *((number, 8, name) for number, name in enumerate([*names, "10 green.m4a"])),
        (8, 8, ""),
    ]
    music = music_of(folder, cache)
    assert music.unheard == 0
    assert [(track.title, track.artist) for track in music.tracks] == [
        ("1", ""),
        ("Blue hour", "Anna Berg"),
        ("Green", ""),
    ]
    assert [track.length_ms for track in music.tracks] == pytest.approx([14_000, 20_000, 15_000], abs=100)
    # A sine of 0.2 in both ears, and one of half that.
    assert [track.lufs for track in music.tracks] == pytest.approx([-15.0, -15.0, -21.0], abs=0.8)
    assert music.skipped == (
        Skipped("3 half.m4a", ANY),
        Skipped("4 locked.m4p", "it is protected against copying, and only the shop's own player can open it"),
        Skipped("5 text.mp3", ANY),
        Skipped("6 short.wav", "it is shorter than 12s"),
        Skipped("7 silent.wav", "it is silent"),
    )
    assert listened(folder, cache) == [(0, 0, "")]


def test_the_stage_reads_every_track_to_its_end(folder, cache):
    listened(folder, cache)
    for track in music_of(folder, cache).tracks:
        samples, rate_hz = soundfile.read(track.file)
        assert len(samples) * 1000 // rate_hz == track.length_ms


def test_a_changed_file_is_listened_to_again_and_so_is_one_whose_entry_is_broken(folder, cache):
    listened(folder, cache)
    write(folder / "1.flac", tone(16))
    os.utime(folder / "1.flac", (1, 1))
    assert music_of(folder, cache).unheard == 1
    listened(folder, cache)
    assert music_of(folder, cache).tracks[0].length_ms == 16_000
    for entry in cache.glob("*.json"):
        entry.write_bytes(entry.read_bytes()[:20])
    assert music_of(folder, cache).unheard == 8
    listened(folder, cache)
    (copy,) = cache.glob("*.opus")
    copy.unlink()
    assert music_of(folder, cache).unheard == 1
    listened(folder, cache)
    assert len(music_of(folder, cache).tracks) == 3


def test_a_climax_counts_more_than_the_long_softness_before_it(tmp_path, cache):
    """Loudness over all would let the last ten seconds come 20 LU louder than the level that is asked for."""
    folder = tmp_path / "evening"
    write(folder / "soft.wav", np.concatenate([tone(60, level=0.02), tone(10, level=0.2), tone(60, level=0.02)]))
    write(folder / "even.wav", tone(60))
    listened(folder, cache)
    even, sudden = music_of(folder, cache).tracks
    assert even.rise_lu == 0.0
    assert sudden.lufs == pytest.approx(even.lufs - 4.0, abs=0.3)
    assert sudden.rise_lu > 10


def test_a_file_that_breaks_off_is_told(tmp_path, cache):
    folder = tmp_path / "evening"
    data = write(folder / "whole.flac", tone(30)).read_bytes()
    (folder / "half.flac").write_bytes(data[: len(data) // 2])
    listened(folder, cache)
    music = music_of(folder, cache)
    assert [track.title for track in music.tracks] == ["whole"]
    (skipped,) = music.skipped
    assert skipped.name == "half.flac"
    assert skipped.why == "it is broken" or skipped.why.startswith("it breaks off after 1")


def test_a_folder_has_so_many_tracks_and_no_more(tmp_path, cache, monkeypatch):
    monkeypatch.setattr("guideplayer.music.folder.MOST_TRACKS", 1)
    folder = tmp_path / "evening"
    write(folder / "1.wav", tone(13))
    write(folder / "2.wav", tone(13))
    listened(folder, cache)
    music = music_of(folder, cache)
    assert [track.title for track in music.tracks] == ["1"]
    assert music.skipped == (Skipped("2.wav", "a folder has 1 tracks at most"),)


def test_names_are_sorted_as_people_do():
    names = ["10 b.ogg", "2 a.ogg", "Track 3.ogg", "track 10.ogg", "alone.ogg", "2.ogg"]
    assert sorted(names, key=natural_key) == [
        "2 a.ogg",
        "2.ogg",
        "10 b.ogg",
        "alone.ogg",
        "Track 3.ogg",
        "track 10.ogg",
    ]


def test_what_cannot_be_kept_is_one_sentence(folder, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(MusicError, match=r"^What was found out about 1\.flac cannot be kept in .*file.*: .+\.$"):
        listened(folder, tmp_path / "file" / "cache")


def test_a_playlist_is_kept_and_never_changes(cache):
    tracks = (MusicTrack("/music/a.ogg", 20_000, -20.0, "A"), MusicTrack("/music/b.ogg", 30_000, -20.0, "B"))
    file = keep_playlist(tracks, Order.SHUFFLED, 3, cache)
    assert keep_playlist(tracks, Order.SHUFFLED, 3, cache) == file
    assert keep_playlist(tracks, Order.LISTED, 3, cache) != file
    assert playlist_of(str(file)) == Playlist(tracks, Order.SHUFFLED, 3)
    file.write_bytes(file.read_bytes()[:10])
    with pytest.raises(MusicError, match=r"^The playlist cannot be read: choose the script again\.$"):
        playlist_of(str(file))
    file.write_bytes(msgspec.json.encode(Playlist(())))
    with pytest.raises(MusicError, match=r"^The playlist is empty: choose the script again\.$"):
        playlist_of(str(file))


def test_a_recording_that_is_readable_is_not_copied(tmp_path, cache):
    path = write(tmp_path / "line.wav", tone(2))
    assert readable(path, cache) == path
    assert not cache.exists()
    copy = readable(convert(tmp_path / "line.m4a", tone(2)), cache)
    assert soundfile.info(copy).duration == pytest.approx(2, abs=0.1)
    stamped = copy.stat().st_mtime_ns
    assert readable(tmp_path / "line.m4a", cache).stat().st_mtime_ns == stamped
    with pytest.raises(UnreadableError, match=f"^{ANY}$"):
        readable(write_text(tmp_path / "text.m4a"), cache)
    assert not list(cache.glob("*part*"))


def write_text(path):
    path.write_text("no sound")
    return path


def test_tags_of_anything_are_something(tmp_path):
    assert tags_of(write_text(tmp_path / "A  name.mp3")) == ("A name", "")
    assert tags_of(convert(tmp_path / "a.opus", tone(1), "A  \x07 title", "B")) == ("A title", "B")
