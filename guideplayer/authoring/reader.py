"""Reading a script: a file or a text becomes a Script, or every problem at once."""

import codecs
from pathlib import Path

from guideplayer.authoring.build import build
from guideplayer.authoring.characters import other_encoding
from guideplayer.authoring.fits import check_fits
from guideplayer.authoring.hold import default_hold
from guideplayer.authoring.lexicon import LEXICON, read_lexicon
from guideplayer.authoring.lint import lint as lint_script
from guideplayer.authoring.nodes import compose
from guideplayer.authoring.problems import Problem, Severity, nearest
from guideplayer.authoring.shapes import SCRIPT
from guideplayer.authoring.sheet import Place, Sheet, TooManyErrorsError
from guideplayer.core.script import Script
from guideplayer.media import Library

__all__ = ["Reading", "default_hold", "read_script", "read_text"]

MOST_BYTES = 1_000_000
SCRIPT_SUFFIX = ".yaml"

Reading = tuple[Script | None, tuple[Problem, ...]]


def read_script(path: Path, library: Library, voice: str | None = None, *, lint: bool = False) -> Reading:
    """Read a script's file, to be told by its own narrator or by another voice.

    With `lint` it is also told what the script might do to its listener. The script is None when it cannot be played.
    While nothing but clips is missing it is there, with an estimated length and no file for each clip that has yet to
    be made.
    """
    if path.name == LEXICON:
        sentence = "this is the lexicon of the scripts beside it: it is read with each of them, and is none itself"
        return _nothing(str(path), "not-a-file", sentence)
    content, problems = _content(path)
    if content is None:
        return None, problems
    return read_text(content, str(path), library, path.parent, voice, lint=lint)


def read_sheet(path: Path, library: Library) -> tuple[Sheet | None, tuple[Problem, ...]]:
    """The sheet of any file that is written like a script, or None and why it cannot be read."""
    content, problems = _content(path)
    return (None, problems) if content is None else _sheet(content, str(path), library, path.parent)


def _content(path: Path) -> tuple[bytes | None, tuple[Problem, ...]]:
    file = str(path)
    try:
        if path.is_dir():
            return _nothing(file, "not-a-file", f"this is a folder: name a script in it, such as {path / 'name.yaml'}")
        if not path.exists():
            return _nothing(file, "missing-file", "there is no such file", _nearest_script(path))
        if not path.is_file():
            return _nothing(file, "not-a-file", "this is not a file that can be read whole")
        with path.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError as error:
        return _nothing(file, "unreadable", f"the file cannot be read: {error.strerror or error}")
    return content, ()


def read_text(
    text: str | bytes,
    file: str,
    library: Library,
    base_folder: Path,
    voice: str | None = None,
    *,
    lint: bool = False,
) -> Reading:
    """Read a script's text; `file` is its name in problems, and recordings are looked for in `base_folder`."""
    content = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    sheet, problems = _sheet(content, file, library, base_folder)
    if sheet is None:
        return None, problems
    sheet.lexicon, slips = read_lexicon_file(base_folder / LEXICON, library)
    try:
        script = _read_sheet(sheet, voice, lint)
    except TooManyErrorsError:
        script = None
    return (None if slips else script), (*slips, *sheet.problems)


def read_lexicon_file(path: Path, library: Library) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """The sounds of a lexicon's words, none when there is no such file, and what is wrong with it."""
    if not path.exists():
        return {}, ()
    sheet, problems = read_sheet(path, library)
    if sheet is None:
        return {}, problems
    try:
        return read_lexicon(sheet), sheet.problems
    except TooManyErrorsError:
        return {}, sheet.problems


def _sheet(content: bytes, file: str, library: Library, base_folder: Path) -> tuple[Sheet | None, tuple[Problem, ...]]:
    if len(content) > MOST_BYTES:
        return _nothing(file, "too-large", f"the file is larger than {MOST_BYTES // 1_000_000} MB: this is no script")
    if encoding := other_encoding(content):
        return _nothing(file, "not-utf8", f"this file is {encoding}: save it with the encoding UTF-8")
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return Sheet(content.decode(), file, library, base_folder), ()
    except UnicodeDecodeError as error:
        return None, _not_utf8(content, error.start, file, library, base_folder).problems


def _read_sheet(sheet: Sheet, voice: str | None, lint: bool) -> Script | None:
    node = compose(sheet)
    record = SCRIPT.read(node, sheet) if node else None
    if record is None:
        return None
    script = build(record, sheet, voice)
    if sheet.has_errors_but("missing-clip"):
        return None
    check_fits(script, record, sheet)
    if sheet.has_errors_but("missing-clip"):
        return None
    if lint:
        lint_script(script, record, sheet)
    return script


def _nothing(file: str, code: str, sentence: str, suggestion: str = "") -> tuple[None, tuple[Problem, ...]]:
    return None, (Problem(code, Severity.ERROR, file, 0, 0, "", sentence, suggestion),)


def _nearest_script(path: Path) -> str:
    """The script beside a missing file that was probably meant."""
    names = [found.name for found in path.parent.glob(f"*{SCRIPT_SUFFIX}") if found.is_file()]
    meant = nearest(path.name, names)
    return str(path.with_name(meant)) if meant else ""


def _not_utf8(content: bytes, position: int, file: str, library: Library, base_folder: Path) -> Sheet:
    """The sheet of a text in another encoding, with its only problem."""
    sheet = Sheet(content.decode(errors="replace"), file, library, base_folder)
    before = Sheet(content[:position].decode(), file, library, base_folder).lines
    sentence = f"the byte 0x{content[position]:02X} is not UTF-8: save the file with the encoding UTF-8"
    sheet.report("not-utf8", Place(len(before), len(before[-1]) + 1), sentence)
    return sheet
