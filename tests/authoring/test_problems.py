"""Each slip in a script has its own sentence, the place, and what was probably meant."""

from pathlib import Path

import pytest

from guideplayer.authoring.problems import Problem, Severity, render_all
from guideplayer.authoring.reader import read_text

MANY_KEYS = (
    "allow, arrival, contains, guideplayer, hold, infusion, language, resume, return, summary, themes, title and voice"
)

# What is changed in the small script, into what, and everything that is then said.
SLIPS = {
    "unknown key": (
        "      scene: dusk",
        "      scen: dusk",
        """
a.yaml:7:7: missing-key: a phase comes first and so needs 'scene'
      - name: settling
        ^

a.yaml:8:7: unknown-key: a phase has no key “scen”
        scen: dusk
        ^
Did you mean 'scene'?""",
    ),
    "unknown key, nothing like it": (
        "title: Small",
        "title: Small\nxyz: 1",
        f"""
a.yaml:3:1: unknown-key: a script has no key “xyz”: its keys are {MANY_KEYS}
  xyz: 1
  ^""",
    ),
    "misspelt key that is needed": (
        "language: en",
        "langauge: en",
        """
a.yaml:3:1: unknown-key: a script has no key “langauge”
  langauge: en
  ^
Did you mean 'language'?""",
    ),
    "missing key": (
        "title: Small\n",
        "",
        """
a.yaml:1:1: missing-key: a script needs 'title': what the script is called
  guideplayer: 1
  ^""",
    ),
    "duplicate key": (
        "title: Small",
        "title: Small\ntitle: Large",
        """
a.yaml:3:1: duplicate-key: “title” is already given on line 2
  title: Large
  ^""",
    ),
    "wrong duration": (
        "30s..90s",
        "bananas",
        """
a.yaml:12:17: wrong-duration: “bananas” is not a duration or a range: write it like 20s, 1m30s or 20s..90s
          - rest: bananas
                  ^""",
    ),
    "duration without a unit": (
        "30s..90s",
        "30",
        """
a.yaml:12:17: wrong-duration: “30” is not a duration or a range: write it like 20s, 1m30s or 20s..90s
          - rest: 30
                  ^
Did you mean '30s'?""",
    ),
    "duration in words": (
        "30s..90s",
        "20 sec - 2 minutes",
        """
a.yaml:12:17: wrong-duration: “20 sec - 2 minutes” is not a duration or a range: write it like 20s, 1m30s or 20s..90s
          - rest: 20 sec - 2 minutes
                  ^
Did you mean '20s..2m'?""",
    ),
    "range that runs backwards": (
        "30s..90s",
        "90s..30s",
        """
a.yaml:12:17: wrong-range: “90s..30s” runs backwards: the shorter length comes first
          - rest: 90s..30s
                  ^
Did you mean '30s..90s'?""",
    ),
    "natural length outside the range": (
        "rest: 30s..90s",
        "{rest: 30s..90s, natural: 2m}",
        """
a.yaml:12:37: wrong-range: 2m is not within 30s..1m30s
          - {rest: 30s..90s, natural: 2m}
                                      ^""",
    ),
    "longer than a day": (
        "30s..90s",
        "30s..25h",
        """
a.yaml:12:17: wrong-duration: “30s..25h” is not a duration or a range: write it like 20s, 1m30s or 20s..90s
          - rest: 30s..25h
                  ^""",
    ),
    "unknown scene": (
        "scene: dusk",
        "scene: {name: Dsuk, motion: slow}",
        """
a.yaml:8:21: unknown-scene: there is no scene “Dsuk”
        scene: {name: Dsuk, motion: slow}
                      ^
Did you mean 'dusk'?""",
    ),
    "unknown bed": (
        "bed: tide",
        "bed: opera",
        """
a.yaml:9:12: unknown-bed: there is no bed “opera”: there is evening-pad, none, piano-sparse and tide
        bed: opera
             ^""",
    ),
    "unknown sound": (
        "- say: You can rest.",
        "- sound: bel",
        """
a.yaml:11:18: unknown-sound: there is no sound “bel”
          - sound: bel
                   ^
Did you mean 'bell'?""",
    ),
    "unknown voice": (
        "title: Small",
        "title: Small\nvoice: hart",
        """
a.yaml:3:8: unknown-voice: there is no voice “hart”
  voice: hart
         ^
Did you mean 'heart'?""",
    ),
    "unknown motion": (
        "scene: dusk",
        "scene: {name: dusk, motion: stil}",
        """
a.yaml:8:35: unknown-motion: there is no motion “stil”
        scene: {name: dusk, motion: stil}
                                    ^
Did you mean 'still'?""",
    ),
    "too light": (
        "scene: dusk",
        "scene: {name: dusk, light: 1.5}",
        """
a.yaml:8:34: out-of-range: 1.5 is not a number from 0 to 1
        scene: {name: dusk, light: 1.5}
                                   ^""",
    ),
    "light in words": (
        "scene: dusk",
        "scene: {name: dusk, light: nan}",
        """
a.yaml:8:34: wrong-type: “nan” is not a number from 0 to 1
        scene: {name: dusk, light: nan}
                                   ^""",
    ),
    "first scene without a name": (
        "scene: dusk",
        "scene: {light: 0.2}",
        """
a.yaml:8:14: missing-key: the first scene needs 'name': there is none before it
        scene: {light: 0.2}
               ^""",
    ),
    "keep outside 1 to 9": (
        "say: You can rest.",
        "{say: You can rest., keep: 10}",
        """
a.yaml:11:38: out-of-range: 10 is not a whole number from 1 to 9
          - {say: You can rest., keep: 10}
                                       ^""",
    ),
    "yes for true": (
        "say: You can rest.",
        "{say: You can rest., optional: yes}",
        """
a.yaml:11:42: wrong-type: “yes” is neither true nor false
          - {say: You can rest., optional: yes}
                                           ^
Did you mean 'true'?""",
    ),
    "two lines in one": (
        "        - rest: 30s..90s",
        "          rest: 30s..90s",
        """
a.yaml:11:11: two-in-one: 'rest' and 'say' stand together: start each with a dash of its own
          - say: You can rest.
            ^""",
    ),
    "no kind of line": (
        "say: You can rest.",
        "sey: You can rest.",
        """
a.yaml:11:11: unknown-line: each line has one of 'rest', 'say' or 'sound', and this has none
          - sey: You can rest.
            ^
Did you mean 'say'?""",
    ),
    "nothing said": (
        "say: You can rest.",
        "say:",
        """
a.yaml:11:15: no-value: nothing is given here, where a text belongs
          - say:
                ^""",
    ),
    "a text where a list belongs": (
        "title: Small",
        "title: Small\nthemes: sky",
        """
a.yaml:3:9: wrong-type: a list of themes belongs here: start each of its lines with a dash
  themes: sky
          ^""",
    ),
    "a list where a text belongs": (
        "title: Small",
        "title: [Small]",
        """
a.yaml:2:8: wrong-type: this is a list, where a title belongs
  title: [Small]
         ^""",
    ),
    "a text where keys belong": (
        "  length: 30s\n  lines:\n    - rest: 10s..60s\n",
        "  softly\n",
        """
a.yaml:18:3: wrong-type: the return has keys (bed, length, lines and scene), and this is “softly”
    softly
    ^""",
    ),
    "another format": (
        "guideplayer: 1",
        "guideplayer: 2",
        """
a.yaml:1:14: unknown-format: this is format “2”, and only format 1 can be read
  guideplayer: 2
               ^
Did you mean '1'?""",
    ),
    "a language without shipped words": (
        "language: en",
        "language: de\nresume: [You are here.]",
        """
a.yaml:3:11: missing-words: no words are shipped in “de”, only in en: write 'acknowledged', 'delivered', 'grounding', \
'paused', 'resting' and 'unanswered'
  language: de
            ^""",
    ),
    "recording that is not there": (
        "say: You can rest.",
        "{say: You can rest., audio: a.wav}",
        """
a.yaml:11:39: missing-recording: there is no file “a.wav” in the script's folder
          - {say: You can rest., audio: a.wav}
                                        ^""",
    ),
    "recording outside": (
        "say: You can rest.",
        "{say: You can rest., audio: ../a.wav}",
        """
a.yaml:11:39: outside: “../a.wav” is outside the script's folder: put the file beside the script
          - {say: You can rest., audio: ../a.wav}
                                        ^""",
    ),
    "recording that is no sound": (
        "say: You can rest.",
        "{say: You can rest., audio: small.yaml}",
        """
a.yaml:11:39: unreadable-recording: “small.yaml” is no sound file that can be read: save it as WAV, FLAC or Ogg
          - {say: You can rest., audio: small.yaml}
                                        ^""",
    ),
    "missing clip": (
        "say: You can rest.",
        "say: You can rest well.",
        """
a.yaml:11:16: missing-clip: no clip of “You can rest well.” in the voice 'heart': make it with \
`guideplayer voice a.yaml`
          - say: You can rest well.
                 ^""",
    ),
    "too long for its lines": (
        "length: 1m..2m",
        "length: 1m..60m",
        """
a.yaml:5:11: impossible-fit: fills at most 3m6s of 60m: widen a rest in 'peak'
    length: 1m..60m
            ^""",
    ),
    "too short for its lines": (
        "length: 1m..2m",
        "length: 20s..2m",
        """
a.yaml:5:11: impossible-fit: takes at least 56s of 20s: shorten a rest or make a line optional in 'settling'
    length: 20s..2m
            ^""",
    ),
    "return too long for its lines": (
        "  length: 30s",
        "  length: 30s..3m",
        """
a.yaml:18:11: impossible-fit: fills at most 1m of 3m: widen a rest in 'return'
    length: 30s..3m
            ^""",
    ),
}


