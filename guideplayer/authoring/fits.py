"""Whether a script can be as short and as long as it says."""

from collections.abc import Sequence

from guideplayer.authoring import shapes
from guideplayer.authoring.problems import Severity
from guideplayer.authoring.records import Field, Record
from guideplayer.authoring.sheet import Sheet
from guideplayer.core.fitting import fill_range, least_ms, leave_out_lines, most_ms, pieces_of
from guideplayer.core.script import Phase, Rest, Script, Span
from guideplayer.core.units import SECOND_MS, format_duration


def check_fits(script: Script, record: Record, sheet: Sheet) -> None:
    """Report an infusion or a return that cannot take the lengths it promises.

    While clips are missing their lengths are estimates, so that a misfit is then a warning.
    """
    estimated = any(problem.code == "missing-clip" for problem in sheet.problems)
    severity = Severity.WARNING if estimated else Severity.ERROR
    infusion, returning = record.get(shapes.INFUSION), record.get(shapes.RETURN)
    if infusion and script.phases:
        check = _Check(infusion, shapes.INFUSION_LENGTH, script.phases, sheet, severity)
        check.report(script.infusion_length, *fill_range(script))
    if returning:
        pieces = pieces_of(script.returning.items, 0)
        check = _Check(returning, shapes.RETURN_LENGTH, (script.returning,), sheet, severity)
        check.report(script.return_length, least_ms(leave_out_lines(pieces, -1)), most_ms(pieces))


class _Check:
    """One part of a script against its promised lengths."""

    def __init__(
        self, record: Record, field: Field[Span], phases: Sequence[Phase], sheet: Sheet, severity: Severity
    ) -> None:
        self._place = record.where(field)
        self._phases = phases
        self._sheet = sheet
        self._severity = severity

    def report(self, promised: Span, least: int, most: int) -> None:
        """Compare what the lines need and fill with what is promised."""
        if least > promised.minimum_ms:
            needed, wanted = format_duration(-(-least // SECOND_MS) * SECOND_MS), format_duration(promised.minimum_ms)
            way_out = f"shorten a rest or make a line optional in '{self._longest().name}'"
            self._say(f"takes at least {needed} of {wanted}: {way_out}")
        if most < promised.maximum_ms:
            filled, wanted = format_duration(most // SECOND_MS * SECOND_MS), format_duration(promised.maximum_ms)
            self._say(f"fills at most {filled} of {wanted}: widen a rest in '{self._widest().name}'")

    def _say(self, sentence: str) -> None:
        self._sheet.report("impossible-fit", self._place, sentence, severity=self._severity)

    def _longest(self) -> Phase:
        """The phase that takes most even at its shortest; not the peak, whose rests should stay long."""
        others = [phase for phase in self._phases if not phase.peak]
        return max(others or self._phases, key=lambda phase: least_ms(pieces_of(phase.items, 0)))

    def _widest(self) -> Phase:
        """The peak, where silence is best; or the last phase that has a rest at all."""
        resting = [phase for phase in self._phases if any(isinstance(item, Rest) for item in phase.items)]
        return next((phase for phase in resting if phase.peak), (resting or self._phases)[-1])
