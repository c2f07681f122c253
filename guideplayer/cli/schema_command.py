"""`guideplayer schema`: what a right script is, for editors."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from guideplayer.authoring.schema import json_schema
from guideplayer.cli.app import WRITING, app, examples, fail
from guideplayer.room.settings import read_settings


@app.command(epilog=examples("guideplayer schema --output guideplayer.schema.json"), rich_help_panel=WRITING)
def schema(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it to a file instead of stdout.")
    ] = None,
) -> None:
    """The JSON Schema of the format, for editors."""
    text = msgspec.json.format(msgspec.json.encode(json_schema(read_settings().library()))).decode() + "\n"
    if output is None:
        print(text, end="")
        return
    try:
        output.write_text(text, "utf-8")
    except OSError as error:
        fail(f"{output} cannot be written: {error.strerror or error}.")
