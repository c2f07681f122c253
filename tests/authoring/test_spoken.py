"""Words that are said otherwise than they are written, and words that are only read."""

import pytest

from guideplayer.authoring.listing import script_files
from guideplayer.authoring.reader import read_script, read_text
from guideplayer.core.plan import plan
from guideplayer.core.script import Clip, Say
from guideplayer.core.units import MINUTE_MS
from guideplayer.core.words import CHARACTERS_PER_SECOND, SHORTEST_MS, caption_of, line_at

MARKED = "Hello, [Siobhan](/ʃɪˈvɔːn/). [pause 2s] You can rest."


@pytest.fixture
def read(small, library, tmp_path):
    """Reads the small script, changed; of the spoken forms that are given there are clips."""

    def read(*changes, spoken=()):
        text = small
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        library.clips["heart"] = {**library.clips["heart"], **dict.fromkeys(spoken, Clip("0.ogg", 3000))}
        return read_text(text, str(tmp_path / "small.yaml"), library, tmp_path)

    return read


def first_line(script) -> Say:
    return next(item for item in script.phases[0].items if isinstance(item, Say))


def told(problems, folder) -> str:
    return "\n\n".join(problem.render() for problem in problems).replace(f"{folder}/", "")


def test_marks_are_said_and_not_shown(read):
    script, problems = read(("You can rest.", MARKED), spoken=[MARKED])
    assert problems == ()
    assert first_line(script) == Say(
        "Hello, Siobhan. You can rest.", Clip("voices/heart/0.ogg", 3000), voice="heart", spoken=MARKED
    )


def test_a_line_that_is_said_otherwise_needs_another_clip(read, tmp_path):
    script, problems = read(("You can rest.", "You [pause 2s] can rest."))
    assert told(problems, "nowhere") == (
        f"{tmp_path}/small.yaml:11:16: missing-clip: no clip of “You can rest.” in the voice 'heart':"
        f" make it with `guideplayer voice {tmp_path}/small.yaml`\n"
        "          - say: You [pause 2s] can rest.\n"
        "                 ^"
    )
    plain, _ = read(("You can rest.", "You can rest now."))
    marked, _ = read(("You can rest.", "You can [pause 2s] rest now."))
    assert first_line(marked).clip.length_ms - first_line(plain).clip.length_ms == 2000
    assert first_line(script).text == "You can rest."


def test_a_wrong_mark_is_shown_where_it_stands(read, tmp_path):
    words = ("You can rest.", "You are here\n            now, [rest](/r3st/) and [puase 2s] rest.")
    _, problems = read(words)
    assert told(problems, tmp_path) == (
        "small.yaml:12:18: wrong-pronunciation: the narrators know no “3”:"
        " write the sound of “rest” as a dictionary does, in IPA\n"
        "              now, [rest](/r3st/) and [puase 2s] rest.\n"
        "                   ^\n"
        "Did you mean '/rɜst/'?\n\n"
        "small.yaml:12:37: wrong-pause: a pause within a line is written like [pause 2s]\n"
        "              now, [rest](/r3st/) and [puase 2s] rest.\n"
        "                                      ^\n"
        "Did you mean '[pause 2s]'?"
    )


def test_a_lexicon_says_how_words_sound_in_all_scripts_beside_it(read, tmp_path):
    (tmp_path / "lexicon.yaml").write_text("# Names.\nSiobhan: /ʃɪˈvɔːn/\nNew York: /njuː jɔːk/\n", "utf-8")
    spoken = "Rest, [Siobhan](/ʃɪˈvɔːn/)."
    script, problems = read(("You can rest.", "Rest, Siobhan."), spoken=[spoken])
    assert problems == ()
    assert (first_line(script).text, first_line(script).spoken) == ("Rest, Siobhan.", spoken)


def test_what_is_wrong_in_a_lexicon_is_told_of_the_lexicon(read, tmp_path):
    (tmp_path / "lexicon.yaml").write_text("rest: rɛst\nhere: /h1ə/\nhere: /hɪə/\nthere: [a]\n", "utf-8")
    script, problems = read()
    assert script is None
    assert told(problems, tmp_path) == (
        "lexicon.yaml:1:7: wrong-pronunciation: the sound of “rest” stands between two strokes, like /ʃɪˈvɔːn/\n"
        "  rest: rɛst\n"
        "        ^\n"
        "Did you mean '/rɛst/'?\n\n"
        "lexicon.yaml:2:7: wrong-pronunciation: the narrators know no “1”:"
        " write the sound of “here” as a dictionary does, in IPA\n"
        "  here: /h1ə/\n"
        "        ^\n"
        "Did you mean '/hə/'?\n\n"
        "lexicon.yaml:3:1: duplicate-key: “here” is already given on line 2\n"
        "  here: /hɪə/\n"
        "  ^\n\n"
        "lexicon.yaml:4:8: wrong-type: this is a list, where a sound such as /ʃɪˈvɔːn/ belongs\n"
        "  there: [a]\n"
        "         ^"
    )


def test_a_lexicon_is_no_script(small, library, tmp_path):
    (tmp_path / "small.yaml").write_text(small, "utf-8")
    (tmp_path / "lexicon.yaml").write_text("here: /hɪə/\n", "utf-8")
    assert list(script_files([tmp_path])) == ["small"]
    script, problems = read_script(tmp_path / "lexicon.yaml", library)
    assert script is None
    assert told(problems, tmp_path) == (
        "lexicon.yaml: not-a-file: this is the lexicon of the scripts beside it:"
        " it is read with each of them, and is none itself"
    )


def test_a_script_can_be_read_alone_and_lasts_as_long_as_that_takes(read):
    long = "This is a longer line that nobody says, and that takes its time to be read, since it has two pages."
    script, problems = read(
        ("language: en", "language: en\nvoice: none"), ("You can rest.", long), ("30s..90s", "10s..90s")
    )
    assert problems == ()
    assert {say.clip.file for say in (first_line(script), script.hold.paused, *script.resume)} == {""}
    cue, room_ms = line_at(plan(script, MINUTE_MS + MINUTE_MS // 2).infusion, 0)
    shown = {}
    for into_ms in range(0, cue.length_ms, 20):
        caption = caption_of(cue.item.text, into_ms, cue.length_ms, room_ms)
        if caption and caption.opacity > 0:
            shown[caption.text] = shown.get(caption.text, 0) + 20
    assert " ".join(text.strip() for text in shown) == long
    assert min(shown.values()) >= SHORTEST_MS
    assert sum(shown.values()) >= len(long) * 1000 / CHARACTERS_PER_SECOND - 40


def test_one_line_can_be_read_alone(read):
    script, problems = read(("- You are here.", "- {say: You are now here., voice: none}"))
    assert problems == ()
    assert script.phases[1].items[0] == Say("You are now here.", Clip("", 2900), voice="none")
