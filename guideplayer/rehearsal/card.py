"""A script's card for whoever chooses: a picture of it, twenty seconds to hear, and the arc of its session.

`python -m guideplayer.rehearsal.card SCRIPT FOLDER MEDIA...` makes one and keeps it in the folder. It gives way to
everything else on the machine and may be killed at any time: a card counts only once its last file is there.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from guideplayer.authoring.music import unheard_music
from guideplayer.authoring.problems import Severity
from guideplayer.authoring.reader import read_script
from guideplayer.core.fitting import UnfitError
from guideplayer.media import Library
from guideplayer.music.folder import MusicError, hear
from guideplayer.music.readable import cache_folder
from guideplayer.own_scenes import OwnScenes
from guideplayer.priority import step_back
from guideplayer.rehearsal.card_arc import arc_of
from guideplayer.rehearsal.card_picture import paint_picture
from guideplayer.rehearsal.card_sample import SAMPLE_MS, sample_of, write_sample
from guideplayer.room.card_files import CARD, PICTURE, SAMPLE, Card, card_file, card_key, library_digest
from guideplayer.room.settings import read_settings
from guideplayer.whole_file import put_whole

LAST_PLACE = 19


class CardError(Exception):
    """There can be no card; the text is one plain sentence."""


def make_card(path: Path, folder: Path, library: Library) -> Card:
    """Make the card of a script's file in a folder, once its music has been listened to. Raises CardError, OSError."""
    try:
        key = card_key(path.read_bytes(), library_digest(library))
        hear(unheard_music([path], library), cache_folder(), lambda done, total, name: None)
        script, problems = read_script(path, library)
        if script is None or any(problem.severity is Severity.ERROR for problem in problems):
            raise CardError(f"{path} cannot be played: see `guideplayer check {path}`.")
        infusion_ms = script.infusion_length.natural_ms
        arc, sample = arc_of(script, infusion_ms), sample_of(script)
        folder.mkdir(parents=True, exist_ok=True)
        _keep(card_file(folder, key, PICTURE), lambda file: paint_picture(script, infusion_ms, sample.phase, file))
        _keep(card_file(folder, key, SAMPLE), lambda file: write_sample(sample, library, file))
        card = Card(key, arc, SAMPLE_MS, tuple(line.text for line in sample.lines))
        _keep(card_file(folder, key, CARD), lambda file: file.write_bytes(msgspec.json.encode(card)))
    except MusicError as error:
        raise CardError(str(error)) from error
    except UnfitError as error:
        raise CardError(f"{path} cannot be fitted: {error}.") from error
    except OSError as error:
        raise CardError(f"The card of {path} cannot be kept in {folder}: {error.strerror or error}.") from error
    return card


def _keep(file: Path, make: Callable[[Path], object]) -> None:
    """Make a file beside its place and then put it there: it is never seen half made."""
    with put_whole(file) as partial:
        make(partial)


def main() -> None:
    """Make one card with what is left of the machine."""
    step_back(LAST_PLACE)
    script, folder, *media = map(Path, sys.argv[1:])
    try:
        make_card(script, folder, Library(*media, own_scenes=OwnScenes(read_settings().scenes_folder)))
    except CardError as error:
        print(error, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
