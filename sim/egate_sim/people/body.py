"""A person's geometry: the shaped mesh with hair and clothes on it, and how it moves."""

import numpy as np

from egate_sim.people import atlas, skin
from egate_sim.people.canvas import ramp
from egate_sim.people.curtain import curtain
from egate_sim.people.glasses import frame
from egate_sim.people.hair import above_hairline, cover_depth_dm, under_scarf
from egate_sim.people.head import Hair, Person
from egate_sim.people.looks import Cover, Glasses
from egate_sim.people.mesh import BODY, LEFT_EYE, RIGHT_EYE, Floats, heads, normals
from egate_sim.people.pose import View, rotation

SHOULDER_DM = (1.45, 5.25, 0.15)
NECK_DM = np.array([0.0, 5.9, 0.1], np.float32)


def arms_down(shape: Floats) -> Floats:
    """The mesh holds its arms away from the body; people who stand don't."""
    lowered = shape.copy()
    for side in (-1, 1):
        share = ramp(side * shape[:, 0], 1.3, 2.3)[:, None]
        about = shape - (side * SHOULDER_DM[0], *SHOULDER_DM[1:])
        lowered += share * (about @ rotation(0, 0, side * 34).T - about)
    return np.asarray(lowered, np.float32)


class Body:
    """``triangles`` (m, 3) and ``openness`` (n,) never change; :meth:`posed` gives the vertices. ``drawn`` are the
    triangles, those that can be seen from behind in both orientations; ``lenses`` (p, 3), glass, are not among them."""

    def __init__(self, person: Person) -> None:
        mesh = self._mesh = heads()
        shaped = mesh.shaped(dict(person.shape))
        self._eyes = (mesh.centre(shaped, LEFT_EYE) + mesh.centre(shaped, RIGHT_EYE)) / 2
        self._neutral = arms_down(shaped + self._worn(person, shaped))
        self._coordinates = atlas.coordinates()
        self.triangles = self.drawn = mesh.triangles
        self.openness = mesh.openness
        hanging = curtain(person)
        if hanging is not None:
            moved = hanging.shares @ (shaped - mesh.vertices)[hanging.skull]
            sheet = hanging.triangles + np.int32(len(shaped))
            self.triangles = np.concatenate([self.triangles, sheet])
            self.drawn = np.concatenate([self.triangles, sheet[:, ::-1]])
            self.openness = np.concatenate([self.openness, hanging.openness])
            self._coordinates = np.concatenate([self._coordinates, hanging.coordinates])
            self._neutral = np.concatenate([self._neutral, hanging.rest + moved])
        self.lenses = np.zeros((0, 3), np.int32)
        if person.looks.glasses is not None:
            self._wear_glasses(person.looks.glasses, shaped)
        self._head_share = ramp(self._neutral[:, 1], 5.5, 6.5)[:, None]

    def _wear_glasses(self, glasses: Glasses, shaped: Floats) -> None:
        worn = frame(glasses, self._mesh, shaped)
        count = len(self._neutral)
        rims = worn.rims + np.int32(count)
        self.lenses = worn.lenses + np.int32(count)
        self.triangles = np.concatenate([self.triangles, rims])
        self.drawn = np.concatenate([self.drawn, rims, rims[:, ::-1]])
        self.openness = np.concatenate([self.openness, np.ones(len(worn.vertices), np.float32)])
        solid = np.tile(np.array([[atlas.FRAME_COLUMN, atlas.EYE_ROW + 20]], np.float32), (len(worn.vertices), 1))
        self._coordinates = np.concatenate([self._coordinates, solid])
        self._neutral = np.concatenate([self._neutral, worn.vertices])

    def _worn(self, person: Person, shaped: Floats) -> Floats:
        """Offsets (n, 3) that hair and cloth add to the body."""
        v = self._mesh.vertices
        azimuth = np.abs(atlas.azimuth_deg(v[:, 0], v[:, 2]))
        body = (self._mesh.parts == BODY) * (1 - ramp(self._mesh.masks["ears"], 0.1, 0.4))
        top = 0.55 + 0.45 * ramp(v[:, 1], 7.6, 8.2)
        curls = 1 + 0.5 * person.looks.growth.curl
        hair = curls * person.hair_depth_dm * top * ramp(above_hairline(person, azimuth, v[:, 1], v[:, 0]), -0.02, 0.30)
        cloth = 0.09 * ramp(skin.below_neckline(person, v[:, 0], v[:, 1], azimuth), -0.01, 0.06)
        scarf = 0.08 * ramp(under_scarf(azimuth, v[:, 1]), -0.02, 0.1) if person.hair is Hair.SCARF else 0
        cover = 0 if person.looks.cover is Cover.NONE else cover_depth_dm(person, azimuth, v[:, 1], v[:, 0])
        worn = body * (np.maximum(hair, cover) + cloth + scarf)
        offsets = normals(shaped, self._mesh.triangles) * worn[:, None]
        return np.asarray(offsets, np.float32)

    def posed(self, view: View) -> Floats:
        """Vertices (n, 3) about the camera's axis: the middle between the eyes is put where the view says, at z 0."""
        turn = rotation(view.yaw_deg, view.pitch_deg, view.roll_deg)
        torso = rotation(0.25 * view.yaw_deg, 0, 0.1 * view.roll_deg)
        about = self._expressed(view) - NECK_DM
        posed = about @ torso.T
        posed += self._head_share * (about @ turn.T - posed)
        posed += np.array([view.right_mm / 100, view.up_mm / 100, 0], np.float32) - turn @ (self._eyes - NECK_DM)
        return np.asarray(posed, np.float32)

    def _expressed(self, view: View) -> Floats:
        shape = self._neutral.copy()
        brow = "browInnerUp" if view.brow > 0 else "browDown"
        weights = (("eyeBlink", view.blink), ("jawOpen", view.jaw), ("mouthSmile", view.smile), (brow, abs(view.brow)))
        for name, weight in weights:
            if weight:
                target = self._mesh.targets[f"expression/{name}"]
                shape[target.vertices] += np.float32(weight) * target.offsets
        return shape

    def coordinates(self, view: View) -> Floats:
        """Texture coordinates (n, 2). Eyeballs turn under the camera, which is the same as moving their texture."""
        if not (view.gaze_yaw_deg or view.gaze_pitch_deg):
            return self._coordinates
        moved = self._coordinates.copy()
        back = rotation(-view.gaze_yaw_deg, -view.gaze_pitch_deg, 0)
        for part in (LEFT_EYE, RIGHT_EYE):
            eye = np.flatnonzero(self._mesh.parts == part)
            offsets = self._mesh.vertices[eye] - self._mesh.centre(self._mesh.vertices, part)
            moved[eye] = atlas.eye_coordinates((offsets @ back.T).astype(np.float32))
        return moved
