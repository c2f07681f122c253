"""`guideplayer new` as a therapist calls it: what it writes can be played at once, in both voices."""

import json
import os
import pty
import subprocess
import sys

import jsonschema
import pytest
import yaml

from guideplayer.authoring.listing import list_scripts
from guideplayer.authoring.reader import read_script
from guideplayer.core.fitting import fill_range
from guideplayer.core.plan import plan
from guideplayer.core.script import Rest, Say
from guideplayer.core.units import MINUTE_MS
from guideplayer.media import shipped_library

DENSITIES = ("full", "sparse", "music")


def guideplayer(folder, *words, **how):
    environment = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    command = [sys.executable, "-m", "guideplayer", *map(str, words)]
    how = {"capture_output": True, "stdin": subprocess.DEVNULL, **how}
    return subprocess.run(command, cwd=folder, env=environment, text=True, check=False, **how)


@pytest.mark.parametrize("density", DENSITIES)
@pytest.mark.parametrize("voice", ["heart", "emma", "onyx", "michael"])
def test_a_new_script_is_good_at_any_density_and_has_every_clip(tmp_path, density, voice):
    ended = guideplayer(tmp_path, "new", "mine.yaml", "--title", "Mine", "--language", "en", "--density", density)
    assert (ended.returncode, ended.stderr) == (0, "")
    script, problems = read_script(tmp_path / "mine.yaml", shipped_library(), voice, lint=True)
    assert problems == ()
    least_ms, most_ms = fill_range(script)
    assert least_ms <= 38 * MINUTE_MS
    assert most_ms >= 62 * MINUTE_MS
    for infusion_ms in (40 * MINUTE_MS, 60 * MINUTE_MS):
        silences = [cue.length_ms for cue in plan(script, infusion_ms).infusion.cues if isinstance(cue.item, Rest)]
        assert max(silences) < 8 * MINUTE_MS


def test_densities_differ_in_words_alone(tmp_path):
    scripts = []
    for density in DENSITIES:
        assert guideplayer(tmp_path, "new", f"{density}.yaml", "--density", density).returncode == 0
        scripts.append(read_script(tmp_path / f"{density}.yaml", shipped_library())[0])
    lines = [[item.text for phase in one.phases for item in phase.items if isinstance(item, Say)] for one in scripts]
    assert [len(one) for one in lines] == [28, 21, 15]
    assert set(lines[2]) < set(lines[1]) < set(lines[0])
    rests = [
        sum(item.span.minimum_ms for phase in one.phases for item in phase.items if isinstance(item, Rest))
        for one in scripts
    ]
    assert len(set(rests)) == 1
    listed = {entry.name: entry.density for entry in list_scripts([tmp_path], shipped_library())}
    assert {name: str(density) for name, density in listed.items()} == {name: name for name in DENSITIES}
    assert not any(item.keep for phase in scripts[2].phases for item in phase.items if isinstance(item, Say))


