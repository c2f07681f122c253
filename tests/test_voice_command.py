"""`guideplayer voice` and `guideplayer doctor` as a person types them, with a voice of a clinic's own."""

import json
import os
import subprocess
import sys

import numpy as np
import pyloudnorm
import pytest
import soundfile

from guideplayer.cli import app
from guideplayer.media import scripts_folder
from guideplayer.room.settings import SettingsError, read_settings
from guideplayer.stage.calibration import noise

RATE_HZ = 48_000
# A voice that hums for a third of a second a word.
HUM = """
import struct, sys, wave, math
seconds = len(sys.stdin.read().split()) / 3
samples = [int(9000 * math.sin(2 * math.pi * 200 * time / 16000)) for time in range(int(16000 * seconds))]
with wave.open(sys.argv[1], "wb") as file:
    file.setparams((1, 2, 16000, 0, "NONE", ""))
    file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
"""


@pytest.fixture
def settings(tmp_path):
    """Settings with a voice `zumba` that speaks Spanish, and `rota`, whose command is not there."""
    (tmp_path / "hum.py").write_text(HUM)
    (tmp_path / "guideplayer").mkdir()
    command = json.dumps([sys.executable, str(tmp_path / "hum.py"), "{wav}"])
    (tmp_path / "guideplayer" / "settings.toml").write_text(
        f"media = {json.dumps(str(tmp_path / 'media'))}\n"
        f"[voices.zumba]\nlanguage = 'es'\ncommand = {command}\n"
        "[voices.rota]\ncommand = ['no-such-speaker']\nlanguage = 'es'\n"
    )
    return tmp_path


@pytest.fixture
def guideplayer(settings):
    """Runs a command with these settings; by default there is no sound device."""

    def run(*words, **environment):
        own = {name: value for name, value in os.environ.items() if not name.startswith("GUIDEPLAYER_")}
        homes = {f"XDG_{name}_HOME": str(settings) for name in ("CONFIG", "DATA", "CACHE")}
        return subprocess.run(
            [sys.executable, "-m", "guideplayer", *map(str, words)],
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env={**own, **homes, "SDL_AUDIODRIVER": "dummy", "COLUMNS": "160", **environment},
            timeout=120,
        )

    return run


def heard(raw):
    """What SDL's disk driver wrote (frames, 2)."""
    return np.fromfile(raw, "<f4").reshape(-1, 2)


def spanish(settings):
    """A script in Spanish, with words of its own for pauses."""
    words = {"paused": "Pausa.", "delivered": "Lo saben.", "acknowledged": "Viene alguien.", "unanswered": "Llamo."}
    hold = "".join(f"  {name}: {text}\n" for name, text in words.items())
    script = settings / "orilla.yaml"
    script.write_text(
        "guideplayer: 1\ntitle: Orilla\nlanguage: es\nvoice: zumba\ninfusion:\n  length: 1m..2m\n  phases:\n"
        "    - name: mar\n      scene: tide\n      lines:\n"
        "        - Estás aquí. [pause 1s] Todo puede pasar.\n        - rest: 30s..2m\n"
        "return:\n  length: 30s\n  lines: [{rest: 10s..60s}]\n"
        f"hold:\n{hold}  resting: Descansa.\n  grounding: [Estás a salvo.]\nresume: [Seguimos.]\n"
    )
    return script


def test_a_line_is_tried_in_a_voice_of_ones_own_and_heard(guideplayer, settings):
    raw = settings / "heard.raw"
    line = "Estás aquí. [pause 1s] Todo puede pasar."
    tried = guideplayer("voice", "--try", line, "--voice", "zumba", SDL_AUDIODRIVER="disk", SDL_DISKAUDIOFILE=raw)
    # Five words in five thirds of a second, and the pause, which is not counted.
    assert (tried.returncode, tried.stdout, tried.stderr) == (0, "zumba: 2.7 s, 180 words a minute.\n", "")
    sound = heard(raw)
    assert pyloudnorm.Meter(RATE_HZ).integrated_loudness(sound) == pytest.approx(-20, abs=1)


