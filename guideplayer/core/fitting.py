"""Fitting lines and rests to a length, as TeX sets a line of text: lines are boxes, rests are glue.

One shrink or stretch ratio serves all rests of a fit. When even the shortest rests are too long, optional lines
are left out, lowest `keep` first; then whole phases, but never the last. Speech is never sped up.
"""

from collections.abc import Iterable, Sequence

import msgspec

from guideplayer.core.script import Item, Rest, Say, Script, Sound, Span


class Piece(msgspec.Struct, frozen=True):
    """An item on its way into a plan: where it stands in the script, and how it may be sized."""

    item: Item
    phase: int
    index: int
    size: Span

    @property
    def keep(self) -> int | None:
        """How dear an optional line is; None for everything that stays."""
        return self.item.keep if isinstance(self.item, Say) else None


class UnfitError(ValueError):
    """No fit: the pieces take at least `least_ms` and fill at most `most_ms` of `target_ms`."""

    def __init__(self, least_ms: int, most_ms: int, target_ms: int) -> None:
        super().__init__(f"takes {least_ms} to {most_ms} ms, not {target_ms} ms")
        self.least_ms, self.most_ms, self.target_ms = least_ms, most_ms, target_ms


def size_of(item: Item) -> Span:
    """The length an item may have, in ms."""
    match item:
        case Say(clip=clip):
            return Span(clip.length_ms, clip.length_ms, clip.length_ms)
        case Rest(span=span):
            return span
        case Sound():
            return Span(0, 0, 0)


def pieces_of(items: Iterable[Item], phase: int) -> tuple[Piece, ...]:
    """The pieces of one phase."""
    return tuple(Piece(item, phase, index, size_of(item)) for index, item in enumerate(items))


def least_ms(pieces: Iterable[Piece]) -> int:
    """The shortest that these pieces can be."""
    return sum(piece.size.minimum_ms for piece in pieces)


def most_ms(pieces: Iterable[Piece]) -> int:
    """The longest that these pieces can be."""
    return sum(piece.size.maximum_ms for piece in pieces)


def without_line(pieces: Sequence[Piece], position: int) -> tuple[Piece, ...]:
    """The pieces without one line. The rest after it may now vanish, and grows only when time is left over."""
    before, after = pieces[:position], list(pieces[position + 1 :])
    for number, piece in enumerate(after):
        if isinstance(piece.item, Say):
            break
        if isinstance(piece.item, Rest):
            after[number] = msgspec.structs.replace(piece, size=Span(0, 0, piece.size.maximum_ms))
            break
    return (*before, *after)


def _next_to_leave_out(pieces: Sequence[Piece]) -> int | None:
    """The position of the least dear optional line; of equals the latest, since what is near is already expected."""
    optional = [(piece.keep, -position) for position, piece in enumerate(pieces) if piece.keep is not None]
    return -min(optional)[1] if optional else None


def leave_out_lines(pieces: Sequence[Piece], target_ms: int) -> tuple[Piece, ...]:
    """Leave out optional lines, least dear first, until the rest can be as short as the target, or none is left."""
    kept = tuple(pieces)
    while least_ms(kept) > target_ms:
        position = _next_to_leave_out(kept)
        if position is None:
            break
        kept = without_line(kept, position)
    return kept


def _leave_out_phases(pieces: Sequence[Piece], target_ms: int) -> tuple[Piece, ...]:
    """Leave out whole phases, the earliest first, when leaving out lines is not enough.

    The effect has gone on to what the later phases are for; their optional lines stay while there is time for them.
    """
    kept = tuple(pieces)
    while kept and kept[0].phase != kept[-1].phase and least_ms(leave_out_lines(kept, target_ms)) > target_ms:
        kept = tuple(piece for piece in kept if piece.phase != kept[0].phase)
    return kept


def _leave_out_the_end(pieces: Sequence[Piece], target_ms: int) -> tuple[Piece, ...]:
    """Keep what fits from the front: the last resort when minutes are left for a phase that needs more."""
    kept: list[Piece] = []
    used_ms = 0
    for piece in pieces:
        used_ms += piece.size.minimum_ms
        if used_ms > target_ms:
            break
        kept.append(piece)
    return tuple(kept)


def _shares(weights: Sequence[int], amount: int) -> list[int]:
    """Split an amount by weights into whole parts that sum exactly, each within 1 of its exact share."""
    total = sum(weights)
    shares, seen, given = [], 0, 0
    for weight in weights:
        seen += weight
        upto = amount * seen // total if total else 0
        shares.append(upto - given)
        given = upto
    return shares


def set_lengths(pieces: Sequence[Piece], target_ms: int) -> list[int]:
    """A length for each piece, summing to the target exactly when the pieces can be that long.

    Past the maximum all rests go on growing in proportion (a refit must fill what the infusion leaves); without
    any rest the sum stays short of the target.
    """
    natural = [piece.size.natural_ms for piece in pieces]
    missing_ms = target_ms - sum(natural)
    if missing_ms < 0:
        room = [piece.size.natural_ms - piece.size.minimum_ms for piece in pieces]
        return [length - share for length, share in zip(natural, _shares(room, -missing_ms), strict=True)]
    stretch = [piece.size.maximum_ms - piece.size.natural_ms for piece in pieces]
    within_ms = min(missing_ms, sum(stretch))
    lengths = [length + share for length, share in zip(natural, _shares(stretch, within_ms), strict=True)]
    rests = [piece.size.maximum_ms if isinstance(piece.item, Rest) else 0 for piece in pieces]
    return [length + share for length, share in zip(lengths, _shares(rests, missing_ms - within_ms), strict=True)]


def fit(pieces: Sequence[Piece], target_ms: int) -> list[tuple[Piece, int]]:
    """Fit pieces to a length within all their ranges. Raises UnfitError when that cannot be."""
    kept = leave_out_lines(pieces, target_ms)
    if not least_ms(kept) <= target_ms <= most_ms(kept):
        raise UnfitError(least_ms(kept), most_ms(kept), target_ms)
    return list(zip(kept, set_lengths(kept, target_ms), strict=True))


def fit_whatever_comes(pieces: Sequence[Piece], target_ms: int) -> list[tuple[Piece, int]]:
    """Fit pieces to what is left, never failing: for a refit in the middle of a session."""
    kept = _leave_out_phases(pieces, target_ms)
    kept = leave_out_lines(kept, target_ms)
    kept = _leave_out_the_end(kept, target_ms)
    return list(zip(kept, set_lengths(kept, target_ms), strict=True))


def infusion_pieces(script: Script) -> tuple[Piece, ...]:
    """All pieces of the infusion's phases."""
    return tuple(piece for number, phase in enumerate(script.phases) for piece in pieces_of(phase.items, number))


def fill_range(script: Script) -> tuple[int, int]:
    """The least and the most of an infusion that a script can fill, in ms: without and with its optional lines."""
    pieces = infusion_pieces(script)
    return least_ms(leave_out_lines(pieces, -1)), most_ms(pieces)
