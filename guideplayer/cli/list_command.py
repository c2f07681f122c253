"""`guideplayer list`: the scripts that can be played."""

import msgspec
from rich.console import Console
from rich.table import Table

from guideplayer.authoring.listing import list_scripts
from guideplayer.cli.app import app
from guideplayer.cli.options import Json
from guideplayer.core.units import format_duration
from guideplayer.room.settings import read_settings


@app.command("list")
def list_command(json: Json = False) -> None:
    """The scripts that can be played."""
    settings = read_settings()
    listings = list_scripts(settings.script_folders, settings.library())
    if json:
        print(msgspec.json.encode(listings).decode())
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("name", "title", "infusion", "lines", "words/min", "themes", "contains"):
        table.add_column(heading)
    for entry in listings:
        lengths = f"{format_duration(entry.shortest_ms)} to {format_duration(entry.longest_ms)}"
        themes, contains = ", ".join(entry.themes), ", ".join(entry.contains)
        row = (entry.title, lengths, str(entry.lines), f"{entry.words_per_minute:.0f}", themes, contains)
        broken = (f"has {entry.problems} problems: guideplayer check {entry.name}", "", "", "", "", "")
        table.add_row(entry.name, *(broken if entry.problems else row))
    Console().print(table)
