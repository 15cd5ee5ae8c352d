"""What stands before the camera at one moment, kept apart by what lights it.

The gate's own lamp changes colour from frame to frame and blood pulses; things move more slowly. So a scene is drawn
once for each pose and its layers are joined anew for each frame (``sensor.py``).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egate_sim.people.mesh import Floats

Values = NDArray[np.floating]

WIDTH, HEIGHT = 450, 600
"""The grid on which light is computed."""


@dataclass(frozen=True, slots=True)
class Layers:
    """Linear light on the grid. ``ambient`` (HEIGHT, WIDTH, 3): what is seen in the light of the hall, and what shines
    by itself; ``lamp`` (HEIGHT, WIDTH, 3): what the face light adds at unit white; ``blood`` (HEIGHT, WIDTH): how much
    of the pulse shows there, skin 1, everything else 0."""

    ambient: Floats
    lamp: Floats
    blood: Floats

    @staticmethod
    def over(background: Floats) -> "Layers":
        """Layers that show ``background`` (HEIGHT, WIDTH, 3), which no face light reaches."""
        shape = (HEIGHT, WIDTH)
        return Layers(background.copy(), np.zeros((*shape, 3), np.float32), np.zeros(shape, np.float32))

    def copy(self) -> "Layers":
        """Layers of one's own to draw over."""
        return Layers(self.ambient.copy(), self.lamp.copy(), self.blood.copy())

    def put(
        self,
        pixels: NDArray[np.intp],
        ambient: Values,
        lamp: Values | float = 0.0,
        blood: Values | float = 0.0,
    ) -> None:
        """Put something opaque at flat indices (k,): ``ambient`` and ``lamp`` (k, 3), ``blood`` (k,)."""
        self.ambient.reshape(-1, 3)[pixels] = ambient
        self.lamp.reshape(-1, 3)[pixels] = lamp
        self.blood.reshape(-1)[pixels] = blood
