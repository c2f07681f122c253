"""The pace of frames, on a clock by hand."""

from guideplayer.stage.pace import FRAME_NS, Pace


def waits(pace, works_ns):
    """How long each frame waits after work of this length, and when each began."""
    now_ns, began, waited = 0, [], []
    for work_ns in works_ns:
        began.append(now_ns)
        now_ns += work_ns
        waited.append(pace.wait_ns(now_ns))
        now_ns += waited[-1]
    return began, waited


def test_frames_begin_evenly_whatever_their_work_is():
    pace = Pace(0)
    began, _ = waits(pace, [1_000_000, 9_000_000, 0, FRAME_NS, 3_000_000])
    assert began == [number * FRAME_NS for number in range(5)]
    assert pace.late == 0


def test_a_late_frame_shifts_none_after_it():
    pace = Pace(0)
    began, waited = waits(pace, [1_000_000, FRAME_NS * 3 // 2, 1_000_000, 1_000_000])
    assert waited[1] == 0
    assert began[3] == 3 * FRAME_NS
    assert pace.late == 0


def test_frames_that_are_left_out_are_counted_and_the_rest_are_where_they_would_have_been():
    pace = Pace(0)
    began, _ = waits(pace, [FRAME_NS * 7 // 2, 1_000_000, 1_000_000])
    assert pace.late == 2
    assert began[2] == 4 * FRAME_NS


def test_a_display_that_gives_the_pace_is_followed():
    refresh_ns = FRAME_NS + 20_000  # 59.93 times a second, by this clock
    in_step = Pace(0, in_step=True)
    waits(in_step, [refresh_ns] * 6000)
    assert in_step.late == 0
    alone = Pace(0)
    waits(alone, [refresh_ns] * 6000)
    assert alone.late == 7
