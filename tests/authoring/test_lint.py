# ruff: noqa: E501 - whole messages are as long as they are
"""What lint warns of: for every code a script that gives the warning, whole, and one that is close to it and does not."""

import re
import textwrap
from pathlib import Path

import pytest

from guideplayer.authoring.names import WARNINGS
from guideplayer.authoring.problems import Severity
from guideplayer.authoring.reader import read_text
from guideplayer.core import scenes

CALM = """\
guideplayer: 1
title: Calm
language: en
arrival:
  scene: {name: dusk, light: 0.4}
  bed: {name: tide, level: -26}
  lines:
    - say: If you want, press the button. Someone will come.
    - rest: 20s
infusion:
  length: 20m..24m
  phases:
    - name: settling
      lines:
        - say: You can rest.
        - rest: 4m..6m
        - say: Your breath moves on its own.
        - rest: 3m..6m
    - name: peak
      scene: {light: 0.2}
      lines:
        - say: You are here.
        - rest: 4m..6m
        - say: All of it can pass.
        - rest: 4m..6m
return:
  length: 3m
  scene: {name: dawn, light: 0.3}
  lines:
    - rest: 30s..2m
    - say: The light returns.
    - rest: 1m..2m30s
"""


@pytest.fixture
def read(library_of, tmp_path):
    """Reads a text with lint, in a library that has a clip of 3 s for each of its lines; only warnings come back."""

    def read(text):
        shipped = Path("guideplayer/authoring/hold.en.yaml")
        lines = re.findall(r"say: (.+)|- ([A-Z].+)", text + (Path(__file__).parents[2] / shipped).read_text())
        lines += re.findall(r"^ *\w+: \[?([^]\n]+)", text, re.MULTILINE)
        lines += re.findall(r"^\w+: (.+)$", (Path(__file__).parents[2] / shipped).read_text(), re.MULTILINE)
        texts = [said if isinstance(said, str) else said[0] or said[1] for said in lines]
        script, problems = read_text(text, "calm.yaml", library_of(texts), tmp_path, lint=True)
        assert script, [problem.render() for problem in problems]
        assert {problem.severity for problem in problems} <= {Severity.WARNING}
        return [problem.render() for problem in problems]

    return read


def changed(*changes):
    text = CALM
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def test_a_calm_script_gives_no_warning(read):
    assert read(CALM) == []


DUTCH = """\
hold:
  paused: Even rust.
  delivered: Het team weet het.
  acknowledged: Er komt iemand.
  unanswered: Ik roep nog.
  resting: We rusten hier.
  grounding: [Dit gaat over.]
resume: [Welkom terug.]
return:"""

