"""What is published: wheel and sdist with scripts and media, installed as anybody would, used from anywhere."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.xvfb import needed

ROOT = Path(__file__).parents[1]
LARGEST_BYTES = 60_000_000


def uv(*words: str, **environment: str) -> str:
    """What uv prints: the one that `make` has fetched, or that of the machine."""
    own = ROOT / ".tools" / "bin" / "uv"
    program = str(own) if own.exists() else shutil.which("uv") or ""
    if not program:
        needed("uv")
    done = subprocess.run(
        [program, *words], check=False, capture_output=True, text=True, timeout=600, env={**os.environ, **environment}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def packages(tmp_path_factory) -> Path:
    """A folder with both packages; the wheel is made of the sdist."""
    folder = tmp_path_factory.mktemp("packages")
    uv("build", "--quiet", "--out-dir", str(folder), str(ROOT))
    return folder


def test_both_packages_carry_scripts_media_and_licences(packages):
    (wheel,), (sdist,) = packages.glob("*.whl"), packages.glob("*.tar.gz")
    assert max(wheel.stat().st_size, sdist.stat().st_size) < LARGEST_BYTES
    with zipfile.ZipFile(wheel) as opened:
        carried = set(opened.namelist())
    shipped = "guideplayer/_shipped"
    for folder in ("scripts", "media"):
        tracked = {path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file()}
        tracked = {path for path in tracked if "__pycache__" not in path.parts}
        assert {f"{shipped}/{path}" for path in tracked} <= carried
    assert any(name.endswith("licenses/media/LICENCES.md") for name in carried)
    assert not any(name.startswith(("tests/", "docs/")) for name in carried)
    with tarfile.open(sdist) as opened:
        names = {name.split("/", 1)[1] for name in opened.getnames() if "/" in name}
    assert {"README.md", "LICENSE", "Makefile", "pyproject.toml", "scripts/open-sky.yaml"} <= names


def test_the_wheel_works_from_any_folder(packages, tmp_path):
    """As `uv tool install` and `pipx install` do: in an environment of its own, with nothing of the checkout."""
    (wheel,) = packages.glob("*.whl")
    home = {"UV_TOOL_DIR": str(tmp_path / "tools"), "UV_TOOL_BIN_DIR": str(tmp_path / "bin")}
    uv("tool", "install", "--quiet", "--python", sys.executable, str(wheel), **home)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    def told(*words: str) -> str:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GUIDEPLAYER"))}
        command = [str(tmp_path / "bin" / "guideplayer"), *words]
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, timeout=180, cwd=elsewhere, env=clean
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert "Open Sky" in told("list")
    assert "return" in told("rehearse", "open-sky", "--infusion", "45m", "--press", "12m", "--resume", "18m")
    told("export", "open-sky", "film.mkv", "--from", "12m", "--to", "12m1s", "--size", "320x180")
    assert (elsewhere / "film.mkv").stat().st_size > 1000
    told("new", "mine.yaml", "--title", "Mine", "--density", "sparse")
    assert (elsewhere / "mine.yaml").exists()
