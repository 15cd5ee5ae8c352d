"""Screens: their own light, their pixels, what their glass mirrors, how they are refreshed."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from egate_sim.people.attacks.surface import Seen, Sheet, hall_light, resolved
from egate_sim.people.attacks.taken import EYES_MM, Taken
from egate_sim.people.flat import Pose
from egate_sim.people.layers import Layers
from egate_sim.people.light import face_light
from egate_sim.people.mesh import Floats

# A screen is bluer than the lamps of the hall, for which the camera is balanced.
_WHITE = np.array([0.94, 1.20, 1.68], np.float32)
_GREY = np.array([0.25, 0.65, 0.10], np.float32)
_GLASS_SHEEN = 6.0
_SUBPIXELS = np.array([0, 1 / 3, 2 / 3], np.float32)

Show = Callable[[int], Taken]
"""The picture that is on the screen at a step."""


@dataclass(frozen=True, slots=True)
class Device:
    """A screen: its lit size, the frame around it, the pitch of its pixels, how far between the eyes it shows a face;
    ``white``: its brightness; ``pulsing``: depth of its dark bands (a lamp that is switched on and off, seen by a
    shutter that rolls); ``emits`` False: electronic paper, lit by the hall."""

    width_mm: float
    height_mm: float
    bezel_mm: float
    chin_mm: float
    pitch_mm: float
    eyes_mm: float
    white: float = 1.0
    pulsing: float = 0.0
    emits: bool = True
    case: tuple[float, float, float] = (0.012, 0.012, 0.012)


class Screen:
    """A device that shows the victim; draws itself wherever it is held."""

    def __init__(self, device: Device, show: Show, eyes_up_mm: float) -> None:
        self.width_mm = device.width_mm + 2 * device.bezel_mm
        self.height_mm = device.height_mm + 2 * device.chin_mm
        self._device, self._show, self._eyes_up_mm = device, show, eyes_up_mm
        self._sheet = Sheet(self.width_mm, self.height_mm, step_mm=25)

    def draw(self, layers: Layers, pose: Pose, step: int) -> None:
        device, seen = self._device, self._sheet.seen(pose)
        lit = (np.abs(seen.x_mm) < device.width_mm / 2) & (np.abs(seen.y_mm) < device.height_mm / 2)
        self._frame(layers, seen.only(~lit))
        glass = seen.only(lit)
        if device.emits:
            self._glass(layers, glass, self._emitted(glass, step))
        else:
            ink = self._electronic_ink(glass)
            layers.put(glass.pixels, ink * hall_light(glass.normal), ink * _on(glass, 0.05)[:, None])

    def _frame(self, layers: Layers, frame: Seen) -> None:
        """The case, with a bright rim where its edge is rounded."""
        rim = np.minimum(self.width_mm / 2 - np.abs(frame.x_mm), self.height_mm / 2 - np.abs(frame.y_mm))
        shine = 0.20 * np.exp(-((rim[:, None] / 0.8) ** 2))
        albedo = np.asarray(np.array(self._device.case) + shine, np.float32)
        mirrored = 0.4 * self._mirrored_hall(frame)
        ambient = albedo * hall_light(frame.normal) + mirrored
        layers.put(frame.pixels, ambient, albedo * _on(frame)[:, None])

    def _glass(self, layers: Layers, glass: Seen, own: Floats) -> None:
        """What falls on the glass comes back weakly: about 4 % of it from the surface and what lies under it, and a
        blurred mirror image of the lamp where the glass stands so."""
        answer: Floats = 0.035 * _on(glass) + 0.006 * (_on(glass, _GLASS_SHEEN) - _on(glass))
        layers.put(glass.pixels, own + self._mirrored_hall(glass), np.repeat(answer[:, None], 3, axis=1))

    def _emitted(self, glass: Seen, step: int) -> Floats:
        """The screen's own light: the picture through a grid of coloured stripes, in rows that are lit in turn."""
        device = self._device
        taken, place = self._show(step), self._on_face(glass)
        colour = taken.linear_at(*place) ** np.float32(0.92) * taken.covers(*place)[:, None]
        colour = (0.012 + colour) * _WHITE * np.float32(device.white)
        across = glass.x_mm[:, None] / np.float32(device.pitch_mm) + _SUBPIXELS
        down = glass.y_mm[:, None] / np.float32(device.pitch_mm)
        kept = resolved(1 / (device.pitch_mm * glass.px_per_mm))[:, None]
        grid = (1 + 0.9 * kept * np.cos(math.tau * across)) * (1 + 0.6 * kept * np.cos(math.tau * down))
        row = glass.pixels[:, None] // 450
        bands = 1 - device.pulsing * (0.5 + 0.5 * np.cos(math.tau * (row / 210 - 0.37 * step)))
        return np.asarray(colour * grid * bands, np.float32)

    def _electronic_ink(self, glass: Seen) -> Floats:
        """Reflectance of electronic paper: sixteen greys, dithered, between a dull white and a dull black."""
        grey = (self._show(0).linear_at(*self._on_face(glass)) @ _GREY) ** np.float32(0.6)
        column, row = (np.floor(axis / self._device.pitch_mm) for axis in (glass.x_mm, glass.y_mm))
        dither = np.mod(column * 0.7549 + row * 0.5698, 1)  # a low-discrepancy sequence in the plane
        level = np.floor(grey * 15 + dither) / 15
        ink = 0.045 + 0.36 * np.clip(level, 0, 1) ** np.float32(1.7)
        return np.repeat(ink[:, None], 3, axis=1).astype(np.float32)

    def _on_face(self, glass: Seen) -> tuple[Floats, Floats]:
        scale = EYES_MM / self._device.eyes_mm
        return glass.x_mm * scale, (glass.y_mm + self._eyes_up_mm) * scale

    def _mirrored_hall(self, glass: Seen) -> Floats:
        """What the glass mirrors: a lamp's soft streak, and the hall."""
        slant = glass.x_mm / self.width_mm + glass.y_mm / self.height_mm * 0.6
        streak = np.exp(-(((slant + 0.55 + 4 * glass.normal[:, 0]) / 0.16) ** 2))
        return np.asarray((0.03 + 0.15 * streak)[:, None] * np.array([1.0, 1.0, 0.97], np.float32), np.float32)


def _on(seen: Seen, sheen: float = 0.0) -> Floats:
    """Unit white of the face light (k,) on the surface."""
    return face_light(seen.places_mm, seen.normal, sheen)
