from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
import pytest
import yaml

from guideplayer.core.script import Clip
from guideplayer.media import Bed, Layer, Library, Recording, normalised

SCRIPTS = Path(__file__).parent / "scripts"
DEFAULT_WORDS = Path(__file__).parents[2] / "guideplayer/authoring/hold.en.yaml"
CLIP_MS = 3000

LibraryOf = Callable[..., Library]


def _write_index(folder: Path, index: dict[str, Clip] | dict[str, Recording] | dict[str, Bed]) -> None:
    folder.mkdir(parents=True)
    (folder / "index.json").write_bytes(msgspec.json.encode(index))
    for entry in index.values():
        for part in entry.layers if isinstance(entry, Bed) else (entry,):
            (folder / part.file).touch()


@pytest.fixture
def library_of(tmp_path: Path) -> LibraryOf:
    """Makes a library with three beds, a bell, and clips of some texts in both voices."""

    def make(texts: Iterable[str]) -> Library:
        media = tmp_path / "media"
        beds = ("evening-pad", "tide", "piano-sparse")
        _write_index(media / "beds", {name: Bed((Layer(f"{name}.ogg", 180_000),), -26.0) for name in beds})
        _write_index(media / "sounds", {"bell": Recording("bell.ogg", 6_000, -26.0)})
        clips = {normalised(text): Clip(f"{number}.ogg", CLIP_MS) for number, text in enumerate(texts)}
        for voice in ("heart", "onyx"):
            _write_index(media / "voices" / voice, clips)
        return Library(media)

    return make


@pytest.fixture
def library(library_of: LibraryOf) -> Library:
    """All that the small script needs."""
    shipped = yaml.safe_load(DEFAULT_WORDS.read_text("utf-8"))
    lines = [line for words in shipped.values() for line in (words if isinstance(words, list) else [words])]
    return library_of(["You can rest.", "You are here.", *lines])


@pytest.fixture
def small() -> str:
    return (SCRIPTS / "small.yaml").read_text("utf-8")