@pytest.mark.parametrize("name", SLIPS)
def test_slip(name, small, library):
    right, wrong, message = SLIPS[name]
    assert small.count(right) == 1

    script, problems = read_text(small.replace(right, wrong), "a.yaml", library, Path(__file__).parent / "scripts")

    assert render_all(problems) == message.removeprefix("\n")
    assert (script is None) == (name != "missing clip")


def test_all_problems_are_told_at_once_in_the_order_of_the_text(small, library):
    text = small.replace("30s..90s", "x").replace("dusk", "dark").replace("title", "titel")
    _, problems = read_text(text, "a.yaml", library, Path())

    assert [(problem.line, problem.code) for problem in problems] == [
        (2, "unknown-key"),
        (8, "unknown-scene"),
        (12, "wrong-duration"),
    ]


def test_a_missing_clip_has_an_estimated_length_and_makes_a_misfit_a_warning(small, library):
    text = small.replace("You can rest.", "You can rest, softly.").replace("1m..2m", "1m..60m")
    script, problems = read_text(text, "a.yaml", library, Path())

    assert script is not None
    line = script.phases[0].items[0]
    assert line.clip.file == ""
    assert 1_500 <= line.clip.length_ms <= 3_500
    assert [(problem.code, problem.severity) for problem in problems] == [
        ("impossible-fit", Severity.WARNING),
        ("missing-clip", Severity.ERROR),
    ]
    assert problems[0].render() == (
        "a.yaml:5:11: warning: impossible-fit: fills at most 3m5s of 60m: widen a rest in 'peak'\n"
        "    length: 1m..60m\n"
        "            ^"
    )


