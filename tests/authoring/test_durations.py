import pytest

from guideplayer.authoring.durations import guess, read_length_ms, read_span, turned
from guideplayer.core.script import Span


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("20s", Span(20_000, 20_000, 20_000)),
        ("20s..90s", Span(20_000, 55_000, 90_000)),
        (" 2.5s .. 1m30s ", Span(2_500, 46_250, 90_000)),
        ("0s..1m", Span(0, 30_000, 60_000)),
        ("90s..20s", None),
        ("20s..", None),
        ("..20s", None),
        ("20s..30s..40s", None),
        ("", None),
        ("-20s", None),
        ("25h", None),
        ("9" * 5000 + "s", None),
    ],
)
def test_span(text, lengths):
    assert read_span(text) == lengths


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("90", "90s"),
        ("1:30", "1m30s"),
        ("2:00", "2m"),
        ("0:00", "0s"),
        ("20 s", "20s"),
        ("2 Minutes", "2m"),
        ("1 hour 5 mins", "1h5m"),
        ("20-90", "20s..90s"),
        ("20s...90s", "20s..90s"),
        ("1 min to 2 min", "1m..2m"),
        ("20s – 2m", "20s..2m"),
        ("bananas", ""),
        ("", ""),
        ("1-2-3", ""),
    ],
)
def test_guess(text, meant):
    assert guess(text, ranges=True) == meant
    assert not meant or read_span(meant) is not None


def test_a_single_length_is_never_guessed_to_be_a_range():
    assert guess("20-90", ranges=False) == ""


def test_turned():
    assert turned("90s..20s") == "20s..90s"
    assert turned("20s..90s") == ""
    assert turned("20s") == ""


def test_length():
    assert read_length_ms("1h1m1.5s") == 3_661_500
    assert read_length_ms("24h") == 86_400_000
    assert read_length_ms("24h1s") is None
