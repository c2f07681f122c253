"""A preview shows what the plan, the rehearsal and the stage themselves say, and its page needs nothing else."""

import re

import msgspec
import numpy as np
import pygame
import pytest
import soundfile

from guideplayer.authoring.listing import list_scripts
from guideplayer.authoring.places import Places
from guideplayer.authoring.problems import Problem, Severity
from guideplayer.authoring.reader import read_script, read_text
from guideplayer.core.plan import plan
from guideplayer.core.script import Rest, Say
from guideplayer.core.units import MINUTE_MS
from guideplayer.media import scripts_folder, shipped_library
from guideplayer.rehearsal.export import Session
from guideplayer.rehearsal.preview import preview_of, with_what_is_left_out
from guideplayer.rehearsal.preview_page import render_page, render_picture, view_of
from guideplayer.rehearsal.preview_words import clock, length
from guideplayer.rehearsal.rehearse import rehearse_session
from guideplayer.rehearsal.strip import FRAME_SIZE, StripPainter
from guideplayer.rehearsal.timeline import HEIGHT, WIDTH, timeline_of
from guideplayer.stage.painter import Painter

INFUSION_MS = 50 * MINUTE_MS
OPEN_SKY = scripts_folder() / "open-sky.yaml"


def view(path, infusion_ms=INFUSION_MS, painter=None):
    script, problems = read_script(path, shipped_library(), lint=True)
    assert script
    return view_of(script, problems, infusion_ms, shipped_library(), painter or StripPainter())


@pytest.fixture(scope="module")
def shown():
    return view(OPEN_SKY)


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    """Open Sky with one line that nobody has said yet, and markup in its title."""
    path = tmp_path_factory.mktemp("changed") / "changed.yaml"
    text = OPEN_SKY.read_text().replace("title: Open Sky", 'title: <b>Sky</b> & "sea"')
    path.write_text(text.replace("You can feel the weight of your hands.", "Your hands are warm, </script> and light."))
    return view(path)


def test_every_row_stands_where_the_plan_has_it(shown):
    fitted = plan(shown.preview.script, INFUSION_MS)
    said = [(cue.start_ms, cue.item.text) for cue in fitted.infusion.cues if isinstance(cue.item, Say)]
    rests = [cue.length_ms for cue in fitted.infusion.cues if isinstance(cue.item, Rest)]
    inside = [row for part in shown.preview.parts for row in part.rows if part.section == "infusion"]
    assert [(row.at_ms, row.text) for row in inside if row.text and row.at_ms is not None] == said
    assert [row.rest_ms for row in inside if row.at_ms is not None] == rests
    assert [part.name for part in shown.preview.parts] == [
        "arrival", "settling", "opening", "widening", "starlight", "peak", "return",
    ]  # fmt: skip
    assert shown.preview.begins_ms == -fitted.arrival.length_ms
    assert shown.preview.ends_ms == INFUSION_MS + fitted.returning.length_ms


def test_every_row_tells_its_line_of_the_text(shown):
    text = OPEN_SKY.read_text().splitlines()
    for row in shown.preview.rows:
        written = row.text or row.sound
        assert written in text[row.line - 1], (row.line, text[row.line - 1])


def test_what_is_left_out_is_what_a_rehearsal_leaves_out(shown):
    script = shown.preview.script
    assert [case.label for case in shown.preview.cases] == [
        "40 min",
        "40 min, 5 min pause at 20 min",
        "50 min",
        "50 min, 5 min pause at 20 min",
        "60 min",
        "60 min, 5 min pause at 20 min",
    ]
    paused = shown.preview.cases[1]
    trace = rehearse_session(script, 40 * MINUTE_MS, (20 * MINUTE_MS,), (25 * MINUTE_MS,))
    assert paused.left_out == trace.left_out != ()
    assert paused.rests_ms == sum(trace.rests_ms)
    told = {row.text for row in shown.preview.rows if paused.label in row.left_out_of}
    assert told == set(trace.left_out)


