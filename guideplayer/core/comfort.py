"""Comfort, live: less picture, less light, fewer words, less loud, each on its way softly and never a step."""

import msgspec

from guideplayer.core.messages import Comforted
from guideplayer.core.state import Narration, Picture, State
from guideplayer.core.units import SECOND_MS

COMFORT_FADE_MS = 3 * SECOND_MS
WORDS_FADE_MS = 1500


def comforted(state: State, event: Comforted, now_ms: int) -> State | str:
    """The state with what staff changed; what they did not name stays. A sentence says why it cannot be."""
    for name, value in (("light", event.light), ("volume", event.volume)):
        if value is not None and not 0 <= value <= 1:
            return f"The {name} is a share from 0 to 1."
    wanted = {
        name: value
        for name in ("picture", "narration", "captions", "light", "volume")
        if (value := getattr(event, name)) is not None
    }
    comfort = msgspec.structs.replace(state.comfort, **wanted)
    words, still = comfort.narration, comfort.picture is not Picture.FULL
    return msgspec.structs.replace(
        state,
        comfort=comfort,
        flow=state.flow.towards(0.0 if still else 1.0, now_ms, COMFORT_FADE_MS),
        light=state.light if event.light is None else state.light.towards(comfort.light, now_ms, COMFORT_FADE_MS),
        picture=state.picture.towards(float(comfort.picture is not Picture.OFF), now_ms, COMFORT_FADE_MS),
        volume=state.volume.towards(comfort.volume, now_ms, COMFORT_FADE_MS),
        captions=state.captions.towards(float(comfort.captions), now_ms, WORDS_FADE_MS),
        spoken=state.spoken.towards(float(words is not Narration.MUSIC), now_ms, WORDS_FADE_MS),
        spoken_optional=state.spoken_optional.towards(float(words is Narration.FULL), now_ms, WORDS_FADE_MS),
    )
