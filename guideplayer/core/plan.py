"""A script fitted to an infusion: every line and rest with its start and length, in whole milliseconds.

A plan has three tracks, each with its own zero: the arrival (before the pump), the infusion (exactly as long as
the infusion) and the return (from the end of the pump). `plan` and `refit` are pure.
"""

from bisect import bisect_right
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from guideplayer.core.fitting import (
    Piece,
    fit,
    fit_whatever_comes,
    infusion_pieces,
    pieces_of,
    set_lengths,
    size_of,
    without_line,
)
from guideplayer.core.script import BedChoice, Item, Phase, Rest, Say, SceneChoice, Script, Span, span
from guideplayer.core.units import SECOND_MS

REENTRY_LEAD_MS = 3 * SECOND_MS
REENTRY_REST = span(4 * SECOND_MS, 20 * SECOND_MS, natural_ms=8 * SECOND_MS)
CARRY_REST = span(2 * SECOND_MS)
# The index of what is not the section's own: a welcome, and what the section before handed on.
ADDED = -1
CARRIED = -2


class Section(StrEnum):
    """Which track is being played."""

    ARRIVAL = "arrival"
    INFUSION = "infusion"
    RETURN = "return"


class Cue(msgspec.Struct, frozen=True):
    """An item placed in time. `index` is its place in its phase, below 0 for what was put in."""

    item: Item
    phase: int
    index: int
    start_ms: int
    length_ms: int

    @property
    def end_ms(self) -> int:
        """When it ends."""
        return self.start_ms + self.length_ms


class Stretch(msgspec.Struct, frozen=True):
    """A phase placed in time."""

    name: str
    scene: SceneChoice
    bed: BedChoice
    start_ms: int
    end_ms: int
    phase: int
    peak: bool = False


class Track(msgspec.Struct, frozen=True):
    """One section in time: cues without gap or overlap, and the phases that they belong to."""

    cues: tuple[Cue, ...]
    stretches: tuple[Stretch, ...]
    length_ms: int

    def cue_at(self, position_ms: int) -> Cue | None:
        """The cue that holds this position; of several that start together, the last."""
        number = bisect_right(self.cues, position_ms, key=lambda cue: cue.start_ms) - 1
        cue = self.cues[number] if number >= 0 else None
        return cue if cue and position_ms < cue.end_ms else None

    def under_way(self, position_ms: int) -> Cue | None:
        """The cue that has begun before this position and is not over."""
        cue = self.cue_at(position_ms)
        return cue if cue and cue.start_ms < position_ms else None

    def next_change_ms(self, position_ms: int) -> int | None:
        """The next position at which a cue begins or ends; None after the last."""
        for cue in self.cues:
            for edge_ms in (cue.start_ms, cue.end_ms):
                if edge_ms > position_ms:
                    return edge_ms
        return None

    def stretch_at(self, position_ms: int) -> int:
        """The number of the stretch at this position; the last one after the end."""
        return max(0, bisect_right(self.stretches, position_ms, key=lambda stretch: stretch.start_ms) - 1)


class Plan(msgspec.Struct, frozen=True):
    """A script fitted to an infusion."""

    script: Script
    infusion_ms: int
    arrival: Track
    infusion: Track
    returning: Track

    def track(self, section: Section) -> Track:
        """The track of a section."""
        if section is Section.INFUSION:
            return self.infusion
        return self.arrival if section is Section.ARRIVAL else self.returning

    def phases(self, section: Section) -> tuple[Phase, ...]:
        """The script's phases that a section is made of."""
        if section is Section.INFUSION:
            return self.script.phases
        if section is Section.RETURN:
            return (self.script.returning,)
        return (self.script.arrival,) if self.script.arrival else ()


def plan(script: Script, infusion_ms: int) -> Plan:
    """Fit a script to an infusion. Raises UnfitError when its rests cannot shrink or stretch that far."""
    arrival_phases = (script.arrival,) if script.arrival else ()
    arrival = _placed(_at_natural_length(_pieces(arrival_phases)), 0)
    return_phases, return_ms = (script.returning,), script.return_length.natural_ms
    returning = _placed(fit_whatever_comes(_pieces(return_phases), return_ms), 0)
    return Plan(
        script,
        infusion_ms,
        arrival=_track(arrival, arrival_phases, 0, arrival[-1].end_ms if arrival else 0),
        infusion=_track(_placed(fit(infusion_pieces(script), infusion_ms), 0), script.phases, 0, infusion_ms),
        returning=_track(returning, return_phases, 0, return_ms),
    )


class Carried(msgspec.Struct, frozen=True):
    """What one section hands on to the next: a line under way, said for `said_ms`, and a welcome still to come."""

    pieces: tuple[Piece, ...] = ()
    said_ms: int = 0


