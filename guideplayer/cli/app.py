"""The command line itself: the application that every command joins, and how it ends in a sentence."""

import sys
from typing import NoReturn

import typer

CONTENT, CALL = 1, 2

app = typer.Typer(
    help="Calm narration and soft pictures over an infusion, with a pause that calls staff.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def fail(sentence: str, code: int = CALL) -> NoReturn:
    """End with one sentence on stderr."""
    print(sentence, file=sys.stderr)
    raise SystemExit(code)
