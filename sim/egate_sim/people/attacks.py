"""Presentation attacks (ISO/IEC 30107): a screen or a print that shows somebody else's face.

Each is held by another person, who stands behind it. What the screen or the paper shows was taken elsewhere, in other
light, by another camera.
"""

import io
import math
import random
from dataclasses import dataclass

import numpy as np
from PIL import Image

from egate_sim.people import photo
from egate_sim.people.flat import Pose, Seen, finger, places_mm, sample, seen
from egate_sim.people.head import Person
from egate_sim.people.layers import HEIGHT, WIDTH, Layers
from egate_sim.people.light import GATE_LIGHT, SRGB_TO_LINEAR, Lamp, Light, face_light, linear
from egate_sim.people.mesh import Floats
from egate_sim.people.noise import fractal
from egate_sim.people.pose import View
from egate_sim.people.presentation import Live, Looped, draw
from egate_sim.people.sensor import FRAME_HEIGHT, FRAME_WIDTH, expose, noisy

ROOM_LIGHT = Light(
    (Lamp((0.45, 0.55, 0.75), (0.70, 0.66, 0.60)), Lamp((-0.8, 0.2, 0.4), (0.18, 0.19, 0.22))),
    sky=(0.34, 0.34, 0.35),
    floor=(0.16, 0.15, 0.14),
)


# A screen is bluer than the lamps of the hall, for which the camera is balanced.
SCREEN_WHITE = np.array([0.94, 1.20, 1.68], np.float32)

GLASS_SHEEN = 6.0

# Paper is brightened with what glows bluish.
PAPER_WHITE = np.array([0.93, 1.0, 1.05], np.float32)


