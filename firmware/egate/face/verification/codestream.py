"""Reads what a JPEG 2000 picture says about itself before any of it is decoded (ISO/IEC 15444-1, Annexes A and I).

A few bytes may declare a picture of gigabytes, or a million tiles, code-blocks or packets that each cost something. A
decoder finds that out while it allocates; so the headers' markers SIZ, COD and COC are read here, and what no portrait
needs is refused.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from egate.face.errors import PortraitError
from egate.face.verification.dimensions import MAX_SIDE_PX, check_dimensions

_JP2_SIGNATURE = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_SOC_SIZ = b"\xff\x4f\xff\x51"
_COD, _COC, _SOT, _SOD = 0xFF52, 0xFF53, 0xFF90, 0xFF93
_SIZ = struct.Struct(">HH8IH")  # Lsiz, Rsiz, size, offset, tile size, tile offset (x, y each), components
_COMPONENT = struct.Struct(">3B")  # depth less one, sampling steps in x and y
_COD_FIELDS = struct.Struct(">HBBHB")  # Lcod, style, progression, layers, colour transform; then the style's fields
_COC_FIELDS = struct.Struct(">HBB")  # Lcoc, component, style; then the style's fields
_STYLE = struct.Struct(">5B")  # levels, code-block width and height (exponents less two), its style, transform
_SOT_FIELDS = struct.Struct(">HHIBB")  # Lsot, tile, length of the tile-part from its SOT on, part, parts
_IMAGE_HEADER = struct.Struct(">4sIIH")  # height, width, components
_EXTENDED_BOX, _BOX_HEADER_BYTES = 1, 8
_MAX_BOXES = 32
_MAX_MARKERS = 64
_OWN_PRECINCTS = 0x01  # bit of the style: sizes of precincts follow, else they are as large as can be
_LARGEST_PRECINCT = 15

# Project choices, each far above what an issuer writes: portraits have one tile, one to three components of 8 bits.
_MAX_DEPTH_BITS = 16
_MAX_SAMPLING_STEP = 4
_MAX_TILES = 64
_MAX_TILE_PARTS = 256
_MAX_LAYERS = 256
_MAX_LEVELS = 10
_MIN_BLOCK_SIDE = 4  # exponent: code-blocks of 16 x 16; a decoder keeps half a kilobyte of notes on each
_MAX_PACKETS = 65_536


@dataclass(frozen=True, slots=True)
class _Size:
    """What SIZ declares, in samples of the reference grid."""

    width: int
    height: int
    tile_width: int
    tile_height: int
    tiles: int
    components: int


def is_jpeg2000(data: bytes) -> bool:
    """Whether ``data`` begins like a JP2 file or a bare codestream."""
    return data.startswith((_JP2_SIGNATURE, _SOC_SIZ))


def check_codestream(data: bytes) -> None:
    """Read the headers of a JP2 file or bare codestream. Raises PortraitError where they are not sound, or declare
    more than a portrait has. Takes time in proportion to a few hundred boxes and markers, whatever the bytes are."""
    try:
        start = _codestream_start(data)
        if data[start : start + len(_SOC_SIZ)] != _SOC_SIZ:
            raise PortraitError("the portrait's codestream does not begin with SOC and SIZ")
        position = start + len(_SOC_SIZ)
        size = _read_size(data, position)
        if start:
            _check_image_header(data[:start], size)
        (length,) = struct.unpack_from(">H", data, position)
        _check_tile_headers(data, _check_styles(data, position + length, size))
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
        if length < header or length > len(data):  # also where it reaches to the end of the file, or beyond
            break
        position += length
    raise PortraitError("the portrait's JP2 file holds no codestream where one must be")


def _read_size(data: bytes, position: int) -> _Size:
    _, _, right, bottom, left, top, tile_width, tile_height, tile_left, tile_top, components = _SIZ.unpack_from(
        data, position
    )
    width, height = right - left, bottom - top
    check_dimensions(width, height, components)
    if max(left, top) > MAX_SIDE_PX:
        raise PortraitError("the portrait lies far out on its own grid")
    if not tile_width or not tile_height or tile_left > left or tile_top > top:
        raise PortraitError("the portrait's tiles do not cover it")
    tiles = -(-(right - tile_left) // tile_width) * -(-(bottom - tile_top) // tile_height)
    if tiles > _MAX_TILES:
        raise PortraitError(f"the portrait is cut into {tiles} tiles; at most {_MAX_TILES} are accepted")
    for k in range(components):
        depth, *steps = _COMPONENT.unpack_from(data, position + _SIZ.size + k * _COMPONENT.size)
        if (depth & 0x7F) + 1 > _MAX_DEPTH_BITS or not all(1 <= step <= _MAX_SAMPLING_STEP for step in steps):
            raise PortraitError("a component of the portrait has a depth or sampling that none of a portrait has")
    return _Size(width, height, min(tile_width, width), min(tile_height, height), tiles, components)


def _check_image_header(boxes: bytes, size: _Size) -> None:
    """Decoders believe it before they have read the codestream."""
    found = boxes.find(b"ihdr")
    if found < 0 or boxes.count(b"ihdr") > 1:
        raise PortraitError("the portrait's JP2 file has no image header, or several")
    _, height, width, components = _IMAGE_HEADER.unpack_from(boxes, found)
    if (width, height, components) != (size.width, size.height, size.components):
        raise PortraitError("the portrait's JP2 file announces another picture than it holds")


def _check_styles(data: bytes, position: int, size: _Size) -> int:
    """Walk the markers behind SIZ; COD must be among them. Returns where the first tile-part begins."""
    layers = None
    for marker, at in _markers(data, position, _SOT):
        if marker == _COD:
            _, style, _, layers, _ = _COD_FIELDS.unpack_from(data, at)
            _check_style(data, at + _COD_FIELDS.size, size, style, layers)
        elif marker == _COC and layers is not None:
            _, _, style = _COC_FIELDS.unpack_from(data, at)
            _check_style(data, at + _COC_FIELDS.size, size, style, layers)
        elif marker == _COC:
            raise PortraitError("the portrait does not say how it is coded before it says how a component is")
        position = at + int.from_bytes(data[at : at + 2])
    if layers is None:
        raise PortraitError("the portrait's main header does not say how it is coded")
    return position


def _markers(data: bytes, position: int, end: int) -> Iterator[tuple[int, int]]:
    """Each marker from ``position`` to the marker ``end``, and where its length stands."""
    for _ in range(_MAX_MARKERS):
        marker, length = struct.unpack_from(">HH", data, position)
        if marker == end:
            return
        if marker >> 8 != 0xFF or length < 2:  # noqa: PLR2004 - every marker begins so; a length counts itself
            raise PortraitError("a header of the portrait holds something that is no marker")
        yield marker, position + 2
        position += 2 + length
    raise PortraitError(f"a header of the portrait holds more than {_MAX_MARKERS} markers")


def _check_style(data: bytes, position: int, size: _Size, style: int, layers: int) -> None:
    """What COD and COC say alike: resolutions, code-blocks, precincts."""
    levels, *block, _, _ = _STYLE.unpack_from(data, position)
    if not 1 <= layers <= _MAX_LAYERS or levels > _MAX_LEVELS:
        raise PortraitError(f"the portrait has {layers} layers, {levels} resolutions: more than one has")
    if min(block) + 2 < _MIN_BLOCK_SIDE:
        raise PortraitError("the portrait's code-blocks are smaller than those of any portrait")
    sides = [(_LARGEST_PRECINCT, _LARGEST_PRECINCT)] * (levels + 1)
    if style & _OWN_PRECINCTS:
        own = struct.unpack_from(f">{levels + 1}B", data, position + _STYLE.size)
        sides = [(byte & 0x0F, byte >> 4) for byte in own]
    precincts = sum(
        _cells(size.tile_width, levels - k + across) * _cells(size.tile_height, levels - k + down)
        for k, (across, down) in enumerate(sides)
    )
    packets = precincts * layers * size.components * size.tiles
    if packets > _MAX_PACKETS:
        raise PortraitError(f"the portrait is cut into {packets} packets; at most {_MAX_PACKETS} are accepted")


def _cells(length: int, exponent: int) -> int:
    """How many cells of 2 ** ``exponent`` samples cover a length, wherever it begins."""
    return -(-length >> exponent) + 1


def _check_tile_headers(data: bytes, position: int) -> None:
    """Tile-parts have headers of their own; one that says anew how it is coded is refused, as no portrait does."""
    for _ in range(_MAX_TILE_PARTS):
        if data[position : position + 2] != _SOT.to_bytes(2):
            break
        _, _, length, _, _ = _SOT_FIELDS.unpack_from(data, position + 2)
        if any(marker in (_COD, _COC) for marker, _ in _markers(data, position + 2 + _SOT_FIELDS.size, _SOD)):
            raise PortraitError("a tile of the portrait is coded in a way of its own, which no portrait's is")
        if not length:
            return  # the last one, as long as the rest
        position += length
    if _SOT.to_bytes(2) in data[position:]:  # within a tile-part's data no marker can occur
        raise PortraitError(f"the portrait's tile-parts are more than {_MAX_TILE_PARTS}, or not one behind the other")
