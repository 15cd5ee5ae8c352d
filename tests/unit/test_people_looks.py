"""What tells people apart: everything from the seed, varied, worn where it belongs, and painted without a flaw."""

from dataclasses import replace

import numpy as np
import pytest

from egate_sim.people.atlas import texels
from egate_sim.people.body import Body
from egate_sim.people.head import Hair, Person, Sex
from egate_sim.people.looks import Cover, Glasses, Rim
from egate_sim.people.mesh import LEFT_EYE, heads
from egate_sim.people.photo import FOCAL_PX
from egate_sim.people.pose import View
from egate_sim.people.render import Renderer
from egate_sim.people.skin import Painter

PEOPLE = [Person.draw(seed) for seed in range(200)]
GLASSES = Glasses(Rim.ROUND, 0.24, 0.22, 0.03, (0.05, 0.05, 0.06), 0.5)


def with_glasses(person: Person, glasses: Glasses | None) -> Person:
    return replace(person, looks=replace(person.looks, glasses=glasses))


def test_everything_occurs_and_nothing_is_everywhere() -> None:
    worn = [person.looks for person in PEOPLE]
    assert {looks.cover for looks in worn} == set(Cover)
    assert {looks.glasses.rim for looks in worn if looks.glasses} == set(Rim)
    assert 0.2 < np.mean([looks.glasses is not None for looks in worn]) < 0.6
    assert 0.05 < np.mean([bool(looks.scars) for looks in worn]) < 0.4
    assert any(looks.birthmark for looks in worn)
    assert any(looks.growth.fringe_dm > 0 for looks in worn)


def test_skin_covers_the_whole_range() -> None:
    lightness = np.sort([sum(person.skin) / 3 for person in PEOPLE])
    assert lightness[2] < 0.30
    assert lightness[-3] > 0.75
    assert np.diff(lightness).max() < 0.06


def test_only_women_wear_make_up_here_and_nothing_is_wound_round_hair_that_hangs() -> None:
    for person in PEOPLE:
        if person.sex is Sex.MALE:
            assert person.looks.make_up.lipstick == 0
        if person.hair in (Hair.CHIN, Hair.LONG, Hair.SCARF):
            assert person.looks.cover is Cover.NONE


@pytest.mark.parametrize("rim", list(Rim))
def test_glasses_sit_before_the_eyes_and_reach_the_ears(rim: Rim) -> None:
    person = with_glasses(PEOPLE[7], replace(GLASSES, rim=rim))
    body, mesh = Body(person), heads()
    posed = body.posed(View())
    lens = posed[np.unique(body.lenses)]
    eye = posed[: len(mesh.vertices)][mesh.parts == LEFT_EYE]
    assert lens[:, 2].min() > eye[:, 2].max()
    left = lens[lens[:, 0] > 0]
    assert abs(left[:, 0].mean() - eye[:, 0].mean()) < 0.12
    ears = posed[: len(mesh.vertices)][mesh.masks["ears"] > 0.5]
    worn = posed[np.unique(body.lenses).min() :]
    assert worn[:, 2].min() < ears[:, 2].max() + 0.1


def test_lenses_show_the_eye_and_mirror_the_lamp() -> None:
    bare, worn = (Renderer(with_glasses(PEOPLE[7], glasses)) for glasses in (None, GLASSES))
    view = View(distance_mm=780, up_mm=18)
    without, within = (one.draw(view, 450, 600, FOCAL_PX) for one in (bare, worn))
    assert len(within.pixels) >= len(without.pixels)
    behind = np.isin(within.pixels, without.pixels)
    changed = np.abs(within.ambient[behind] - without.ambient[np.isin(without.pixels, within.pixels)]).max(axis=1)
    assert 0.01 < np.mean(changed > 0.02) < 0.25
    glint = within.lamp[behind] - without.lamp[np.isin(without.pixels, within.pixels)]
    assert glint.max() > 0.08
    assert np.isfinite(within.lamp).all()


@pytest.mark.parametrize("cover", [Cover.TURBAN, Cover.CAP])
def test_what_covers_the_head_hides_its_blood_and_leaves_the_face(cover: Cover) -> None:
    person = next(p for p in PEOPLE if p.hair is Hair.BALD and p.looks.cover is Cover.NONE)
    blood = []
    for worn in (Cover.NONE, cover):
        painter = Painter(replace(person, looks=replace(person.looks, cover=worn)))
        painter.texture()
        blood.append(painter.blood_texture())
    t = texels()
    crown, cheek = t.index[t.y > 8.3], t.index[(np.abs(t.y - 7.0) < 0.1) & (np.abs(t.x) < 0.5) & (t.z > 0.6)]
    assert blood[1][crown].mean() < 0.05
    assert blood[0][crown].mean() > 0.5
    assert np.array_equal(blood[0][cheek], blood[1][cheek])
