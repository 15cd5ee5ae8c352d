"""The cue of what frames a face, on drawn pictures in which the truth is known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from egate.face.finding.detection import Box, Face
from egate.face.finding.landmarks import Mesh
from egate.face.pad.cue import Missing
from egate.face.pad.cues.context import ContextCue, Surroundings, borders, surround
from egate.face.pad.observation import Observation

Pixels = NDArray[np.uint8]
FACE = Box(260.0, 180.0, 120.0, 140.0)
NOISE = np.random.default_rng(4).normal(0, 2, (480, 640, 3))


def picture(*areas: tuple[int, int, int, int, int], ground: int = 120) -> Pixels:
    """An oval face on an even ground; ``areas``: (left, top, right, bottom, grey), painted before the face."""
    drawn = np.full((480, 640, 3), float(ground))
    for left, top, right, bottom, grey in areas:
        drawn[top:bottom, left:right] = grey
    y, x = np.mgrid[:480, :640]
    oval = ((x - 320) / 60) ** 2 + ((y - 250) / 70) ** 2 < 1
    drawn[oval] = 170
    return np.clip(drawn + NOISE, 0, 255).astype(np.uint8)


def seen(pixels: Pixels, box: Box = FACE) -> Surroundings:
    found = surround(pixels, box)
    assert found is not None
    return found


def test_an_even_wall_frames_nothing() -> None:
    found = seen(picture())
    assert found.edges < 0.2
    assert found.bezel == 0
    assert found.margin < 0.2


def test_a_sheet_of_paper_has_edges_and_no_bezel() -> None:
    found = seen(picture((200, 110, 440, 400, 225)))
    assert found.edges > 0.9
    assert found.bezel < 0.1


def test_the_borders_of_a_sheet_are_found_where_they_are() -> None:
    left, right, top, bottom = borders(picture((200, 110, 440, 400, 225)), FACE)
    for (strength, start, end), axis, at in ((left, 0, 200), (right, 0, 440), (top, 1, 110), (bottom, 1, 400)):
        assert strength > 0.9
        assert start[axis] == pytest.approx(at, abs=8)
        assert end[axis] == pytest.approx(at, abs=8)


def test_a_device_has_edges_and_a_bezel() -> None:
    found = seen(picture((180, 90, 460, 420, 15), (200, 110, 440, 400, 150)))
    assert found.edges > 0.9
    assert found.bezel > 0.6


def test_one_edge_alone_is_a_door_post() -> None:
    assert seen(picture((460, 0, 640, 480, 60))).edges < 0.3


def test_a_slightly_turned_sheet_still_has_edges() -> None:
    y, x = np.mgrid[:480, :640]
    along, across = (x - 320) * 0.996 + (y - 250) * 0.087, (y - 250) * 0.996 - (x - 320) * 0.087  # 5 degrees
    turned = picture().astype(np.float64)
    sheet = (np.abs(along) < 120) & (np.abs(across) < 145) & (turned[..., 0] < 145)
    turned[sheet] = 225
    assert seen(turned.astype(np.uint8)).edges > 0.7


def test_a_dark_even_strip_at_the_picture_s_edge_is_a_margin() -> None:
    assert seen(picture((0, 0, 40, 480, 12))).margin > 0.8
    uneven = picture((0, 0, 40, 240, 12), (0, 240, 40, 480, 110))
    assert seen(uneven).margin < 0.4
    assert seen(picture((0, 440, 640, 480, 12))).margin < 0.2  # below: clothing


def test_the_measures_do_not_depend_on_the_resolution() -> None:
    large = picture((180, 90, 460, 420, 15), (200, 110, 440, 400, 150))
    small = large.reshape(240, 2, 320, 2, 3).mean(axis=(1, 3)).astype(np.uint8)
    half = Box(FACE.left / 2, FACE.top / 2, FACE.width / 2, FACE.height / 2)
    one, other = seen(large), seen(small, half)
    assert one.edges == pytest.approx(other.edges, abs=0.1)
    assert one.bezel == pytest.approx(other.bezel, abs=0.15)
    assert one.margin == pytest.approx(other.margin, abs=0.1)


@pytest.mark.parametrize(
    "box", [Box(0, 0, 640, 480), Box(-300, -300, 320, 320), Box(600, 440, 300, 300), Box(5000, 5000, 90, 90)]
)
@pytest.mark.parametrize("level", [0, 128, 255])
def test_grey_frames_and_odd_places_stay_within_bounds(box: Box, level: int) -> None:
    found = seen(np.full((480, 640, 3), level, np.uint8), box)
    assert 0 <= found.edges <= 1
    assert 0 <= found.bezel <= 1
    assert 0 <= found.margin <= 1


@pytest.mark.parametrize("width", [0.0, 3.0])
def test_a_face_too_small_is_not_judged(width: float) -> None:
    assert surround(picture(), Box(300, 200, width, 40)) is None


def test_the_cue_averages_good_frames_and_says_what_is_missing() -> None:
    cue = ContextCue()
    assert cue.features() is Missing.TOO_FEW_FRAMES
    cue.observe(observation(0, picture(), Box(300, 200, 4, 4)))
    assert cue.features() is Missing.TOO_SMALL
    cue.wipe()
    for k, pixels in enumerate((picture(), picture((200, 110, 440, 400, 225)))):
        cue.observe(observation(1000 * k, pixels, FACE))
    features = cue.features()
    assert not isinstance(features, Missing)
    assert 0.4 < features["edges"] < 0.7
    cue.wipe()
    assert cue.features() is Missing.TOO_FEW_FRAMES


def observation(time_ms: int, pixels: Pixels, box: Box) -> Observation:
    corners = ((box.left, box.top, 0.0), (box.left + box.width, box.top + box.height, 0.0))
    return Observation(
        time_ms, pixels, Face(box, np.zeros((6, 2), np.float32), 1.0), Mesh(np.array(corners)), good=True
    )