def test_where_nothing_can_be_heard_the_clip_is_named(guideplayer, settings):
    tried = guideplayer("voice", "--try", "Estás aquí.", "--voice", "zumba")
    file = settings / "guideplayer" / "try-zumba.opus"
    assert tried.stderr == f"There is no sound output. The clip lies in {file}.\n"
    assert soundfile.info(file).samplerate == RATE_HZ
    told = json.loads(guideplayer("voice", "--try", "Estás aquí.", "--voice", "zumba", "--json").stdout)
    assert told == {
        "voice": "zumba",
        "text": "Estás aquí.",
        "file": str(file),
        "length_ms": 667,
        "words_per_minute": 180,
        "heard": None,
        "understood": None,
        "played": False,
    }


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            (),
            'Name a script, such as `guideplayer voice my-script.yaml`, or a line: `guideplayer voice --try "Rest."`.',
        ),
        (("--try", "..."), "There is no word to say in this."),
        (
            ("--try", "You [pause] rest."),
            "[pause]: a pause within a line is written like [pause 2s]\nDid you mean '[pause 2s]'?",
        ),
        (
            ("--try", "Hola.", "--voice", "rota"),
            "The voice 'rota' cannot speak: its command `no-such-speaker` cannot be started:"
            " No such file or directory.",
        ),
        (
            ("--try", "Hola.", "--voice", "lucia"),
            "There is no voice 'lucia' to make clips with; there are emma, heart, michael, onyx, rota and zumba.",
        ),
        (
            (scripts_folder() / "open-sky.yaml", "--voice", "zumba"),
            "The voice 'zumba' speaks 'es', and “Open Sky” is in 'en'. Choose a voice that speaks it, from the table"
            " [voices] of the settings, or write `voice: none` for captions alone.",
        ),
    ],
)
def test_what_cannot_be_said_is_told_in_a_sentence(settings, monkeypatch, capsys, words, sentence):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(settings))
    with pytest.raises(SystemExit) as ended:
        app(["voice", *map(str, words)])
    told = capsys.readouterr()
    assert (ended.value.code, told.out) == (2, "")
    # The bar of the clips may stand before it.
    assert told.err.rstrip("\n").endswith(sentence)


def test_a_script_in_another_language_gets_its_clips_and_can_then_be_played(guideplayer, settings):
    script = spanish(settings)
    before = guideplayer("check", script)
    assert before.stderr.count("missing-clip") == 8
    made = guideplayer("voice", script)
    assert (made.returncode, made.stdout) == (
        0,
        "zumba: 8 clips made, 0 were there. 180 words a minute (clips: median 180, 180 to 180).\n"
        "  Quicker than the 100 to 130 words a minute that are easily followed.\n"
        "  No machine has listened to what was made: listen to each in the preview.\n",
    )
    assert guideplayer("check", script).returncode == 0
    told = json.loads(guideplayer("voice", script, "--json").stdout)["voices"]
    assert [(one["voice"], one["made"], one["kept"], one["checked"]) for one in told] == [("zumba", 0, 8, True)]
    assert told[0]["clips"][0]["text"] == "Estás aquí. Todo puede pasar."
    assert told[0]["pace"] == {"words_per_minute": 180, "median": 180, "slowest": 180, "quickest": 180}


def test_without_any_engine_it_is_read(guideplayer, settings):
    script = spanish(settings)
    script.write_text(script.read_text().replace("voice: zumba", "voice: none"))
    told = guideplayer("check", script)
    assert told.returncode == 0
    assert "warning: only-read: nothing of this script is said" in told.stderr
    rehearsed = guideplayer("rehearse", script, "--infusion", "2m", "--press", "40s", "--resume", "1m")
    assert rehearsed.returncode == 0
    assert "say    “Estás aquí. Todo puede pasar.”" in rehearsed.stdout
    assert "hold   “Lo saben.”" in rehearsed.stdout


