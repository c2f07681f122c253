"""Moments to draw."""

from guideplayer.core.moment import Caption, HoldPart, Moment, ScenePart


def moment(
    *scenes: tuple[str, float],
    time_s: float = 300.0,
    palette: str = "",
    light: float = 0.5,
    caption: Caption | None = None,
    hold: HoldPart | None = None,
    picture: float = 1.0,
) -> Moment:
    parts = tuple(ScenePart(name, round(time_s * 1000), weight, palette) for name, weight in scenes)
    return Moment(parts, light, caption, hold, None, (), (), 1.0, picture)


def held(weight: float, words: str = "", code: str = "") -> HoldPart:
    return HoldPart(weight, 30_000, Caption(words, 1.0) if words else None, code)
