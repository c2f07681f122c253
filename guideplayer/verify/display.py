"""The screen that is looked at, and from where: what a pixel is in degrees."""

import math

import msgspec

# A television of 55 inches at the foot of a bed; nearer or larger ones have faster motion, and the check says which
# it took.
WIDTH_CM, DISTANCE_CM = 122.0, 200.0
# The film that is examined (DESIGN): small enough for forty minutes in four.
SIZE_PX = (480, 270)
FRAMES_PER_SECOND = 30
# Cells of so many pixels are what is compared from frame to frame: a third of a degree.
CELL_PX = 5


class Display(msgspec.Struct, frozen=True):
    """A screen's width and the eye's distance from it, in cm."""

    width_cm: float = WIDTH_CM
    distance_cm: float = DISTANCE_CM

    @property
    def degrees_across(self) -> float:
        """How wide the whole picture is."""
        return math.degrees(2 * math.atan(self.width_cm / 2 / self.distance_cm))

    def pixels(self, degrees: float) -> float:
        """An angle in pixels of the film."""
        return degrees / self.degrees_across * SIZE_PX[0]

    def cells(self, degrees: float) -> int:
        """An angle in cells, at least one."""
        return max(1, round(self.pixels(degrees) / CELL_PX))
