"""How wide texts are and where their lines may end, in scripts with spaces and without."""

import pytest

from guideplayer.core.letters import cells, tokens
from guideplayer.core.words import pages

JAPANESE = "呼吸はそのままで大丈夫です。ゆっくり休んでいてください。"
CHINESE = "你可以让呼吸自己来去。没有什么需要做的。"
THAI = "คุณสามารถปล่อยให้ลมหายใจเป็นไปเองได้อย่างสบาย"


@pytest.mark.parametrize(
    ("text", "width"), [("", 0), ("Rest.", 5), ("你可以", 6), ("cafe\u0301", 4), ("ลมหายใจ", 7), ("שלום", 4)]
)
def test_a_text_is_as_wide_as_its_letters(text, width):
    assert cells(text) == width


@pytest.mark.parametrize("text", [JAPANESE, CHINESE, THAI, "Let your breath move on its own.", "a  b", ""])
def test_the_pieces_joined_are_the_text(text):
    assert "".join(tokens(text)) == text


def test_lines_end_between_words_and_between_phrases():
    assert tokens("Let it pass.") == ("Let ", "it ", "pass.")
    assert tokens("今日は天気です。") == ("今日は", "天気です。")
    assert 2 < len(tokens(THAI)) < len(THAI) / 2
    # No line begins with the end of a sentence.
    assert not any(piece[0] in "。、" for piece in tokens(JAPANESE))


def test_pages_of_a_script_without_spaces_end_with_its_sentences():
    assert pages(JAPANESE * 2) == (JAPANESE, JAPANESE)
    assert all(cells(page) <= 64 for page in pages(CHINESE * 5))
    assert "".join(pages(CHINESE * 5)) == CHINESE * 5