def test_a_clip_whose_file_is_gone_is_missing(small, library):
    library.path("voices/heart/0.ogg").unlink()
    _, problems = read_text(small, "a.yaml", library, Path())

    assert [(problem.line, problem.code) for problem in problems] == [(11, "missing-clip")]


def test_missing_clips_of_shipped_words_are_told_where_the_narrator_is_chosen(small, library_of):
    library = library_of(["You can rest.", "You are here."])
    _, problems = read_text(small.replace("title: Small", "title: Small\nvoice: onyx"), "a.yaml", library, Path())

    assert {(problem.line, problem.column, problem.code) for problem in problems} == {(3, 8, "missing-clip")}
    assert problems[0].sentence.startswith(
        "no clip of “We have paused. I am calling the team now.” in the voice 'onyx'"
    )


def test_a_long_line_is_shown_around_the_place():
    source = "x" * 300 + "y" + "z" * 300
    problem = Problem("code", Severity.ERROR, "a.yaml", 1, 301, source, "sentence")

    assert problem.render() == f"a.yaml:1:301: code: sentence\n  {'x' * 50}y{'z' * 49}\n  {' ' * 50}^"


def test_the_caret_stands_under_wide_letters():
    problem = Problem("code", Severity.ERROR, "a.yaml", 1, 4, "空の名: x", "sentence")

    assert problem.render() == "a.yaml:1:4: code: sentence\n  空の名: x\n        ^"
