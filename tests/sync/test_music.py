"""Music that comes with scripts is listened to once, however often other things change."""

import asyncio

import pytest

from guideplayer.authoring.music import unheard_music
from guideplayer.media import scripts_folder, shipped_library
from guideplayer.music import track
from guideplayer.sync.syncing import Syncing
from guideplayer.sync.trees import CURRENT
from tests.music.recordings import tone, write

SCRIPT = "scripts/own.yaml"


@pytest.fixture
def heard(monkeypatch):
    """The names of the files that were listened to."""
    names = []
    real = track._examined

    def examined(path, cache):
        names.append(path.name)
        return real(path, cache)

    monkeypatch.setattr(track, "_examined", examined)
    return names


def test_it_is_known_in_every_tree(offering, folder, heard, tmp_path):
    text = (scripts_folder() / "long-quiet.yaml").read_text("utf-8")
    lines = text.splitlines()
    number = next(number for number, line in enumerate(lines) if "bed:" in line)
    indent = lines[number][: lines[number].index("bed:")]
    lines[number] = f"{indent}bed: {{playlist: music}}"
    sound = write(tmp_path / "one.flac", tone(12)).read_bytes()
    script = "\n".join(lines).encode()
    offering.put({SCRIPT: script, "scripts/music/one.flac": sound}, "scripts/lexicon.yaml", "scripts/quiet.yaml")

    def unheard(link):
        tree = folder.tree(link)
        return unheard_music([tree.path / SCRIPT], shipped_library())

    def sync():
        return asyncio.run(Syncing(offering.setting(), folder, lambda: False).run())

    sync()
    assert heard == ["one.flac"]
    assert unheard(CURRENT) == []
    offering.put({"media/beds/harp.ogg": b"another"})
    sync()
    assert heard == ["one.flac"]
    assert unheard(CURRENT) == []
    # Nor has the tree before lost what is known of it, to which the file belongs as well.
    assert unheard("previous") == []
