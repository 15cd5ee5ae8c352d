"""Decodes the portrait of the chip (EF.DG2): JPEG or JPEG 2000, from a document that may be hostile."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from egate.face.errors import PortraitError
from egate.face.verification.codestream import check_codestream, is_jpeg2000

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
    if is_jpeg2000(data):
        check_codestream(data)
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if all(_MIN_SIDE_PX <= side <= _MAX_SIDE_PX for side in image.size):
                image.thumbnail((_KEPT_SIDE_PX, _KEPT_SIDE_PX), Image.Resampling.BILINEAR)
                return _rgb(image)
    except Exception as error:
        # Decoders raise whatever they stumble over. Its text could quote the file, so only its kind is told.
        raise PortraitError(f"the portrait is not a sound JPEG or JPEG 2000 ({type(error).__name__})") from None
    raise PortraitError(f"the portrait's sides must be {_MIN_SIDE_PX} .. {_MAX_SIDE_PX} px")


def _rgb(image: Image.Image) -> NDArray[np.uint8]:
    """Upright RGB of 8 bits. Grey of more bits, which the decoder has brought to 16, keeps its upper eight."""
    upright = ImageOps.exif_transpose(image)
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
