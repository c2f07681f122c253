"""How an author writes the sound of a word, as dictionaries do (IPA), and how the narrators' model writes it.

The model writes a diphthong as one capital letter. Who knows its letters may use them.
"""

import unicodedata

# What the model was taught to speak, besides what is changed below.
_MODEL_LETTERS = frozenset("abcdefhijklmnopqrstuvwxyzɑɐɒæβɔɕçɖðʤəɛɜɟɡɥɨɪʝɯɰŋɳɲɴøɸθœɹɻʁɽʂʃʈʧʊʋʌɣɤχʎʒʔAIOQWYTᵊᵻˈˌːʰʲ")
# The longer first, since a part of one may be another.
_CHANGES = (
    ("t͡ʃ", "ʧ"), ("d͡ʒ", "ʤ"), ("tʃ", "ʧ"), ("dʒ", "ʤ"),
    ("eɪ", "A"), ("aɪ", "I"), ("oʊ", "O"), ("əʊ", "Q"), ("aʊ", "W"), ("ɔɪ", "Y"),
    ("n̩", "ᵊn"), ("l̩", "ᵊl"), ("m̩", "ᵊm"),
    ("ɚ", "əɹ"), ("ɝ", "ɜɹ"), ("ɾ", "T"), ("ɫ", "l"), ("r", "ɹ"), ("g", "ɡ"), ("'", "ˈ"), ("’", "ˈ"),
    (".", ""), ("‿", ""), ("͡", ""), ("̩", ""),
)  # fmt: skip
_MEANT = {":": "ː", "3": "ɜ", "@": "ə", "E": "ɛ", "&": "æ", "V": "ʌ", "U": "ʊ", "N": "ŋ", "S": "ʃ", "Z": "ʒ", "D": "ð"}
_CHANGED = frozenset("".join(written for written, _ in _CHANGES))


def model_phonemes(ipa: str, *, british: bool = False) -> str:
    """A word's sound in the model's letters. Only its British voices know long vowels by their sign."""
    for written, meant in _CHANGES:
        ipa = ipa.replace(written, meant)
    return ipa if british else ipa.replace("ː", "")


def unknown_letters(ipa: str) -> str:
    """The letters of a sound that the model does not know, each once."""
    return "".join(dict.fromkeys(letter for letter in ipa if not _is_known(letter)))


def nearest_ipa(ipa: str) -> str:
    """The sound with each unknown letter replaced by the one that it was probably meant to be, or left out."""
    return "".join(letter if _is_known(letter) else _meant(letter) for letter in ipa).strip()


def _is_known(letter: str) -> bool:
    return letter in _MODEL_LETTERS or letter in _CHANGED or letter == " "


def _meant(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter)[0]
    return _MEANT.get(letter, base if _is_known(base) else base.lower() if _is_known(base.lower()) else "")
