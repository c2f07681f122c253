"""A clinic's own music in the mix: every track at the level asked for, melting evenly, making room for the voice."""

import numpy as np
import pytest

from guideplayer.core.moment import BedPart, ClipPart
from guideplayer.core.playlist import MusicTrack, Order
from guideplayer.media import Library
from guideplayer.music.folder import hear, keep_playlist, music_of
from guideplayer.stage.mixing import Mix, render
from tests.stage.listening import RATE_HZ, clicks, level_db, moment, turning, write

# A turning tone of this amplitude at -26 LUFS.
LEVEL_DB = -29.1


@pytest.fixture(scope="module")
def music(tmp_path_factory):
    """Three tracks of unlike loudness and kind, as a playlist of -26 LUFS."""
    folder, cache = tmp_path_factory.mktemp("evening"), tmp_path_factory.mktemp("cache")
    write(folder / "1.wav", turning(14, amplitude=0.4))
    write(folder / "2.flac", turning(13, amplitude=0.05), rate_hz=48_000)
    write(folder / "3.opus", turning(15, amplitude=0.1))
    hear([folder], cache, lambda *told: None)
    tracks = music_of(folder, cache).tracks
    assert len(tracks) == 3
    return str(keep_playlist(tracks, Order.LISTED, 0, cache))


@pytest.fixture
def media(tmp_path):
    write(tmp_path / "line.wav", turning(2))
    return Library(tmp_path)


def heard(media, file, start_ms, end_ms, narration=None):
    def at(now_ms):
        return moment(beds=[BedPart("evening", now_ms, -26.0, 1.0, file)], narration=narration and narration(now_ms))

    return np.concatenate(list(render(at, media, start_ms, end_ms)))


def test_every_track_is_as_loud_as_the_bed_and_melts_into_the_next(media, music):
    sound = heard(media, music, 0, 45_000)
    # The tracks begin at 0, 8, 15 and 24 s; from 14 s, 21 s and 30 s on each is alone for a moment.
    for at_s in (3, 7, 14.2, 22, 23.5, 30.2):
        assert level_db(sound[round(at_s * RATE_HZ) : round((at_s + 0.5) * RATE_HZ)]) == pytest.approx(LEVEL_DB, abs=1)
    steps = [level_db(part) for part in np.array_split(sound[RATE_HZ:], 440)]
    # Tones of one pitch add up or cancel where they melt; music does neither.
    assert max(steps) < LEVEL_DB + 4
    assert len(clicks(sound[RATE_HZ:], 10 ** (LEVEL_DB / 20) * 2**0.5 * 1.5)) == 0


def test_the_same_is_heard_wherever_one_begins(media, music):
    whole = heard(media, music, 0, 20_000)
    late = heard(media, music, 13_000, 20_000)
    # After the first moment, in which it comes softly; moments are told to the millisecond.
    part = late[RATE_HZ : 2 * RATE_HZ]
    shifts = range(14 * RATE_HZ - 48, 14 * RATE_HZ + 49)
    assert min(np.abs(whole[at : at + len(part)] - part).max() for at in shifts) < 0.002


def test_it_makes_room_for_the_voice(media, music):
    def line(now_ms):
        return ClipPart("none.wav", now_ms - 3000, "line") if 3000 <= now_ms < 6000 else None

    sound = heard(media, music, 0, 8000, line)
    before, under = sound[2 * RATE_HZ : 3 * RATE_HZ], sound[4 * RATE_HZ : 5 * RATE_HZ]
    assert level_db(before) - level_db(under) == pytest.approx(10, abs=0.5)


def test_music_that_has_gone_is_told_and_everything_else_goes_on(media, music, tmp_path):
    gone = [MusicTrack(str(tmp_path / "gone.ogg"), 20_000, -20.0, "Gone")]
    file = keep_playlist(tuple(gone), Order.LISTED, 0, tmp_path)
    mix = Mix(media)
    line = ClipPart("line.wav", 0, "line")
    for file_of_bed in (str(file), str(tmp_path / "none.json")):
        mix.block(moment(beds=[BedPart("evening", 100, -26.0, 1.0, file_of_bed)], narration=line))
    assert mix.faults == [
        "gone.ogg cannot be read: No such file or directory",
        "evening: The playlist cannot be read: choose the script again.",
    ]
    sound = np.concatenate([mix.block(moment(narration=line)) for _ in range(40)])
    assert level_db(sound[-4000:]) > -30
    mix.close()
