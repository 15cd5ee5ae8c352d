"""A photograph of the victim on paper: its inks, its surface, where it was cut."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egate_sim.people.attacks.surface import Seen, Sheet, hall_gloss, hall_light, lamp_gloss, resolved
from egate_sim.people.attacks.taken import EYES_MM, Taken
from egate_sim.people.flat import Pose
from egate_sim.people.layers import Layers
from egate_sim.people.light import face_light
from egate_sim.people.mesh import Floats

# Paper is brightened with what glows bluish.
WHITE = np.array([0.93, 1.0, 1.05], np.float32)
_GREY = np.array([0.25, 0.65, 0.10], np.float32)
_SCREEN_ANGLES = np.radians([15, 75, 0])

Outline = Callable[[Taken, Floats, Floats], NDArray[np.bool_]]
"""Where paper is left, at places in mm about the middle between the printed eyes, in the victim's own size, y down."""
Holes = Callable[[Floats, Floats], NDArray[np.bool_]]
"""Where there is none within that, at the same places."""


@dataclass(frozen=True, slots=True)
class Paper:
    """``gloss``: what a mirror-like coat gives back of a lamp, ``power``: how sharply; ``dots_mm``: pitch of the
    printed dots; ``grey``: printed with black ink alone."""

    gloss: float = 0.0
    power: float = 40.0
    dots_mm: float = 0.42
    grey: bool = False


MATT = Paper()
GLOSSY = Paper(gloss=0.5, power=220.0, dots_mm=0.25)


@dataclass(frozen=True, slots=True)
class Layout:
    """``eyes_mm``: distance between the printed eyes; ``eyes_up_mm``: how far they are above the sheet's middle;
    ``border_mm``: left white along the edge."""

    eyes_mm: float = EYES_MM
    eyes_up_mm: float = 15.0
    border_mm: float = 0.0


class Printed:
    """One printed sheet; draws itself wherever it is held."""

    def __init__(
        self, taken: Taken, width_mm: float, height_mm: float, layout: Layout, *,
        sheet: Sheet | None = None, paper: Paper = MATT, outline: Outline | None = None, holes: Holes | None = None,
        blackened: Holes | None = None,
    ) -> None:  # fmt: skip
        self.width_mm, self.height_mm = width_mm, height_mm
        self._taken, self._layout, self._paper = taken, layout, paper
        self._outline, self._holes = outline, holes
        self._blackened = blackened
        self._sheet = sheet or Sheet(width_mm, height_mm)

    def draw(self, layers: Layers, pose: Pose, step: int) -> None:
        seen = self._sheet.seen(pose)
        if self._outline is not None:
            seen = seen.only(self._outline(self._taken, *self._on_face(seen)))
        if self._holes is not None:
            open_ = self._holes(*self._on_face(seen))
            shade(layers, seen.only(open_))
            seen = seen.only(~open_)
        ink, paper = self._ink(seen), self._paper
        ambient, lamp = ink * hall_light(seen.normal), ink * face_light(seen.places_mm, seen.normal)[:, None]
        if paper.gloss:
            ambient += np.float32(0.02)  # the coat mirrors the hall itself, everywhere
            ambient += paper.gloss * hall_gloss(seen.normal, paper.power)
            lamp += paper.gloss * lamp_gloss(seen.places_mm, seen.normal, paper.power)[:, None]
        layers.put(seen.pixels, ambient, lamp)

    def _on_face(self, seen: Seen) -> tuple[Floats, Floats]:
        """Places on the sheet as places about the victim's eyes, in mm of the victim."""
        scale = EYES_MM / self._layout.eyes_mm
        return seen.x_mm * scale, (seen.y_mm + self._layout.eyes_up_mm) * scale

    def _ink(self, seen: Seen) -> Floats:
        """Reflectance (k, 3): inks are neither black nor white, and dots stand in for tones."""
        x, y = self._on_face(seen)
        tone = self._taken.linear_at(x, y)
        if self._paper.grey:
            tone = np.repeat((tone @ _GREY)[:, None], 3, axis=1)
        tone = (0.035 + 0.78 * tone ** np.float32(0.92)) * WHITE
        tone *= 1 + self._dots(seen)
        if self._blackened is not None:
            tone[self._blackened(x, y)] = 0.02
        border = self._layout.border_mm
        if border:
            edge = np.minimum(self.width_mm / 2 - np.abs(seen.x_mm), self.height_mm / 2 - np.abs(seen.y_mm))
            tone[edge < border] = 0.82 * WHITE
        return np.asarray(tone, np.float32)

    def _dots(self, seen: Seen) -> Floats:
        """Relative strength (k, 3) of the three inks' dots, each on a screen at its own angle."""
        pitch = np.float32(self._paper.dots_mm)
        depth = 0.5 * resolved(1 / (pitch * seen.px_per_mm))
        screens = [
            np.cos(2 * np.pi * (seen.x_mm * np.cos(a) + seen.y_mm * np.sin(a)) / pitch)
            * np.cos(2 * np.pi * (seen.y_mm * np.cos(a) - seen.x_mm * np.sin(a)) / pitch)
            for a in (_SCREEN_ANGLES if not self._paper.grey else [np.pi / 4] * 3)
        ]
        return np.asarray(depth[:, None] * np.stack(screens, axis=1), np.float32)


def shade(layers: Layers, hole: Seen) -> None:
    """What is behind a hole gets less light from above, and a little less from the face light."""
    layers.ambient.reshape(-1, 3)[hole.pixels] *= np.float32(0.72)
    layers.lamp.reshape(-1, 3)[hole.pixels] *= np.float32(0.9)
