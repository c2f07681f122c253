"""What a YAML parser's error means to somebody who has never heard of a block mapping."""

import yaml

from guideplayer.authoring.sheet import Place, Sheet

_UNCLOSED_QUOTE = "a quotation mark is opened here and never closed"
_INDENTATION = (
    "this does not line up with the lines before it: check its indentation, and quote text that holds a quote"
)

# Part of the parser's words -> our code and sentence.
_MEANINGS = (
    ("mapping values are not allowed", "colon", "a colon followed by a space starts a value: put this text in quotes"),
    ("could not find expected ':'", "colon", "a key is followed by a colon and a space, and this one is not"),
    ("unknown escape character", "escape", "a backslash inside double quotes starts an escape: use single quotes"),
    ("that cannot start any token", "quotes", "a text cannot begin with this character: put it in quotes"),
    ("undefined tag handle", "tag", "a tag has no meaning in a script: leave it out"),
    ("expected alphabetic or numeric character", "quotes", "a text cannot begin with this character: put it in quotes"),
    ("expected ',' or", "brackets", "a comma or a closing bracket is missing before this"),
    ("expected '<document start>'", "several-documents", "nothing may follow the end of the document"),
    ("expected <block end>", "indentation", _INDENTATION),
)


def describe_character(error: yaml.reader.ReaderError, sheet: Sheet) -> None:
    """Report a character that no text file holds."""
    place = sheet.place_of(error.position)
    if error.character in (0, "\0"):
        return sheet.report("nul", place, "a NUL character stands here: this is not a text file")
    number = error.character if isinstance(error.character, int) else ord(error.character)
    return sheet.report("control-character", place, f"the character U+{number:04X} cannot be shown: delete it")


def describe(error: yaml.MarkedYAMLError, sheet: Sheet) -> None:
    """Report a parser's error in plain words."""
    words = error.problem or ""
    mark = error.problem_mark or error.context_mark
    place = Place(mark.line + 1, mark.column + 1) if mark else None
    if "unexpected end of stream" in words and error.context_mark:
        opened = Place(error.context_mark.line + 1, error.context_mark.column + 1)
        return sheet.report("quotes", opened, _UNCLOSED_QUOTE)
    source = sheet.lines[place.line - 1] if place and place.line <= len(sheet.lines) else ""
    indentation = source[: len(source) - len(source.lstrip())]
    if place and "\t" in indentation:
        at = Place(place.line, indentation.index("\t") + 1)
        return sheet.report("tab", at, "a tab cannot indent a line: use spaces")
    for part, code, sentence in _MEANINGS:
        if part in words:
            return sheet.report(code, place, sentence)
    return sheet.report("yaml", place, f"this cannot be read: {words}")
