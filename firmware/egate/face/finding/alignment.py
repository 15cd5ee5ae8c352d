"""Brings a face into the pose that the embedding network was trained on, and cuts crops out of pictures."""

import numpy as np
from numpy.typing import NDArray

from egate.face.finding.detection import Box

# The 112 x 112 template that this family of networks shares (x, y in pixels), in the order of ``landmarks.FIVE``: right
# eye, left eye, nose tip, right and left corner of the mouth; right and left are the person's own.
_TEMPLATE = np.array(
    [(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)], np.float64
)
_TEMPLATE_SIDE_PX = 112


def aligned(
    pixels: NDArray[np.uint8], five: NDArray[np.float64], side_px: int = _TEMPLATE_SIDE_PX
) -> NDArray[np.uint8]:
    """The face upright and centred, (side_px, side_px, 3) uint8; black beyond the picture's edge. ``five``: (5, 2),
    the template's points as they lie in ``pixels``."""
    return sampled(pixels, similarity(_TEMPLATE * (side_px / _TEMPLATE_SIDE_PX), five), side_px, side_px)


def similarity(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """The rotation, uniform scale and shift, as a (2, 3) matrix, that bring ``source`` (n, 2) closest to ``target`` in
    the sense of least squares. Points that all coincide give scale zero.

    In complex numbers the map is z -> a z + b, and the best a is a plain regression coefficient.
    """
    z, w = source @ (1, 1j), target @ (1, 1j)
    z_centred, w_centred = z - z.mean(), w - w.mean()
    spread = float(np.vdot(z_centred, z_centred).real)
    a = complex(np.vdot(z_centred, w_centred) / spread) if spread > 0 else 0j
    b = complex(w.mean() - a * z.mean())
    return np.array([(a.real, -a.imag, b.real), (a.imag, a.real, b.imag)])


def sampled(pixels: NDArray[np.uint8], matrix: NDArray[np.float64], width: int, height: int) -> NDArray[np.uint8]:
    """Picture of ``width`` x ``height`` whose pixel (x, y) is ``pixels`` at ``matrix`` @ (x, y, 1), between pixels
    bilinearly, black beyond the edge."""
    x, y = np.arange(width, dtype=np.float64), np.arange(height, dtype=np.float64)[:, np.newaxis]
    sx = matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2]
    sy = matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2]
    rows, columns = pixels.shape[:2]
    # Clipping far coordinates keeps the integers below from overflowing; they are outside either way.
    sx, sy = np.clip(sx, -2.0, columns + 1.0), np.clip(sy, -2.0, rows + 1.0)
    x0, y0 = np.floor(sx).astype(np.intp), np.floor(sy).astype(np.intp)
    fx, fy = (sx - x0).astype(np.float32), (sy - y0).astype(np.float32)
    whole = x0.min() >= 0 and y0.min() >= 0 and x0.max() + 1 < columns and y0.max() + 1 < rows
    flat = pixels.reshape(-1, 3)  # picking rows of a flat table is twice as fast as indexing by two arrays
    total = np.zeros((height, width, 3), np.float32)
    for dx, dy, share in ((0, 0, (1 - fx) * (1 - fy)), (1, 0, fx * (1 - fy)), (0, 1, (1 - fx) * fy), (1, 1, fx * fy)):
        xi, yi, weight = x0 + dx, y0 + dy, share
        if not whole:
            weight = share * ((xi >= 0) & (xi < columns) & (yi >= 0) & (yi < rows))
            xi, yi = xi.clip(0, columns - 1), yi.clip(0, rows - 1)
        total += flat.take(yi * columns + xi, axis=0) * weight[..., np.newaxis]
    return np.asarray(np.rint(total), np.uint8)


def turned_square(centre: tuple[float, float], side: float, angle_rad: float, side_px: int) -> NDArray[np.float64]:
    """The (2, 3) matrix that leads from a ``side_px`` crop to a square of ``side`` picture pixels around ``centre``,
    turned clockwise (as seen) by ``angle_rad``."""
    step = side / side_px
    a, b = np.cos(angle_rad) * step, np.sin(angle_rad) * step
    middle = (side_px - 1) / 2
    return np.array([(a, -b, centre[0] - (a - b) * middle), (b, a, centre[1] - (b + a) * middle)])


def surroundings(pixels: NDArray[np.uint8], box: Box, scale: float, width: int, height: int) -> NDArray[np.uint8]:
    """``scale`` times the box around its centre, resized to ``width`` x ``height``. Where that reaches beyond the
    picture it is shifted inside, and made smaller where it does not fit at all."""
    rows, columns = pixels.shape[:2]
    scale = min(scale, (columns - 1) / max(box.width, 1.0), (rows - 1) / max(box.height, 1.0))
    crop_width, crop_height = max(box.width, 1.0) * scale, max(box.height, 1.0) * scale
    left = min(max(box.left + (box.width - crop_width) / 2, 0.0), columns - 1 - crop_width)
    top = min(max(box.top + (box.height - crop_height) / 2, 0.0), rows - 1 - crop_height)
    step_x, step_y = crop_width / width, crop_height / height
    # Pixel centres: output pixel 0 covers [0, step), so its middle lies half a step inside, less half a source pixel.
    matrix = np.array([(step_x, 0.0, left + step_x / 2 - 0.5), (0.0, step_y, top + step_y / 2 - 0.5)])
    return sampled(pixels, matrix, width, height)
