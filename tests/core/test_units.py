import pytest

from guideplayer.core.units import format_clock, format_duration, parse_duration_ms


@pytest.mark.parametrize(
    ("text", "duration_ms"),
    [("20s", 20_000), ("4m", 240_000), ("1m30s", 90_000), ("1h", 3_600_000), ("2.5s", 2_500), ("0s", 0)],
)
def test_durations_are_read(text, duration_ms):
    assert parse_duration_ms(text) == duration_ms


@pytest.mark.parametrize("text", ["", "20", "m", "1m20", "-3s", "1 m", "20 s", "1s1m"])
def test_what_is_no_duration_is_told(text):
    with pytest.raises(ValueError, match="is not a duration: write it like 20s, 4m or 1m30s"):
        parse_duration_ms(text)


@pytest.mark.parametrize(
    ("duration_ms", "text"), [(90_000, "1m30s"), (240_000, "4m"), (0, "0s"), (2_500, "2.5s"), (3_130_000, "52m10s")]
)
def test_durations_are_written_shortest(duration_ms, text):
    assert format_duration(duration_ms) == text


def test_a_clock_never_runs_ahead():
    assert [format_clock(ms) for ms in (0, 59_999, 754_000, -5)] == ["00:00", "00:59", "12:34", "00:00"]
