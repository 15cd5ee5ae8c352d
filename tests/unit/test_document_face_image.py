"""The portrait of DG2: both record formats, several faces, and images that lie about themselves."""

import io
import struct

import pytest
from PIL import Image

from egate.checks import Reason
from egate.document import tlv
from egate.document.errors import FormatError
from egate.document.lds.face_image import parse_dg2
from egate.document.lds.images import MAX_PIXELS, ImageFormat, encoded_image

JPEG = bytes.fromhex("ffd8ffe0") + b"picture"
JP2 = bytes.fromhex("0000000c6a5020200d0a870a")
CODESTREAM = bytes.fromhex("ff4fff51")


def picture(format_name: str, size: tuple[int, int] = (60, 80)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size).save(stream, format_name)
    return stream.getvalue()


def face(image: bytes, *, points: int = 0, block_bytes: int | None = None, sex: int = 0) -> bytes:
    """One face's block of ISO/IEC 19794-5, with whatever lengths the test wants."""
    block = 20 + 8 * points + 12 + len(image)
    header = struct.pack(">IHB13x", block if block_bytes is None else block_bytes, points, sex) + bytes(8 * points)
    return header + struct.pack(">BBHH6x", 1, 0, 240, 320) + image


def record(*faces: bytes, count: int | None = None) -> bytes:
    blocks = b"".join(faces)
    return struct.pack(">4s4sIH", b"FAC\0", b"010\0", 14 + len(blocks), len(faces) if count is None else count) + blocks


def in_dg2(*records: bytes, tag: int = 0x5F2E) -> bytes:
    found = b"".join(tlv.encode(0x7F60, tlv.encode(0xA1, b"") + tlv.encode(tag, item)) for item in records)
    return tlv.encode(0x75, tlv.encode(0x7F61, tlv.encode(0x02, bytes([len(records)])) + found))


def dg2(image: bytes, *, points: int = 0, block_bytes: int | None = None) -> bytes:
    return in_dg2(record(face(image, points=points, block_bytes=block_bytes)))


# ISO/IEC 19794-5


@pytest.mark.parametrize(
    ("image", "image_format"),
    [
        (JPEG, ImageFormat.JPEG),
        (JP2 + b"x", ImageFormat.JPEG2000),
        (CODESTREAM + b"x", ImageFormat.JPEG2000),
    ],
)
@pytest.mark.parametrize("points", [0, 5])
def test_a_portrait_is_found_behind_its_feature_points(image: bytes, image_format: ImageFormat, points: int) -> None:
    portrait = parse_dg2(dg2(image, points=points))
    assert (portrait.image, portrait.format) == (image, image_format)
    assert (portrait.width, portrait.height) == (240, 320)
    assert repr(portrait) == f"Portrait({image_format})"


def test_the_shorter_of_two_lengths_bounds_the_image() -> None:
    assert parse_dg2(dg2(JPEG, block_bytes=20 + 12 + 6)).image == JPEG[:6]
    assert parse_dg2(dg2(JPEG, block_bytes=2**32 - 1)).image == JPEG


@pytest.mark.parametrize("sex", [0x00, 0x01, 0xFF])
def test_what_issuers_leave_unspecified_does_not_matter(sex: int) -> None:
    assert parse_dg2(in_dg2(record(face(JPEG, sex=sex)))).image == JPEG


@pytest.mark.parametrize(
    "raw",
    [
        dg2(b""),
        dg2(b"GIF89a"),
        in_dg2(record(face(JPEG), count=0)),
        in_dg2(record(count=65535)),
        dg2(JPEG, block_bytes=0),
        in_dg2(record(face(JPEG)), tag=0x5F2F),
        in_dg2(),
        dg2(JPEG)[:60],
        dg2(JPEG).replace(b"FAC\0", b"FIR\0"),
        tlv.encode(0x61, b""),
    ],
)
def test_what_holds_no_portrait_is_refused(raw: bytes) -> None:
    with pytest.raises(FormatError) as error:
        parse_dg2(raw)
    assert error.value.reason is Reason.PORTRAIT_UNREADABLE


@pytest.mark.parametrize(
    "raw",
    [
        in_dg2(record(face(b"GIF89a"), face(JPEG))),
        in_dg2(record(face(b"GIF89a")), record(face(JPEG), face(JP2))),
        in_dg2(b"no record at all", record(face(JPEG))),
    ],
)
def test_of_several_faces_the_first_that_is_an_image_counts(raw: bytes) -> None:
    assert parse_dg2(raw).image == JPEG