def taken_elsewhere(person: Person, view: View) -> Floats:
    """The picture that the attacker has of the victim, small and compressed: (400, 300, 3) sRGB 0..255."""
    random_ = np.random.default_rng([person.seed, 9])
    wall = np.array(random_.uniform(0.28, 0.55) * random_.uniform(0.88, 1.12, 3), np.float32)
    layers = Layers.over(wall * (1 + 0.12 * fractal(random_, WIDTH, HEIGHT, 300, 3)[:, :, None]))
    draw(layers, person, view, ROOM_LIGHT)
    picture = noisy(expose(layers).developed(), random.Random(person.seed))
    small = Image.fromarray(picture).resize((FRAME_WIDTH // 2, FRAME_HEIGHT // 2), Image.Resampling.BILINEAR)
    content = io.BytesIO()
    small.save(content, "JPEG", quality=60)
    return np.asarray(Image.open(content), np.float32)


@dataclass(frozen=True, slots=True)
class Device:
    """A screen: its lit size, the frame around it, the pitch of its pixels, and how far away it is held."""

    width_mm: float
    height_mm: float
    bezel_mm: float
    pitch_mm: float
    distance_mm: float


PHONE = Device(70, 140, 4, 0.075, 360)
TABLET = Device(160, 213, 9, 0.12, 540)


class Held(Looped):
    """Something flat in somebody's hand."""

    loop = 12

    def __init__(self, person: Person, holder: Person, width_mm: float, height_mm: float, distance_mm: float) -> None:
        super().__init__()
        self.person = person
        self._holder = holder
        self._size = (width_mm, height_mm)
        chance = random.Random(f"held {person.seed} {holder.seed}")
        self._rest = Pose(
            distance_mm * chance.uniform(0.96, 1.06), chance.uniform(-8, 8), chance.uniform(-6, 10),
            chance.gauss(0, 5), chance.gauss(0, 5), chance.gauss(0, 2.5),
        )  # fmt: skip
        self._left_handed = chance.random() < 0.5
        self._grip = chance.uniform(0.15, 0.45)

    def pose(self, step: int) -> Pose:
        """Where it is at one step: no hand is quite still."""
        turn = math.tau * step / self.loop
        r = self._rest
        return Pose(
            r.distance_mm + 3 * math.sin(turn), r.right_mm + 1.5 * math.cos(turn), r.up_mm + 1.2 * math.sin(2 * turn),
            r.yaw_deg + 1.2 * math.sin(turn), r.pitch_deg + 0.8 * math.cos(turn), r.roll_deg + 0.4 * math.sin(turn),
        )  # fmt: skip

    def layers(self, step: int) -> Layers:
        layers = photo.hall().copy()
        pose = self.pose(step)
        standing = View(distance_mm=880, right_mm=pose.right_mm * 2, up_mm=pose.up_mm * 2 + 8, pitch_deg=-4, blink=0.1)
        draw(layers, self._holder, standing)
        self._arm(layers, pose)
        self.show(layers, pose, step)
        self._fingers(layers, pose)
        return layers

    def show(self, layers: Layers, pose: Pose, step: int) -> None:
        """Draw the thing itself."""
        raise NotImplementedError

    def _edges(self, pose: Pose) -> tuple[float, float, float, float, float]:
        """Middle x and y, half width and half height on the grid, and grid pixels a millimetre."""
        scale = photo.FOCAL_PX / pose.distance_mm
        x, y = WIDTH / 2 + pose.right_mm * scale, HEIGHT / 2 - pose.up_mm * scale
        return x, y, self._size[0] / 2 * scale, self._size[1] / 2 * scale, scale

    def _arm(self, layers: Layers, pose: Pose) -> None:
        x, y, _, half_height, scale = self._edges(pose)
        side = -1 if self._left_handed else 1
        cloth, skin = linear(self._holder.cloth), linear(self._holder.skin)
        finger(
            layers, (x + side * 170, HEIGHT + 80), (x + side * 40, y + half_height + 20 * scale), 46 * scale, cloth,
            distance_mm=pose.distance_mm, blood=0.0,
        )  # fmt: skip
        finger(
            layers, (x + side * 60, y + half_height + 40 * scale), (x, y + half_height * 0.6), 34 * scale, skin,
            distance_mm=pose.distance_mm,
        )  # fmt: skip

    def _fingers(self, layers: Layers, pose: Pose) -> None:
        x, y, half_width, half_height, scale = self._edges(pose)
        side = -1 if self._left_handed else 1
        skin = linear(self._holder.skin)
        for number in range(4):
            row = y + half_height * self._grip + (number * 17 - 10) * scale
            edge = x - side * half_width
            finger(
                layers, (edge - side * 16 * scale, row + 6 * scale), (edge + side * 3 * scale, row), 8.0 * scale, skin,
                distance_mm=pose.distance_mm,
            )  # fmt: skip
        edge, row = x + side * half_width, y + half_height * (self._grip + 0.12)
        finger(
            layers, (edge + side * 22 * scale, row + 40 * scale), (edge - side * 6 * scale, row - 12 * scale),
            10.5 * scale, skin, distance_mm=pose.distance_mm,
        )  # fmt: skip


class ScreenReplay(Held):
    """A phone or tablet that plays a video of the person."""

    def __init__(self, person: Person, holder: Person, device: Device = TABLET) -> None:
        width, height = device.width_mm + 2 * device.bezel_mm, device.height_mm + 4 * device.bezel_mm
        super().__init__(person, holder, width, height, device.distance_mm)
        self._device = device
        self._video = Live(person, distance_mm=620)

    def show(self, layers: Layers, pose: Pose, step: int) -> None:
        device = self._device
        case = seen(pose, *self._size)
        rim = np.minimum(self._size[0] / 2 - np.abs(case.x_mm), self._size[1] / 2 - np.abs(case.y_mm))
        black = np.asarray(0.012 + 0.20 * np.exp(-((rim[:, None] / 0.8) ** 2)), np.float32)
        layers.put(case.pixels, black, black * face_light(places_mm(pose, case), case.normal, GLASS_SHEEN)[:, None])
        screen = seen(pose, device.width_mm, device.height_mm)
        picture = taken_elsewhere(self.person, self._video.view(self._video.start + step))
        mirrored = 0.03 * face_light(places_mm(pose, screen), screen.normal, GLASS_SHEEN)[:, None]
        layers.put(screen.pixels, self._emitted(picture, screen) + self._reflected(screen), mirrored)
        layers.ambient.reshape(-1, 3)[case.pixels] += 0.4 * self._reflected(case)

    def _emitted(self, picture: Floats, screen: Seen) -> Floats:
        """Light of the screen: the picture fills its width or height, whichever is more, through a grid of stripes."""
        device = self._device
        height, width, _ = picture.shape
        scale = max(device.width_mm / width, device.height_mm / height)
        shown = sample(picture, screen.x_mm / scale + width / 2, screen.y_mm / scale + height / 2)
        colour = SRGB_TO_LINEAR[np.clip(shown, 0, 255).astype(np.uint8)] ** np.float32(0.88)
        colour = (0.015 + colour) * SCREEN_WHITE
        across = screen.x_mm[:, None] / np.float32(device.pitch_mm) + np.array([0, 1 / 3, 2 / 3], np.float32)
        down = screen.y_mm[:, None] / np.float32(device.pitch_mm)
        grid = (1 + 0.22 * np.cos(math.tau * across)) * (1 + 0.15 * np.cos(math.tau * down))
        return np.asarray(colour * grid, np.float32)

    def _reflected(self, glass: Seen) -> Floats:
        """What the glass mirrors: a lamp's soft streak and the hall."""
        slant = glass.x_mm / self._size[0] + glass.y_mm / self._size[1] * 0.6
        streak = np.exp(-(((slant + 0.55 + 4 * glass.normal[0]) / 0.16) ** 2))
        return np.asarray((0.03 + 0.15 * streak)[:, None] * np.array([1.0, 1.0, 0.97], np.float32), np.float32)


class Print(Held):
    """A photograph of the person on paper."""

    def __init__(self, person: Person, holder: Person, width_mm: float = 150, height_mm: float = 200) -> None:
        super().__init__(person, holder, width_mm, height_mm, 520)
        chance = random.Random(f"paper {person.seed} {holder.seed}")
        self._bend = chance.uniform(-0.35, 0.35)
        self._border_mm = chance.uniform(6, 11)
        self._picture = taken_elsewhere(person, View(distance_mm=620, yaw_deg=chance.gauss(0, 2)))

    def show(self, layers: Layers, pose: Pose, step: int) -> None:
        paper = seen(pose, *self._size)
        ink = self._ink(paper)
        lamp = ink * face_light(places_mm(pose, paper), self._normals(paper), 0.2)[:, None]
        layers.put(paper.pixels, ink * self._lit(paper), lamp)

    def _ink(self, paper: Seen) -> Floats:
        """Reflectance of the print: inks are neither black nor white, and dots stand in for tones."""
        height, width, _ = self._picture.shape
        scale = min((self._size[0] - 2 * self._border_mm) / width, (self._size[1] - 2 * self._border_mm) / height)
        x, y = paper.x_mm / scale + width / 2, paper.y_mm / scale + height / 2
        tone = SRGB_TO_LINEAR[np.clip(sample(self._picture, x, y), 0, 255).astype(np.uint8)]
        tone = (0.035 + 0.78 * tone ** np.float32(0.92)) * PAPER_WHITE
        angles = np.radians([15, 75, 0])
        dots = [
            np.cos(math.tau * (paper.x_mm * np.cos(a) + paper.y_mm * np.sin(a)) / 0.42)
            * np.cos(math.tau * (paper.y_mm * np.cos(a) - paper.x_mm * np.sin(a)) / 0.42)
            for a in angles
        ]
        tone *= 1 + 0.14 * np.stack(dots, axis=1).astype(np.float32)
        white = (x < 0) | (x >= width) | (y < 0) | (y >= height)
        tone[white] = 0.82 * PAPER_WHITE
        return np.asarray(tone, np.float32)

    def _lit(self, paper: Seen) -> Floats:
        """Light that falls on the paper, which is bent a little about its upright axis, with a faint sheen."""
        normal = self._normals(paper)
        total = np.full((len(normal), 3), 0.5 * (np.array(GATE_LIGHT.sky) + np.array(GATE_LIGHT.floor)), np.float32)
        for lamp in GATE_LIGHT.lamps:
            strength = np.clip(normal @ lamp.towards(), 0, None) + 0.35 * np.clip(normal @ lamp.halfway(), 0, 1) ** 40
            total += strength[:, None] * np.array(lamp.colour, np.float32)
        return total

    def _normals(self, paper: Seen) -> Floats:
        """(k, 3) of the bent paper."""
        tilt = self._bend * paper.x_mm / (self._size[0] / 2)
        normal = paper.normal + tilt[:, None] * np.array([1.0, 0, 0], np.float32)
        return np.asarray(normal / np.linalg.norm(normal, axis=1, keepdims=True), np.float32)
