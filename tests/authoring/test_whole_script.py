"""Everything that format 1 can say arrives in the Script."""

import wave
from pathlib import Path

import pytest

from guideplayer.authoring.problems import render_all
from guideplayer.authoring.reader import read_script, read_text
from guideplayer.core.script import (
    BedChoice,
    Clip,
    HoldWords,
    Motion,
    Phase,
    Rest,
    Say,
    SceneChoice,
    Script,
    Sound,
    Span,
    span,
)
from guideplayer.media import Library

WHOLE = Path(__file__).parent / "scripts/whole.yaml"
TEXTS = (
    "You are welcome here.",
    "Your breath moves on its own.",
    "You can rest.",
    "It can all pass.",
    "The light returns.",
    "We rest here.",
    "They know.",
    "One is coming.",
    "I still call.",
    "A pause.",
    "You can feel your feet.",
    "You can feel your hands.",
    "We go on.",
)


def said(text: str, voice: str = "onyx", keep: int | None = None) -> Say:
    return Say(text, Clip(f"voices/{voice}/{TEXTS.index(text)}.ogg", 3000), keep, voice)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "wave.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\0" * 10_000)
    return path


def test_every_key_is_read(library_of, recording):
    script, problems = read_text(WHOLE.read_text("utf-8"), "whole.yaml", library_of(TEXTS), recording.parent)

    pause = Rest(Span(30_000, 40_000, 90_000))
    dusk, pad = SceneChoice("dusk", Motion.STILL, 0.4), BedChoice("evening-pad", -30.0)
    settling = (
        Sound("bell"),
        said("Your breath moves on its own.", keep=3),
        pause,
        said("You can rest.", keep=0),
        pause,
    )
    widest = (said("It can all pass.", "heart"), Rest(span(60_000, 180_000)))
    after = (Say("A wave, and a wave.", Clip(str(recording), 1250), None, "onyx"), Rest(span(10_000, 90_000)))
    assert render_all(problems) == ""
    assert script == Script(
        title="Whole",
        language="en-GB",
        voice="onyx",
        summary="Everything that can be written.",
        themes=("sky", "rest"),
        contains=("breath", "body"),
        file="whole.yaml",
        infusion_length=span(120_000, 300_000),
        arrival=Phase("arrival", dusk, pad, (said("You are welcome here."), Rest(span(20_000)))),
        phases=(
            Phase("settling", dusk, pad, settling),
            Phase("widest", SceneChoice("nebula", Motion.STILL, 0.15), BedChoice("evening-pad", -33.0), widest, True),
            Phase("after", SceneChoice("tide", Motion.STILL, 0.15), BedChoice("", -33.0), after),
        ),
        returning=Phase(
            "return",
            SceneChoice("tide", Motion.SLOW, 0.15),
            BedChoice("tide", -33.0),
            (said("The light returns."), Rest(span(10_000, 60_000))),
        ),
        return_length=span(30_000, 60_000),
        hold=HoldWords(
            paused=said("We rest here."),
            delivered=said("They know.", "heart"),
            acknowledged=said("One is coming."),
            unanswered=said("I still call."),
            resting=said("A pause."),
            grounding=(said("You can feel your feet."), said("You can feel your hands.")),
        ),
        resume=(said("We go on."),),
    )


def test_the_last_phase_is_the_peak_unless_another_says_so(small, library):
    script, _ = read_text(small, "small.yaml", library, Path())

    assert script is not None
    assert [phase.peak for phase in script.phases] == [False, True]


def test_a_phase_without_scene_or_bed_keeps_those_before_it(small, library):
    script, _ = read_text(small, "small.yaml", library, Path())

    assert script is not None
    for phase in (*script.phases, script.returning):
        assert (phase.scene, phase.bed) == (SceneChoice("dusk", Motion.SLOW, 0.5), BedChoice("tide", -26.0))


def test_the_shipped_words_stand_in_for_those_not_given(small, library):
    text = small + "hold:\n  paused: You are here.\n"
    script, problems = read_text(text, "small.yaml", library, Path())

    assert render_all(problems) == ""
    assert script is not None
    assert script.hold.paused.text == "You are here."
    assert script.hold.delivered.text == "The team has been told."
    assert len(script.hold.grounding) >= 5
    assert script.resume[0].text == "Welcome back. We continue softly."


def test_another_voice_can_tell_it(small, library):
    script, problems = read_text(small, "small.yaml", library, Path(), voice="onyx")

    assert render_all(problems) == ""
    assert script is not None
    assert (script.voice, script.hold.paused.voice) == ("onyx", "onyx")
    assert script.phases[0].items[0] == Say("You can rest.", Clip("voices/onyx/0.ogg", 3000), None, "onyx")


def test_merge_keys_and_aliases_are_resolved(small, library):
    text = small.replace("scene: dusk", "scene: &soft {name: dusk, light: 0.2}").replace(
        "length: 30s", "length: 30s\n  scene: {<<: *soft, name: dawn}"
    )
    script, problems = read_text(text, "small.yaml", library, Path())

    assert render_all(problems) == ""
    assert script is not None
    assert script.returning.scene == SceneChoice("dawn", Motion.SLOW, 0.2)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(small, library):
    text = b"\xef\xbb\xbf" + small.replace("\n", "\r\n").encode()
    script, problems = read_text(text, "small.yaml", library, Path())

    assert render_all(problems) == ""
    assert script is not None


def test_a_file_is_read_with_its_own_folder(small, library, recording):
    path = recording.with_name("small.yaml")
    path.write_text(small.replace("say: You can rest.", "{say: Hush., audio: wave.wav}"), "utf-8")
    script, problems = read_script(path, library)

    assert render_all(problems) == ""
    assert script is not None
    assert script.file == str(path)
    assert script.phases[0].items[0] == Say("Hush.", Clip(str(recording), 1250), None, "heart")


def test_reading_holds_nothing_but_the_library(library: Library, small):
    first, _ = read_text(small, "small.yaml", library, Path())
    second, _ = read_text(small, "small.yaml", library, Path())

    assert first == second
