"""The scenes that a script may choose by name, and their palettes; the stage holds one file for each."""

# Each scene's palettes, its usual one first.
PALETTES: dict[str, tuple[str, ...]] = {
    "aurora": ("green", "rose"),
    "dawn": ("peach", "pearl"),
    "dusk": ("rose", "gold"),
    "embers": ("fire",),
    "forest": ("summer", "autumn"),
    "halo": ("both", "moon"),
    "nebula": ("violet", "sea"),
    "rain": ("garden",),
    "snow": ("evening",),
    "still": ("evening", "moss"),
    "tide": ("evening", "moon"),
}
SCENE_NAMES = frozenset(PALETTES)

# Scenes whose whole picture moves to and fro, and how long that takes at motion 'normal'. Each file of the stage's
# scenes holds what is named here.
WHOLE_SCREEN_PERIODS_S: dict[str, tuple[float, ...]] = {"halo": (12.0,)}

# Scenes in which nothing ever moves, so that nothing has to be painted anew.
MOTIONLESS = frozenset({"still"})

# Scenes that show a file of the script's author.
IMAGE, VIDEO = "image", "video"
