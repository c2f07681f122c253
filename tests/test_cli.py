"""The commands as a person types them: what they print, and how they end."""

import json
import os
import re
import subprocess
import sys

import pytest

from guideplayer.media import scripts_folder

MINUTE_MS = 60_000


@pytest.fixture
def guideplayer(tmp_path):
    """Runs a command with settings of its own."""

    def run(*words, **environment):
        settings = {
            "XDG_CONFIG_HOME": str(tmp_path),
            "XDG_DATA_HOME": str(tmp_path),
            "SDL_VIDEODRIVER": "dummy",
            "COLUMNS": "160",
            **environment,
        }
        own = {name: value for name, value in os.environ.items() if not name.startswith("GUIDEPLAYER_")}
        command = [sys.executable, "-m", "guideplayer", *map(str, words)]
        return subprocess.run(
            command, check=False, capture_output=True, text=True, env={**own, **settings}, timeout=120
        )

    return run


def test_a_shipped_script_is_good_by_name_and_by_file(guideplayer):
    checked = guideplayer("check", "open-sky", scripts_folder() / "open-sky.yaml")
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "2 scripts are good.\n", "")


def test_a_code_is_explained(guideplayer):
    told = guideplayer("check", "--explain", "light-jump")
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout == (
        "light-jump\n"
        "  The light of a phase is more than 0.25 away from that of the phase before.\n"
        "  Not so:\n    scene: {light: 0.05}\n  But so:\n    scene: {light: 0.2}\n"
    )
    assert "\n\nlight-jump\n" in guideplayer("check", "--explain", "all").stdout
    unknown = guideplayer("check", "--explain", "light-jumps")
    assert (unknown.returncode, unknown.stderr) == (2, "There is no code “light-jumps”. Did you mean 'light-jump'?\n")
    nothing = guideplayer("check")
    assert (nothing.returncode, nothing.stderr) == (
        2,
        "Name a script to check, such as `guideplayer check open-sky`, or a code with --explain.\n",
    )


def test_a_warning_is_an_error_for_the_strict(guideplayer, tmp_path):
    script = tmp_path / "mine.yaml"
    text = (scripts_folder() / "open-sky.yaml").read_text()
    script.write_text(text.replace("scene: {name: tide, motion: slow, light: 0.3}", "scene: {name: tide, light: 0.9}"))
    told = guideplayer("check", script)
    assert (told.returncode, told.stdout) == (0, "")
    assert "warning: light-jump: the light goes from 0.36 in 'opening' to 0.9 at once" in told.stderr
    assert guideplayer("check", "--strict", script).returncode == 1


def test_a_wrong_name_finds_the_right_one(guideplayer):
    done = guideplayer("check", "open-skye")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "There is no script “open-skye”. Did you mean 'open-sky'?\n"


def test_problems_end_with_one(guideplayer, tmp_path):
    script = tmp_path / "mine.yaml"
    script.write_text("guideplayer: 1\ntitel: Mine\n")
    done = guideplayer("check", script)
    assert (done.returncode, done.stdout) == (1, "")
    assert "unknown-key" in done.stderr
    assert "Did you mean 'title'?" in done.stderr
    problems = json.loads(guideplayer("check", "--json", script).stdout)
    assert "unknown-key" in [problem["code"] for problem in problems]
    played = guideplayer("play", script)
    assert (played.returncode, played.stdout) == (1, "")


@pytest.mark.parametrize("minutes", [40, 50, 60])
@pytest.mark.parametrize("paused", [False, True])
def test_the_infusion_part_is_exact_with_and_without_a_pause(guideplayer, minutes, paused):
    pause = ("--press", "12m", "--resume", "18m") if paused else ()
    done = guideplayer("rehearse", scripts_folder() / "open-sky.yaml", "--infusion", f"{minutes}m", "--json", *pause)
    assert (done.returncode, done.stderr) == (0, "")
    trace = json.loads(done.stdout)
    assert trace["infusion_part_ms"] == minutes * MINUTE_MS
    if paused:
        plain = json.loads(guideplayer("rehearse", "open-sky", "--infusion", f"{minutes}m", "--json").stdout)
        assert trace["infusion_ends_ms"] == plain["infusion_ends_ms"]
        assert trace["rests"]["total_ms"] < plain["rests"]["total_ms"]
        lengths = {line["text"]: line["length_ms"] for line in plain["speech"]}
        for line in trace["speech"]:
            assert lengths.get(line["text"], line["length_ms"]) == line["length_ms"]


def test_a_length_outside_the_range_is_told(guideplayer):
    done = guideplayer("rehearse", "open-sky", "--infusion", "70m")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "“Open Sky” is for infusions of 40m to 60m, not 70m.\n"


def test_a_wrong_duration_is_a_wrong_call(guideplayer):
    done = guideplayer("rehearse", "open-sky", "--infusion", "fifty")
    assert done.returncode == 2
    assert "“fifty” is not a duration: write it like 20s, 4m or 1m30s" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_wrong_settings_are_one_sentence(guideplayer, tmp_path):
    (tmp_path / "guideplayer").mkdir()
    (tmp_path / "guideplayer" / "settings.toml").write_text("rom = 'Room 2'\n")
    done = guideplayer("list")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("The settings (in ")
    assert "rom" in done.stderr


def test_the_schema_is_json(guideplayer):
    schema = json.loads(guideplayer("schema").stdout)
    assert "infusion" in json.dumps(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_an_empty_film_is_refused(guideplayer, tmp_path):
    film = tmp_path / "film.mkv"
    done = guideplayer("export", "open-sky", film, "--from", "5m", "--to", "4m")
    assert done.returncode == 2
    assert "The film would be empty: --from must be before --to, and both within the session." in done.stderr
    assert list(tmp_path.glob("*film*")) == []


def test_worlds_are_simulated_on_several_cores(guideplayer):
    done = guideplayer("simulate", "--seeds", 30, "--from", 5, "--jobs", 2)
    assert (done.returncode, done.stdout) == (0, "All rules hold in 30 worlds, seeds 5 to 34.\n")


def test_a_world_is_told(guideplayer):
    done = guideplayer("simulate", "--seed", 0, "--trace")
    *told, verdict = done.stdout.splitlines()
    assert verdict == "All rules hold in the world of seed 0."
    assert any(re.fullmatch(r"\d\d:\d\d\.\d\d\d  the patient presses: stage\d+-\d+", line) for line in told)
