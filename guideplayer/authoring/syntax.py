"""What a YAML parser's error means to somebody who has never heard of a block mapping."""

import re

import yaml

from guideplayer.authoring.sheet import Place, Sheet

# Part of the parser's words (those of libyaml, then of pure Python where they differ) -> our code and sentence.
_MEANINGS = (
    (("could not find expected ':'",), "colon", "a key is followed by a colon and a space, and this one is not"),
    (("cannot start any token",), "quotes", "a text cannot begin with this character: put it in quotes"),
    (("alphabetic or numeric",), "quotes", "a text cannot begin with this character: put it in quotes"),
    (
        ("tag handle", "expected '>'", "%TAG", "tag", "whitespace or line break"),
        "tag",
        "a tag has no meaning in a script: leave it out",
    ),
    (
        ("directive", "version", "YAML document", "non-alphabetical"),
        "tag",
        "a line that starts with % has no meaning in a script",
    ),
    (("node content",), "no-value", "a value is missing before this"),
    (
        ("sequence entries are not allowed",),
        "indentation",
        "a list starts on a line of its own: put this dash on the next line",
    ),
    (("keys are not allowed",), "quotes", "a text cannot begin with a question mark: put it in quotes"),
    (
        ("expected <document start>", "expected '<document start>'"),
        "indentation",
        "this does not belong to what stands before it: the keys of a script all start in the first column",
    ),
    (
        ("comment or line break", "indentation indicator"),
        "quotes",
        "only a line break follows the sign | or >, which starts a text of several lines",
    ),
    (
        ("unexpected ':'",),
        "colon",
        "a colon inside brackets starts a value: put this text in quotes",
    ),
)
_AFTER_QUOTE = "the quotation mark before this ends the text: put the whole text between {} quotes"
_AFTER_VALUE = "the value ends before this: put the whole text in quotes"
_COLON = "a colon followed by a space starts a value: put this text in quotes"
_DASH = "a list goes on here: start this line with a dash, or line it up with the keys that it belongs to"
_DEEPER = "this is indented more than the lines before it, which have their values: line it up with them"
_ESCAPE = "a backslash inside double quotes starts an escape: use single quotes"
_INDENTATION = "this does not line up with the lines before it: check its indentation"
_KEY_ALONE = re.compile(r"\s*(?:-\s+)*[^\s:]*\s*")
_LEFT_OVER_BRACKET = "this bracket closes nothing: leave it out, or put the whole text in quotes"
_MISSING_BRACKET = "a comma or a closing bracket is missing before this"
_OTHER_DASH = "this dash does not line up with the dashes before it: check its indentation"
_OTHER_QUOTES = {"'": "double", '"': "single"}
_TAB = "a tab cannot indent a line: use spaces"
_TAB_BEFORE_TEXT = re.compile(r" *\t")
_UNCLOSED_BRACKET = "a bracket is opened here and never closed"
_UNCLOSED_QUOTE = "a quotation mark is opened here and never closed"


def describe(error: yaml.MarkedYAMLError, sheet: Sheet) -> None:
    """Report a parser's error in plain words."""
    words, context = error.problem or "", error.context or ""
    found = _place(error.problem_mark or error.context_mark)
    opened = sheet.within(_place(error.context_mark or error.problem_mark))
    # White space behind the text can be wrong as well; of what is missing there, the last of the text is the place.
    tab = _TAB_BEFORE_TEXT.match(sheet.source_of(found))
    place = sheet.within(found)
    source = sheet.source_of(place)
    if "quoted scalar" in context and ("end of stream" in words or "document" in words):
        sheet.report("quotes", opened, _UNCLOSED_QUOTE)
    elif tab:
        sheet.report("tab", Place(found.line, tab.end()), _TAB)
    elif "flow" in context and place == sheet.end:
        sheet.report("brackets", opened, _UNCLOSED_BRACKET)
    elif "expected ',' or" in words:
        where = "" if opened.line == place.line else f": one is open since line {opened.line}"
        sheet.report("brackets", place, _MISSING_BRACKET + where)
    elif "parsing a block" in context and source[place.column - 1 : place.column] in {"]", "}"}:
        sheet.report("brackets", place, _LEFT_OVER_BRACKET)
    elif "mapping values are not allowed" in words:
        _describe_colon(place, source[: place.column - 1], sheet)
    elif "parsing a block" in context and ("expected key" in words or "'-'" in words or "<block end>" in words):
        _describe_misfit(place, source, sheet, in_list="collection" in context)
    elif "escape" in words or "decimal" in words:
        sheet.report("escape", Place(place.line, source.rfind("\\", 0, place.column) + 1), _ESCAPE)
    else:
        _describe_by_table(words, opened if context.endswith((" alias", " anchor", " tag")) else place, sheet)


def _describe_by_table(words: str, place: Place, sheet: Sheet) -> None:
    """An error that means the same wherever it stands."""
    meanings = ((code, sentence) for parts, code, sentence in _MEANINGS if any(part in words for part in parts))
    code, sentence = next(meanings, ("yaml", f"this cannot be read: {words}"))
    sheet.report(code, place, sentence)


def _describe_colon(place: Place, before: str, sheet: Sheet) -> None:
    """A value where none can be: a key that is indented too far, or a colon in the words of a text."""
    if _KEY_ALONE.fullmatch(before):
        start = Place(place.line, len(before) - len(before.lstrip()) + 1)
        sheet.report("indentation", start, _DEEPER)
    else:
        sheet.report("colon", place, _COLON)


def _describe_misfit(place: Place, source: str, sheet: Sheet, *, in_list: bool) -> None:
    """Something that is neither the next key nor the next item of what stands before it."""
    before, after = source[: place.column - 1].strip(" -"), source[place.column - 1 :]
    if before[-1:] in _OTHER_QUOTES:
        sheet.report("quotes", place, _AFTER_QUOTE.format(_OTHER_QUOTES[before[-1]]))
    elif before:
        sheet.report("quotes", place, _AFTER_VALUE)
    elif after.startswith("-"):
        sheet.report("indentation", place, _OTHER_DASH)
    else:
        sheet.report("indentation", place, _DASH if in_list else _INDENTATION)


def _place(mark: yaml.Mark | None) -> Place:
    return Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
