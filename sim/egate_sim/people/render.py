"""Draws a person as a camera sees one: geometry, texture and light to linear colour. Pure numpy.

Lengths inside are decimetres (the mesh's unit); what callers give is in millimetres and degrees. Light is worked out at
the vertices, which lie closer together than light changes; texture, and the mirror of the wet eye, at the pixels.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egate_sim.people import atlas
from egate_sim.people.body import Body
from egate_sim.people.head import Person
from egate_sim.people.light import GATE_LIGHT, SRGB_TO_LINEAR, VIEWER, Light, to_face_light
from egate_sim.people.mesh import Floats, normals
from egate_sim.people.pose import View
from egate_sim.people.raster import rasterise
from egate_sim.people.skin import Painter

# Light that enters skin comes out a little farther on, most of all red: it reaches round the edge of the shadow.
_WRAP = np.array([0.30, 0.14, 0.10], np.float32)
_SKIN_GLOSS = np.float32(0.16 / 255)
_EYE_GLOSS = np.float32(2.2)
# Glasses with a coating: what they mirror of a lamp, relative to an eye; what they let through, and the hall in them.
_GLINT = np.float32(8.0)  # the bars are near and small: their images are much brighter than those of the hall
_GLASS_GLOSS, _GLASS_PASSES, _GLASS_HAZE = np.float32(0.15), np.float32(0.93), np.float32(0.004)


@dataclass(frozen=True, slots=True)
class Sprite:
    """A person cut out: ``pixels`` (k,) flat indices; linear colour (k, 3) in the light of the place, ``ambient``, and
    of the face light at unit white, ``lamp``; ``blood`` (k,) 0..1 where skin is."""

    pixels: NDArray[np.intp]
    ambient: Floats
    lamp: Floats
    blood: Floats

    @property
    def nbytes(self) -> int:
        return self.pixels.nbytes + self.ambient.nbytes + self.lamp.nbytes + self.blood.nbytes


class Renderer:
    """Draws one person again and again. Building one takes a few tenths of a second; it then holds the texture."""

    def __init__(self, person: Person) -> None:
        self._body = Body(person)
        painter = Painter(person)
        self._texture = painter.texture().view(np.uint32).ravel()
        self._blood = painter.blood_texture()

    def draw(
        self, view: View, width: int, height: int, focal_px: float, light: Light = GATE_LIGHT,
        *, read_later: View | None = None,
    ) -> Sprite:  # fmt: skip
        """The person in a picture of ``width`` x ``height`` whose optical axis meets its middle. ``read_later``: the
        view when a rolling shutter reads the last row, where ``view`` is that of the first."""
        body = self._body
        posed = body.posed(view)
        facing = normals(posed, body.triangles)
        points = _projected(posed, view, width, height, focal_px)
        if read_later is not None:
            moved = _projected(body.posed(read_later), read_later, width, height, focal_px)
            points += np.clip(points[:, 1:2] / height, 0, 1) * (moved - points)
        cover = rasterise(points, body.drawn, width, height)
        places_mm = 100 * (posed - np.array([0, 0, view.distance_mm / 100], np.float32))
        lit = np.hstack([_hall(facing, body.openness, light), _face_light(facing, body.openness, places_mm)])
        values = cover.interpolate(np.column_stack([body.coordinates(view), lit]).astype(np.float32))
        column, row = values[:, 0].astype(np.int32), values[:, 1].astype(np.int32)
        place = row * atlas.WIDTH + column
        texel = np.take(self._texture, place).view(np.uint8).reshape(-1, 4)
        albedo = np.take(SRGB_TO_LINEAR, texel)[:, :3]
        gloss = texel[:, 3:] * _SKIN_GLOSS
        ambient = albedo * values[:, 2:5]
        ambient += gloss * values[:, 5:6]
        lamp = albedo * values[:, 6:7]
        lamp += gloss * values[:, 7:8]
        eye = np.flatnonzero((row >= atlas.EYE_ROW) & (column < atlas.EYE_EDGE))
        wet = cover.at(eye).interpolate(np.column_stack([facing, body.openness, places_mm]).astype(np.float32))
        hall_gleam, lamp_gleam = _wet(wet, light)
        ambient[eye] += hall_gleam - gloss[eye] * values[eye, 5:6]
        lamp[eye] += lamp_gleam - gloss[eye] * values[eye, 7:8]
        sprite = Sprite(cover.pixels, ambient, lamp, self._blood[place])
        if len(body.lenses):
            mirrored = np.column_stack([normals(posed, body.lenses), np.full(len(posed), _GLASS_GLOSS), places_mm])
            glass = rasterise(points, body.lenses, width, height)
            _glaze(sprite, glass.pixels, *_wet(glass.interpolate(mirrored.astype(np.float32)), light))
        return sprite


def _glaze(sprite: Sprite, pixels: NDArray[np.intp], hall: Floats, face: Floats) -> None:
    """Lay the lenses of glasses over what is behind them: they take a little light and mirror the lamps."""
    place = np.minimum(np.searchsorted(sprite.pixels, pixels), len(sprite.pixels) - 1)
    on = sprite.pixels[place] == pixels
    place = place[on]
    sprite.ambient[place] = sprite.ambient[place] * _GLASS_PASSES + hall[on] + _GLASS_HAZE
    sprite.lamp[place] = sprite.lamp[place] * _GLASS_PASSES + _GLINT * face[on]


def _projected(posed: Floats, view: View, width: int, height: int, focal_px: float) -> Floats:
    """Vertices (n, 3) in the picture: x right and y down in pixels, z larger where nearer."""
    depth = view.distance_mm / 100 - posed[:, 2]
    points = np.empty_like(posed)
    points[:, 0] = width / 2 + focal_px * posed[:, 0] / depth
    points[:, 1] = height / 2 - focal_px * posed[:, 1] / depth
    points[:, 2] = 1 / depth
    return points


def _hall(normal: Floats, openness: Floats, light: Light) -> Floats:
    """At the vertices (n, 4): light of the place that falls on them, and what a shiny skin would mirror of it."""
    sky, floor = np.array(light.sky, np.float32), np.array(light.floor, np.float32)
    diffuse = (floor + (0.5 + 0.5 * normal[:, 1:2]) * (sky - floor)) * openness[:, None] ** 1.5
    shine = np.zeros((len(normal), 1), np.float32)
    for lamp in light.lamps:
        colour = np.array(lamp.colour, np.float32)
        diffuse += _wrapped(normal @ lamp.towards(), openness) * colour
        shine += (openness * _gleam(normal @ lamp.halfway()))[:, None] * colour.mean()
    return np.hstack([diffuse, shine])


def _face_light(normal: Floats, openness: Floats, places_mm: Floats) -> Floats:
    """At the vertices (n, 2): unit white of the face light, and what a shiny skin would mirror of it."""
    out = np.zeros((len(normal), 2), np.float32)
    for way, strength in to_face_light(places_mm):
        out[:, 0] += _wrapped((way * normal).sum(axis=1), openness).mean(axis=1) * strength
        out[:, 1] += openness * _gleam((_half(way) * normal).sum(axis=1)) * strength
    return out


def _wrapped(cosine: Floats, openness: Floats) -> Floats:
    """Light (n, 3) that soft skin gives back from a lamp at an angle; folds see less of it."""
    return np.asarray(np.clip((cosine[:, None] + _WRAP) / (1 + _WRAP), 0, 1) * (0.25 + 0.75 * openness)[:, None])


def _half(way: Floats) -> Floats:
    half = way + VIEWER
    return np.asarray(half / np.linalg.norm(half, axis=1, keepdims=True), np.float32)


def _gleam(cosine: Floats) -> Floats:
    """How much of a lamp skin mirrors (Blinn, 1977): broadly, cosine to the 14th."""
    square = np.clip(cosine, 0, 1) ** 2
    fourth = square * square
    return np.asarray(fourth * fourth * fourth * square, np.float32)


def _wet(values: Floats, light: Light) -> tuple[Floats, Floats]:
    """What eyes (k, 7: normal, openness, place) mirror of the hall and of the face light, sharply: (k, 3) each."""
    normal = values[:, :3] / np.sqrt((values[:, :3] ** 2).sum(axis=1, keepdims=True))
    gloss = _EYE_GLOSS * values[:, 3:4]
    hall, face = np.zeros_like(normal), np.zeros_like(normal)
    for lamp in light.lamps:
        hall += gloss * (_gleam(normal @ lamp.halfway()) ** 6)[:, None] * np.array(lamp.colour, np.float32)
    for way, strength in to_face_light(values[:, 4:7]):
        face += gloss * (_gleam((_half(way) * normal).sum(axis=1)) ** 24 * strength)[:, None]
    return hall, face
