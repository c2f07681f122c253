"""Each scene looks as it did when somebody last looked at it."""

import numpy as np
import pytest
from PIL import Image

from guideplayer.stage.scenes import all_names
from guideplayer.stage.scenes.colours import oklab
from tests.strips.renew import FOLDER, strip

# In OKLab a hundredth is about what can just be seen between two fields side by side.
MEAN, WORST = 0.004, 0.06


@pytest.mark.parametrize("name", all_names())
def test_a_scene_looks_as_it_did(name):
    was = np.asarray(Image.open(FOLDER / f"{name}.png").convert("RGB")) / 255
    now = strip(name) / 255
    assert now.shape == was.shape, "a palette has come or gone: python -m tests.strips.renew"
    differences = np.linalg.norm(oklab(now) - oklab(was), axis=-1)
    assert differences.mean() <= MEAN, "look at it, and then: python -m tests.strips.renew"
    assert np.percentile(differences, 99) <= WORST


def test_another_palette_would_be_seen():
    differences = np.linalg.norm(oklab(strip("tide")[:90] / 255) - oklab(strip("tide")[90:] / 255), axis=-1)
    assert differences.mean() > 10 * MEAN
