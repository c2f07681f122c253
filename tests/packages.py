"""Packages as pip would install them: their code, and the metadata by which other programs find it."""

import tomllib
from collections.abc import Mapping
from pathlib import Path


def install(folder: Path, project: str, files: Mapping[str, str]) -> None:
    """Install a package into a folder of modules. `project` is its pyproject.toml, `files` its modules by name."""
    told = tomllib.loads(project)["project"]
    name, version = told["name"], told["version"]
    information = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    information.mkdir(parents=True)
    for file, text in files.items():
        (folder / file).write_text(text)
    points = told.get("entry-points", {})
    lines = [
        line
        for group, names in points.items()
        for line in (f"[{group}]", *(f"{point} = {value}" for point, value in names.items()), "")
    ]
    (information / "entry_points.txt").write_text("\n".join(lines))
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (information / "WHEEL").write_text("Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    recorded = [*files, *(f"{information.name}/{file}" for file in ("entry_points.txt", "METADATA", "WHEEL", "RECORD"))]
    (information / "RECORD").write_text("".join(f"{file},,\n" for file in recorded))