def test_bytes_behind_the_end_of_the_image_are_kept_and_harmless() -> None:
    image = picture("JPEG") + bytes(500)
    portrait = parse_dg2(dg2(image))
    assert (portrait.image, portrait.width, portrait.height) == (image, 60, 80)
    with Image.open(io.BytesIO(portrait.image)) as decoded:
        assert decoded.convert("RGB").size == (60, 80)


# ISO/IEC 39794-5


def representation(image: bytes | None, size: tuple[int, int] | None = None) -> bytes:
    """A RepresentationBlock; without ``image`` one of a kind that is not two-dimensional."""
    if image is None:
        return tlv.encode(0x30, tlv.encode(0x80, b"\0") + tlv.encode(0xA1, tlv.encode(0xA1, b"")))
    information = tlv.encode(0xA0, tlv.encode(0x80, b"\x02"))
    if size is not None:
        sides = (tlv.encode(tag, side.to_bytes(3)) for tag, side in zip((0x80, 0x81), size, strict=True))
        information += tlv.encode(0xA7, b"".join(sides))
    block = tlv.encode(0x80, image) + tlv.encode(0xA1, information)
    base = tlv.encode(0xA1, tlv.encode(0xA0, tlv.encode(0xA0, block)))
    return tlv.encode(0x30, tlv.encode(0x80, b"\0") + base)


def data_block(*representations: bytes) -> bytes:
    version = tlv.encode(0xA0, tlv.encode(0x80, b"\x03") + tlv.encode(0x81, b"\x07\xe3"))
    return tlv.encode(0x65, version + tlv.encode(0xA1, b"".join(representations)))


@pytest.mark.parametrize("wrapped", [True, False])
def test_the_successor_format_is_read(wrapped: bool) -> None:
    block = data_block(representation(JPEG, (480, 640)))
    portrait = parse_dg2(in_dg2(tlv.encode(0xA1, block) if wrapped else block, tag=0x7F2E))
    assert (portrait.image, portrait.format, portrait.width, portrait.height) == (JPEG, ImageFormat.JPEG, 480, 640)


def test_of_several_representations_the_first_usable_counts() -> None:
    block = data_block(representation(None), representation(b"\x89PNG"), representation(JPEG), representation(JP2))
    portrait = parse_dg2(in_dg2(block, tag=0x7F2E))
    assert (portrait.image, portrait.width, portrait.height) == (JPEG, 0, 0)


@pytest.mark.parametrize(
    "block",
    [
        b"",
        tlv.encode(0x65, b""),
        data_block(),
        data_block(representation(None)),
        data_block(representation(b"")),
        data_block(representation(JPEG))[:-3],
    ],
)
def test_a_block_without_an_image_is_refused(block: bytes) -> None:
    with pytest.raises(FormatError) as error:
        parse_dg2(in_dg2(block, tag=0x7F2E))
    assert error.value.reason is Reason.PORTRAIT_UNREADABLE


# Sizes


@pytest.mark.parametrize("format_name", ["JPEG", "JPEG2000"])
def test_an_image_is_measured_by_itself_not_by_its_record(format_name: str) -> None:
    portrait = parse_dg2(dg2(picture(format_name)))
    assert (portrait.width, portrait.height) == (60, 80)


def test_a_codestream_is_measured_not_the_boxes_around_it() -> None:
    """A JP2 file whose image header box claims little and whose codestream is large."""
    content = bytearray(picture("JPEG2000"))
    grid = content.index(CODESTREAM) + 8
    content[grid : grid + 8] = struct.pack(">II", 30_000, 30_000)
    with pytest.raises(FormatError, match="more pixels"):
        encoded_image(bytes(content))


def test_an_image_that_no_memory_holds_is_refused_before_anybody_decodes_it() -> None:
    content = bytearray(picture("JPEG"))
    frame = content.index(b"\xff\xc0")
    content[frame + 5 : frame + 9] = struct.pack(">HH", 65500, 65500)
    with pytest.raises(FormatError) as error:
        parse_dg2(dg2(bytes(content)))
    assert error.value.reason is Reason.PORTRAIT_UNREADABLE


def test_a_record_that_announces_too_much_is_refused_where_the_image_is_silent() -> None:
    with pytest.raises(FormatError, match="more pixels"):
        parse_dg2(in_dg2(data_block(representation(JPEG, (MAX_PIXELS // 100, 101))), tag=0x7F2E))


@pytest.mark.parametrize("tail", ["ffc00005", "ffff", "ff", "ffc0000108", "ffda0008", "00c00011", "ffe1ffff"])
def test_a_header_that_is_broken_leaves_the_size_open(tail: str) -> None:
    image = encoded_image(bytes.fromhex("ffd8ffe00002" + tail))
    assert (image.width, image.height) == (0, 0)
