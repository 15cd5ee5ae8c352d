"""Draws a person as a camera sees one: geometry, texture and light to linear colour. Pure numpy.

Lengths inside are decimetres (the mesh's unit); what callers give is in millimetres and degrees.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egate_sim.people import atlas, skin
from egate_sim.people.head import Hair, Person
from egate_sim.people.mesh import BODY, LEFT_EYE, RIGHT_EYE, Floats, heads, normals
from egate_sim.people.raster import rasterise

NECK_DM = np.array([0.0, 5.9, 0.1], np.float32)
VIEWER = np.array([0, 0, 1], np.float32)
SRGB_TO_LINEAR = np.power(np.arange(256, dtype=np.float32) / 255, np.float32(2.2))


@dataclass(frozen=True, slots=True)
class View:
    """How the person stands before the camera. ``yaw_deg``: head turned to the person's left; ``pitch_deg``: chin up;
    ``roll_deg``: head tilted to the person's left shoulder; ``right_mm``, ``up_mm``: middle between the eyes as seen
    in the picture, off the optical axis; ``blink``, ``jaw``, ``smile``: 0..1; gaze relative to the head."""

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    distance_mm: float = 800.0
    right_mm: float = 0.0
    up_mm: float = 0.0
    blink: float = 0.0
    jaw: float = 0.0
    smile: float = 0.0
    gaze_yaw_deg: float = 0.0
    gaze_pitch_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Lamp:
    """Light from far away, from ``direction`` (towards the lamp; x right in the picture, y up, z to the camera)."""

    direction: tuple[float, float, float]
    colour: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Light:
    """All light on the person: lamps, and what comes from everywhere (from above, from below)."""

    lamps: Sequence[Lamp]
    sky: tuple[float, float, float]
    floor: tuple[float, float, float]


GATE_LIGHT = Light(
    (
        Lamp((-0.15, 0.75, 0.65), (0.62, 0.60, 0.56)),
        Lamp((-0.75, 0.10, 0.65), (0.26, 0.27, 0.29)),
        Lamp((0.80, 0.05, 0.60), (0.19, 0.20, 0.22)),
    ),
    sky=(0.30, 0.30, 0.31),
    floor=(0.13, 0.12, 0.11),
)


@dataclass(frozen=True, slots=True)
class Sprite:
    """A person cut out: ``pixels`` (k,) flat indices, ``colour`` (k, 3) linear."""

    pixels: NDArray[np.intp]
    colour: Floats


class Renderer:
    """Draws one person again and again. Building one takes a few tenths of a second; it then holds the texture."""

    def __init__(self, person: Person) -> None:
        mesh = heads()
        self._mesh = mesh
        self._neutral = mesh.shaped(dict(person.shape))
        self._texture = skin.Painter(person).texture().reshape(-1, 4)
        self._worn = self._hair_and_clothes(person)
        self._eyes = (mesh.centre(self._neutral, LEFT_EYE) + mesh.centre(self._neutral, RIGHT_EYE)) / 2
        self._head_share = skin.ramp(mesh.vertices[:, 1], 5.5, 6.5)[:, None]
        self._mouth = mesh.masks["inside_mouth"][mesh.triangles].min(axis=1) > 0.5

    def _hair_and_clothes(self, person: Person) -> Floats:
        """Offsets (n, 3) that hair and cloth add to the body."""
        v = self._mesh.vertices
        x, y = v[:, 0], v[:, 1]
        azimuth = np.abs(atlas.azimuth_deg(x, v[:, 2]))
        body = (self._mesh.parts == BODY) * (1 - skin.ramp(self._mesh.masks["ears"], 0.1, 0.4))
        hair = person.hair_depth_dm * skin.ramp(skin.above_hairline(person, azimuth, y), -0.02, 0.30)
        cloth = 0.06 * skin.ramp(skin.below_neckline(person, x, y, azimuth), -0.01, 0.06)
        offsets = normals(self._neutral, self._mesh.triangles) * (body * (hair + cloth))[:, None]
        if person.hair is Hair.BALD:
            offsets *= (y < 6.3)[:, None]
        return np.asarray(offsets, np.float32)

    def draw(self, view: View, width: int, height: int, focal_px: float, light: Light = GATE_LIGHT) -> Sprite:
        """The person in a picture of ``width`` x ``height`` whose optical axis meets its middle."""
        mesh = self._mesh
        shape = self._expressed(view)
        posed = self._posed(shape, view)
        triangles = mesh.triangles if view.jaw > 0 else mesh.triangles[~self._mouth]
        facing = normals(posed, triangles)
        depth = view.distance_mm / 100 - posed[:, 2]
        points = np.empty_like(posed)
        points[:, 0] = width / 2 + focal_px * posed[:, 0] / depth
        points[:, 1] = height / 2 - focal_px * posed[:, 1] / depth
        points[:, 2] = 1 / depth
        cover = rasterise(points, triangles, width, height)
        attributes = np.column_stack([facing, self._coordinates(view), mesh.openness]).astype(np.float32)
        values = cover.interpolate(attributes)
        return Sprite(cover.pixels, self._shade(values, light))

    def _expressed(self, view: View) -> Floats:
        shape = self._neutral + self._worn
        for name, weight in (("eyeBlink", view.blink), ("jawOpen", view.jaw), ("mouthSmile", view.smile)):
            if weight:
                target = self._mesh.targets[f"expression/{name}"]
                shape[target.vertices] += np.float32(weight) * target.offsets
        return shape

    def _posed(self, shape: Floats, view: View) -> Floats:
        """Vertices about the point between the eyes, which is put where the view says."""
        turn = rotation(view.yaw_deg, view.pitch_deg, view.roll_deg)
        torso = rotation(0.25 * view.yaw_deg, 0, 0.1 * view.roll_deg)
        about = shape - NECK_DM
        posed = about @ torso.T
        posed += self._head_share * (about @ turn.T - posed)
        eyes = turn @ (self._eyes - NECK_DM)
        posed += np.array([view.right_mm / 100, view.up_mm / 100, 0], np.float32) - eyes
        return posed.astype(np.float32)

    def _coordinates(self, view: View) -> Floats:
        """Texture coordinates; the eyeballs turn under the camera, which is the same as moving their texture."""
        uv = atlas.coordinates()
        if not (view.gaze_yaw_deg or view.gaze_pitch_deg):
            return uv
        uv = uv.copy()
        back = rotation(-view.gaze_yaw_deg, -view.gaze_pitch_deg, 0)
        for part in (LEFT_EYE, RIGHT_EYE):
            eye = self._mesh.parts == part
            offsets = self._mesh.vertices[eye] - self._mesh.centre(self._mesh.vertices, part)
            uv[eye] = atlas.eye_coordinates(offsets @ back.T)
        return uv

    def _shade(self, values: Floats, light: Light) -> Floats:
        """Linear colour (k, 3) from interpolated normal, texture coordinates and openness."""
        normal = values[:, :3]
        normal = normal / np.sqrt((normal * normal).sum(axis=1, keepdims=True))
        column, row = values[:, 3].astype(np.int32), values[:, 4].astype(np.int32)
        texel = self._texture[row * atlas.WIDTH + column]
        albedo = SRGB_TO_LINEAR[texel[:, :3]]
        gloss = texel[:, 3] * np.float32(1 / 255)
        eye = row >= atlas.EYE_ROW
        open_ = values[:, 5]
        up = (0.5 + 0.5 * normal[:, 1])[:, None]
        diffuse = (np.array(light.floor) + up * (np.array(light.sky) - np.array(light.floor))) * open_[:, None] ** 1.5
        shine = np.zeros_like(diffuse)
        wrap = np.array([0.30, 0.14, 0.10], np.float32)
        for lamp in light.lamps:
            direction = np.array(lamp.direction, np.float32)
            direction /= np.linalg.norm(direction)
            cosine = normal @ direction
            lit = np.clip((cosine[:, None] + wrap) / (1 + wrap), 0, 1) * (0.25 + 0.75 * open_)[:, None]
            diffuse += lit * np.array(lamp.colour, np.float32)
            half = direction + VIEWER
            half /= np.linalg.norm(half)
            gleam = np.clip(normal @ half, 0, 1)
            power = np.where(eye, 90, 14)
            strength = np.where(eye, 2.2, 0.16 * gloss) * np.power(gleam, power) * open_
            shine += strength[:, None] * np.array(lamp.colour, np.float32)
        return np.asarray(albedo * diffuse + shine, np.float32)


def rotation(yaw_deg: float, pitch_deg: float, roll_deg: float) -> Floats:
    """Rotation matrix (3, 3): roll first, then pitch (front goes up), then yaw (to +x)."""
    (cy, cp, cr), (sy, sp, sr) = (f(np.radians([yaw_deg, pitch_deg, roll_deg])) for f in (np.cos, np.sin))
    yaw = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    pitch = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
    roll = np.array([[cr, sr, 0], [-sr, cr, 0], [0, 0, 1]])
    return np.asarray(yaw @ pitch @ roll, np.float32)


def linear(colour: tuple[float, float, float]) -> Floats:
    """Linear light (3,) of an sRGB colour in 0..1."""
    return np.power(np.array(colour, np.float32), np.float32(2.2))
