"""How strong the effect of an infusion is expected to be: for drawings, never for deciding anything."""

from guideplayer.core.units import MINUTE_MS

# After the pump's end half of the effect is left in 10 to 15 minutes; it comes as it goes.
HALF_LIFE_MS = 12.5 * MINUTE_MS


def effect_at(at_ms: int, infusion_ms: int) -> float:
    """The share (0..1) of the strongest effect, which is at the pump's end; `at_ms` is on the infusion's clock."""
    if at_ms <= 0 or infusion_ms <= 0:
        return 0.0
    risen = _risen(min(at_ms, infusion_ms)) / _risen(infusion_ms)
    return float(risen * 2 ** (-max(0, at_ms - infusion_ms) / HALF_LIFE_MS))


def _risen(at_ms: int) -> float:
    """The share of what an endless infusion would come to."""
    return float(1 - 2 ** (-at_ms / HALF_LIFE_MS))
