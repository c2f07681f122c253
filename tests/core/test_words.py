"""Captions: a line in pages, each of them long enough to be read."""

import pytest

from guideplayer.core.words import CHARACTERS_PER_SECOND, PAGE_CHARACTERS, SHORTEST_MS, caption_of, pages


def test_a_short_line_is_one_page():
    assert pages("You can let it pass.") == ("You can let it pass.",)


def test_a_long_line_breaks_at_sentences_first():
    text = "There is nothing that you need to do here. Whatever comes, it can come and go in its own time."
    assert pages(text) == (
        "There is nothing that you need to do here.",
        "Whatever comes, it can come and go in its own time.",
    )


def test_pages_keep_every_word():
    text = "one two three four five six seven eight nine ten " * 4
    joined = " ".join(pages(text))
    assert joined == " ".join(text.split())
    assert all(len(page) <= PAGE_CHARACTERS for page in pages(text))


def test_a_caption_fades_in_stays_and_fades_out():
    opacities = [
        (caption := caption_of("Rest now.", into_ms, 1500, 60_000)) and round(caption.opacity, 2)
        for into_ms in (0, 250, 500, 2500, 2750, 3000)
    ]
    assert opacities == [None, 0.5, 1.0, 1.0, 0.5, None]


def test_a_caption_leaves_when_the_next_line_comes():
    assert caption_of("Rest now.", 1000, 1500, 1000) is None


def test_a_caption_can_be_read_at_twelve_characters_a_second():
    text = "x" * 60
    assert caption_of(text, 4400, 500, 60_000) is not None
    assert caption_of(text, 5000, 500, 60_000) is None


@pytest.mark.parametrize("spoken_ms", [1500, 4900, 12_000])
def test_every_page_of_a_line_stands_until_it_can_be_read(spoken_ms):
    """The voice may be quicker than a reader, and its first words fewer than those that follow."""
    text = "Most of this time is music. Now and then you will hear this voice, and it goes away again."
    stood_ms: dict[str, int] = {}
    for into_ms in range(0, 60_000, 10):
        if caption := caption_of(text, into_ms, spoken_ms, 60_000):
            stood_ms[caption.text] = stood_ms.get(caption.text, 10) + 10
    assert tuple(stood_ms) == pages(text)
    for page, whole_ms in stood_ms.items():
        assert whole_ms >= max(SHORTEST_MS, len(page) * 1000 / CHARACTERS_PER_SECOND)