# Each: code, what changes in the calm script, the warning that it gives, what changes nearly so and gives none.
CASES = [
    (
        "hurried-line",
        [("You can rest.", "You can lie here and be quiet and rest for a long time.")],
        """
        calm.yaml:15:16: warning: hurried-line: this line is spoken at 260 words a minute, and 220 is quick: say less in it
                  - say: You can lie here and be quiet and rest for a long time.
                         ^
        """,
        [("You can rest.", "You can lie here and be quiet and rest so long.")],
    ),
    (
        "long-caption",
        [("You can rest.", "Extraordinarily comfortable surroundings, wonderfully encompassing everything.")],
        """
        calm.yaml:15:16: warning: long-caption: this line has 78 letters, and two rows of captions hold 74: make it two lines
                  - say: Extraordinarily comfortable surroundings, wonderfully encompassing everything.
                         ^
        """,
        [("You can rest.", "Extraordinarily comfortable surroundings, wonderfully encompassing all.")],
    ),
    (
        "quick-caption",
        [
            (
                "        - rest: 4m..6m\n        - say: Your breath",
                "        - rest: 4m..6m\n        - You are carried by the warm and steady sand of the shore.\n        - say: Your breath",
            )
        ],
        None,
        [
            (
                "        - rest: 4m..6m\n        - say: Your breath",
                "        - rest: 4m..6m\n        - All is well.\n        - say: Your breath",
            )
        ],
    ),
    (
        "order",
        [("You can rest.", "Now relax.")],
        """
        calm.yaml:15:16: warning: order: “Now relax” sounds like an order: offer it instead
                  - say: Now relax.
                         ^
        Did you mean 'you can'?
        """,
        [("You can rest.", "There is nothing you need to do.")],
    ),
    (
        "stacked-negations",
        [("You can rest.", "Nothing here is not welcome.")],
        """
        calm.yaml:15:16: warning: stacked-negations: “Nothing” and “not” stand in one sentence: say what is, not what is not
                  - say: Nothing here is not welcome.
                         ^
        """,
        [("You can rest.", "Nothing is asked of you.")],
    ),
    (
        "frightening-image",
        [("You can rest.", "You are falling, softly.")],
        """
        calm.yaml:15:16: warning: frightening-image: “falling” can become a picture of falling: choose another one
                  - say: You are falling, softly.
                         ^
        """,
        [("You can rest.", "You may be falling asleep.")],
    ),
    (
        "no-font",
        [("You can rest.", "You can rest \U00012000.")],
        """
        calm.yaml:15:16: warning: no-font: no font here has “\U00012000”: install one (Debian: fonts-noto-cjk)
                  - say: You can rest \U00012000.
                         ^
        """,
        [("You can rest.", "You can rest, θάλασσα.")],
    ),
    (
        "wordy-peak",
        [("You are here.\n        - rest: 4m..6m", "You are here.\n        - rest: 2m..6m"), ("20m..24m", "14m..24m")],
        None,
        [
            ("You are here.\n        - rest: 4m..6m", "You are here.\n        - rest: 3m30s..6m"),
            ("20m..24m", "18m..24m"),
        ],
    ),
    (
        "question-at-peak",
        [("All of it can pass.", "Can it pass?")],
        """
        calm.yaml:24:16: warning: question-at-peak: this is a question, and nobody can answer at the peak: say it as a sentence
                  - say: Can it pass?
                         ^
        """,
        [("You can rest.", "Can you rest?")],
    ),
    (
        "long-silence",
        [("You are here.\n        - rest: 4m..6m", "You are here.\n        - rest: 4m..12m"), ("20m..24m", "20m..29m")],
        None,
        [("You are here.\n        - rest: 4m..6m", "You are here.\n        - rest: 4m..7m"), ("20m..24m", "20m..25m")],
    ),
    (
        "no-reminder",
        [("If you want, press the button. Someone will come.", "It is quiet here.")],
        """
        calm.yaml:5:3: warning: no-reminder: the arrival does not say that a press of the button brings somebody: say it before the pump starts
            scene: {name: dusk, light: 0.4}
            ^
        """,
        [("If you want, press the button. Someone will come.", "A nurse comes when you ring the bell.")],
    ),
    (
        "only-read",
        [("language: en", "language: en\nvoice: none")],
        """
        calm.yaml:1:1: warning: only-read: nothing of this script is said, also while it is paused: a patient whose eyes are closed is told nothing
          guideplayer: 1
          ^
        """,
        [("language: en", "language: en\nvoice: onyx")],
    ),
    (
        "unchecked-language",
        [("language: en", "language: nl"), ("return:", DUTCH)],
        None,
        [("language: en", "language: en-GB")],
    ),
    (
        "light-jump",
        [("scene: {light: 0.2}", "scene: {light: 0.05}")],
        """
        calm.yaml:20:14: warning: light-jump: the light goes from 0.4 in 'settling' to 0.05 at once: take steps of 0.25 at most
                scene: {light: 0.05}
                       ^
        """,
        [("scene: {light: 0.2}", "scene: {light: 0.15}")],
    ),
    (
        "loud-bed",
        [("level: -26", "level: -21")],
        """
        calm.yaml:6:8: warning: loud-bed: the bed is at -21 LUFS, so close to the narration's -20 that it is heard to dive under each line: -22 at most
            bed: {name: tide, level: -21}
                 ^
        """,
        [("level: -26", "level: -22")],
    ),
    (
        "bed-jump",
        [("scene: {light: 0.2}", "scene: {light: 0.2}\n      bed: {level: -40}")],
        """
        calm.yaml:21:12: warning: bed-jump: the bed goes from -26 to -40 LUFS at once: take steps of 12 at most
                bed: {level: -40}
                     ^
        """,
        [("scene: {light: 0.2}", "scene: {light: 0.2}\n      bed: {level: -38}")],
    ),
    (
        "sickening-motion",
        [("scene: {light: 0.2}", "scene: {name: halo, motion: normal, light: 0.2}")],
        """
        calm.yaml:20:14: warning: sickening-motion: the whole picture of 'halo' moves 15 times a minute at motion 'normal', and 12 to 24 can sicken: choose another motion
                scene: {name: halo, motion: normal, light: 0.2}
                       ^
        Did you mean 'still'?
        """,
        [("scene: {light: 0.2}", "scene: {name: halo, motion: slow, light: 0.2}")],
    ),
]


