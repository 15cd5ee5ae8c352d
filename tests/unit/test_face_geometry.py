"""Alignment and decoding on cases that can be worked out by hand."""

import numpy as np
import pytest

from egate.face.finding.alignment import aligned, sampled, similarity, surroundings, turned_square
from egate.face.finding.detection import Box
from egate.face.limits import FaceLimits

RAMP = np.arange(40 * 60 * 3, dtype=np.uint32).reshape(40, 60, 3).astype(np.uint8)


def test_a_known_similarity_is_found_again() -> None:
    points = np.array([(0.0, 0.0), (10.0, 0.0), (3.0, 7.0)])
    angle, scale, shift = 0.4, 1.7, np.array([5.0, -2.0])
    turn = scale * np.array([(np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))])
    matrix = similarity(points, points @ turn.T + shift)
    assert matrix == pytest.approx(np.column_stack((turn, shift)))


def test_coincident_points_give_no_nonsense() -> None:
    assert np.isfinite(similarity(np.ones((5, 2)), np.full((5, 2), 9.0))).all()


def test_sampling_by_the_identity_changes_nothing() -> None:
    assert np.array_equal(sampled(RAMP, np.array([(1.0, 0, 0), (0, 1.0, 0)]), 60, 40), RAMP)


def test_sampling_between_two_pixels_is_their_mean() -> None:
    pixels = np.zeros((1, 2, 3), np.uint8)
    pixels[0, 1] = 100
    assert sampled(pixels, np.array([(1.0, 0, 0.5), (0, 1.0, 0)]), 1, 1)[0, 0].tolist() == [50, 50, 50]


def test_beyond_the_edge_it_is_black() -> None:
    assert not sampled(RAMP, np.array([(1.0, 0, 1e9), (0, 1.0, -1e9)]), 8, 8).any()


def test_points_in_the_template_pose_need_no_warp() -> None:
    five = np.array(
        [(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)]
    )
    picture = np.random.default_rng(0).integers(0, 256, (112, 112, 3), np.uint8)
    assert np.abs(aligned(picture, five).astype(int) - picture).max() <= 1


def test_a_quarter_turn_crops_a_quarter_turn() -> None:
    square = RAMP[:40, :40]
    matrix = turned_square((19.5, 19.5), 40, np.pi / 2, 40)
    # The crop's x axis runs down the picture: the crop is the picture turned back, anticlockwise.
    assert np.array_equal(sampled(square, matrix, 40, 40), np.rot90(square))


def test_surroundings_stay_inside_the_picture() -> None:
    bright = np.full((100, 80, 3), 200, np.uint8)
    for box in (Box(0, 0, 20, 20), Box(70, 90, 30, 30), Box(-50, 40, 20, 20), Box(10, 10, 500, 500)):
        assert (surroundings(bright, box, 2.7, 32, 32) == 200).all()


@pytest.mark.parametrize("threshold", [0.0, 1.0, -0.1, 2.0])
def test_limits_check_themselves(threshold: float) -> None:
    with pytest.raises(ValueError, match="match_threshold"):
        FaceLimits(match_threshold=threshold)
