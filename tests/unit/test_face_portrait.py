"""The chip's portrait: what is read, and what is refused before it costs anything."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from egate.checks import Reason
from egate.face.errors import PortraitError
from egate.face.verification.portrait import decode, with_margin

PORTRAIT = Path(__file__).resolve().parents[1] / "data/astronaut.jpg"


def encoded(image: Image.Image, format_name: str) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format_name)
    return stream.getvalue()


@pytest.mark.parametrize("format_name", ["JPEG", "JPEG2000"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_both_formats_in_colour_and_grey(format_name: str, mode: str) -> None:
    original = Image.open(PORTRAIT).convert(mode)
    pixels = decode(encoded(original, format_name))
    assert pixels.shape == (320, 320, 3)
    assert pixels.dtype == np.uint8
    assert np.abs(pixels.astype(int) - np.asarray(original.convert("RGB"))).mean() < 3


def test_a_large_portrait_is_shrunk() -> None:
    assert decode(encoded(Image.new("RGB", (2048, 1536)), "JPEG")).shape == (768, 1024, 3)


def test_other_formats_are_not_tried() -> None:
    with pytest.raises(PortraitError, match="neither JPEG nor JPEG 2000"):
        decode(encoded(Image.new("RGB", (64, 64)), "PNG"))


@pytest.mark.parametrize("size", [(8192, 64), (64, 8192), (31, 64)])
def test_dimensions_are_bounded(size: tuple[int, int]) -> None:
    with pytest.raises(PortraitError, match="sides must be"):
        decode(encoded(Image.new("RGB", size), "JPEG"))


def test_a_small_file_cannot_ask_for_much_memory() -> None:
    """A JPEG whose header claims 65,500 x 65,500 pixels."""
    content = bytearray(encoded(Image.new("RGB", (64, 64)), "JPEG"))
    frame_header = content.index(b"\xff\xc0")
    content[frame_header + 5 : frame_header + 9] = (65500).to_bytes(2, "big") * 2
    with pytest.raises(PortraitError) as caught:
        decode(bytes(content))
    assert caught.value.reason is Reason.PORTRAIT_UNREADABLE


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff", bytes(1 << 21)])
def test_what_is_no_portrait(content: bytes) -> None:
    with pytest.raises(PortraitError):
        decode(content)


def test_the_margin_keeps_the_portrait_in_the_middle() -> None:
    pixels = decode(PORTRAIT.read_bytes())
    framed = with_margin(pixels)
    assert framed.shape == (640, 640, 3)
    assert np.array_equal(framed[160:480, 160:480], pixels)