def refit(
    old: Plan, section: Section, position_ms: int, left_ms: int | None, reentry: Say | None = None, *, cut: bool
) -> Plan:
    """Fit what is left of a section to the time that is left of it.

    `left_ms` None keeps natural lengths (the arrival ends when the pump starts). `cut` says that the line under way
    was interrupted: it is said again from its start, or left out when optional, and `reentry` is spoken before
    anything else. Otherwise it is finished first, in the next section when this one ends before it, and a welcome
    that is still to come stays. Never fails: past every range the last resort is `fit_whatever_comes`.
    """
    track = old.track(section)
    under_way = track.under_way(position_ms)
    past = [cue for cue in track.cues if cue.start_ms < position_ms and cue.end_ms <= position_ms]
    start_ms = position_ms
    if under_way and isinstance(under_way.item, Say) and not cut:
        past.append(under_way)
        start_ms = under_way.end_ms
    elif under_way and isinstance(under_way.item, Rest):
        past.append(msgspec.structs.replace(under_way, length_ms=position_ms - under_way.start_ms))
    phase = track.stretches[track.stretch_at(position_ms)].phase if track.stretches else 0
    fitted = _fit_what_is_left(
        (*_reentry_pieces(reentry, phase), *_added_ahead(track, position_ms, phase, cut=cut)),
        _ahead(_pieces(old.phases(section)), track, past, position_ms, cut=cut),
        None if left_ms is None else left_ms - (start_ms - position_ms),
    )
    placed = [*past, *_placed(fitted, start_ms)]
    end_ms = max(placed[-1].end_ms if placed else position_ms, start_ms)
    length_ms = end_ms if left_ms is None else position_ms + left_ms
    return _with_track(old, section, _track(placed, old.phases(section), phase, length_ms))


def carried_over(track: Track, position_ms: int) -> Carried:
    """What is handed on when a section is left while it plays: no line is cut, and no welcome is lost."""
    ahead = _added_ahead(track, position_ms, 0, cut=False)
    under_way = track.under_way(position_ms)
    if under_way and isinstance(under_way.item, Say):
        index = ADDED if under_way.index == ADDED else CARRIED
        line = Piece(under_way.item, 0, index, size_of(under_way.item))
        after = ahead or (Piece(Rest(CARRY_REST), 0, CARRIED, CARRY_REST),)
        return Carried((line, *after), position_ms - under_way.start_ms)
    return Carried(ahead) if any(isinstance(piece.item, Say) for piece in ahead) else Carried()


def enter(old: Plan, section: Section, carried: Carried, reentry: Say | None = None) -> Plan:
    """The plan for beginning a section at its zero, with what the section before hands on.

    The section keeps its length; its rests make room. What it was made into when it was entered before is forgotten.
    """
    length_ms = old.script.return_length.natural_ms if section is Section.RETURN else old.infusion_ms
    lead = (*carried.pieces, *_reentry_pieces(reentry, 0))
    fitted = _fit_what_is_left(lead, _pieces(old.phases(section)), length_ms + carried.said_ms)
    placed = _placed(fitted, -carried.said_ms)
    return _with_track(old, section, _track(placed, old.phases(section), 0, length_ms))


def reenter(old: Plan, position_ms: int, left_ms: int, carried: Carried) -> Plan:
    """The plan for going back to the infusion, at a position between two lines, with what the return hands on.

    What is handed on is put in at the position, so that the infusion goes on at `position_ms + carried.said_ms`.
    """
    track = old.infusion
    under_way = track.under_way(position_ms)
    put_in = _placed([(piece, piece.size.minimum_ms) for piece in carried.pieces], position_ms)
    by_ms = sum(cue.length_ms for cue in put_in)
    if under_way and isinstance(under_way.item, Say) and put_in:
        raise ValueError("nothing is handed on to a line under way")
    before = [cue for cue in track.cues if cue.start_ms < position_ms and cue is not under_way]
    after = [cue for cue in track.cues if cue.start_ms >= position_ms]
    if under_way:
        gone_ms = position_ms - under_way.start_ms
        before.append(msgspec.structs.replace(under_way, length_ms=gone_ms))
        left_of_it_ms = under_way.length_ms - gone_ms
        after.insert(0, msgspec.structs.replace(under_way, start_ms=position_ms, length_ms=left_of_it_ms))
    moved = [msgspec.structs.replace(cue, start_ms=cue.start_ms + by_ms) for cue in after]
    phase = track.stretches[track.stretch_at(position_ms)].phase if track.stretches else 0
    put_in = [msgspec.structs.replace(cue, phase=phase) for cue in put_in]
    cues = track.cues if not put_in else (*before, *put_in, *moved)
    together = _track(cues, old.script.phases, phase, track.length_ms + by_ms)
    widened = _with_track(old, Section.INFUSION, together)
    return refit(widened, Section.INFUSION, position_ms + carried.said_ms, left_ms, cut=False)


def _pieces(phases: Sequence[Phase]) -> tuple[Piece, ...]:
    return tuple(piece for number, phase in enumerate(phases) for piece in pieces_of(phase.items, number))


def _at_natural_length(pieces: Sequence[Piece]) -> list[tuple[Piece, int]]:
    return [(piece, piece.size.natural_ms) for piece in pieces]


