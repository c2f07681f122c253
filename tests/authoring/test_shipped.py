"""The shipped scripts: whole, fittable, shown on two rows, and gentle to somebody who cannot defend themselves.

What holds at a length is held at every length: a script is fitted as it is played.
"""

import itertools
import json
import re
import textwrap
from pathlib import Path

import pytest
import yaml

from guideplayer.authoring.listing import listing_of
from guideplayer.authoring.problems import render_all
from guideplayer.authoring.reader import default_hold, read_script
from guideplayer.core.density import Density
from guideplayer.core.letters import cells
from guideplayer.core.plan import Plan, plan
from guideplayer.core.script import Rest, Say, Script
from guideplayer.core.units import MINUTE_MS
from guideplayer.media import Library, media_folder, scripts_folder, shipped_library

DEFAULT_WORDS = Path(__file__).parents[2] / "guideplayer/authoring/hold.en.yaml"
FILES = sorted(scripts_folder().glob("*.yaml"))
LIBRARY = [path for path in FILES if path.stem != "template"]
VOICES = ("heart", "emma", "onyx", "michael")
MINUTES = (40, 45, 50, 55, 60)

ROW_LETTERS, ROWS, MOST_CELLS, MOST_WORDS, MOST_PEAK_WORDS = 37, 2, 70, 14, 8
PEAK_EVERY_MS = 3 * MINUTE_MS
LONGEST_SILENCE_MS = 8 * MINUTE_MS
MOST_LIGHT, PEAK_LIGHT, LIGHT_STEP = 0.5, 0.15, 0.12
MOST_MEDIA_BYTES = 60_000_000

# Lines that may be heard in the infusion: a script of its own is no longer one when most of it is another's.
LEAST_LINES = {"long-quiet": 12}
LEAST_OWN = 0.5

UNKIND = re.compile(
    r"\b(must|should|have to|need to|never|don't|do not|can't|cannot|try|let go|fall\w*|drown\w*|sink\w*|dying|die|"
    r"death|dead|dark\w*|trapped|stuck|lost|void|abyss|deep|deeper|completely|dissolv\w*|alone|fear|afraid|panic|pain|"
    r"needle\w*|machine\w*|god|burn\w*|blood|endless|forever)\b",
    re.IGNORECASE,
)
# "There is nothing you need to do" takes a demand away.
FREEING = re.compile(r"\bnothing you need to do\b")
# What no programme can know of a room, and no guide may promise.
UNKNOWABLE = re.compile(
    r"\b(nurse|doctor|therapist|you are safe|I am (here|with you)|beside you|watching|heal\w*|cur(e|ed|es)|"
    r"will be (fine|gone|over))\b",
    re.IGNORECASE,
)
NOTES = {
    "body": r"hands?|feet|toes?|back|shoulders?|jaw|body",
    "breath": r"breath\w*",
    "fire": r"fire\w*|embers",
    "forest": r"trees?|leaves|moss|ferns",
    "memory": r"memor(y|ies)",
    "music": r"music",
    "rain": r"rain",
    "sea": r"sea|shores?|waves?|beach",
}


def read(path: Path, voice: str | None = None) -> Script:
    script, problems = read_script(path, shipped_library(), voice)
    assert script is not None, render_all(problems)
    return script


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def path(request) -> Path:
    return request.param


@pytest.fixture
def script(path) -> Script:
    return read(path)


@pytest.fixture(params=[(voice, minutes) for voice in VOICES for minutes in MINUTES], ids=lambda pair: f"{pair}")
def fitted(path, request) -> Plan:
    voice, minutes = request.param
    return plan(read(path, voice), minutes * MINUTE_MS)


def lines_of(script: Script) -> list[Say]:
    """What is said when nothing happens."""
    arrival = (script.arrival,) if script.arrival else ()
    phases = (*arrival, *script.phases, script.returning)
    return [item for phase in phases for item in phase.items if isinstance(item, Say)]


def infusion_lines(script: Script) -> list[Say]:
    return [item for phase in script.phases for item in phase.items if isinstance(item, Say)]


def spoken(script: Script) -> list[Say]:
    """All that may ever be said."""
    hold = script.hold
    lone = [hold.paused, hold.delivered, hold.acknowledged, hold.unanswered, hold.resting]
    return [*lines_of(script), *lone, *hold.grounding, *script.resume]


