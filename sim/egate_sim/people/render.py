"""Draws a person as a camera sees one: geometry, texture and light to linear colour. Pure numpy.

Lengths inside are decimetres (the mesh's unit); what callers give is in millimetres and degrees.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egate_sim.people import atlas
from egate_sim.people.body import Body
from egate_sim.people.head import Person
from egate_sim.people.light import GATE_LIGHT, SRGB_TO_LINEAR, Light
from egate_sim.people.mesh import Floats, normals
from egate_sim.people.pose import View
from egate_sim.people.raster import rasterise
from egate_sim.people.skin import Painter

# Light that enters skin comes out a little farther on, most of all red: it reaches round the edge of the shadow.
_WRAP = np.array([0.30, 0.14, 0.10], np.float32)


@dataclass(frozen=True, slots=True)
class Sprite:
    """A person cut out: ``pixels`` (k,) flat indices, ``colour`` (k, 3) linear."""

    pixels: NDArray[np.intp]
    colour: Floats


class Renderer:
    """Draws one person again and again. Building one takes a few tenths of a second; it then holds the texture."""

    def __init__(self, person: Person) -> None:
        self._body = Body(person)
        self._texture = Painter(person).texture().reshape(-1, 4)

    def draw(self, view: View, width: int, height: int, focal_px: float, light: Light = GATE_LIGHT) -> Sprite:
        """The person in a picture of ``width`` x ``height`` whose optical axis meets its middle."""
        body = self._body
        posed = body.posed(view)
        facing = normals(posed, body.triangles)
        depth = view.distance_mm / 100 - posed[:, 2]
        points = np.empty_like(posed)
        points[:, 0] = width / 2 + focal_px * posed[:, 0] / depth
        points[:, 1] = height / 2 - focal_px * posed[:, 1] / depth
        points[:, 2] = 1 / depth
        cover = rasterise(points, body.drawn, width, height)
        attributes = np.column_stack([facing, body.coordinates(view), body.openness])
        return Sprite(cover.pixels, self._shade(cover.interpolate(attributes.astype(np.float32)), light))

    def _shade(self, values: Floats, light: Light) -> Floats:
        """Linear colour (k, 3) from interpolated normal, texture coordinates and openness."""
        normal = values[:, :3] / np.sqrt((values[:, :3] ** 2).sum(axis=1, keepdims=True))
        column, row = values[:, 3].astype(np.int32), values[:, 4].astype(np.int32)
        texel = self._texture[row * atlas.WIDTH + column]
        eye = (row >= atlas.EYE_ROW) & (column < atlas.EYE_EDGE)
        openness = values[:, 5]
        sky, floor = np.array(light.sky, np.float32), np.array(light.floor, np.float32)
        diffuse = (floor + (0.5 + 0.5 * normal[:, 1:2]) * (sky - floor)) * openness[:, None] ** 1.5
        shine = np.zeros_like(diffuse)
        gloss = np.where(eye, 2.2, texel[:, 3] * np.float32(0.16 / 255)) * openness
        for lamp in light.lamps:
            colour = np.array(lamp.colour, np.float32)
            lit = np.clip((normal @ lamp.towards()[:, None] + _WRAP) / (1 + _WRAP), 0, 1)
            diffuse += lit * (0.25 + 0.75 * openness)[:, None] * colour
            shine += (gloss * _gleam(normal @ lamp.halfway(), eye))[:, None] * colour
        return np.asarray(SRGB_TO_LINEAR[texel[:, :3]] * diffuse + shine, np.float32)


def _gleam(cosine: Floats, eye: NDArray[np.bool_]) -> Floats:
    """How much of a lamp is mirrored (Blinn, 1977): broadly by skin, cosine to the 14th; to the 84th by the wet eye."""
    square = np.clip(cosine, 0, 1) ** 2
    fourth = square * square
    gleam = fourth * fourth * fourth * square
    gleam[eye] **= 6
    return np.asarray(gleam, np.float32)