def test_what_it_says(tmp_path):
    ended = guideplayer(tmp_path, "new", "mine.yaml")
    assert (
        ended.stdout
        == """\
mine.yaml is written. Open it in any editor: it explains itself.

Next:
  guideplayer check mine.yaml     everything that is wrong with it
  guideplayer preview mine.yaml   one page, to see and to hear it
  guideplayer play mine.yaml      a session in this room
"""
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["guideplayer.schema.json", "mine.yaml"]


def test_editors_find_the_schema_and_it_allows_the_script(tmp_path):
    guideplayer(tmp_path, "new", "mine.yaml")
    first, *_ = text = (tmp_path / "mine.yaml").read_text("utf-8").splitlines()
    assert first == "# yaml-language-server: $schema=guideplayer.schema.json"
    schema = json.loads((tmp_path / "guideplayer.schema.json").read_text("utf-8"))
    jsonschema.validate(yaml.safe_load("\n".join(text)), schema)
    assert "THIS-FILE" not in "\n".join(text)
    assert "guideplayer preview mine.yaml" in "\n".join(text)


def test_a_schema_that_is_there_stays(tmp_path):
    (tmp_path / "guideplayer.schema.json").write_text("{}")
    guideplayer(tmp_path, "new", "mine.yaml")
    assert (tmp_path / "guideplayer.schema.json").read_text() == "{}"


@pytest.mark.parametrize("title", ["A: b # c", '“Quoted” "twice"', "- dash", "Größe & <b>", "yes"])
def test_any_title(tmp_path, title):
    assert guideplayer(tmp_path, "new", "mine.yaml", "--title", title).returncode == 0
    script, problems = read_script(tmp_path / "mine.yaml", shipped_library())
    assert problems == ()
    assert script.title == title


def test_another_language_says_what_is_left_to_do(tmp_path):
    ended = guideplayer(tmp_path, "new", "mine.yaml", "--language", "es")
    assert ended.returncode == 0
    assert (
        """
No words and no recordings are shipped in “es”, so its lines are still English. Translate each,
write the words of the pause (at the end of the file), and record them: a recording is named under its
line, as in `audio: recordings/line-01.wav`. `guideplayer check` tells what is left to do.
"""
        in ended.stdout
    )
    assert 'language: "es"  # every line below is still English: translate it\n' in (tmp_path / "mine.yaml").read_text()
    checked = guideplayer(tmp_path, "check", "mine.yaml")
    assert checked.returncode == 1
    assert "missing-words: no words are shipped in “es”" in checked.stderr


def test_its_own_words_for_the_pause_need_only_their_marks_taken_away(tmp_path):
    guideplayer(tmp_path, "new", "mine.yaml", "--language", "es")
    path = tmp_path / "mine.yaml"
    head, mark, hold = path.read_text("utf-8").partition("# hold:\n")
    path.write_text(head + (mark + hold).replace("# ", ""), "utf-8")
    script, problems = read_script(path, shipped_library())
    assert problems == ()
    assert script.hold.grounding


WRONG = {
    "another ending": (("mine.yml",), "A script's name ends in .yaml: write mine.yaml.\n"),
    "no ending": (("mine",), "A script's name ends in .yaml: write mine.yaml.\n"),
    "a folder": ((".",), ". is a folder: name a file in it, such as my-script.yaml.\n"),
    "no such folder": (("far/mine.yaml",), "There is no folder far: make it first, or choose another.\n"),
    "no title": (("mine.yaml", "--title", " "), "A title has 1 to 80 letters.\n"),
    "a long title": (("mine.yaml", "--title", "a" * 81), "A title has 1 to 80 letters.\n"),
    "a title with a bell": (("mine.yaml", "--title", "a\ab"), "A title has 1 to 80 letters.\n"),
    "no language": (
        ("mine.yaml", "--language", "English"),
        "“English” is no language: write it like en, es or pt-BR.\n",
    ),
}


@pytest.mark.parametrize("slip", WRONG)
def test_a_slip_has_one_sentence_and_writes_nothing(tmp_path, slip):
    words, sentence = WRONG[slip]
    ended = guideplayer(tmp_path, "new", *words)
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", sentence)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "mine.yaml").write_text("mine")
    ended = guideplayer(tmp_path, "new", "mine.yaml")
    assert ended.returncode == 2
    assert ended.stderr == "mine.yaml exists already, and nothing is ever overwritten: choose another name.\n"
    assert (tmp_path / "mine.yaml").read_text() == "mine"


def test_at_a_terminal_it_asks(tmp_path):
    ours, theirs = pty.openpty()
    os.write(ours, b"The shore\n\nhalf\nsparse\n")
    ended = guideplayer(tmp_path, "new", "my-script.yaml", stdin=theirs)
    os.close(theirs)
    os.close(ours)
    assert ended.returncode == 0
    assert "What is it called? [My script]: " in ended.stdout
    assert "Which language is it in? [en]: " in ended.stdout
    assert ended.stdout.count("How many words (full, sparse, music)? [full]: ") == 2
    assert ended.stderr == "“half” is none of full, sparse, music.\n"
    script, _ = read_script(tmp_path / "my-script.yaml", shipped_library())
    assert (script.title, script.language) == ("The shore", "en")
    assert sum(isinstance(item, Say) for phase in script.phases for item in phase.items) == 21
