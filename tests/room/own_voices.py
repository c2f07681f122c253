"""Everything behind the recording of a voice, as the room puts it together, over folders of a test."""

from pathlib import Path

from guideplayer.media import Library, media_folder
from guideplayer.room.card_files import CardFolder
from guideplayer.room.mastering import Mastering
from guideplayer.room.recordings import OwnVoices
from guideplayer.room.shelf import ScriptShelf
from tests.desk.fake_room import FakeRoom

LINES = ["You are welcome here.", "Let your breath move.", "Slowly the light returns."]
# Every line of a pause is one that is there already: three takes make a whole voice.
SCRIPT = """
guideplayer: 1
title: Three lines
language: {language}
voice: heart
arrival:
  scene: dusk
  lines: [{{say: "You are welcome here."}}, {{rest: 20s}}]
infusion:
  length: 40m..60m
  phases:
    - name: settling
      lines: [{{say: "Let your breath move."}}, {{rest: 30m..60m}}]
return:
  length: 8m..15m
  lines: [{{say: "Slowly the light returns."}}, {{rest: 5m..15m}}]
hold:
  paused: You are welcome here.
  delivered: You are welcome here.
  acknowledged: You are welcome here.
  unanswered: You are welcome here.
  resting: You are welcome here.
  grounding: [Let your breath move.]
resume: [Slowly the light returns.]
"""


class VoiceRoom(FakeRoom):
    """A room with a shelf of one script, `three`. Its `mastering` is to be run on the desk's loop."""

    def __init__(self, folder: Path, language: str = "de") -> None:
        super().__init__()
        scripts, self.media = folder / "scripts", folder / "media"
        scripts.mkdir()
        (scripts / "three.yaml").write_text(SCRIPT.format(language=language), "utf-8")
        library = Library(media_folder(), self.media)
        self.shelf = ScriptShelf([scripts], library, CardFolder(folder / "state", library))
        self.mastering = Mastering(self.media / "voices", self.card_made)
        self.mastering.allow(True)
        self.voices = OwnVoices(self.mastering.folder, self.shelf, self.mastering, ["robot"])

    def card_made(self) -> None:
        self.cards_made += 1
        self.changed()

    def scripts(self) -> list[dict[str, object]]:
        return self.shelf.listing()