@pytest.fixture
def restless_halo(monkeypatch):
    """A halo that breathes four times as fast as the shipped one, which no rule has to warn of."""
    monkeypatch.setitem(scenes.WHOLE_SCREEN_PERIODS_S, "halo", (4.0,))


@pytest.mark.usefixtures("restless_halo")
@pytest.mark.parametrize(("code", "changes", "warning", "_near"), CASES, ids=[case[0] for case in CASES])
def test_a_warning_is_given(read, code, changes, warning, _near):
    (told, *others) = [text for text in read(changed(*changes)) if f"warning: {code}:" in text]
    if warning is not None:
        assert told == textwrap.dedent(warning).strip("\n")
        assert others == []


@pytest.mark.usefixtures("restless_halo")
@pytest.mark.parametrize(("code", "_changes", "_warning", "near"), CASES, ids=[case[0] for case in CASES])
def test_what_is_close_to_it_is_not_warned_of(read, code, _changes, _warning, near):
    assert not [text for text in read(changed(*near)) if f"warning: {code}:" in text]


def test_every_warning_has_a_case():
    # What is told of music needs a folder of it: see test_beds.
    assert {case[0] for case in CASES} | {"sudden-music"} == WARNINGS


# Lines that a therapist may write: those that are warned of, each with its code, and those that sound like them.
UNKIND = {
    "order": [
        "You'll need to breathe slowly.",
        "You’ve got to stay.",
        "You ought to rest.",
        "You’re supposed to feel calm.",
        "And now relax.",
        "Now, relax.",
        "Then, slowly, let go.",
        "Please relax.",
        "So please don't move.",
        "If not, you must stay.",
        "Breathe in deeply.",
        "Take a deep breath.",
        "Stay calm.",
        "Gently close your eyes.",
        "Please, keep your eyes closed.",
        "Relax, nothing is wrong.",
    ],
    "stacked-negations": ["Neither is not true.", "You can't do nothing.", "It will never not be here."],
    "frightening-image": [
        "You hear rain as you fall.",
        "The rain falls and you fall with it.",
        "You tumble down and down.",
        "You sink like the sun.",
        "The water is cold and dark.",
        "You float in a dark, cold ocean.",
        "You drift under the water.",
        "You can't move.",
        "The walls are closing in.",
        "Your heart stops.",
        "Your body dissolves.",
        "You are slowly disappearing.",
        "Darkness swallows you.",
        "You will never come back.",
        "The fire burns your worries.",
        "A needle in your arm.",
    ],
}
KIND = [
    "There is no place you have to be.",
    "There's nothing at all that you must do.",
    "It isn't something you have to hold.",
    "If you need to, you can press the button.",
    "Whatever you need to feel is welcome.",
    "Take all the time you need to settle.",
    "If you should want somebody, call.",
    "Remember, you can press the button.",
    "Stop whenever you like.",
    "Imagine, if you like, a wide sky.",
    "Stay as long as you like.",
    "It is never too late to rest.",
    "Never mind.",
    "Whether or not you hear me, nothing is asked.",
    "Neither warm nor cold.",
    "Soft rain falls on the leaves.",
    "Snow is falling, very slowly.",
    "Leaves are slowly falling.",
    "Night falls.",
    "Your breath rises and falls.",
    "Each breath rises, and gently falls.",
    "The sun is slowly sinking.",
    "A fallen log, soft with moss.",
    "Pine needles lie on the path.",
    "The path wound along the stream.",
    "Your rib cage widens, softly.",
    "A candle is burning on the sill.",
    "The wind dies down.",
    "A boat, tied to the shore.",
    "The stream tumbles over stones.",
    "Clouds dissolve. Thoughts may vanish.",
    "A dark sky, full of stars.",
]


@pytest.mark.parametrize(("code", "line"), [(code, line) for code, lines in UNKIND.items() for line in lines])
def test_an_unkind_line_is_warned_of(read, code, line):
    assert [told.split(": ")[2] for told in read(changed(("You can rest.", line)))] == [code]


