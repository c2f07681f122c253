"""Every code that a problem can have: what it means, and an example that gives it beside one that does not."""

import functools
from importlib import resources

import msgspec
import yaml

_TABLE, _EXAMPLE = "codes.yaml", "codes.example.yaml"


class Code(msgspec.Struct, frozen=True):
    """A code's meaning. The example, where there is one, is a change of `example()`: `at` becomes `wrong`."""

    name: str
    means: str
    at: str = ""
    wrong: str = ""
    right: str = ""

    def render(self) -> str:
        """The code as a page of a reference shows it."""
        rows = [self.name, f"  {self.means}"]
        if self.at:
            rows += ["  Not so:", _indented(self.wrong), "  But so:", _indented(self.right)]
        return "\n".join(rows)


def _indented(text: str) -> str:
    """A part of a script, lined up; what has been taken away is told by dots."""
    lines = text.replace("\t", "→").rstrip("\n").split("\n")
    margin = min((len(line) - len(line.lstrip(" ")) for line in lines[1:] if line.strip()), default=0)
    return "\n".join(f"    {line[margin:] if line[:margin].isspace() else line}".rstrip() or "    …" for line in lines)


@functools.cache
def codes() -> dict[str, Code]:
    """All codes by name, in the order of the reference."""
    table = yaml.safe_load(_text(_TABLE))
    return {
        name: Code(
            name, entry["means"], entry.get("at", ""), entry.get("wrong", ""), entry.get("right", entry.get("at", ""))
        )
        for name, entry in table.items()
    }


def example() -> str:
    """The script that the examples change."""
    return _text(_EXAMPLE)


def _text(file: str) -> str:
    return resources.files(__package__).joinpath(file).read_text("utf-8")