def spoken_times(fitted: Plan) -> list[tuple[int, int]]:
    """When each line begins and ends, from the pump's start to the end of the return."""
    tracks = ((fitted.infusion, 0), (fitted.returning, fitted.infusion_ms))
    cues = [(cue, zero_ms) for track, zero_ms in tracks for cue in track.cues if isinstance(cue.item, Say)]
    return [(zero_ms + cue.start_ms, zero_ms + cue.end_ms) for cue, zero_ms in cues]


@pytest.mark.parametrize("voice", VOICES)
def test_it_is_whole_and_lint_finds_nothing_that_it_would_have_to_allow(path, voice):
    script, problems = read_script(path, shipped_library(), voice, lint=True)

    assert render_all(problems) == ""
    assert "allow" not in yaml.safe_load(path.read_text("utf-8"))
    assert script is not None
    for line in spoken(script):
        assert shipped_library().path(line.clip.file).is_file(), line.text


@pytest.mark.parametrize("voice", VOICES)
def test_no_clip_is_in_doubt(voice):
    index = json.loads((media_folder() / "voices" / voice / "index.json").read_text("utf-8"))

    assert {text: entry["heard"] for text, entry in index.items() if "heard" in entry} == {}


@pytest.mark.parametrize("voice", VOICES)
def test_no_clip_ships_that_nobody_says(voice):
    said = {line.text for path in FILES for line in spoken(read(path))}
    default = yaml.safe_load(DEFAULT_WORDS.read_text("utf-8"))
    said |= {text for words in default.values() for text in (words if isinstance(words, list) else [words])}

    assert set(shipped_library().clips[voice]) == said


def test_the_media_are_light():
    assert sum(file.stat().st_size for file in media_folder().rglob("*") if file.is_file()) < MOST_MEDIA_BYTES


@pytest.mark.parametrize("minutes", range(40, 61))
def test_it_fits_every_length_exactly_and_with_every_line(script, minutes):
    fitted = plan(script, minutes * MINUTE_MS)

    assert [cue.item for cue in fitted.infusion.cues if isinstance(cue.item, Say)] == infusion_lines(script)
    assert fitted.infusion.cues[-1].end_ms == fitted.infusion.length_ms == minutes * MINUTE_MS


def test_every_line_is_short_and_kind(script):
    for line in spoken(script):
        assert len(textwrap.wrap(line.text, ROW_LETTERS)) <= ROWS, line.text
        assert cells(line.text) <= MOST_CELLS, line.text
        assert len(line.text.split()) <= MOST_WORDS, line.text
        assert not UNKIND.search(FREEING.sub("", line.text)), line.text
        assert "?" not in line.text
        assert line.text.endswith(".")
        assert re.fullmatch(r"[A-Za-z ,.']+", line.text), line.text


def test_most_lines_are_shorter_than_twelve_words(script):
    lines = lines_of(script)

    assert sum(len(line.text.split()) < 12 for line in lines) >= 0.85 * len(lines)


def test_it_says_nothing_that_it_cannot_know(script):
    for line in lines_of(script):
        assert not UNKNOWABLE.search(line.text), line.text


def test_words_thin_out_towards_the_peak(script):
    density = []
    for phase in script.phases:
        words = sum(len(item.text.split()) for item in phase.items if isinstance(item, Say))
        rests_ms = sum(item.span.natural_ms for item in phase.items if isinstance(item, Rest))
        density.append(words * MINUTE_MS / rests_ms)

    assert density == sorted(density, reverse=True)
    assert density[-1] <= 2


def test_the_peak_is_the_end_dim_and_of_few_short_lines(script):
    assert [phase.peak for phase in script.phases] == [False] * (len(script.phases) - 1) + [True]
    peak = script.phases[-1]
    assert peak.scene.light <= PEAK_LIGHT
    for item in peak.items:
        assert isinstance(item, Say | Rest)
        assert not isinstance(item, Say) or len(item.text.split()) <= MOST_PEAK_WORDS, item


def test_at_the_peak_a_line_comes_every_three_minutes_at_most(fitted):
    last = len(fitted.script.phases) - 1
    starts = [cue.start_ms for cue in fitted.infusion.cues if isinstance(cue.item, Say) and cue.phase == last]
    starts.append(next(start_ms for start_ms, _ in spoken_times(fitted) if start_ms >= fitted.infusion_ms))

    assert min(later - sooner for sooner, later in itertools.pairwise(starts)) >= PEAK_EVERY_MS


def test_no_silence_is_longer_than_eight_minutes(fitted):
    times = spoken_times(fitted)
    silences = [later[0] - sooner[1] for sooner, later in itertools.pairwise(times)]
    silences += [times[0][0], fitted.infusion_ms + fitted.returning.length_ms - times[-1][1]]

    assert max(silences) <= LONGEST_SILENCE_MS