@pytest.mark.parametrize("line", KIND)
def test_a_kind_line_that_sounds_like_one_is_not(read, line):
    assert read(changed(("You can rest.", line))) == []


@pytest.mark.parametrize(
    "arrival", ["No pressure here. We begin soon.", "A bell rings. I am here.", "A bird calls. Somebody is here."]
)
def test_words_of_the_reminder_that_tell_nothing_are_none(read, arrival):
    told = read(changed(("If you want, press the button. Someone will come.", arrival)))
    assert [text.split(": ")[2] for text in told] == ["no-reminder"]


@pytest.mark.parametrize(
    "arrival", ["If you raise your hand, we come.", "Squeeze the ball, and I'll be there.", "Ring the bell for help."]
)
def test_there_are_many_ways_to_call(read, arrival):
    assert read(changed(("If you want, press the button. Someone will come.", arrival))) == []


def test_an_optional_line_at_the_peak_counts_where_there_is_room_for_it(read):
    """The shortest infusion leaves it out; a longer one is the densest."""
    optional = "        - say: All is well.\n          keep: 1\n        - rest: 2m..6m\n"
    changes = [
        ("You are here.\n        - rest: 4m..6m", "You are here.\n        - rest: 3m..6m"),
        ("        - say: All of it", f"{optional}        - say: All of it"),
        ("20m..24m", "15m..24m"),
    ]
    assert [told.splitlines()[0] for told in read(changed(*changes))] == [
        "calm.yaml:27:16: warning: wordy-peak: at the peak this line follows the one before after 2m3s in an infusion of "
        "16m15s: there is room for one in 3m, so widen the rest before it"
    ]


def test_no_shipped_scene_moves_at_a_sickening_pace():
    for periods_s in scenes.WHOLE_SCREEN_PERIODS_S.values():
        assert all(period_s >= 10 for period_s in periods_s)


ALLOW = "allow: [{{warning: order, because: The patient asked for it{phase}}}]\nreturn:"


@pytest.mark.parametrize("phase", ["", ", phase: settling"])
def test_a_script_allows_a_warning_with_a_reason(read, phase):
    assert read(changed(("You can rest.", "Now relax."), ("return:", ALLOW.format(phase=phase)))) == []


def test_a_permission_for_another_phase_allows_nothing(read):
    told = read(changed(("You can rest.", "Now relax."), ("return:", ALLOW.format(phase=", phase: peak"))))
    assert [text.splitlines()[0] for text in told] == [
        "calm.yaml:15:16: warning: order: “Now relax” sounds like an order: offer it instead",
        "calm.yaml:26:19: warning: needless-allow: there is no warning 'order' in “peak” to allow: take this line away",
    ]


def test_a_permission_that_another_narrator_may_need_is_not_needless(read):
    allow = "allow: [{warning: hurried-line, because: Onyx is quick}]\nreturn:"
    assert read(changed(("return:", allow))) == []


@pytest.mark.parametrize(
    ("allow", "sentence"),
    [
        ("{warning: ordr, because: it is so}", "unknown-warning: there is no warning “ordr”"),
        ("{warning: order}", "missing-key: a permission needs 'because': why it is right here, for whoever reads on"),
    ],
)
def test_a_wrong_permission_is_an_error(library, tmp_path, allow, sentence):
    _, problems = read_text(changed(("return:", f"allow: [{allow}]\nreturn:")), "calm.yaml", library, tmp_path)
    assert sentence in [f"{problem.code}: {problem.sentence}" for problem in problems]


def test_a_long_silence_is_told_once_at_its_worst(read):
    silent = [
        ("You are here.\n        - rest: 4m..6m", "You are here.\n        - rest: 9m..12m"),
        ("20m..24m", "24m..29m"),
    ]
    (told,) = read(changed(*silent))
    assert re.fullmatch(
        r"calm.yaml:22:16: warning: long-silence: from “You are here.” to “All of it can pass.” nothing is said for "
        r"1\dm\d*s? in an infusion of 29m: more than 8m can feel forsaken",
        told.splitlines()[0],
    )


def test_without_lint_nothing_is_warned_of(library_of, tmp_path):
    _, problems = read_text(changed(("You can rest.", "Now relax.")), "calm.yaml", library_of([]), tmp_path)
    assert {problem.code for problem in problems} == {"missing-clip"}
