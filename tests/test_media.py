"""Where clips, beds and sounds are found: the shipped media and a clinic's own."""

import json
from pathlib import Path

import pytest

from guideplayer.core.script import Clip
from guideplayer.media import Bed, Layer, Library, media_folder
from guideplayer.room.settings import Settings, SettingsError
from guideplayer.sync.setting import Sync


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


def bed(folder, name, file, length_ms):
    layers = f'[{{"file": "{file}", "length_ms": {length_ms}}}]'
    put(folder, "beds/index.json", f'{{"{name}": {{"layers": {layers}, "lufs": -26}}}}')
    put(folder, f"beds/{file}")


def test_what_is_for_all_rooms_stands_between_a_rooms_own_and_the_shipped(tmp_path):
    settings = Settings(state=str(tmp_path), media=str(tmp_path / "own"), sync=Sync(source="/srv/offered"))
    synced = settings.synced.media
    assert settings.media_folders == (tmp_path / "own", synced, media_folder())
    assert settings.script_folders[0] == settings.synced.scripts
    bed(tmp_path / "own", "harp", "harp.ogg", 1000)
    bed(synced, "harp", "harp.ogg", 2000)
    library = settings.library()
    assert library.beds["harp"].layers[0].length_ms == 1000
    assert library.layer_path(library.beds["harp"].layers[0]) == tmp_path / "own/beds/harp.ogg"
    assert Settings(state=str(tmp_path), media=str(tmp_path / "own")).media_folders == (
        tmp_path / "own",
        media_folder(),
    )


def test_a_file_is_taken_from_the_folder_whose_index_names_it(tmp_path):
    own, synced = tmp_path / "own", tmp_path / "synced"
    bed(own, "rain", "rain.ogg", 1000)
    bed(synced, "storm", "rain.ogg", 2000)
    library = Library(own, synced)
    assert library.layer_path(library.beds["storm"].layers[0]) == synced / "beds/rain.ogg"
    assert library.layer_path(library.beds["rain"].layers[0]) == own / "beds/rain.ogg"


def test_nothing_replaces_the_alarm_and_the_chime(tmp_path):
    recording = '{"file": "silence.ogg", "length_ms": 1, "lufs": -20}'
    put(tmp_path, "sounds/index.json", f'{{"alarm": {recording}, "chime": {recording}, "bell": {recording}}}')
    put(tmp_path, "sounds/silence.ogg")
    put(tmp_path, "sounds/alarm.ogg")
    library = Settings(media=str(tmp_path)).library()
    assert library.sound_path("alarm") == media_folder() / "sounds/alarm.ogg"
    assert library.sound_path("chime") == media_folder() / "sounds/chime.ogg"
    assert library.sound_path("bell") == tmp_path / "sounds/silence.ogg"


def test_a_link_that_leads_elsewhere_is_read_anew(tmp_path):
    for number in ("1", "2"):
        put(tmp_path / number, "beds/index.json", "{}")
    current = tmp_path / "current"
    current.symlink_to("1")
    library = Library(current)
    assert not library.refresh()
    current.unlink()
    current.symlink_to("2")
    assert library.refresh()
    assert not library.refresh()


def test_what_ships_is_found_without_looking_into_a_folder_that_may_hang(tmp_path, monkeypatch):
    clips(tmp_path / "own", "anna", Hers=("5.opus", 5000))
    clips(tmp_path / "shipped", "heart", Shipped=("2.opus", 2000))
    bed(tmp_path / "shipped", "tide", "tide.ogg", 1000)
    library = Library(tmp_path / "own", tmp_path / "shipped")
    looked = []
    real = Path.is_file
    monkeypatch.setattr(Path, "is_file", lambda path: looked.append(path) or real(path))
    library.path(library.find_clip("heart", "Shipped").file)
    library.layer_path(library.beds["tide"].layers[0])
    assert looked
    assert all(path.is_relative_to(tmp_path / "shipped") for path in looked)
