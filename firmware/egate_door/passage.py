"""Counts persons by a pair of beams, one on each side of a leaf, wider apart than nothing and narrower than a person.

A walk from the outer to the inner side breaks outer, both, inner, none: four steps of a two-bit Gray code. Steps back
are subtracted, so somebody who turns round in the doorway counts for nothing. Limit: two persons so close that no beam
is free between them count as one; the camera looks for that.
"""

# Position in the cycle none, outer, both, inner
_PHASE = (0, 1, 3, 2)  # index: outer + 2 * inner
_WHOLE_WALK = 4
_OPPOSITE = 2  # phases apart when both beams changed at once

INWARD, OUTWARD, NOBODY = 1, -1, 0


class PassageCounter:
    def __init__(self) -> None:
        self._phase = 0
        self._steps = 0

    def step(self, outer_broken: bool, inner_broken: bool) -> int:
        """INWARD or OUTWARD when that walk has just been completed, else NOBODY."""
        phase = _PHASE[outer_broken + 2 * inner_broken]
        if phase == self._phase:
            return NOBODY
        change = (phase - self._phase) % 4
        if change == _OPPOSITE:  # the direction is unknown
            self._steps = 0
        else:
            self._steps += 1 if change == 1 else -1
        self._phase = phase
        if phase != 0:
            return NOBODY
        steps, self._steps = self._steps, 0
        if steps >= _WHOLE_WALK:
            return INWARD
        return OUTWARD if steps <= -_WHOLE_WALK else NOBODY
