"""Masks: a part of the victim's head, made of some material, worn over somebody else's."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from egate_sim.people import atlas, photo
from egate_sim.people.atlas import Texels
from egate_sim.people.attacks.surface import hall_gloss, hall_light, lamp_gloss
from egate_sim.people.attacks.taken import ROOM_LIGHT
from egate_sim.people.body import Body
from egate_sim.people.head import Person
from egate_sim.people.layers import HEIGHT, WIDTH, Layers
from egate_sim.people.light import SRGB_TO_LINEAR, face_light
from egate_sim.people.mesh import BODY, Floats, Ints, heads, normals
from egate_sim.people.noise import grains
from egate_sim.people.pose import View
from egate_sim.people.raster import rasterise
from egate_sim.people.skin import Painter

Region = Callable[[Texels], Floats]
"""How far inside the piece each texel is, decimetres; outside is negative."""
Bend = Callable[[Floats], Floats]
"""What the material makes of the victim's shape: vertices (n, 3) to vertices (n, 3)."""

_SEAM_DM = 0.035
_HOLLOW = 0.22
"""Vertices that see less of their surroundings lie within eye sockets and nose."""


@dataclass(frozen=True, slots=True)
class Material:
    """``gloss`` and ``power``: what it mirrors, how sharply; ``soft``: how far light creeps round its shadows (skin
    about 0.2); ``fade``: share of the colour that is lost to grey; ``tint``: factor by channel; ``grain``: depth of
    what is uneven in the surface, ``grain_px`` its size in texels, across and down; ``photographed``: the light of
    the place where the victim was photographed is printed with the colour; ``lift_mm``: how far it stands off."""

    gloss: float = 0.0
    power: float = 30.0
    soft: float = 0.0
    fade: float = 0.0
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    grain: float = 0.0
    grain_px: tuple[float, float] = (3.0, 3.0)
    photographed: bool = False
    lift_mm: float = 3.0


class Shell:
    """One mask. Building one takes some tenths of a second."""

    def __init__(
        self, victim: Person, region: Region, material: Material, *,
        bend: Bend | None = None, lively: float = 0.0, hair: bool = False,
    ) -> None:  # fmt: skip
        """``lively``: share of the wearer's expression that comes through; ``hair``: with the victim's hanging hair."""
        self._body, self._material, self._bend, self._lively = Body(victim), material, bend, lively
        self._albedo, self._left = _painted(victim, region, material)
        self._left[atlas.EYE_ROW :, atlas.CURTAIN_COLUMN :] = hair
        self._triangles = self._maybe_seen()

    def _maybe_seen(self) -> Ints:
        """Triangles with a corner in the piece. A mask has neither eyeballs nor what lies within a mouth."""
        column, row = self._body.coordinates(View()).astype(np.int32).T
        inside, mesh = self._left[row, column], heads()
        solid = np.ones(len(inside), np.bool_)
        solid[: len(mesh.parts)] = (mesh.parts == BODY) & (mesh.openness > _HOLLOW) & (mesh.masks["inside_mouth"] < 0.5)
        drawn = self._body.drawn
        return np.asarray(drawn[inside[drawn].any(axis=1) & solid[drawn].all(axis=1)], np.int32)

    def draw(self, layers: Layers, view: View) -> None:
        """Draw it over a head that stands so."""
        body, lively = self._body, self._lively
        posed = body.posed(replace(view, blink=0.0, jaw=view.jaw * lively, smile=view.smile * lively))
        if self._bend is not None:
            posed = self._bend(posed)
        facing = normals(posed, body.triangles)
        posed = posed + facing * np.float32(self._material.lift_mm / 100)
        places = 100 * posed - np.array([0, 0, view.distance_mm], np.float32)
        points = np.empty_like(places)
        points[:, 0] = WIDTH / 2 - photo.FOCAL_PX * places[:, 0] / places[:, 2]
        points[:, 1] = HEIGHT / 2 + photo.FOCAL_PX * places[:, 1] / places[:, 2]
        points[:, 2] = -1 / places[:, 2]
        cover = rasterise(points, self._triangles, WIDTH, HEIGHT)
        values = cover.interpolate(np.column_stack([facing, places, body.coordinates(view), body.openness]))
        column, row = values[:, 6].astype(np.int32), values[:, 7].astype(np.int32)
        there = self._left[row, column]
        values, albedo = values[there], self._albedo[row[there], column[there]]
        ambient, lamp = self._lit(albedo, values)
        layers.put(cover.pixels[there], ambient, lamp)

    def _lit(self, albedo: Floats, values: Floats) -> tuple[Floats, Floats]:
        """Light from the hall and from the face light (k, 3) of places with ``values`` (k, 9): normal, place in mm,
        texel, openness."""
        normal = values[:, :3] / np.linalg.norm(values[:, :3], axis=1, keepdims=True)
        places, openness = values[:, 3:6], values[:, 8:]
        m = self._material
        shadow = 0.35 + 0.65 * openness
        hall = (1 - m.soft) * hall_light(normal) + m.soft * hall_light(_softened(normal))
        lamp = (1 - m.soft) * face_light(places, normal) + m.soft * face_light(places, _softened(normal))
        gleam = m.gloss * hall_gloss(normal, m.power)
        shine = m.gloss * lamp_gloss(places, normal, m.power)
        return albedo * hall * shadow + gleam, albedo * lamp[:, None] * shadow + shine[:, None]


