"""Where the shipped scripts, clips, beds, sounds and fonts are, and what is in them."""

import contextlib
import functools
import hashlib
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

from guideplayer.core.script import Clip
from guideplayer.core.unreadable import UNREADABLE
from guideplayer.own_scenes import OwnScenes

_Shape = TypeVar("_Shape")

SAFETY = frozenset({"alarm", "chime"})

_PACKAGE = Path(__file__).parent


def _shipped(name: str) -> Path:
    """A shipped folder: beside the package in a checkout, inside it in an installed wheel."""
    inside = _PACKAGE / "_shipped" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def scripts_folder() -> Path:
    """The folder of the shipped scripts."""
    return _shipped("scripts")


def media_folder() -> Path:
    """The folder of the shipped media."""
    return _shipped("media")


def _indexes(folder: Path) -> list[Path]:
    """The indexes of a media folder, whether or not there are any."""
    fixed = [folder / "beds" / "index.json", folder / "sounds" / "index.json"]
    return [*fixed, *sorted((folder / "voices").glob("*/index.json"))]


def normalised(text: str) -> str:
    """The text by which a clip is found: white space folded, so that a script may be wrapped anywhere."""
    return " ".join(text.split())


def clip_name(text: str, settings: str) -> str:
    """The stem of a clip's file: a hash of its normalised text and of the settings that made it."""
    return hashlib.sha256(f"{settings}\n{normalised(text)}".encode()).hexdigest()[:16]


class Recording(msgspec.Struct, frozen=True):
    """A one-shot: its file within its folder, its length in ms and its measured loudness in LUFS."""

    file: str
    length_ms: int
    lufs: float


class Layer(msgspec.Struct, frozen=True):
    """A part of a bed that goes round by itself: its file within its folder, its length in ms, its gain (1: as it is).

    What is heard of it so far into the bed is that far into the file, round and round.
    """

    file: str
    length_ms: int
    gain: float = 1.0


class Bed(msgspec.Struct, frozen=True):
    """Layers that sound together, and their loudness together in LUFS, measured over a long while.

    Layers whose lengths have no small multiple in common meet in the same way only after hours. No script makes a bed
    louder than `loudest_lufs`: near-silence at a bed's usual level would be noise.
    """

    layers: Annotated[tuple[Layer, ...], msgspec.Meta(min_length=1)]
    lufs: float
    loudest_lufs: float = 0.0


class Library:
    """What can be heard, voices, beds and sounds of the media folders, read from their indexes; and a clinic's scenes.

    Layout of each: `voices/<voice>/index.json` maps normalised text to a Clip, `beds/index.json` a name to a Bed and
    `sounds/index.json` a name to a Recording. Of two with one name that in the earlier folder counts.
    The alarm and the chime are always those of the last folder, the shipped one: nobody may find out in a session that
    they were replaced by something that is not heard.
    `own_voices` are those that a clinic can make clips with, whether or not there are any yet; `own_scenes` are the
    pictures beside the shipped ones.
    """

    def __init__(self, *folders: Path, own_voices: Collection[str] = (), own_scenes: OwnScenes | None = None) -> None:
        self.folders = folders or (media_folder(),)
        self.own_voices = own_voices
        self.own_scenes = own_scenes or OwnScenes(known=())
        self.beds: dict[str, Bed] = {}
        self.sounds: dict[str, Recording] = {}
        self.clips: dict[str, dict[str, Clip]] = {}
        self._homes: dict[Layer | str, Path] = {}
        self._stamps = self._stamped()
        self._read_all()

    def refresh(self) -> bool:
        """Read anew if an index has changed, as when a voice has been recorded; whether one was.

        While one cannot be read all stays as it was.
        """
        stamps = self._stamped()
        if stamps == self._stamps:
            return False
        self._stamps = stamps
        with contextlib.suppress(OSError, *UNREADABLE):
            self._read_all()
        return True

    def _read_all(self) -> None:
        """Raises OSError, UNREADABLE."""
        beds: dict[str, Bed] = {}
        sounds: dict[str, Recording] = {}
        clips: dict[str, dict[str, Clip]] = {}
        homes: dict[Layer | str, Path] = {}
        for folder in reversed(self.folders):
            found = self._read(folder / "beds" / "index.json", dict[str, Bed])
            heard = self._read(folder / "sounds" / "index.json", dict[str, Recording])
            heard = {name: one for name, one in heard.items() if name not in sounds or name not in SAFETY}
            layers = (layer for bed in found.values() for layer in bed.layers)
            homes |= dict.fromkeys((*layers, *heard), folder)
            beds |= found
            sounds |= heard
            for index in sorted((folder / "voices").glob("*/index.json")):
                voice = self._read(index, dict[str, Clip])
                clips.setdefault(index.parent.name, {}).update(voice)
                homes |= dict.fromkeys((_clip_file(index.parent.name, clip) for clip in voice.values()), folder)
        self.beds, self.sounds, self.clips, self._homes = beds, sounds, clips, homes

    def _stamped(self) -> dict[Path, tuple[int, int]]:
        """When each index was written, how long it is, and which folder each one really is."""
        stamps = {}
        for index in (index for folder in self.folders for index in _indexes(folder)):
            with contextlib.suppress(OSError):
                stat = index.stat()
                stamps[index] = stat.st_mtime_ns, stat.st_size
        # A folder may be a link, and lead elsewhere from now on.
        for folder in self.folders:
            with contextlib.suppress(OSError):
                stat = folder.stat()
                stamps[folder] = stat.st_dev, stat.st_ino
        return stamps

    @staticmethod
    def _read(path: Path, shape: type[_Shape]) -> _Shape:
        """An index's content; a folder without one holds nothing yet. Raises OSError, UNREADABLE."""
        return msgspec.json.decode(path.read_bytes() if path.exists() else b"{}", type=shape)

    def find_clip(self, voice: str, text: str) -> Clip | None:
        """The clip of this spoken form in this voice; its file is relative to a media folder."""
        clip = self.clips.get(voice, {}).get(normalised(text))
        return clip and msgspec.structs.replace(clip, file=_clip_file(voice, clip))

    def there(self, file: str) -> Path | None:
        """A clip's file, absolute: in the folder whose index names it, else in the first that has it, else None.

        A clinic's own folder may be a share that hangs: what ships is found without it.
        """
        home = self._homes.get(file)
        if home and (home / file).is_file():
            return home / file
        return next((path for folder in self.folders if (path := folder / file).is_file()), None)

    def path(self, file: str) -> Path:
        """A clip's file, absolute: in the first media folder that has it, or where the first one would have it."""
        return self.there(file) or self.folders[0] / file

    def layer_path(self, layer: Layer) -> Path:
        """The file of a bed's layer."""
        return self._at_home(layer, f"beds/{layer.file}")

    def sound_path(self, name: str) -> Path:
        """The file of a one-shot. Raises KeyError for an unknown one."""
        return self._at_home(name, f"sounds/{self.sounds[name].file}")

    def _at_home(self, one: Layer | str, file: str) -> Path:
        """A file in the folder whose index names it: another folder may have another one of that name."""
        home = self._homes.get(one)
        return home / file if home and (home / file).is_file() else self.path(file)


def _clip_file(voice: str, clip: Clip) -> str:
    """A clip's file within a media folder."""
    return f"voices/{voice}/{clip.file}"


@functools.cache
def shipped_library() -> Library:
    """The library of the shipped media."""
    return Library()
