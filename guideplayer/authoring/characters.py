"""From the bytes of a file to letters that can be read and shown."""

import codecs
import re

from guideplayer.authoring.sheet import LONGEST_LINE, Place, Sheet
from guideplayer.authoring.words import CONTROL, REPLACEMENT

# The longer marks first: that of UTF-32 begins like that of UTF-16.
_OTHER_ENCODINGS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
# What a YAML parser refuses or takes for the end of a line, and what could disturb a terminal.
_UNREADABLE = re.compile(rf"[{CONTROL}\ufeff\ufffe\uffff]")


def other_encoding(content: bytes) -> str:
    """The encoding that the first bytes of a file name, if it is another than UTF-8."""
    return next((name for mark, name in _OTHER_ENCODINGS.items() if content.startswith(mark)), "")


def readable(sheet: Sheet) -> str | None:
    """The text with a stand-in for every letter that cannot be read, each of which is a problem on the sheet.

    None, with a problem, for what no script can be.
    """
    for number, line in enumerate(sheet.lines, 1):
        if refusal := _refusal(line):
            code, column, sentence = refusal
            sheet.report(code, Place(number, column), sentence)
            return None
    if not _UNREADABLE.search(sheet.text):
        return sheet.text
    for number, line in enumerate(sheet.lines, 1):
        for found in _UNREADABLE.finditer(line):
            sentence = f"the character U+{ord(found[0]):04X} cannot be shown: delete it"
            sheet.report("control-character", Place(number, found.start() + 1), sentence)
    return _UNREADABLE.sub(REPLACEMENT, sheet.text)


def _refusal(line: str) -> tuple[str, int, str] | None:
    """Why a text with this line is not read on: a code, a column, a sentence."""
    if "\0" in line:
        return "nul", line.index("\0") + 1, "a NUL character stands here: this is not a text file"
    if len(line) > LONGEST_LINE:
        return "long-line", 1, f"this line has more than {LONGEST_LINE} letters: break it into several"
    if line.startswith("%TAG"):
        # A parser compares each with all the others, which takes for ever on a file that is full of them.
        return "tag", 1, "a line that starts with % has no meaning in a script"
    return None
