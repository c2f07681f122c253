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

# Scenes that show a file of the script's author.
IMAGE, VIDEO = "image", "video"
