"""Which music or ambience a phase has: each key stays as it was unless it is given."""

from pathlib import Path

from guideplayer.authoring import shapes
from guideplayer.authoring.files import beside_the_script
from guideplayer.authoring.names import NO_BED
from guideplayer.authoring.nodes import compose
from guideplayer.authoring.problems import Severity
from guideplayer.authoring.records import Record
from guideplayer.authoring.sheet import Place, Sheet
from guideplayer.authoring.words import quoted
from guideplayer.core.playlist import Order
from guideplayer.core.script import BedChoice
from guideplayer.music.folder import Music, keep_playlist, music_of
from guideplayer.music.readable import cache_folder


class BedReader:
    """Goes through the beds of one script in their order."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._bed = BedChoice("")
        self._folder: Path | None = None
        self._order, self._seed = Order.LISTED, 0
        self._known: dict[Path, Music] = {}

    def of(self, phase: Record) -> BedChoice:
        """The bed of a phase."""
        bed = phase.get(shapes.PHASE_BED)
        if bed is not None:
            name, file = self._music(bed)
            level = bed.get(shapes.BED_LEVEL)
            self._bed = BedChoice(name, self._bed.level_lufs if level is None else level, file)
        return self._bed

    def _music(self, bed: Record) -> tuple[str, str]:
        """The bed's name, and the file of its playlist if it is a folder of music."""
        named, listed = bed.has(shapes.BED_NAME), bed.has(shapes.BED_PLAYLIST)
        if named and listed:
            place = bed.where(shapes.BED_PLAYLIST)
            self._sheet.report("two-in-one", place, "'name' and 'playlist' stand together: a bed has one of them")
        if named:
            self._folder = None
        name = self._bed.name
        if value := bed.get(shapes.BED_NAME):
            name = "" if value == NO_BED else value
        if value := bed.get(shapes.BED_PLAYLIST):
            name = value
            self._folder = beside_the_script(
                value, bed.where(shapes.BED_PLAYLIST), self._sheet, "missing-music", whole=True
            )
        elif not listed and not self._of_a_playlist(bed):
            return name, ""
        return name, self._playlist(bed) if self._folder else ""

    def _of_a_playlist(self, bed: Record) -> bool:
        """Whether the bed is a playlist still; what only a playlist can have is a problem elsewhere."""
        for field in (shapes.BED_ORDER, shapes.BED_SEED):
            if bed.has(field) and not self._folder:
                self._sheet.report(
                    "missing-key", bed.where(field), f"'{field.name}' is for a folder of music: it needs 'playlist'"
                )
        return self._folder is not None

    def _playlist(self, bed: Record) -> str:
        """The file that holds the folder's playlist; empty with a problem when there can be none."""
        folder = self._folder
        assert folder
        self._order = Order(bed.get(shapes.BED_ORDER) or self._order)
        seed = bed.get(shapes.BED_SEED)
        self._seed = self._seed if seed is None else int(seed)
        place = bed.where(shapes.BED_PLAYLIST)
        try:
            music = self._of_folder(folder, place)
            if not music.tracks:
                return ""
            return str(keep_playlist(music.tracks, self._order, self._seed, cache_folder()))
        except OSError as error:
            why = error.strerror or str(error)
            self._sheet.report("unreadable-music", place, f"the folder of music cannot be read or kept: {why}")
            return ""

    def _of_folder(self, folder: Path, place: Place) -> Music:
        """What is known of a folder; what is wrong with it is told once. Raises OSError."""
        if folder in self._known:
            return self._known[folder]
        music = self._known[folder] = music_of(folder, cache_folder())
        name = quoted(folder.relative_to(self._sheet.folder.resolve()).as_posix())
        for file in music.skipped:
            sentence = f"{quoted(file.name)} in {name} is left out: {file.why}"
            self._sheet.report("skipped-music", place, sentence, severity=Severity.WARNING)
        if music.unheard:
            tracks = "1 track" if music.unheard == 1 else f"{music.unheard} tracks"
            sentence = (
                f"nobody has listened to {tracks} in {name} yet: `guideplayer check {self._sheet.file}` does, once"
            )
            self._sheet.report("unheard-music", place, sentence)
        elif not music.tracks:
            why = "no file in it can be played" if music.skipped else "there is no music in it"
            self._sheet.report("empty-music", place, f"the folder {name} is no playlist: {why}")
        return music


def music_folders(sheet: Sheet) -> list[Path]:
    """The folders of music that a script names and that are there; what is wrong with it is told on the sheet."""
    # Most scripts have none, and reading one takes as long as all else that is done to it.
    if shapes.BED_PLAYLIST.name not in sheet.text:
        return []
    node = compose(sheet)
    record = shapes.SCRIPT.read(node, sheet) if node else None
    infusion = record and record.get(shapes.INFUSION)
    phases = (infusion and infusion.get(shapes.PHASES)) or ()
    folders: dict[Path | None, None] = {}
    for phase in (record and record.get(shapes.ARRIVAL), *phases, record and record.get(shapes.RETURN)):
        bed = phase and phase.get(shapes.PHASE_BED)
        name = bed and bed.get(shapes.BED_PLAYLIST)
        if bed and name:
            folders[beside_the_script(name, bed.place, sheet, "missing-music", whole=True)] = None
    return [folder for folder in folders if folder]
