"""Music as one endless course: what melts into what, when all is heard again, and how a shuffle deals."""

import itertools
import math

from hypothesis import given
from hypothesis import strategies as st

from guideplayer.core.playlist import CROSSFADE_MS, SHORTEST_TRACK_MS, MusicTrack, Order, Playlist, sounding

LENGTHS_MS = st.lists(st.integers(SHORTEST_TRACK_MS, 600_000), min_size=1, max_size=12)


def playlist(*lengths_ms, order=Order.LISTED, seed=0):
    tracks = [MusicTrack(f"{number}.ogg", length_ms, -20.0, f"{number}") for number, length_ms in enumerate(lengths_ms)]
    return Playlist(tuple(tracks), order, seed)


def played(music, rounds):
    """The titles in the order in which they begin."""
    titles, at_ms = [], 0
    while at_ms < rounds * music.round_ms:
        part = sounding(music, at_ms)[-1]
        titles.append(part.track.title)
        at_ms += part.track.length_ms - CROSSFADE_MS
    return titles


def told(music, course_ms):
    return [(part.number, part.track.title, part.offset_ms, round(part.gain, 3)) for part in sounding(music, course_ms)]


def test_tracks_melt_into_each_other_at_equal_power_and_begin_anew_when_all_are_heard():
    music = playlist(20_000, 30_000)
    assert told(music, 0) == [(0, "0", 0, 1.0)]
    assert told(music, 13_999) == [(0, "0", 13_999, 1.0)]
    assert told(music, 14_000) == [(0, "0", 14_000, 1.0), (1, "1", 0, 0.0)]
    assert told(music, 17_000) == [(0, "0", 17_000, 0.707), (1, "1", 3_000, 0.707)]
    assert told(music, 20_000) == [(1, "1", 6_000, 1.0)]
    assert told(music, 38_000) == [(1, "1", 24_000, 1.0), (2, "0", 0, 0.0)]
    assert told(music, 41_000) == [(1, "1", 27_000, 0.707), (2, "0", 3_000, 0.707)]
    assert told(music, -5) == [(0, "0", 0, 1.0)]


def test_a_single_track_melts_into_itself():
    music = playlist(20_000)
    assert told(music, 15_000) == [(0, "0", 15_000, 0.966), (1, "0", 1_000, 0.259)]


def test_a_shuffle_deals_anew_each_round_always_in_the_same_way():
    music = playlist(*[20_000] * 6, order=Order.SHUFFLED)
    rounds = [tuple(played(music, 20)[at : at + 6]) for at in range(0, 120, 6)]
    assert all(sorted(one) == list("012345") for one in rounds)
    assert len(set(rounds)) > 15
    assert rounds[:2] == [tuple("451032"), tuple("524130")]
    assert played(playlist(*[20_000] * 6, order=Order.SHUFFLED, seed=1), 1) != list(rounds[0])


@given(LENGTHS_MS, st.sampled_from(Order), st.integers(0, 9999))
def test_no_track_follows_itself_while_there_is_another(lengths_ms, order, seed):
    titles = played(playlist(*lengths_ms, order=order, seed=seed), 5)
    assert len(titles) == 5 * len(lengths_ms)
    assert len(lengths_ms) == 1 or all(one != other for one, other in itertools.pairwise(titles))


@given(LENGTHS_MS, st.integers(0, 10_000_000), st.sampled_from(Order))
def test_nothing_jumps(lengths_ms, course_ms, order):
    """From one millisecond to the next the same tracks sound, one further on, and none is cut or begun aloud."""
    music = playlist(*lengths_ms, order=order)
    now = {part.number: part for part in sounding(music, course_ms)}
    then = {part.number: part for part in sounding(music, course_ms + 1)}
    assert math.isclose(sum(part.gain**2 for part in now.values()), 1.0)
    for number in now.keys() | then.keys():
        before, after = now.get(number), then.get(number)
        assert before is None or 0 <= before.offset_ms < before.track.length_ms
        if before and after:
            assert after.offset_ms == before.offset_ms + 1
        assert abs((before.gain if before else 0.0) - (after.gain if after else 0.0)) < 0.001


def test_a_long_list_is_found_in_quickly():
    """Asked for in every block of sound, a hundred times a second, after hours."""
    music = playlist(*[240_000] * 500, order=Order.SHUFFLED)
    assert sounding(music, 1_000_000_000)[-1].number == 1_000_000_000 // 234_000
