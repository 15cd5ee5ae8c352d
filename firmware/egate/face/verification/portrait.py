"""Decodes the portrait of the chip (EF.DG2): JPEG or JPEG 2000, from a document that may be hostile."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from egate.face.errors import PortraitError

# The decoders' formats are named, so that no other of Pillow's is ever tried on bytes of a document.
_FORMATS = ("JPEG", "JPEG2000")
_MAX_BYTES = 1 << 20  # chips hold some 100 kB in all
_MAX_SIDE_PX = 4096
_MIN_SIDE_PX = 32
_KEPT_SIDE_PX = 1024  # more detail than the networks can use


def decode(data: bytes) -> NDArray[np.uint8]:
    """The portrait as (height, width, 3) uint8 RGB, shrunk to a sensible size where larger. Raises PortraitError.

    Size and dimensions are checked before any pixel is decoded, so that a small file cannot ask for much memory.
    """
    if not 0 < len(data) <= _MAX_BYTES:
        raise PortraitError(f"the portrait has {len(data)} bytes; 1 .. {_MAX_BYTES} are accepted")
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if all(_MIN_SIDE_PX <= side <= _MAX_SIDE_PX for side in image.size):
                image.thumbnail((_KEPT_SIDE_PX, _KEPT_SIDE_PX), Image.Resampling.BILINEAR)
                return np.array(image.convert("RGB"), np.uint8)
    except Exception as error:
        # Decoders raise whatever they stumble over. Its text could quote the file, so only its kind is told.
        raise PortraitError(f"the portrait is not a sound JPEG or JPEG 2000 ({type(error).__name__})") from None
    raise PortraitError(f"the portrait's sides must be {_MIN_SIDE_PX} .. {_MAX_SIDE_PX} px")


def with_margin(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The portrait with a grey margin of half its size all round: a passport photo's face fills most of the picture,
    more than the detector, which looks for people in a room, is made for."""
    rows, columns = pixels.shape[:2]
    framed = np.full((2 * rows, 2 * columns, 3), 128, np.uint8)
    framed[rows // 2 : rows // 2 + rows, columns // 2 : columns // 2 + columns] = pixels
    return framed
