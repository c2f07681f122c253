"""What other packages add to this one, by entry points: a name, and where its code is. Nothing is imported for it."""

from importlib import metadata

SCENES, PAGERS = "guideplayer.scenes", "guideplayer.pagers"


def installed(group: str) -> dict[str, str]:
    """The names of a group, each with its `package.module:name`."""
    return {point.name: point.value for point in metadata.entry_points(group=group)}