def test_the_level_is_set_by_noise_as_loud_as_the_narration(guideplayer, settings):
    raw = settings / "heard.raw"
    doctor = guideplayer("doctor", "--sound", "--seconds", "8", SDL_AUDIODRIVER="disk", SDL_DISKAUDIOFILE=raw)
    assert (doctor.returncode, doctor.stderr) == (0, "")
    assert doctor.stdout.startswith(
        "Steady noise, as loud as the narration (-20 LUFS), is on the sound output for 8 s.\n"
    )
    assert "until it shows 60 to 65 dB(A)" in doctor.stdout
    assert "80 dB(A) for 40 hours a week" in doctor.stdout
    sound = heard(raw)
    # It comes softly, and then stays as it is, also where the turn begins again (after 4 s).
    assert np.abs(sound[: RATE_HZ // 10]).max() < 0.25 * np.abs(sound).max()
    steady = sound[5 * RATE_HZ // 2 : 13 * RATE_HZ // 2]
    assert pyloudnorm.Meter(RATE_HZ).integrated_loudness(steady) == pytest.approx(-20, abs=0.1)
    assert np.abs(steady).max() < 10 ** (-1 / 20)
    assert np.abs(np.diff(steady, axis=0)).max() < 1.5 * np.abs(np.diff(np.tile(noise(), 2))).max()


def test_without_a_device_it_says_so(guideplayer):
    doctor = guideplayer("doctor", "--sound")
    assert (doctor.returncode, doctor.stdout) == (2, "")
    assert doctor.stderr == (
        "Nothing can be heard: There is no sound output. Plug in headphones or loudspeakers, see that the system plays"
        " on them, and run `guideplayer doctor --sound` again.\n"
    )


def test_the_noise_is_as_loud_as_it_is_said_to_be():
    assert pyloudnorm.Meter(RATE_HZ).integrated_loudness(noise()) == pytest.approx(-20, abs=0.02)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (
            "[voices.heart]\ncommand = ['piper']\nlanguage = 'en'\n",
            "The settings in {path} name a voice 'heart', which there is already: name it otherwise.",
        ),
        (
            "[voices.lucia]\ncommand = []\nlanguage = 'es'\n",
            "The settings (in {path} or GUIDEPLAYER_*) have a mistake:"
            " Expected `array` of length >= 1 - at `$.voices[...].command`.",
        ),
        (
            "[voices.'a/b']\ncommand = ['piper']\nlanguage = 'es'\n",
            "The settings (in {path} or GUIDEPLAYER_*) have a mistake:"
            " Expected `str` matching regex '^[a-z][a-z0-9-]*$' - at `key` in `$.voices`.",
        ),
    ],
)
def test_a_wrong_voice_in_the_settings_is_told(tmp_path, table, sentence):
    path = tmp_path / "settings.toml"
    path.write_text(table)
    with pytest.raises(SettingsError) as told:
        read_settings({}, path)
    assert str(told.value) == sentence.format(path=path)


def test_takes_are_imported_as_a_voice(guideplayer, settings):
    """One take of a script's many lines: it is imported, and the missing ones keep the command from being content."""
    times = np.arange(2 * RATE_HZ) / RATE_HZ
    (settings / "takes").mkdir()
    soundfile.write(settings / "takes" / "01.wav", 0.2 * np.sin(2 * np.pi * 200 * times), RATE_HZ)
    done = guideplayer("voice", "--import", settings / "takes", "open-sky", "--voice", "anna", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 1
    assert (told["voice"], told["lines"][0]["file"], told["lines"][0]["how"]) == ("anna", "01.wav", "number")
    assert told["lines"][1]["fate"] == "missing"
    assert (settings / "media" / "voices" / "anna" / "index.json").is_file()
    assert list((settings / "media" / "voices" / "anna" / "takes").glob("*.wav"))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ("open-sky",),
            "Name the script and the voice, as in `guideplayer voice --import takes my-script.yaml --voice anna`.",
        ),
        (
            ("open-sky", "--voice", "heart"),
            "There is a voice “heart” that is nobody's own: name yours otherwise.",
        ),
        (("open-sky", "--voice", "anna"), "The folder takes cannot be read: No such file or directory."),
    ],
)
def test_a_wrong_import_is_one_sentence(guideplayer, words, sentence):
    done = guideplayer("voice", "--import", "takes", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == sentence
