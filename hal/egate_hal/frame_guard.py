"""Tells a camera that lives from one that repeats itself: a stuck stream, or a recording played in a loop.

No two pictures of a sensor are equal, because its noise never is. So a picture that was seen before was not taken now,
and is no evidence of who stands there. Against somebody who adds fresh noise to a recording this is no protection; the
answer of the face to the gate's own light is.
"""

import zlib
from collections import deque

import numpy as np
from numpy.typing import NDArray

from egate_hal.errors import ProtocolError

REMEMBERED_FRAMES = 1024
"""How far back a loop is noticed: 10 s at the fastest rate that a driver offers (60 Hz), and a minute at 15 Hz."""

_RECENT_FRAMES = 10
_REPEATS = 2  # project choice: a buffer that is delivered twice once in a while is no fault, and no more than that is
_ROW_STEP = 8  # noise is everywhere, so an eighth of the rows tells as much


class FrameGuard:
    """Belongs to one stretch from open to close. What it remembers is a checksum a frame, which shows nothing."""

    def __init__(self) -> None:
        self._seen: deque[int] = deque(maxlen=REMEMBERED_FRAMES)
        self._recent: deque[bool] = deque(maxlen=_RECENT_FRAMES)

    def check(self, pixels: NDArray[np.uint8]) -> None:
        """Take note of a frame, (height, width, 3) uint8. Raises ProtocolError from the second frame on that repeats an
        older one within ten."""
        checksum = zlib.crc32(np.ascontiguousarray(pixels[::_ROW_STEP]).data)
        frozen = bool(self._seen) and checksum == self._seen[-1]
        self._recent.append(checksum in self._seen)
        self._seen.append(checksum)
        if sum(self._recent) < _REPEATS:
            return
        if frozen:
            raise ProtocolError("the camera sends one and the same picture; restart it")
        raise ProtocolError(
            "the camera sends pictures that it has sent before, so it shows a recording; restart it, and look whether "
            "somebody has been at its cable"
        )
