"""The baked head: the committed file is the one on record, and what is built on it is sound and repeatable."""

import hashlib

import numpy as np

from egate_sim.people.bake import HEADS_SHA256
from egate_sim.people.head import Person, Sex
from egate_sim.people.mesh import HEADS, heads, normals
from egate_sim.people.raster import rasterise


def test_the_committed_file_is_the_one_on_record() -> None:
    assert hashlib.sha256(HEADS.read_bytes()).hexdigest() == HEADS_SHA256


def test_normals_point_outwards() -> None:
    mesh = heads()
    skull = mesh.vertices[:, 1] > 7.6
    outwards = mesh.vertices[skull] - mesh.vertices[skull].mean(axis=0)
    assert np.mean(np.sum(normals(mesh.vertices, mesh.triangles)[skull] * outwards, axis=1) > 0) > 0.98


def test_people_are_repeatable_and_varied() -> None:
    people = [Person.draw(seed) for seed in range(40)]
    assert people[3] == Person.draw(3)
    assert len({person.skin for person in people}) == len(people)
    assert {person.sex for person in people} == set(Sex)
    ages = [person.age_years for person in people]
    assert min(ages) >= 18
    assert max(ages) - min(ages) > 40


def test_the_nearer_triangle_hides_the_farther() -> None:
    near = np.array([(2, 2, 1), (2, 12, 1), (12, 2, 1)], np.float32)
    far = near * (1, 1, 0)
    cover = rasterise(np.vstack([near, far]).astype(np.float32), np.array([(0, 1, 2), (3, 4, 5)], np.int32), 16, 16)
    assert len(cover.pixels) > 30
    assert (cover.corners < 3).all()
    assert np.allclose(cover.weights.sum(axis=1), 1)
    assert np.allclose(cover.interpolate(np.vstack([near, far])[:, :1])[:, 0], cover.pixels % 16 + 0.5)
