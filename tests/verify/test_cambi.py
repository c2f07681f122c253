"""That dim pictures have no bands, and that the measure would see them."""

import pygame
import pytest

from guideplayer.core.moment import Moment, ScenePart
from guideplayer.stage.picture import PicturePainter
from guideplayer.verify.cambi import LIGHTS, MOST, SIZE_PX, cambi_of, undithered


@pytest.mark.parametrize("name", ["dusk", "still", "nebula"])
def test_a_dim_scene_has_no_bands_that_it_would_have_without_dithering(name):
    painter, target = PicturePainter(SIZE_PX), pygame.Surface(SIZE_PX, depth=32)
    moment = Moment((ScenePart(name, 700_000, 1.0),), LIGHTS[0], None, None, None, (), (), 1.0)
    painter.paint(moment, target)
    assert cambi_of(target) < MOST
    assert cambi_of(undithered(painter, moment)) > 5 * MOST