def test_the_light_falls_by_small_steps_and_is_never_harsh(script):
    lights = [phase.scene.light for phase in (script.arrival, *script.phases)]

    assert max(*lights, script.returning.scene.light) <= MOST_LIGHT
    assert all(0 <= before - after <= LIGHT_STEP for before, after in itertools.pairwise(lights))


def test_the_way_out_is_told_before_the_pump_starts(script):
    arrival = [item.text for item in script.arrival.items if isinstance(item, Say)]
    told = arrival.index("If something difficult comes up, press the button.")

    assert arrival[told + 1 : told + 3] == [
        "Someone will come to you.",
        "You can press it for any reason, at any time.",
    ]


def test_the_button_is_told_of_once_more_before_the_peak(script):
    reminders = [line for phase in script.phases[:-1] for line in phase.items if isinstance(line, Say)]

    assert [line.keep for line in reminders if line.text == "The button is there whenever you want it."] == [None]


def test_it_comes_back_gently(fitted):
    last = [cue.item.text for cue in fitted.returning.cues if isinstance(cue.item, Say)]

    assert 8 * MINUTE_MS <= fitted.returning.length_ms <= 15 * MINUTE_MS
    assert "You are in the room where you began." in last
    assert "Things may still feel unusual for a while. That will ease." in last
    assert "It is good to keep lying down until someone is with you." in last
    assert last[-1] == "Welcome back. You can rest here a while longer."


def test_it_has_enough_lines(script, path):
    assert len(script.phases) >= 4
    assert len(infusion_lines(script)) >= LEAST_LINES.get(path.stem, 20)
    assert path.stem in LEAST_LINES or len(spoken(script)) >= 60


def test_its_notes_tell_what_it_holds(script):
    said = " ".join(line.text for line in lines_of(script))
    found = {note for note, words in NOTES.items() if re.search(rf"\b({words})\b", said, re.IGNORECASE)}
    beds = {phase.bed.name for phase in (script.arrival, *script.phases, script.returning)}

    assert set(script.contains) == found | ({"sea"} if "tide" in beds else set())


def test_the_library_is_varied():
    listings = [listing_of(path, shipped_library()) for path in LIBRARY]
    rates = sorted(listing.words_per_minute for listing in listings)

    assert len(listings) >= 6
    assert {listing.density for listing in listings} == set(Density)
    assert min(later - sooner for sooner, later in itertools.pairwise(rates)) > 0.1
    assert {listing.voice for listing in listings} == {"heart", "onyx"}
    assert {listing.voices for listing in listings} == {(one, *sorted({*VOICES} - {one})) for one in ("heart", "onyx")}
    assert len({read(path).phases[0].scene.name for path in LIBRARY}) == len(LIBRARY)


@pytest.mark.parametrize("stem", [path.stem for path in LIBRARY if path.stem != "long-quiet"])
def test_most_of_the_infusion_is_its_own(stem):
    lines = {path.stem: {line.text for line in infusion_lines(read(path))} for path in LIBRARY}
    others = set().union(*(texts for name, texts in lines.items() if name != stem))

    assert len(lines[stem] - others) >= LEAST_OWN * len(lines[stem])


def test_the_hold_says_no_more_than_is_true(tmp_path):
    hold = default_hold("en-US", Library(tmp_path))

    assert hold.paused.text == "We have paused. I am calling the team now."
    assert hold.delivered.text == "The team has been told."
    assert hold.acknowledged.text == "Someone has answered and is coming to you."
    assert hold.unanswered.text == "I am still calling. You can also use the hand bell beside you."
    assert hold.resting.text == "We are resting here for a while."
    for line in (hold.resting, *hold.grounding):
        assert not re.search(r"\b(call\w*|told|team|coming|someone)\b", line.text, re.IGNORECASE), line.text


def test_a_language_without_shipped_words(tmp_path):
    with pytest.raises(LookupError, match=r"^no words are shipped in “xx”, only in en$"):
        default_hold("xx", Library(tmp_path))


def test_open_sky_says_the_same_words_on_hold_as_the_default():
    """So that their clips serve both."""
    script = yaml.safe_load((scripts_folder() / "open-sky.yaml").read_text("utf-8"))
    shipped = default_hold("en", shipped_library())

    assert script["hold"]["grounding"] == [line.text for line in shipped.grounding]
