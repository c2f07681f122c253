"""`moment_at(state, now_ms)`: what is seen and heard at one instant, and nothing else decides it.

Seek, resume, crash recovery, preview and film export are this one function called at other times.
"""

from guideplayer.core.blend import Blend, blend_at, eased
from guideplayer.core.heard import heard_ms
from guideplayer.core.hold import Word, large_word_at, say_of, spoken_until
from guideplayer.core.moment import BedPart, Caption, ClipPart, HoldPart, Moment, ScenePart
from guideplayer.core.plan import Section, Track
from guideplayer.core.scenes import MOTIONLESS
from guideplayer.core.script import Motion, Say, SceneChoice, Sound
from guideplayer.core.state import BEFORE, Play, State
from guideplayer.core.units import SECOND_MS
from guideplayer.core.words import caption_of, fading, line_at

RING_MS = 15 * SECOND_MS
DUCK_AHEAD_MS = 800
DIE_AWAY_MS = 1500
# Slow is the pace for a patient; normal is twice that, still far from what could sicken.
PACES = {Motion.STILL: 0.0, Motion.SLOW: 0.5, Motion.NORMAL: 1.0}
STILL_MS = 60 * SECOND_MS


def moment_at(state: State, now_ms: int) -> Moment:
    """Everything to draw and sound at `now_ms`, on the clock of the state."""
    blend = blend_at(state, now_ms)
    hold_weight = state.hold.at(now_ms)
    caption, narration = _line(state, now_ms, 1 - hold_weight)
    if hold_weight > 0:
        held_caption, held_narration = _hold_line(state, now_ms)
        caption, narration = held_caption or caption, held_narration or narration
    return Moment(
        scenes=_scenes(state, blend, now_ms),
        light=blend.light * state.light.at(now_ms),
        caption=caption,
        hold=_hold(state, hold_weight, now_ms),
        narration=narration,
        beds=_beds(state, blend, now_ms),
        sounds=_sounds(state, now_ms),
        volume=state.volume.at(now_ms),
        picture=state.picture.at(now_ms),
        speaks=narration is not None or _line(state, now_ms + DUCK_AHEAD_MS, 1.0)[1] is not None,
    )


def _track(state: State) -> Track | None:
    return state.plan.track(state.position.section) if state.plan else None


def _scenes(state: State, blend: Blend, now_ms: int) -> tuple[ScenePart, ...]:
    """The scenes with their own time, each at its pace; one that is still stands at a fixed time."""
    flow_ms = state.flow.at(now_ms)
    return tuple(
        ScenePart(part.scene.name, _time_ms(part.scene, flow_ms), part.weight, part.scene.palette, part.scene.file)
        for part in blend.scenes
    )


def _time_ms(scene: SceneChoice, flow_ms: float) -> int:
    pace = 0.0 if scene.name in MOTIONLESS else PACES[scene.motion]
    return round(flow_ms * pace) if pace else STILL_MS


def _beds(state: State, blend: Blend, now_ms: int) -> tuple[BedPart, ...]:
    """The beds. They run on unheard through a pause, so that nothing starts anew; music goes on where it was."""
    loudness = state.loudness.at(now_ms)
    if loudness <= 0:
        return ()
    return tuple(
        BedPart(
            bed.name,
            heard_ms(state, bed.file, now_ms) if bed.file else now_ms - state.opened_ms,
            bed.level_lufs,
            bed.gain * loudness,
            bed.file,
        )
        for bed in blend.beds
    )


def _position_ms(state: State, now_ms: int) -> int:
    """The position; once it is stopped it seems to run on, so that what has begun dies away and does not freeze."""
    return state.position.base_ms + now_ms - state.position.at_ms


def _moved(state: State) -> bool:
    """Whether a stopped programme was sent elsewhere: of the new place nothing is to be heard yet."""
    return not state.position.running and state.position.at_ms != state.speech.from_ms


