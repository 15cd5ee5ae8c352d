"""Templates of labelled pictures, made as the gate makes them: live, or as a chip's portrait."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from egate.face.errors import PictureError, PortraitError
from egate.face.pipeline import FacePipeline
from egate.face.reference import portrait_template
from egate.face.verification.embedding import Template
from egate.face.verification.portrait import with_margin
from egate_models.crowd import in_processes, pipeline
from egate_models.samples.portraits import Portrait

CHIP_SIZE_PX = (144, 180)
CHIP_QUALITY = 40
_FACE_SHARE = 0.55  # of the chip portrait's width, as on passport photos (ISO/IEC 39794-5 asks for 1/2 to 3/4)
_EYES_DOWN = 0.45
_MAX_SIDE_PX = 1920


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Pair:
    """The templates of one picture; None where it shows no face. ``chip`` is None too where none was asked for."""

    live: Template | None
    chip: Template | None


def templates(portraits: Sequence[Portrait], models: Path | None, jobs: int, *, chip: bool, margin: bool) -> list[Pair]:
    """In the order given. Pictures are read, used and forgotten. ``margin``: they are cut close to the face, and get
    the margin that the gate gives to portraits."""
    tasks = [(portrait.path, models, chip, margin) for portrait in portraits]
    return list(in_processes(_pair, tasks, jobs, "pictures"))


def _pair(task: tuple[Path, Path | None, bool, bool]) -> Pair:
    path, models, chip, margin = task
    gate = pipeline(models)
    pixels = _read(path)
    if pixels is None:
        return Pair(None, None)
    if margin:
        pixels = with_margin(pixels)
    try:
        faces = gate.find(pixels)
    except PictureError:
        return Pair(None, None)
    mesh = gate.mesh(pixels, faces[0]) if faces else None
    if mesh is None:
        return Pair(None, None)
    return Pair(gate.template(pixels, mesh), _as_chip(gate, pixels, mesh.five) if chip else None)


def _as_chip(gate: FacePipeline, pixels: NDArray[np.uint8], five: NDArray[np.float64]) -> Template | None:
    """The template of the same picture after what an issuer does to it: cropped, small, and hard pressed."""
    try:
        return portrait_template(gate, chip_portrait(pixels, five))
    except PortraitError:
        return None


def chip_portrait(pixels: NDArray[np.uint8], five: NDArray[np.float64]) -> bytes:
    """A JPEG of CHIP_SIZE_PX around the face with these five points. Beyond the picture's edge it is grey."""
    eyes = five[:2].mean(axis=0)
    eye_distance = float(np.hypot(*(five[1] - five[0])))
    width = 2.2 * eye_distance / _FACE_SHARE  # a face is some 2.2 eye distances wide
    height = width * CHIP_SIZE_PX[1] / CHIP_SIZE_PX[0]
    left, top = eyes[0] - width / 2, eyes[1] - _EYES_DOWN * height
    image = Image.fromarray(pixels).transform(
        CHIP_SIZE_PX,
        Image.Transform.EXTENT,
        (left, top, left + width, top + height),
        Image.Resampling.BICUBIC,
        fillcolor=(128, 128, 128),
    )
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=CHIP_QUALITY)
    return buffer.getvalue()


def _read(path: Path) -> NDArray[np.uint8] | None:
    try:
        with Image.open(path) as image:
            image.thumbnail((_MAX_SIDE_PX, _MAX_SIDE_PX), Image.Resampling.BILINEAR)
            return np.array(image.convert("RGB"), np.uint8)
    except Exception:  # decoders raise whatever they stumble over; the caller counts what could not be read
        return None
