"""The command line itself: the application that every command joins, and how it ends in a sentence."""

import sys
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

CONTENT, CALL = 1, 2
SESSIONS, WRITING, CLINIC, CARE = "Sessions", "Writing scripts", "The clinic", "Care of the machine"
OTHERS = "Commands"


def examples(*commands: str) -> str:
    """The end of a command's help: what somebody may type, one a line."""
    return "\n\n".join(["Examples:", "\n".join(["\b", *(f"  {command}" for command in commands)])])


class Commands(TyperGroup):
    """The commands by what they are for. In boxes, as typer would draw them, an error would be no plain sentence."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write them, a part for each purpose."""
        parts: dict[str, list[tuple[str, str]]] = {part: [] for part in (SESSIONS, WRITING, CLINIC, CARE, OTHERS)}
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                part = getattr(command, "rich_help_panel", None)
                parts[part if part in parts else OTHERS].append((name, command.get_short_help_str(limit=200)))
        for part, rows in parts.items():
            if rows:
                with formatter.section(part):
                    formatter.write_dl(rows)


app = typer.Typer(
    cls=Commands,
    help="Calm narration and soft pictures over an infusion, with a pause that calls staff.",
    epilog=examples("guideplayer demo", "guideplayer play open-sky --infusion 45m", "guideplayer check --help"),
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def fail(sentence: str, code: int = CALL) -> NoReturn:
    """End with one sentence on stderr."""
    print(sentence, file=sys.stderr)
    raise SystemExit(code)
