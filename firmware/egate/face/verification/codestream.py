"""Reads what a JPEG 2000 picture says about itself before any of it is decoded (ISO/IEC 15444-1, Annexes A and I).

A few bytes may declare a picture of gigabytes, or a million tiles that each cost something. A decoder finds that out
while it allocates; so the main header's markers SIZ and COD are read here, and what no portrait needs is refused.
"""

import struct

from egate.face.errors import PortraitError

_JP2_SIGNATURE = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_SOC_SIZ = b"\xff\x4f\xff\x51"
_COD, _SOT = 0xFF52, 0xFF90
_SIZ = struct.Struct(">HH8IH")  # Lsiz, Rsiz, size, offset, tile size, tile offset (x, y each), components
_COMPONENT = struct.Struct(">3B")  # depth less one, sampling steps in x and y
_COD_FIELDS = struct.Struct(">HBBHBB")  # Lcod, style, progression, layers, colour transform, decomposition levels
_EXTENDED_BOX, _BOX_TO_THE_END, _BOX_HEADER_BYTES = 1, 0, 8
_MAX_BOXES = 32
_MAX_MARKERS = 64

# Project choices, each far above what an issuer writes: portraits have one tile, one to three components of 8 bits.
_MAX_SIDE_PX = 4096
_MAX_SAMPLES = 12_000_000  # 4 bytes each while they are decoded
_MAX_COMPONENTS = 4
_MAX_DEPTH_BITS = 16
_MAX_SAMPLING_STEP = 4
_MAX_TILES = 64
_MAX_LAYERS = 256
_MAX_LEVELS = 10


def is_jpeg2000(data: bytes) -> bool:
    """Whether ``data`` begins like a JP2 file or a bare codestream."""
    return data.startswith((_JP2_SIGNATURE, _SOC_SIZ))


def check_codestream(data: bytes) -> None:
    """Read the main header of a JP2 file or bare codestream. Raises PortraitError where it is not sound, or declares
    more than a portrait has. Takes time in proportion to a few dozen boxes and markers, whatever the bytes are."""
    try:
        start = _codestream_start(data)
        if data[start : start + len(_SOC_SIZ)] != _SOC_SIZ:
            raise PortraitError("the portrait's codestream does not begin with SOC and SIZ")
        _check_size(data, start + len(_SOC_SIZ))
        _check_style(data, start + len(_SOC_SIZ))
    except struct.error:
        raise PortraitError("the portrait's JPEG 2000 header is cut short") from None


def _codestream_start(data: bytes) -> int:
    """Where the codestream lies: at once, or in the box jp2c of a JP2 file."""
    if data.startswith(_SOC_SIZ):
        return 0
    position = 0
    for _ in range(_MAX_BOXES):
        length, kind = struct.unpack_from(">I4s", data, position)
        header = _BOX_HEADER_BYTES
        if length == _EXTENDED_BOX:
            (length,) = struct.unpack_from(">Q", data, position + _BOX_HEADER_BYTES)
            header *= 2
        if kind == b"jp2c":
            return position + header
        if length == _BOX_TO_THE_END or length < header:
            break
        position += length
    raise PortraitError("the portrait's JP2 file holds no codestream where one must be")


def _check_size(data: bytes, position: int) -> None:
    _, _, right, bottom, left, top, tile_width, tile_height, tile_left, tile_top, components = _SIZ.unpack_from(
        data, position
    )
    width, height = right - left, bottom - top
    if not (0 < width <= _MAX_SIDE_PX and 0 < height <= _MAX_SIDE_PX) or max(left, top) > _MAX_SIDE_PX:
        raise PortraitError(f"the portrait's sides must be at most {_MAX_SIDE_PX} px")
    if not 1 <= components <= _MAX_COMPONENTS or width * height * components > _MAX_SAMPLES:
        raise PortraitError(f"the portrait declares {components} components of {width} x {height}: more than one has")
    if not tile_width or not tile_height or tile_left > left or tile_top > top:
        raise PortraitError("the portrait's tiles do not cover it")
    tiles = -(-(right - tile_left) // tile_width) * -(-(bottom - tile_top) // tile_height)
    if tiles > _MAX_TILES:
        raise PortraitError(f"the portrait is cut into {tiles} tiles; at most {_MAX_TILES} are accepted")
    for k in range(components):
        depth, *steps = _COMPONENT.unpack_from(data, position + _SIZ.size + k * _COMPONENT.size)
        if (depth & 0x7F) + 1 > _MAX_DEPTH_BITS or not all(1 <= step <= _MAX_SAMPLING_STEP for step in steps):
            raise PortraitError("a component of the portrait has a depth or sampling that none of a portrait has")


def _check_style(data: bytes, position: int) -> None:
    """Walk the markers behind SIZ up to the first tile; COD must be among them."""
    seen = False
    (length,) = struct.unpack_from(">H", data, position)
    position += length
    for _ in range(_MAX_MARKERS):
        (marker,) = struct.unpack_from(">H", data, position)
        if marker == _SOT:
            break
        (length,) = struct.unpack_from(">H", data, position + 2)
        if marker >> 8 != 0xFF or length < 2:  # noqa: PLR2004 - every marker begins so; a length counts itself
            raise PortraitError("the portrait's main header holds something that is no marker")
        if marker == _COD:
            _, _, _, layers, _, levels = _COD_FIELDS.unpack_from(data, position + 2)
            if not 1 <= layers <= _MAX_LAYERS or levels > _MAX_LEVELS:
                raise PortraitError(f"the portrait has {layers} layers, {levels} resolutions: more than one has")
            seen = True
        position += 2 + length
    if not seen:
        raise PortraitError("the portrait's main header does not say how it is coded")
