"""The names of the scenes that a script may choose; the stage holds one file for each."""

SCENE_NAMES = frozenset(
    {"aurora", "dawn", "dusk", "embers", "forest", "halo", "nebula", "rain", "snow", "still", "tide"}
)