def test_frames_are_the_stages_own(shown):
    pygame.font.init()
    session, painter = Session(shown.preview.script, INFUSION_MS), Painter(FRAME_SIZE)
    assert 12 <= len(shown.strip.frames) <= 16
    for frame in shown.strip.frames:
        painter.paint(session.moment(frame.at_ms - shown.preview.begins_ms))
        painted = pygame.surfarray.array3d(painter.surface).astype(int)
        kept = pygame.surfarray.array3d(pygame.image.frombytes(*decoded(frame.jpeg))).astype(int)
        assert np.abs(painted - kept).mean() < 3
    assert any(frame.text for frame in shown.strip.frames)
    assert any(not frame.text for frame in shown.strip.frames)


def decoded(jpeg):
    import io

    surface = pygame.image.load(io.BytesIO(jpeg), "frame.jpg")
    return pygame.image.tobytes(surface, "RGB"), surface.get_size(), "RGB"


def test_a_frame_stands_within_its_share_of_the_time_it_shows(shown):
    timeline = timeline_of(shown.preview, shown.strip)
    for frame in timeline.frames:
        assert abs(frame.at_x - (frame.x + timeline.frame_width / 2)) <= WIDTH / len(timeline.frames) / 4


def test_the_light_is_the_stages(shown):
    script = shown.preview.script
    assert min(shown.strip.light) == pytest.approx(script.phases[-1].scene.light)
    assert max(shown.strip.light) == pytest.approx(script.arrival.scene.light)


def test_the_same_preview_again_paints_nothing_again():
    painter = StripPainter()
    first = view(OPEN_SKY, painter=painter)
    again = view(OPEN_SKY, painter=painter)
    assert all(one.jpeg is other.jpeg for one, other in zip(first.strip.frames, again.strip.frames, strict=True))
    assert first.strip.band == again.strip.band


def test_a_line_without_a_recording_is_shown_with_its_problem_beside_it(changed):
    row = next(row for row in changed.preview.rows if row.text.startswith("Your hands are warm,"))
    assert row.estimated
    assert [(problem.code, problem.severity, problem.line) for problem in row.problems] == [
        ("missing-clip", Severity.ERROR, row.line)
    ]
    assert [other.number for other in changed.preview.rows if other.problems] == [row.number]
    page = render_page(changed, shipped_library())
    beside = page[page.index(f'id="row-{row.number}"') : page.index(f'id="row-{row.number + 1}"')]
    assert "no recording yet, about" in beside
    assert "missing-clip" in beside


@pytest.mark.parametrize(
    ("written", "part", "row"),
    [
        ("summary: ", None, ""),
        ("  length: 40m..60m", None, ""),
        ("    - name: opening", "opening", ""),
        ("        - say: If pictures come, they are welcome.", None, "If pictures come, they are welcome."),
        ("        - rest: 34s..66s", None, "If pictures come, they are welcome."),
        ("  length: 8m..15m", "return", ""),
    ],
)
def test_a_problem_stands_beside_what_it_is_about(shown, written, part, row):
    lines = OPEN_SKY.read_text().splitlines()
    line = next(number for number, one in enumerate(lines, 1) if one.startswith(written))
    problem = Problem("odd", Severity.WARNING, "open-sky.yaml", line, 1, lines[line - 1], "this is odd")
    seen = view_of(shown.preview.script, (problem,), INFUSION_MS, shipped_library(), StripPainter())
    assert [one.name for one in seen.preview.parts if one.problems] == ([part] if part else [])
    assert [one.text for one in seen.preview.rows if one.problems] == ([row] if row else [])
    beside = 1 if part or row else 0
    page = render_page(seen, shipped_library())
    assert page.count("<span>This is odd.") == 1 + beside
    assert page.count('class="finding warning"') == beside


def test_what_lint_finds_stands_in_place(tmp_path):
    path = tmp_path / "odd.yaml"
    text = OPEN_SKY.read_text().replace("It can all come and go.", "You must let go of it now.")
    path.write_text(text.replace("light: 0.22}", "light: 0.9}"), "utf-8")
    seen = view(path).preview
    row = next(row for row in seen.rows if row.text == "You must let go of it now.")
    assert [problem.code for problem in row.problems if problem.severity is Severity.WARNING] == ["order"]
    assert {part.name: [problem.code for problem in part.problems] for part in seen.parts if part.problems} == {
        "starlight": ["light-jump"],
        "peak": ["light-jump"],
    }


