"""Nothing that a document or a camera delivers gets more out of this package than a typed error."""

from pathlib import Path

import numpy as np
import pytest
from face_models import face_pipeline
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from egate.checks import Check, Outcome
from egate.face.capture import CaptureSession
from egate.face.errors import ModelError, PictureError, PortraitError
from egate.face.limits import FaceLimits
from egate.face.networks.cards import read_cards
from egate.face.verification.portrait import decode

ROOT = Path(__file__).resolve().parents[2]
JPEG = (ROOT / "tests/data/astronaut.jpg").read_bytes()
CARD = (ROOT / "models/model.toml").read_bytes()
PIPELINE = face_pipeline()
J2K_START = b"\x00\x00\x00\x0cjP  \r\n\x87\n\x00\x00\x00\x14ftypjp2 "


def decoded_or_refused(content: bytes) -> None:
    try:
        pixels = decode(content)
    except PortraitError:
        return
    assert pixels.dtype == np.uint8
    assert pixels.shape[2] == 3


@given(st.binary(max_size=4096), st.sampled_from([b"", JPEG[:20], JPEG[:700], J2K_START, b"\xff\x4f\xff\x51"]))
@settings(max_examples=200)
def test_arbitrary_bytes_as_portrait(content: bytes, start: bytes) -> None:
    decoded_or_refused(start + content)


@given(st.lists(st.tuples(st.integers(0, len(JPEG) - 1), st.integers(0, 255)), max_size=8), st.integers(0, len(JPEG)))
@settings(max_examples=100)
def test_damaged_portraits(damage: list[tuple[int, int]], kept: int) -> None:
    content = bytearray(JPEG)
    for position, value in damage:
        content[position] = value
    decoded_or_refused(bytes(content[:kept]))


shapes = st.lists(st.integers(0, 40), min_size=0, max_size=4).map(tuple)
sizes = st.tuples(st.integers(16, 300), st.integers(16, 300), st.just(3))
kinds = st.sampled_from([np.uint8, np.int16, np.float32, np.bool_])


@given(shape=shapes | sizes, kind=kinds, seed=st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_arbitrary_arrays_as_frames(shape: tuple[int, ...], kind: type[np.generic], seed: int) -> None:
    frame = np.random.default_rng(seed).integers(0, 256, shape, np.uint8).astype(kind)
    session = CaptureSession(PIPELINE, FaceLimits())
    try:
        session.feed(frame, 0)  # type: ignore[arg-type]  # the wrong types are the point
    except PictureError:
        return
    assert frame.dtype == np.uint8
    (pad,) = (c for c in session.result(timed_out=True).checks if c.check is Check.PAD)
    assert pad.outcome is Outcome.FAILED or session.best_picture() is not None


@given(start=st.integers(0, len(CARD)), length=st.integers(0, 60), filling=st.binary(max_size=60))
@settings(max_examples=100)
def test_damaged_model_cards(tmp_path_factory: pytest.TempPathFactory, start: int, length: int, filling: bytes) -> None:
    folder = tmp_path_factory.mktemp("card")
    (folder / "model.toml").write_bytes(CARD[:start] + filling + CARD[start + length :])
    try:
        cards = read_cards(folder)
    except ModelError:
        return
    assert 0 < cards.embedding.match_threshold < 1
