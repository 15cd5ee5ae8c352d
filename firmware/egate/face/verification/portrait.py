"""Decodes the portrait of the chip (EF.DG2): JPEG or JPEG 2000, from a document that may be hostile."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from egate.face.errors import PortraitError
from egate.face.verification.codestream import check_codestream, is_jpeg2000
from egate.face.verification.dimensions import check_dimensions
from egate.face.verification.jpeg import read_jpeg

_MAX_BYTES = 1 << 20  # chips hold some 100 kB in all
_KEPT_SIDE_PX = 1024  # more detail than the networks can use
_UPRIGHT = 1
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip
"""What brings a picture of each Exif orientation upright."""


def decode(data: bytes) -> NDArray[np.uint8]:
    """The portrait as (height, width, 3) uint8 RGB, upright, shrunk to a sensible size where larger. Raises
    PortraitError.

    Size, dimensions and what else decides about the cost are checked before any pixel is decoded, so that a small file
    can ask neither for much memory nor for much time.
    """
    if not 0 < len(data) <= _MAX_BYTES:
        raise PortraitError(f"the portrait has {len(data)} bytes; 1 .. {_MAX_BYTES} are accepted")
    if is_jpeg2000(data):
        check_codestream(data)
        return _decoded(data, "JPEG2000", _UPRIGHT)
    jpeg = read_jpeg(data)
    return _decoded(jpeg.picture, "JPEG", jpeg.orientation)


def _decoded(data: bytes, kind: str, orientation: int) -> NDArray[np.uint8]:
    """The decoder is named, so that no other of Pillow's is ever tried on bytes of a document."""
    try:
        with Image.open(io.BytesIO(data), formats=(kind,)) as image:
            check_dimensions(image.width, image.height, len(image.getbands()))
            image.thumbnail((_KEPT_SIDE_PX, _KEPT_SIDE_PX), Image.Resampling.BILINEAR)
            return _rgb(image.transpose(_TURNS[orientation]) if orientation in _TURNS else image)
    except PortraitError:
        raise
    except Exception as error:
        # Decoders raise whatever they stumble over. Its text could quote the file, so only its kind is told.
        raise PortraitError(f"the portrait is not a sound {kind} ({type(error).__name__})") from None


def _rgb(upright: Image.Image) -> NDArray[np.uint8]:
    """RGB of 8 bits. Grey of more bits, which the decoder has brought to 16, keeps its upper eight."""
    if upright.mode.startswith("I"):
        grey = (np.asarray(upright).astype(np.uint32) >> 8).clip(0, 255).astype(np.uint8)
        return np.repeat(grey[:, :, np.newaxis], 3, axis=2)
    return np.array(upright.convert("RGB"), np.uint8)


def with_margin(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The portrait with a grey margin of half its size all round: a passport photo's face fills most of the picture,
    more than the detector, which looks for people in a room, is made for."""
    rows, columns = pixels.shape[:2]
    framed = np.full((2 * rows, 2 * columns, 3), 128, np.uint8)
    framed[rows // 2 : rows // 2 + rows, columns // 2 : columns // 2 + columns] = pixels
    return framed
