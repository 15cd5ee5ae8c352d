"""Whether somebody stands still: whose face grows in the picture still walks up."""

import math
from collections import deque

from egate.face.finding.landmarks import Mesh

_BACK_MS = 180
"""How far one looks back: two frames of a camera that takes ten a second."""

_GROWTH = 0.04
"""Change of the face's size within that time: of the root of its box's area, which stays as a head turns or nods.
Walking up at half a pace a second makes it some 10 %; swaying, and the trembling of the mesh's points, below 1 %."""

_FRAMES = 64


class Stance:
    """Lives as long as one unbroken presence."""

    def __init__(self) -> None:
        self._sizes: deque[tuple[int, float]] = deque(maxlen=_FRAMES)

    def saw(self, time_ms: int, mesh: Mesh) -> bool:
        """Take the face of the next frame. Whether it has the size of a moment ago; True where none was seen then."""
        size = math.sqrt(max(mesh.box.area, 1.0))
        while len(self._sizes) > 1 and self._sizes[1][0] <= time_ms - _BACK_MS:
            self._sizes.popleft()
        self._sizes.append((time_ms, size))
        then_ms, before = self._sizes[0]
        return time_ms - then_ms < _BACK_MS or abs(size / before - 1) <= _GROWTH
