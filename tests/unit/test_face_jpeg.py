"""A JPEG's own words are read before it is decoded, and nothing of it that is no picture reaches the decoder."""

import io
import struct
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from egate.face.errors import PortraitError
from egate.face.verification.jpeg import read_jpeg
from egate.face.verification.portrait import decode

ASTRONAUT = Image.open(Path(__file__).resolve().parents[1] / "data/astronaut.jpg").convert("RGB")
TURNED = {  # Exif orientation: what was done to the upright picture
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}  # fmt: skip


def encoded(image: Image.Image = ASTRONAUT, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", **options)
    return stream.getvalue()


PLAIN = encoded(quality=90)
PROGRESSIVE = encoded(ASTRONAUT.convert("L"), progressive=True)
FRAME = PLAIN.index(b"\xff\xc0")


def segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content


def exif(order: str, orientation: int, kind: int = 3, directory: int = 8) -> bytes:
    """An Exif segment with two entries, the second of which says how the camera was held."""
    head = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(f"{order}I", directory)
    entries = struct.pack(f"{order}HHHIHHHHIHH", 2, 0x010F, 3, 1, 7, 0, 0x0112, kind, 1, orientation, 0)
    return segment(0xE1, b"Exif\0\0" + head + entries)


def behind_start(data: bytes, added: bytes) -> bytes:
    return data[:2] + added + data[2:]


def with_scans(count: int) -> bytes:
    """A progressive file whose last scan comes again and again."""
    last = PROGRESSIVE[PROGRESSIVE.rindex(b"\xff\xda") : -2]
    return PROGRESSIVE[:-2] + last * (count - PROGRESSIVE.count(b"\xff\xda")) + PROGRESSIVE[-2:]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", TURNED)
def test_every_orientation_is_brought_upright(orientation: int, order: str) -> None:
    lying = encoded(ASTRONAUT.transpose(TURNED[orientation]), quality=95)
    upright = decode(behind_start(lying, exif(order, orientation)))
    assert np.abs(upright.astype(int) - np.asarray(ASTRONAUT)).mean() < 6


@pytest.mark.parametrize(
    "notes",
    [exif("<", 0), exif("<", 9), exif(">", 6, kind=4), exif("<", 6, directory=2**32 - 1), segment(0xE1, b"Exif\0\0MM")],
)
def test_notes_that_make_no_sense_turn_nothing(notes: bytes) -> None:
    assert np.array_equal(decode(behind_start(PLAIN, notes)), decode(PLAIN))


def test_only_the_picture_reaches_the_decoder() -> None:
    """Comments, previews, profiles and places are not for it, nor for its warnings."""
    notes = (
        segment(0xFE, b"a name"), segment(0xE2, b"MPF\0a name"), segment(0xED, b"Photoshop 3.0\0a name"),
        exif("<", 1) + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0a name"), segment(0xE2, b"ICC_PROFILE\0a name"),
    )  # fmt: skip
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        pixels = decode(behind_start(PLAIN, b"".join(notes)))
    assert not caught
    assert np.array_equal(pixels, decode(PLAIN))
    assert b"a name" not in read_jpeg(behind_start(PLAIN, b"".join(notes))).picture
    assert "a name" not in repr(read_jpeg(behind_start(PLAIN, notes[0])))


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK", "YCbCr"])
def test_what_says_how_colours_are_stored_is_left(mode: str) -> None:
    data = encoded(ASTRONAUT.convert(mode), quality=95)
    with Image.open(io.BytesIO(data)) as image:
        assert np.array_equal(decode(data), np.asarray(image.convert("RGB")))


def test_fill_bytes_before_a_marker_are_allowed() -> None:
    assert np.array_equal(decode(PLAIN[:FRAME] + b"\xff" * 9 + PLAIN[FRAME:]), decode(PLAIN))


def test_as_many_scans_as_a_portrait_has_pass() -> None:
    assert decode(PROGRESSIVE).shape == (320, 320, 3)
    assert read_jpeg(with_scans(64)).orientation == 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (with_scans(65), "more than 64 scans"),
        (behind_start(PLAIN, 257 * segment(0xFE, b"")), "more than 256 segments"),
        (PLAIN[: FRAME + 5] + struct.pack(">HH", 4096, 4096) + PLAIN[FRAME + 9 :], "more than one has"),
        (PLAIN[: FRAME + 5] + struct.pack(">HH", 65_500, 65_500) + PLAIN[FRAME + 9 :], "sides"),
        (PLAIN[: FRAME + 5] + struct.pack(">HH", 0, 320) + PLAIN[FRAME + 9 :], "sides"),
        (PLAIN[: FRAME + 9] + b"\x05" + PLAIN[FRAME + 10 :], "5 components"),
        (behind_start(PLAIN, b"\x00"), "no segment"),
        (behind_start(PLAIN, b"\xff\xd0"), "no segment"),
        (behind_start(PLAIN, b"\xff\xfe\x00\x01"), "no segment"),
        (b"\xff\xd8\xff\xd9", "cut short"),
        (PLAIN[:FRAME], "cut short"),
        (PLAIN[: FRAME + 6], "cut short"),
        (b"\xff\xd8" + PLAIN[PLAIN.index(b"\xff\xda") :], "how large"),
        (PLAIN[: len(PLAIN) // 2], "not a sound JPEG"),
        (b"\x89PNG\r\n\x1a\n", "neither"),
    ],
)
def test_what_no_portrait_declares_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(PortraitError, match=message):
        decode(data)
