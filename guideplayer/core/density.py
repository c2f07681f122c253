"""How dense a script's words are: one measure and three words for it, for lists, filters and the desk."""

from enum import StrEnum

# Words a minute over the infusion, at the middle of the lengths that a script can be fitted to. A dozen lines in 50
# minutes are 1 to 2.5; one short line in every two minutes is 3 to 4; Open Sky, which says a line about every
# 75 s, is 6.6. Ordinary speech is 130: even a full script is silent nine tenths of the time.
SPARSE_FROM = 2.5
FULL_FROM = 4.5


class Density(StrEnum):
    """What an hour is mostly made of. The words are those of the comfort control's narration."""

    FULL = "full"
    SPARSE = "sparse"
    MUSIC = "music"


def density_of(words_per_minute: float) -> Density:
    """Which of the three so many words a minute are."""
    if words_per_minute < SPARSE_FROM:
        return Density.MUSIC
    return Density.SPARSE if words_per_minute < FULL_FROM else Density.FULL
