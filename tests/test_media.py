"""Where clips, beds and sounds are found: the shipped media and a clinic's own."""

import json

import pytest

from guideplayer.core.script import Clip
from guideplayer.media import Bed, Layer, Library, media_folder
from guideplayer.room.settings import Settings, SettingsError


def put(folder, file, content="{}"):
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(content)


def clips(folder, voice, **texts):
    entries = {text: {"file": file, "length_ms": length_ms} for text, (file, length_ms) in texts.items()}
    put(folder, f"voices/{voice}/index.json", json.dumps(entries))
    for file, _ in texts.values():
        put(folder, f"voices/{voice}/{file}", "")


def test_a_clinics_own_clips_stand_beside_the_shipped_ones(tmp_path):
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    clips(shipped, "heart", Both=("1.opus", 1000), Shipped=("2.opus", 2000))
    clips(own, "heart", Both=("3.opus", 3000), Own=("4.opus", 4000))
    clips(own, "anna", Hers=("5.opus", 5000))
    library = Library(shipped, own)
    assert library.find_clip("heart", "Both") == Clip("voices/heart/1.opus", 1000)
    assert library.path("voices/heart/2.opus") == shipped / "voices/heart/2.opus"
    found = library.find_clip("heart", "Own")
    assert found == Clip("voices/heart/4.opus", 4000)
    assert library.path(found.file) == own / "voices/heart/4.opus"
    assert library.find_clip("anna", "Hers") == Clip("voices/anna/5.opus", 5000)
    assert library.path("voices/heart/none.opus") == shipped / "voices/heart/none.opus"


def test_a_clinics_own_beds_stand_beside_the_shipped_ones(tmp_path):
    put(tmp_path, "beds/index.json", '{"harp": {"layers": [{"file": "harp.ogg", "length_ms": 1000}], "lufs": -26}}')
    put(tmp_path, "beds/harp.ogg")
    library = Settings(media=str(tmp_path)).library()
    assert library.beds["harp"] == Bed((Layer("harp.ogg", 1000, gain=1.0),), lufs=-26.0, loudest_lufs=0.0)
    assert library.layer_path(library.beds["harp"].layers[0]) == tmp_path / "beds/harp.ogg"
    assert {library.layer_path(layer).parent for layer in library.beds["tide"].layers} == {media_folder() / "beds"}


def test_a_broken_index_is_told_in_a_sentence(tmp_path):
    put(tmp_path, "beds/index.json", "{")
    with pytest.raises(SettingsError) as told:
        Settings(media=str(tmp_path)).library()
    assert str(told.value) == (
        f"An index.json in the media folder {tmp_path} cannot be read: Input data was truncated."
    )