def _ahead(
    pieces: Sequence[Piece], track: Track, past: Sequence[Cue], position_ms: int, *, cut: bool
) -> tuple[Piece, ...]:
    """The pieces still to come; those left out earlier among them, since there may be time for them now."""
    last = max(((cue.phase, cue.index) for cue in past if cue.index >= 0), default=(-1, -1))
    # A rest that was paused stands in the past in parts; it is over only when no part of it is still to come.
    rest_goes_on = any(
        (cue.phase, cue.index) == last and cue.end_ms > position_ms and isinstance(cue.item, Rest) for cue in track.cues
    )
    ahead = tuple(piece for piece in pieces if (piece.phase, piece.index) > last)
    if rest_goes_on:
        gone_ms = sum(cue.length_ms for cue in past if (cue.phase, cue.index) == last)
        rest = next(piece for piece in pieces if (piece.phase, piece.index) == last)
        ahead = (_shortened(rest, gone_ms), *ahead)
    under_way = track.under_way(position_ms)
    if not cut or under_way is None or under_way.index < 0 or not isinstance(under_way.item, Say):
        return ahead
    again = tuple(piece for piece in ahead if (piece.phase, piece.index) >= (under_way.phase, under_way.index))
    return without_line(again, 0) if under_way.item.keep is not None else again


def _shortened(piece: Piece, gone_ms: int) -> Piece:
    """A rest of which a part is over."""
    size = piece.size
    left = (max(0, length - gone_ms) for length in (size.minimum_ms, size.natural_ms, size.maximum_ms))
    return msgspec.structs.replace(piece, size=Span(*left))


def _reentry_pieces(reentry: Say | None, phase: int) -> tuple[Piece, ...]:
    """Silence for the fade, the words of welcome, and a rest before the script goes on."""
    if reentry is None:
        return ()
    items = (Rest(span(REENTRY_LEAD_MS)), msgspec.structs.replace(reentry, keep=None), Rest(REENTRY_REST))
    return tuple(msgspec.structs.replace(piece, index=ADDED) for piece in pieces_of(items, phase))


def _added_ahead(track: Track, position_ms: int, phase: int, *, cut: bool) -> tuple[Piece, ...]:
    """What was put in earlier and is still to come: a welcome is not lost, nor said twice.

    After a cut another welcome comes instead, and a line handed on is said again like any other.
    """
    added = []
    for cue in track.cues:
        if cue.index >= 0 or cue.end_ms <= position_ms or (cut and cue.index == ADDED):
            continue
        piece = Piece(cue.item, phase, cue.index, size_of(cue.item))
        gone_ms = max(0, position_ms - cue.start_ms)
        if not isinstance(cue.item, Say):
            added.append(_shortened(piece, gone_ms))
        elif gone_ms == 0 or (cut and cue.item.keep is None):
            added.append(piece)
    return tuple(added)


def _fit_what_is_left(lead: Sequence[Piece], ahead: Sequence[Piece], left_ms: int | None) -> list[tuple[Piece, int]]:
    """Fit the welcome and what follows it; the welcome is never left out, even when nothing else fits."""
    if left_ms is None:
        return _at_natural_length([*lead, *ahead])
    lead_ms = sum(piece.size.minimum_ms for piece in lead)
    kept = [piece for piece, _ in fit_whatever_comes(ahead, left_ms - lead_ms)]
    if left_ms < lead_ms:
        return [(piece, piece.size.minimum_ms) for piece in lead]
    together = [*lead, *kept]
    return list(zip(together, set_lengths(together, left_ms), strict=True))


def _placed(fitted: Sequence[tuple[Piece, int]], start_ms: int) -> list[Cue]:
    """Pieces one after the other."""
    cues = []
    for piece, length_ms in fitted:
        cues.append(Cue(piece.item, piece.phase, piece.index, start_ms, length_ms))
        start_ms += length_ms
    return cues


def _track(cues: Sequence[Cue], phases: Sequence[Phase], phase: int, length_ms: int) -> Track:
    """Cues with the stretches of their phases; `phase` is the one to show when there are no cues."""
    starts: dict[int, int] = {}
    for cue in cues:
        starts.setdefault(cue.phase, max(0, cue.start_ms))
    if not starts and phases:
        starts[phase] = 0
    ends = [*list(starts.values())[1:], max(length_ms, 0)]
    stretches = (
        tuple(
            Stretch(shown.name, shown.scene, shown.bed, start_ms, end_ms, number, shown.peak)
            for (number, start_ms), end_ms in zip(starts.items(), ends, strict=True)
            for shown in (phases[number],)
        )
        if starts
        else ()
    )
    return Track(tuple(cues), stretches, length_ms)


def _with_track(old: Plan, section: Section, track: Track) -> Plan:
    if section is Section.ARRIVAL:
        return msgspec.structs.replace(old, arrival=track)
    if section is Section.INFUSION:
        return msgspec.structs.replace(old, infusion=track)
    return msgspec.structs.replace(old, returning=track)
