"""Port: the camera that sees the traveller's face."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture. ``pixels``: (height, width, 3) uint8 RGB, upright; ``sequence`` grows by one with every frame
    that the sensor delivered, so that a stuck stream can be told from a slow one."""

    sequence: int
    pixels: NDArray[np.uint8]

    def __repr__(self) -> str:
        return f"Frame({self.sequence})"


class Camera(Protocol):
    """Promises: ``next_frame`` yields the newest frame not yet yielded; older ones are dropped, never queued. A stream
    that repeats itself ends in ProtocolError (``egate_hal.frame_guard``); a driver that repeats pictures by design has
    ``stands_in = True`` and serves in simulations only."""

    async def open(self) -> None:
        """Raises DeviceUnavailable, DeviceLost."""

    async def close(self) -> None: ...

    async def next_frame(self) -> Frame:
        """Wait for a frame. Raises DeviceLost, DeviceTimeout (no frame within the driver's limit), ProtocolError
        (what comes is no live picture)."""
