"""The names that an author may choose from."""

from collections.abc import Collection

from guideplayer.core.playlist import Order
from guideplayer.core.scenes import PALETTES, SCENE_NAMES
from guideplayer.core.script import NO_VOICE, Motion
from guideplayer.media import Library

NO_BED = "none"
DEFAULT_VOICE = "heart"

# What lint may find, and a script may allow.
WARNINGS = frozenset(
    {
        "bed-jump", "frightening-image", "hurried-line", "light-jump", "long-caption", "long-silence", "loud-bed",
        "no-font", "no-reminder", "only-read", "order", "question-at-peak", "quick-caption",
        "sickening-motion", "stacked-negations", "sudden-music", "unchecked-language", "wordy-peak",
    }
)  # fmt: skip

# The narrators that `guideplayer voice` can speak with.
NARRATORS = frozenset({"heart", "emma", "onyx", "michael"})


def scenes(library: Library) -> Collection[str]:
    """The pictures: shipped ones and the clinic's own."""
    return SCENE_NAMES | library.own_scenes.names


def palettes_of(scene: str, library: Library) -> Collection[str]:
    """The palettes of a scene; none for one that there is not."""
    own = library.own_scenes.find(scene)
    return own.palettes if own else PALETTES.get(scene, ())


def palettes(library: Library) -> Collection[str]:
    """The palettes of all scenes."""
    return {name for scene in scenes(library) for name in palettes_of(scene, library)}


def motions(_library: Library) -> Collection[str]:
    """How fast a picture may move."""
    return [motion.value for motion in Motion]


def beds(library: Library) -> Collection[str]:
    """The music and ambience of a library, and the word for silence."""
    return {*library.beds, NO_BED}


def orders(_library: Library) -> Collection[str]:
    """The orders in which a folder of music can be heard."""
    return [order.value for order in Order]


def sounds(library: Library) -> Collection[str]:
    """The one-shots of a library."""
    return library.sounds.keys()


def warnings(_library: Library) -> Collection[str]:
    """What lint may find."""
    return WARNINGS


def voices(library: Library) -> Collection[str]:
    """The narrators, the clinic's own, every voice that a library has clips of, and the word for captions alone."""
    return {*NARRATORS, *library.own_voices, *library.clips, NO_VOICE}
