"""`guideplayer list` as a person types it, with scripts of the clinic's own beside the shipped ones."""

import json
import os
import subprocess
import sys

import pytest

from guideplayer.media import scripts_folder

OWN = "own evening"
VOICES = "heart, emma, michael, onyx"


@pytest.fixture
def listed(tmp_path):
    """Runs `guideplayer list` with two scripts of one's own, and a broken one."""
    sky = (scripts_folder() / "open-sky.yaml").read_text("utf-8")
    sky = sky.replace("themes: [sky, evening, rest]", f"themes: [{OWN}, '[sky]']")
    (tmp_path / "own-sky.yaml").write_text(sky.replace("title: Open Sky", "title: Our Sky"), "utf-8")
    other = sky.replace("title: Open Sky", "title: Other").replace("contains: [breath, body, sea]", "contains: [bees]")
    (tmp_path / "other.yaml").write_text(other.replace("length: 40m..60m", "length: 45m..55m"), "utf-8")
    (tmp_path / "not yet.yaml").write_text("guideplayer: 1\ntitle: Not yet\n", "utf-8")

    def run(*words, columns=160):
        own = {name: value for name, value in os.environ.items() if not name.startswith("GUIDEPLAYER_")}
        settings = {"XDG_CONFIG_HOME": str(tmp_path), "GUIDEPLAYER_SCRIPTS": str(tmp_path), "COLUMNS": str(columns)}
        return subprocess.run(
            [sys.executable, "-m", "guideplayer", "list", *words],
            check=False,
            capture_output=True,
            text=True,
            env={**own, **settings},
            timeout=180,
        )

    return run


def rows(text):
    return [line.rstrip() for line in text.splitlines()]


def test_a_wide_table(listed):
    done = listed("--theme", OWN)
    assert (done.returncode, done.stderr) == (0, "")
    assert rows(done.stdout) == [
        "name     title    infusion    words/min  narration  themes              contains           voices",
        f"other    Other    45m to 55m        6.6  full       own evening, [sky]  bees               {VOICES}",
        f"own-sky  Our Sky  40m to 60m        6.6  full       own evening, [sky]  breath, body, sea  {VOICES}",
    ]


def test_a_narrow_table(listed):
    done = listed("--theme", OWN, "--theme", "[SKY]", columns=80)
    assert (done.returncode, done.stderr) == (0, "")
    assert rows(done.stdout) == [
        "title    infusion                    narration  themes",
        "name     voices                      words/min  contains",
        "Other    45m to 55m                  full       own evening, [sky]",
        f"other    {VOICES}  6.6        bees",
        "",
        "Our Sky  40m to 60m                  full       own evening, [sky]",
        f"own-sky  {VOICES}  6.6        breath, body, sea",
    ]


def test_broken_scripts_are_told_of_last_and_the_template_never(listed):
    done = listed()
    assert done.returncode == 0
    told = "not yet cannot be played, it has 3 problems: guideplayer check 'not yet'"
    lines = rows(done.stdout)
    assert told in lines
    # The table comes first, and what cannot be played after all of it.
    assert lines.index(told) > max(number for number, line in enumerate(lines) if "40m to 60m" in line)
    assert "template" not in done.stdout
    names = [entry["name"] for entry in json.loads(listed("--json").stdout)]
    assert names.index("not yet") > names.index("own-sky")
    assert "template" not in names


def test_filters_in_json(listed):
    done = listed("--json", "--without", "body", "--theme", OWN, "--infusion", "45m", "--language", "en")
    assert (done.returncode, done.stderr) == (0, "")
    (entry,) = json.loads(done.stdout)
    assert (entry["name"], entry["density"], entry["voices"]) == ("other", "full", ["heart", "emma", "michael", "onyx"])


def test_nothing_that_suits_is_one_sentence(listed):
    done = listed("--theme", OWN, "--without", "breath", "--infusion", "40m")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("No script is all of that: --theme own evening excludes ")
    assert done.stderr.endswith("; --infusion 40m excludes Other.\n")
    assert "; --without breath excludes " in done.stderr
    assert listed("--json", "--theme", OWN, "--infusion", "30m").stdout == "[]\n"


def test_a_mistyped_word_finds_the_right_one(listed):
    done = listed("--theme", "own evning")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "No script has the theme “own evning”. Did you mean 'own evening'?\n"
    done = listed("--without", "beess")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "No script says that it contains “beess”. Did you mean 'bees'?\n"


def test_a_wrong_length_or_narration_is_a_wrong_call(listed):
    done = listed("--infusion", "long")
    assert (done.returncode, done.stdout) == (2, "")
    assert "“long” is not a duration: write it like 20s, 4m or 1m30s" in " ".join(done.stderr.split())
    done = listed("--narration", "spars")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'full', 'sparse', 'music'" in done.stderr
