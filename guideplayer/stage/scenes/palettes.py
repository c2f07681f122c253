"""The palettes of the scenes, from `palettes.yaml`: gradients and colours by their role in a picture."""

import functools
from collections.abc import Mapping
from importlib import resources

import numpy as np
import yaml

from guideplayer.stage.scenes.colours import Field, colour, gradient

_FILE = "palettes.yaml"

Role = dict[float, str] | list[str]


class Palette:
    """The colours of one picture."""

    def __init__(self, roles: Mapping[str, Role]) -> None:
        self._roles = roles

    def gradient(self, role: str) -> Field:
        """The colours from 0 to 1 of a role, for `shade`. Raises KeyError."""
        stops = self._roles[role]
        assert isinstance(stops, dict)
        return gradient(sorted((float(place), text) for place, text in stops.items()))

    def colours(self, role: str) -> Field:
        """The colours of a role as display values (number, 3). Raises KeyError."""
        texts = self._roles[role]
        assert isinstance(texts, list)
        return np.stack([colour(text) for text in texts])

    def colour(self, role: str) -> Field:
        """The one colour of a role. Raises KeyError."""
        return np.asarray(self.colours(role)[0])


@functools.cache
def _all() -> dict[str, dict[str, dict[str, Role]]]:
    text = resources.files(__package__).joinpath(_FILE).read_text("utf-8")
    palettes: dict[str, dict[str, dict[str, Role]]] = yaml.safe_load(text)
    return palettes


def palette_names(scene: str) -> tuple[str, ...]:
    """The palettes that a scene has, its usual one first. Raises KeyError for an unknown scene."""
    return tuple(_all()[scene])


def palette_of(scene: str, name: str = "") -> Palette:
    """A scene's palette, its usual one unless another is named. Raises KeyError."""
    return Palette(_all()[scene][name or palette_names(scene)[0]])
