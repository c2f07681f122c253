"""The lexicon: a file beside the scripts that says how words sound in all of them.

    Siobhan: /ʃɪˈvɔːn/
    esketamine: /ɛsˈkɛtəmiːn/

It stands beside the scripts and not in a machine's settings, so that a folder of scripts sounds alike wherever it is
copied to.
"""

from guideplayer.authoring.kinds import Text
from guideplayer.authoring.nodes import Table, compose
from guideplayer.authoring.sheet import Sheet
from guideplayer.core.speech import sound_of, sound_slip

LEXICON = "lexicon.yaml"

_SOUND = Text("a sound such as /ʃɪˈvɔːn/", longest=120)


def read_lexicon(sheet: Sheet) -> dict[str, str]:
    """The sounds of a lexicon's words (casefolded); what is wrong with it is told on the sheet."""
    node = compose(sheet)
    if node is None:
        return {}
    if not isinstance(node, Table):
        sheet.report("wrong-type", node.place, "a lexicon has a word and its sound on each line: Siobhan: /ʃɪˈvɔːn/")
        return {}
    sounds = {}
    for word, entry in node.entries.items():
        written = _SOUND.read(entry.value, sheet)
        if written is None:
            continue
        if slip := sound_slip(word, written, written):
            sheet.report(slip.code, entry.value.place, slip.sentence, slip.suggestion)
        else:
            sounds[" ".join(word.split()).casefold()] = sound_of(written)
    return sounds
