"""A therapist's own photographs and films, read from their files: upright, not too large, or refused in a sentence."""

import warnings
from typing import TYPE_CHECKING

from PIL import Image, ImageOps, UnidentifiedImageError

if TYPE_CHECKING:
    from av.container import InputContainer

MOST_PIXELS = 200_000_000


class PictureError(Exception):
    """A photograph or a film cannot be shown; the text is one plain sentence."""


def read_upright(file: str, enough: tuple[int, int]) -> Image.Image:
    """A photograph as its camera was held, in red, green and blue; a huge JPEG is read smaller, but not below enough.

    Raises PictureError.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise PictureError(f"The picture {file} has more than {MOST_PIXELS // 1_000_000} million pixels.")
                image.draft("RGB", enough)
                return ImageOps.exif_transpose(image).convert("RGB")
    except UnidentifiedImageError as error:
        raise PictureError(f"The file {file} is no picture that can be read: save it as JPEG, PNG or WebP.") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureError(f"The picture {file} cannot be read: {_reason(error)}.") from error


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or "it is broken"


def open_film(file: str) -> tuple["InputContainer", int]:
    """An open film that has a picture, and its length in ms. Raises PictureError."""
    try:
        import av
    except ImportError as error:
        raise PictureError("Films need the extra `video`: pip install 'guideplayer[video]'.") from error
    try:
        container = av.open(file)
    except film_errors() as error:
        raise PictureError(f"The film {file} cannot be read: save it as MP4 or WebM.") from error
    if not container.streams.video or not container.streams.video[0].width:
        raise PictureError(f"The film {file} has no picture.")
    stream = container.streams.video[0]
    # A stream counts in its own time base, and a container in microseconds; some files tell only one of them.
    length_ms = (stream.duration or 0) * (stream.time_base or 0) * 1000 or (container.duration or 0) / 1000
    if length_ms <= 0:
        raise PictureError(f"The film {file} does not tell its length: save it anew as MP4 or WebM.")
    return container, round(length_ms)


def film_errors() -> tuple[type[Exception], ...]:
    """What a broken film raises while it is read."""
    import av

    return (av.FFmpegError, ValueError, OSError)
