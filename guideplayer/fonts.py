"""Which letters can be shown: the shipped fonts, and for Chinese, Japanese and Korean those of the system."""

import functools
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont, TTLibError

from guideplayer.media import media_folder

FIRST = "NotoSans-Regular.ttf"
# A font of all Chinese and Japanese letters is larger than all else that ships; systems have one, or can install it.
_SYSTEM = {
    "linux": (
        ("/usr/share/fonts", "**/NotoSansCJK-Regular.ttc"),
        ("/usr/share/fonts", "**/NotoSansCJK*-Regular.otf"),
        ("/usr/share/fonts", "**/wqy-*.ttc"),
    ),
    "darwin": (("/System/Library/Fonts", "Hiragino Sans GB.ttc"), ("/System/Library/Fonts", "AppleSDGothicNeo.ttc")),
    "win32": (("C:/Windows/Fonts", "msyh.ttc"), ("C:/Windows/Fonts", "malgun.ttf")),
}
# Letters that nobody sees: joiners, marks of direction, variation selectors.
_UNSEEN = frozenset((0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0xFE00, 0xFE10), 0x20, 0xA0, 0x0A))


def font_for(text: str) -> Path:
    """The first font that has every letter of a text, or else the one that lacks fewest."""
    wanted = _seen(text)
    first = media_folder() / "fonts" / FIRST
    if wanted <= letters_of(first):
        return first
    return min(_fonts(), key=lambda path: len(wanted - letters_of(path)))


def missing_letters(text: str) -> str:
    """The letters of a text that its font does not have, in their order, each once."""
    lacking = _seen(text) - letters_of(font_for(text))
    return "".join(dict.fromkeys(letter for letter in text if ord(letter) in lacking))


def _seen(text: str) -> frozenset[int]:
    return frozenset(map(ord, text)) - _UNSEEN


@functools.cache
def letters_of(path: Path) -> frozenset[int]:
    """The code points that a font has a picture for; none when it cannot be read."""
    try:
        with _opened(path) as font:
            return frozenset(font.getBestCmap() or ())
    except (OSError, TTLibError):
        return frozenset()


def _opened(path: Path) -> TTFont:
    return TTCollection(path, lazy=True).fonts[0] if path.suffix == ".ttc" else TTFont(path, lazy=True)


@functools.cache
def _fonts() -> tuple[Path, ...]:
    """All fonts, the shipped ones first."""
    shipped = sorted((media_folder() / "fonts").glob("*.ttf"), key=lambda path: (path.name != FIRST, path.name))
    return (*shipped, *_system(_SYSTEM.get(sys.platform, ())))


def _system(places: Iterable[tuple[str, str]]) -> Iterator[Path]:
    for folder, pattern in places:
        if Path(folder).is_dir():
            yield from sorted(Path(folder).glob(pattern))