def test_of_lines_with_one_text_the_least_dear_is_told_as_left_out(shown):
    script = shown.preview.script
    first, second = "The first stars are there, small and steady.", "You can rest here, and look up."
    text = OPEN_SKY.read_text().replace(first, second)
    assert text.count(second) == 2
    case = msgspec.structs.replace(shown.preview.cases[0], left_out=(second,))
    read, _ = read_text(text, "twice.yaml", shipped_library(), OPEN_SKY.parent)
    assert read is not None
    assert script.phases[2].name == read.phases[2].name
    parts = with_what_is_left_out(preview_of(read, INFUSION_MS, (), Places(())).parts, [case])
    twice = [row for part in parts for row in part.rows if row.text == second]
    assert [(row.keep, row.left_out_of) for row in twice] == [(None, ()), (7, ("40 min",))]


def test_nothing_that_an_author_writes_becomes_markup(changed):
    page = render_page(changed, shipped_library())
    assert "<b>Sky" not in page
    assert page.count("</script>") == 2
    assert "&lt;b&gt;Sky&lt;/b&gt; &amp; &#34;sea&#34;" in page


def test_a_page_asks_for_nothing(shown):
    page = render_page(shown, shipped_library())
    addresses = re.findall(r"""(?:src|href|action)\s*=\s*["']([^"']*)""", page)
    assert {address.partition(":")[0] if address.startswith("data:") else address[:1] for address in addresses} == {
        "data",
        "#",
    }
    assert not re.search(r"url\(|@import|EventSource|fetch\(", page)
    assert set(re.findall(r"https?://[^\s\"'<]+", page)) == {"http://www.w3.org/2000/svg"}
    assert "default-src &#39;none&#39;" in page
    assert "connect-src &#39;none&#39;" in page
    assert not re.search(r"""\sstyle=["']""", page)


def test_every_clip_is_in_the_page_once(shown):
    import base64
    import io
    import json

    page = render_page(shown, shipped_library())
    clips = json.loads(re.search(r'id="clips">(.*?)</script>', page)[1])
    assert set(re.findall(r'data-clip="(\w+)"', page)) == set(clips)
    hold = shown.preview.script.hold
    lines = {row.text for row in shown.preview.rows if row.text} | {say.text for say in shown.preview.script.resume}
    lines |= {say.text for say in (hold.paused, hold.delivered, hold.acknowledged, hold.unanswered, hold.resting)}
    lines |= {say.text for say in hold.grounding}
    assert len(clips) == len(lines)
    for data in list(clips.values())[:3]:
        assert soundfile.info(io.BytesIO(base64.b64decode(data.removeprefix("data:audio/ogg;base64,")))).duration > 0.5


def test_a_page_tells_of_the_script_what_lists_tell(shown):
    listed = next(one for one in list_scripts([OPEN_SKY.parent], shipped_library()) if one.name == "open-sky")
    page = render_page(shown, shipped_library())
    assert f"<dt>Words a minute</dt><dd>{listed.words_per_minute:.1f}, " in page
    assert str(OPEN_SKY.parent) not in page
    assert "Made by guideplayer from open-sky.yaml." in page


def test_the_picture_is_the_drawing(shown):
    import io

    picture = pygame.image.load(io.BytesIO(render_picture(shown)), "picture.png")
    width, height = picture.get_size()
    assert width == 1680
    assert height == pytest.approx(1680 * (HEIGHT + 116) / (WIDTH + 80), abs=2)
    colours = pygame.surfarray.array3d(picture)
    assert colours[0, 0].tolist() == [0x0F, 0x0E, 0x17]
    assert colours.max() > 200


@pytest.mark.parametrize(("at_ms", "said"), [(0, "0:00"), (754_900, "12:34"), (-65_000, "–1:05"), (3_661_000, "61:01")])
def test_clock(at_ms, said):
    assert clock(at_ms) == said


@pytest.mark.parametrize(
    ("length_ms", "said"),
    [(0, "0 s"), (8_400, "8 s"), (60_000, "1 min"), (80_000, "1 min 20 s"), (3_600_000, "60 min")],
)
def test_length(length_ms, said):
    assert length(length_ms) == said
