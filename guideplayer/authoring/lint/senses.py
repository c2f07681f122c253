"""Rules about the picture and the sound: what could sicken or startle."""

import itertools
from collections.abc import Iterator

from guideplayer.authoring.lint.subject import Finding, Subject
from guideplayer.authoring.words import quoted
from guideplayer.core.direction import PACES
from guideplayer.core.scenes import WHOLE_SCREEN_PERIODS_S
from guideplayer.core.script import BedChoice
from guideplayer.music.folder import playlist_of

# Visually induced sickness is worst for a whole screen that moves to and fro 0.2 to 0.4 times a second (DESIGN).
SICKENING_HZ = (0.2, 0.4)
# At full light the mean luminance of a scene is 0.10 at most: a quarter of it is what DESIGN allows in a single step
# of the whole screen (0.02), here over a crossfade of twelve seconds.
LIGHT_STEP = 0.25
# While it speaks the narration is at -20 LUFS and needs 15 LU of distance; the bed is turned down to that, and one that
# is louder than -22 has to dive so deeply that the diving is heard.
LOUDEST_BED_LUFS = -22.0
# Beds melt within eight seconds, one and a half times as steeply in the middle; 3 LU a second is what a listener
# does not startle at, so 16 LU is too much, and a margin is left.
BED_STEP_LU = 12.0
# What a listener does not startle at is 3 LU a second; music breathes, and twice that is heard as an accent.
RISE_LU = 6.0


def sickening_motion(subject: Subject) -> Iterator[Finding]:
    """Scenes whose whole picture moves to and fro at the pace that sickens."""
    for part in subject.parts:
        scene = part.phase.scene
        for period_s in WHOLE_SCREEN_PERIODS_S.get(scene.name, ()):
            pace_hz = PACES[scene.motion] / period_s
            if SICKENING_HZ[0] <= pace_hz <= SICKENING_HZ[1]:
                sentence = (
                    f"the whole picture of '{scene.name}' moves {pace_hz * 60:.0f} times a minute at motion "
                    f"'{scene.motion}', and 12 to 24 can sicken: choose another motion"
                )
                yield Finding("sickening-motion", part.scene, sentence, "still", part.phase.name)


def light_jump(subject: Subject) -> Iterator[Finding]:
    """Phases that are much lighter or darker than the one before."""
    for before, part in itertools.pairwise(subject.parts):
        was, now = before.phase.scene.light, part.phase.scene.light
        # A hair above, so that a step of exactly that much is not one too many by the binary fraction's error.
        if abs(now - was) > LIGHT_STEP + 1e-9:
            sentence = (
                f"the light goes from {was:g} in '{before.phase.name}' to {now:g} at once: "
                f"take steps of {LIGHT_STEP:g} at most"
            )
            yield Finding("light-jump", part.scene, sentence, part=part.phase.name)


def loud_bed(subject: Subject) -> Iterator[Finding]:
    """Beds that are too loud beside the narration."""
    heard: BedChoice | None = None
    for part in subject.parts:
        before, heard = heard, part.phase.bed
        level = heard.level_lufs
        # A bed that goes on is told once, where it begins.
        if heard.name and level > LOUDEST_BED_LUFS and heard != before:
            sentence = (
                f"the bed is at {level:g} LUFS, so close to the narration's -20 that it is heard to dive under each "
                f"line: {LOUDEST_BED_LUFS:g} at most"
            )
            yield Finding("loud-bed", part.bed, sentence, part=part.phase.name)


def bed_jump(subject: Subject) -> Iterator[Finding]:
    """Phases whose bed is much louder or softer than the one before."""
    for before, part in itertools.pairwise(subject.parts):
        was, now = before.phase.bed, part.phase.bed
        if was.name and now.name and abs(now.level_lufs - was.level_lufs) > BED_STEP_LU:
            sentence = (
                f"the bed goes from {was.level_lufs:g} to {now.level_lufs:g} LUFS at once: "
                f"take steps of {BED_STEP_LU:g} at most"
            )
            yield Finding("bed-jump", part.bed, sentence, part=part.phase.name)


def sudden_music(subject: Subject) -> Iterator[Finding]:
    """Tracks of a clinic's own that grow loud too soon."""
    told: set[str] = set()
    for part in subject.parts:
        file = part.phase.bed.file
        for track in playlist_of(file).tracks if file and file not in told else ():
            if track.rise_lu > RISE_LU:
                sentence = (
                    f"{quoted(track.title)} in '{part.phase.bed.name}' grows louder by {track.rise_lu:g} LU within a "
                    f"second, which can startle: {RISE_LU:g} at most"
                )
                yield Finding("sudden-music", part.bed, sentence, part=part.phase.name)
        told.add(file)


RULES = (sickening_motion, light_jump, loud_bed, bed_jump, sudden_music)