def _softened(normal: Floats) -> Floats:
    """Normals turned towards the camera, as light within a soft material evens them out."""
    turned = normal + np.array([0, 0, 0.6], np.float32)
    return np.asarray(turned / np.linalg.norm(turned, axis=1, keepdims=True), np.float32)


def _painted(victim: Person, region: Region, material: Material) -> tuple[Floats, NDArray[np.bool_]]:
    """Reflectance (HEIGHT, WIDTH, 3) of every texel, and where there is anything at all (HEIGHT, WIDTH)."""
    texels = atlas.texels()
    reflected = SRGB_TO_LINEAR[Painter(victim).texture()[:, :, :3]]
    inside = region(texels)
    piece = reflected.reshape(-1, 3)[texels.index]
    grey = piece.mean(axis=1, keepdims=True)
    piece = (piece + np.float32(material.fade) * (grey - piece)) * np.array(material.tint, np.float32)
    if material.photographed:
        piece = 0.03 + 0.85 * piece * _light_in_the_photograph(victim)
    if material.grain:
        random_ = np.random.default_rng([victim.seed, 21])
        grain = grains(random_, atlas.WIDTH, atlas.HEIGHT, *material.grain_px).ravel()[texels.index]
        piece = piece * (1 + material.grain * grain[:, None])
    seam = np.clip(inside / _SEAM_DM, 0.35, 1)[:, None]
    out = reflected.reshape(-1, 3).copy()
    out[texels.index] = piece * seam
    left = np.zeros(atlas.WIDTH * atlas.HEIGHT, np.bool_)
    left[texels.index[inside > 0]] = True
    return out.reshape(atlas.HEIGHT, atlas.WIDTH, 3).astype(np.float32), left.reshape(atlas.HEIGHT, atlas.WIDTH)


def _light_in_the_photograph(victim: Person) -> Floats:
    """Light (k, 3) that fell on each texel when the victim was photographed."""
    body, mesh = Body(victim), heads()
    facing = normals(body.posed(View()), body.triangles)[: len(mesh.vertices)]
    light = np.full((len(facing), 3), 0.5, np.float32) * (np.array(ROOM_LIGHT.sky) + np.array(ROOM_LIGHT.floor))
    for lamp in ROOM_LIGHT.lamps:
        light += np.clip(facing @ lamp.towards(), 0, None)[:, None] * np.array(lamp.colour, np.float32)
    coordinates, texels = atlas.coordinates(), atlas.texels()
    body_triangles = mesh.triangles[mesh.parts[mesh.triangles[:, 0]] == BODY]
    points = np.column_stack([coordinates + np.float32(0.5), facing[:, 2]]).astype(np.float32)
    both = np.concatenate([body_triangles, body_triangles[:, ::-1]])
    cover = rasterise(points, both[np.ptp(coordinates[both, 0], axis=1) < atlas.WIDTH / 2], atlas.WIDTH, atlas.EYE_ROW)
    out = np.ones((atlas.WIDTH * atlas.HEIGHT, 3), np.float32)
    out[cover.pixels] = cover.interpolate(light.astype(np.float32))
    return np.asarray(out[texels.index], np.float32)
