"""The face image data block of ISO/IEC 39794-5:2019, in the profile that Doc 9303-10 (eighth edition) prescribes.

DER with context tags throughout, so a path of tag numbers leads to each element. What the path names::

    65 FaceImageDataBlock
       A1 representationBlocks
          30 RepresentationBlock
             A1 imageRepresentation
                A0 base
                   A0 imageRepresentation2DBlock
                      80 representationData2D: the encoded image
                      A1 imageInformation2DBlock
                         A7 imageSizeBlock: 80 width, 81 height
"""

from collections.abc import Iterator
from itertools import islice

from egate.document import tlv
from egate.document.errors import FormatError
from egate.document.lds.faces import MAX_FACES, Face

_DATA_BLOCK = 0x65
_REPRESENTATION_BLOCKS = 0xA1
_SEQUENCE = 0x30
_IMAGE_2D = (0xA1, 0xA0, 0xA0)  # imageRepresentation, base, imageRepresentation2DBlock
_IMAGE_DATA = 0x80
_IMAGE_SIZE = (0xA1, 0xA7)  # imageInformation2DBlock, imageSizeBlock
_WIDTH = 0x80
_HEIGHT = 0x81
_WRAPPER = 0xA1  # Doc 9303-10: the data block stands in an object of its own within 7F2E
_MAX_SIDE_BYTES = 3  # of an INTEGER up to 65535 with its sign


def faces(record: bytes) -> Iterator[Face]:
    """The two-dimensional representations of one record, in order. Raises FormatError where there is none.

    Other representations are passed over, and so is imageDataFormat: the image's first bytes say better what it is.
    """
    outer = tlv.read(record)
    block = outer.value if outer.tag == _WRAPPER else record
    images = [image for image in map(_image_2d, _representations(block)) if image]
    if not images:
        raise FormatError("the face image data block holds no two-dimensional image")
    for image in images:
        yield Face(tlv.find(image, _IMAGE_DATA), *_size(image))


def _representations(block: bytes) -> Iterator[bytes]:
    items = tlv.read_all(tlv.find(block, _DATA_BLOCK, _REPRESENTATION_BLOCKS))
    return islice((item.value for item in items if item.tag == _SEQUENCE), MAX_FACES)


def _image_2d(representation: bytes) -> bytes:
    """The content of an imageRepresentation2DBlock that holds an image; empty where there is none."""
    try:
        image = tlv.find(representation, *_IMAGE_2D)
        return image if tlv.find(image, _IMAGE_DATA) else b""
    except FormatError:
        return b""


def _size(image: bytes) -> tuple[int, int]:
    """(width, height); (0, 0) where the optional block is missing or makes no sense."""
    try:
        size = tlv.find(image, *_IMAGE_SIZE)
        sides = tlv.find(size, _WIDTH), tlv.find(size, _HEIGHT)
    except FormatError:
        return 0, 0
    if max(map(len, sides)) > _MAX_SIDE_BYTES:
        return 0, 0
    return int.from_bytes(sides[0]), int.from_bytes(sides[1])