def _line(state: State, now_ms: int, opacity: float) -> tuple[Caption | None, ClipPart | None]:
    """The script's line of this instant, as caption and clip."""
    track = _track(state)
    speech = state.speech.at(now_ms)
    if track is None or state.play in BEFORE or _moved(state) or speech <= 0:
        return None, None
    position_ms = _position_ms(state, now_ms)
    found = line_at(track, state.position.at(now_ms))
    if found is None:
        return None, None
    cue, room_ms = found
    if not isinstance(cue.item, Say):
        return None, None
    wanted = (state.spoken if cue.item.keep is None else state.spoken_optional).at(now_ms)
    into_ms = position_ms - cue.start_ms
    caption = caption_of(cue.item.text, into_ms, cue.length_ms, room_ms)
    if caption:
        caption = Caption(caption.text, caption.opacity * opacity * wanted * speech * state.captions.at(now_ms))
    if position_ms >= cue.end_ms or not cue.item.clip.file or wanted <= 0:
        return _visible(caption), None
    # The instant of its beginning: the same voice goes on when another section takes the line over.
    key = f"line-{now_ms - into_ms}"
    return _visible(caption), ClipPart(cue.item.clip.file, into_ms, key, speech * wanted)


def _visible(caption: Caption | None) -> Caption | None:
    return caption if caption and caption.opacity > 0 else None


def _hold_line(state: State, now_ms: int) -> tuple[Caption | None, ClipPart | None]:
    """The hold's line as a clip, a grounding line as a caption too: the other words stand large on the screen.

    One that still sounds when the hold is left dies away.
    """
    gain = _hold_speaks(state, now_ms)
    if gain <= 0:
        return None, None
    begun = spoken_until(state, state.hold.from_ms if gain < 1 else now_ms)
    spoken = max(begun, key=lambda one: one.start_ms, default=None)
    if spoken is None:
        return None, None
    into_ms, length_ms = now_ms - spoken.start_ms, spoken.say.clip.length_ms
    caption = caption_of(spoken.say.text, into_ms, length_ms, length_ms + SECOND_MS) if spoken.word is None else None
    if caption:
        caption = _visible(Caption(caption.text, caption.opacity * gain))
    if into_ms >= length_ms or not spoken.say.clip.file:
        return caption, None
    return caption, ClipPart(spoken.say.clip.file, into_ms, f"hold-{state.held_ms}-{spoken.start_ms}", gain)


def _hold_speaks(state: State, now_ms: int) -> float:
    """The share of a hold's words: whole while it lasts; once it is left they die away, before the script goes on."""
    if state.play is Play.HOLDING or state.call.open:
        return 1.0
    return 1 - eased((now_ms - state.hold.from_ms) / DIE_AWAY_MS)


def _hold(state: State, weight: float, now_ms: int) -> HoldPart | None:
    """The hold picture with what is true in large words, and the code for staff while a call is open."""
    if weight <= 0:
        return None
    words = _hold_words(state, now_ms)
    opacity = weight * _hold_speaks(state, now_ms)
    words = _visible(words and Caption(words.text, words.opacity * opacity))
    return HoldPart(weight, now_ms - state.held_ms, words, state.call.code if state.call.open else "")


def _hold_words(state: State, now_ms: int) -> Caption | None:
    """What is true, in large words, with the name of whoever comes."""
    word, shown_ms, gone_in_ms = large_word_at(state, now_ms)
    text = say_of(state.hold_words, word).text
    if word is Word.ACKNOWLEDGED and state.call.name:
        text = f"{text}\n{state.call.name}"
    return fading(text, shown_ms, gone_in_ms)


def _sounds(state: State, now_ms: int) -> tuple[ClipPart, ...]:
    """The one-shots that still ring."""
    track = _track(state)
    loudness = state.loudness.at(now_ms)
    if track is None or loudness <= 0 or state.play in BEFORE or _moved(state):
        return ()
    place_ms, position_ms = state.position.at(now_ms), _position_ms(state, now_ms)
    # What rang before a pause has died away in it.
    since_ms = state.position.base_ms if state.position.running else place_ms - RING_MS
    return tuple(
        ClipPart(cue.item.name, position_ms - cue.start_ms, f"ring-{now_ms - position_ms + cue.start_ms}", loudness)
        for cue in track.cues
        if isinstance(cue.item, Sound) and since_ms <= cue.start_ms <= place_ms and position_ms - cue.start_ms < RING_MS
    )


def phase_name(state: State, now_ms: int) -> str:
    """What the phase is called, for staff."""
    stretch = state.stretch(now_ms)
    if stretch is None or state.play in BEFORE:
        return ""
    return stretch.name if state.position.section is Section.INFUSION else str(state.position.section)
