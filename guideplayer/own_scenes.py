"""The scenes of a clinic's own: a folder with one Python file a scene, and those of packages installed beside this one.

Their code never runs in the room nor in the stage: a process of its own tries each (`OwnScenes.find`), and another one
paints it in a session.
"""

import functools
import re
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from guideplayer.core.scenes import IMAGE, SCENE_NAMES, VIDEO
from guideplayer.core.unreadable import UNREADABLE
from guideplayer.installed import SCENES, installed

TRY = ("-m", "guideplayer.stage.scenes.own_painter", "--try")
TRIED_WITHIN_S = 20.0
TAKEN = SCENE_NAMES | {IMAGE, VIDEO, "hold"}
NAME = re.compile("[a-z][a-z0-9-]{0,39}")


class Trial(msgspec.Struct, frozen=True):
    """What came of trying a scene: the palettes that it has, its usual one first, or why it cannot be shown."""

    palettes: tuple[str, ...] = ()
    fault: str = ""


class OwnScene(msgspec.Struct, frozen=True):
    """A scene that is not shipped. `file` is its Python file, absolute, or its `package.module:name`."""

    name: str
    file: str
    palettes: tuple[str, ...] = ()
    fault: str = ""


class OwnScenes:
    """Those of a folder, and of installed packages; of two with one name that in the folder counts.

    With `known` there are these, and nothing is looked for or tried: the room knows what was found before it began.
    """

    def __init__(self, folder: Path | None = None, known: Sequence[OwnScene] | None = None) -> None:
        self._folder = folder
        self._found = {scene.name: scene for scene in known or ()}
        self._known = known is not None

    @property
    def names(self) -> frozenset[str]:
        """The names that a script may give."""
        return frozenset(self._found.keys() if self._known else self._files.keys()) - TAKEN

    @functools.cached_property
    def _files(self) -> dict[str, str]:
        here = sorted(self._folder.glob("[!_]*.py")) if self._folder and self._folder.is_dir() else []
        # Python's own names have underscores where a script's have dashes.
        return installed(SCENES) | {path.stem.replace("_", "-"): str(path.resolve()) for path in here}

    def find(self, name: str) -> OwnScene | None:
        """A scene by name, tried once; None when there is none."""
        if name not in self._found and name in self.names:
            trial = tried(name, self._files[name])
            self._found[name] = OwnScene(name, self._files[name], trial.palettes, trial.fault)
        return self._found.get(name)

    def all(self) -> tuple[OwnScene, ...]:
        """All of them, tried: also those that no script can name, with why."""
        if self._known:
            return tuple(self._found.values())
        with ThreadPoolExecutor() as pool:
            found = [scene for scene in pool.map(self.find, sorted(self.names)) if scene]
        taken = sorted(self._files.keys() & TAKEN)
        reason = "a shipped scene has this name, and counts: name it otherwise"
        return (*found, *(OwnScene(name, self._files[name], fault=reason) for name in taken))


def tried(name: str, file: str) -> Trial:
    """Have a scene painted in all its palettes by a process of its own."""
    if not NAME.fullmatch(name):
        return Trial(fault="its name has other characters than small letters, digits and dashes: name it otherwise")
    try:
        ran = subprocess.run(
            [sys.executable, *TRY, file],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=TRIED_WITHIN_S,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        return Trial(fault=f"it has painted nothing within {TRIED_WITHIN_S:.0f} s")
    except OSError as error:
        return Trial(fault=f"it cannot be tried: {error.strerror or error}")
    try:
        return msgspec.json.decode(ran.stdout, type=Trial)
    except UNREADABLE:
        return Trial(fault="it ends the process that it is painted by")
