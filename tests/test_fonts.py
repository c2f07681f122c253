"""That every letter which a script may show has a picture."""

import os

import pytest

from guideplayer.fonts import font_for, missing_letters
from guideplayer.media import media_folder

SHIPPED = {
    "Let your breath move on its own. Así está bien, für dich – дышите, ανάπνευσε.": "NotoSans-Regular.ttf",
    "يمكنك أن تدع أنفاسك تتحرك كما تشاء، (الآن) 20 دقيقة.": "NotoSansArabic-Regular.ttf",
    "אפשר לתת לנשימה לנוע בדרכה, בלי למהר.": "NotoSansHebrew-Regular.ttf",
    "आप अपनी साँस को अपने आप चलने दे सकते हैं।": "NotoSansDevanagari-Regular.ttf",
    "คุณสามารถปล่อยให้ลมหายใจเป็นไปเองได้": "NotoSansThai-Regular.ttf",
}
OF_THE_SYSTEM = ("呼吸はそのままで大丈夫です。", "你可以让呼吸自己来去。", "숨이 저절로 오가게 두어도 됩니다.")


@pytest.mark.parametrize("text", SHIPPED)
def test_a_shipped_font_has_every_letter(text):
    assert font_for(text) == media_folder() / "fonts" / SHIPPED[text]
    assert missing_letters(text) == ""


@pytest.mark.parametrize("text", OF_THE_SYSTEM)
def test_the_systems_font_has_the_letters_of_the_east(text):
    if font_for(text).parent == media_folder() / "fonts" and not os.environ.get("CI"):
        pytest.skip("the system has no font of Chinese, Japanese and Korean letters (Debian: fonts-noto-cjk)")
    assert missing_letters(text) == ""


def test_letters_without_a_font_are_told_once_in_their_order():
    assert missing_letters("\U00012000 rest \U00012001\U00012000") == "\U00012000\U00012001"
