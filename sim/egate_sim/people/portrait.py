"""The portrait in a person's passport: frontal, neutral, plain light background, evenly lit."""

import io
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from egate_sim.people.head import Person
from egate_sim.people.light import Lamp, Light
from egate_sim.people.pose import View
from egate_sim.people.presentation import renderer
from egate_sim.people.sensor import tone

WIDTH_PX, HEIGHT_PX = 413, 531
"""35 mm x 45 mm at 300 pixels an inch."""

STUDIO_LIGHT = Light(
    (
        Lamp((-0.55, 0.35, 0.8), (0.42, 0.42, 0.42)),
        Lamp((0.55, 0.35, 0.8), (0.40, 0.40, 0.40)),
        Lamp((0.0, 0.6, 0.5), (0.22, 0.22, 0.22)),
    ),
    sky=(0.36, 0.36, 0.36),
    floor=(0.24, 0.23, 0.22),
)
FOCAL_PX = 1900.0
PORTRAIT_VIEW = View(distance_mm=1250.0, up_mm=18)
_LARGEST_BYTES, _SMALLEST_QUALITY = 20_000, 40


def portrait(person: Person) -> NDArray[np.uint8]:
    """(531, 413, 3) uint8 RGB."""
    light = np.full((HEIGHT_PX * WIDTH_PX, 3), 0.72, np.float32)
    sprite = renderer(person).draw(PORTRAIT_VIEW, WIDTH_PX, HEIGHT_PX, FOCAL_PX, STUDIO_LIGHT)
    light[sprite.pixels] = sprite.ambient
    return tone(light.reshape(HEIGHT_PX, WIDTH_PX, 3))


@lru_cache(maxsize=64)
def portrait_jpeg(person: Person) -> bytes:
    """The portrait as it lies in DG2."""
    return compressed(portrait(person))


def compressed(picture: NDArray[np.uint8]) -> bytes:
    """A JPEG of at most 20,000 bytes, at the best quality that fits."""
    image = Image.fromarray(picture)
    for quality in range(92, _SMALLEST_QUALITY, -3):
        content = io.BytesIO()
        image.save(content, "JPEG", quality=quality)
        if content.tell() <= _LARGEST_BYTES:
            break
    return content.getvalue()
