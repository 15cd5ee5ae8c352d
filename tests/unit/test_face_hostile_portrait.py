"""Portraits of every make that a chip may hold, and JPEG 2000 headers that declare what no portrait has."""

import io
import random
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from face_models import face_pipeline
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from egate.face.errors import PortraitError
from egate.face.reference import portrait_template
from egate.face.verification.codestream import check_codestream
from egate.face.verification.embedding import Template, cosine, joined
from egate.face.verification.portrait import decode
from egate_sim.people.head import Person
from egate_sim.people.portrait import portrait
from egate_sim.people.presentation import Live

ROOT = Path(__file__).resolve().parents[2]
ASTRONAUT = Image.open(ROOT / "tests/data/astronaut.jpg").convert("RGB")
PIPELINE = face_pipeline()


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


JP2 = encoded(ASTRONAUT, "JPEG2000", quality_mode="rates", quality_layers=[48])
SIZ = JP2.index(b"\xff\x51") + 2
COD = JP2.index(b"\xff\x52") + 2
SOT = JP2.index(b"\xff\x90")
EMPTY_TILE_PART = bytes.fromhex("ff90 000a 0000 0000000e 00 00 ff93")
FIELDS = {"right": 4, "bottom": 8, "left": 12, "top": 16, "tile_width": 20, "tile_height": 24, "tile_left": 28}


def declaring(**values: int) -> bytes:
    """The sound file with other words in its SIZ marker."""
    data = bytearray(JP2)
    for name, value in values.items():
        struct.pack_into(">I", data, SIZ + FIELDS[name], value)
    return bytes(data)


def with_bytes(position: int, content: bytes) -> bytes:
    return JP2[:position] + content + JP2[position + len(content) :]


def coded(data: bytes, *, precinct: int, layers: int = 1, component: int | None = None) -> bytes:
    """The file with precincts of 2 ** ``precinct`` samples a side, said for the picture or for one component."""
    (length,) = struct.unpack_from(">H", data, COD)
    header, style = data[COD + 2 : COD + 7], data[COD + 7 : COD + length]
    style += bytes([precinct | precinct << 4]) * (style[0] + 1)
    if component is None:
        content = b"\x01" + header[1:2] + struct.pack(">H", layers) + header[4:] + style
        return data[: COD - 2] + segment(b"\xff\x52", content) + data[COD + length :]
    return data[: COD + length] + segment(b"\xff\x53", bytes([component, 1]) + style) + data[COD + length :]


def segment(marker: bytes, content: bytes) -> bytes:
    return marker + struct.pack(">H", len(content) + 2) + content


def in_tile(data: bytes, marker: bytes) -> bytes:
    """The file with one more marker in the header of its first tile-part."""
    (length,) = struct.unpack_from(">I", data, SOT + 6)
    longer = struct.pack(">I", length + len(marker) if length else 0)
    return data[: SOT + 6] + longer + data[SOT + 10 : SOT + 12] + marker + data[SOT + 12 :]


def test_ordinary_ways_to_cut_a_portrait_into_pieces_pass() -> None:
    ways: tuple[dict[str, Any], ...] = (
        {"tile_size": (128, 128)}, {"precinct_size": (64, 64), "codeblock_size": (32, 32)}, {"plt": True},
        {"quality_layers": [80, 40, 20, 10, 5], "progression": "RPCL"}, {"irreversible": True, "num_resolutions": 8},
    )  # fmt: skip
    for options in ways:
        for no_jp2 in (False, True):
            assert decode(encoded(ASTRONAUT, "JPEG2000", no_jp2=no_jp2, **options)).shape == (320, 320, 3)
    assert decode(in_tile(JP2, segment(b"\xff\x64", b"\x00\x01comment"))).shape == (320, 320, 3)


def test_the_sound_file_passes_bare_and_in_its_box() -> None:
    check_codestream(JP2)
    check_codestream(JP2[JP2.index(b"\xff\x4f\xff\x51") :])
    assert decode(JP2).shape == (320, 320, 3)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (declaring(right=0xFFFFFFFF, bottom=0xFFFFFFFF), "sides"),
        (declaring(right=4097), "sides"),
        (declaring(right=0), "sides"),
        (declaring(right=4096, bottom=4096), "more than one has"),
        (declaring(right=0xFFFFFFFF, left=0xFFFFFF00, tile_width=0xFFFFFFFF), "far out"),
        (declaring(tile_width=1, tile_height=1), "102400 tiles"),
        (declaring(tile_width=0), "cover"),
        (declaring(tile_left=200), "cover"),
        (with_bytes(SIZ + 36, b"\x40\x00"), "16384 components"),
        (with_bytes(SIZ + 36, b"\x00\x00"), "0 components"),
        (with_bytes(SIZ + 38, b"\x25"), "depth"),
        (with_bytes(SIZ + 39, b"\x00"), "sampling"),
        (with_bytes(COD + 4, b"\xff\xff"), "65535 layers"),
        (with_bytes(COD + 7, b"\x20"), "32 resolutions"),
        (with_bytes(COD - 2, b"\xff\x53"), "how it is coded"),
        (with_bytes(COD - 2, b"\x00\x53"), "no marker"),
        (with_bytes(COD + 8, b"\x00\x00"), "code-blocks"),
        (coded(JP2, precinct=1), "packets"),
        (coded(JP2, precinct=5, layers=256), "packets"),
        (coded(JP2, precinct=1, component=1), "packets"),
        (in_tile(JP2, b"\xff\x52\x00\x0c\x01\x00\x00\x01\x00\x00\x00\x00\x00\x01\x00"), "way of its own"),
        (JP2[:-2] + b"between" + JP2[SOT:], "one behind the other"),
        (JP2[:-2] + 256 * EMPTY_TILE_PART, "more than 256"),
        (JP2.replace(b"ihdr", b"IHDR"), "no image header"),
        (JP2.replace(b"ihdr\x00\x00", b"ihdr\x10\x00"), "another picture"),
        (JP2[:12] + b"\x00\x00\x00\x01free" + b"\xff" * 8 + JP2[12:], "no codestream"),
        (JP2[: SIZ + 20], "cut short"),
        (JP2[:40], "cut short|no codestream"),
    ],
)
def test_what_no_portrait_declares_is_refused_before_it_is_decoded(data: bytes, message: str) -> None:
    with pytest.raises(PortraitError, match=message):
        decode(data)


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), st.integers(0, 2**32 - 1), max_size=4), st.binary(max_size=12),
       st.integers(0, 150))  # fmt: skip
@settings(max_examples=150, deadline=2000)
def test_any_header_ends_in_a_picture_or_in_our_error(values: dict[str, int], noise: bytes, at: int) -> None:
    data = bytearray(declaring(**values))
    data[at : at + len(noise)] = noise
    try:
        pixels = decode(bytes(data))
    except PortraitError:
        return
    assert max(pixels.shape[:2]) <= 1024


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpeg_of_each_colour_model_shows_the_same_picture(mode: str) -> None:
    pixels = decode(encoded(ASTRONAUT.convert(mode), "JPEG", quality=95))
    grey = np.asarray(ASTRONAUT.convert("L"), np.int16)
    assert np.abs(pixels.astype(int).mean(axis=2) - grey).mean() < 12


def test_sixteen_bit_grey_keeps_its_shades() -> None:
    grey = np.asarray(ASTRONAUT.convert("L"))
    deep = Image.fromarray(grey.astype(np.uint16) * 257)
    assert np.abs(decode(encoded(deep, "JPEG2000")).astype(int)[:, :, 0] - grey).mean() < 2


def test_exif_turns_the_portrait_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn by 90 degrees clockwise
    lying = ASTRONAUT.transpose(Image.Transpose.ROTATE_90)
    upright = decode(encoded(lying, "JPEG", quality=95, exif=exif))
    assert np.abs(upright.astype(int) - np.asarray(ASTRONAUT)).mean() < 6


OLD_STYLES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("JPEG", {"quality": 60}),
    ("JPEG2000", {"quality_mode": "rates", "quality_layers": [32]}),  # 8 bits over 32: 0.25 bit a pixel
)


@pytest.mark.parametrize(("kind", "options"), OLD_STYLES)
@pytest.mark.parametrize("who", [None, 3, 8, 23, 44], ids=str)
def test_a_small_grey_portrait_still_compares(who: int | None, kind: str, options: dict[str, Any]) -> None:
    """240 x 320 grey: the portraits of the first electronic passports. Live and portrait differ in pose and light."""
    if who is None:
        live, picture = np.asarray(ASTRONAUT.resize((640, 640)).rotate(6)), ASTRONAUT
    else:
        person = Person.draw(who)
        live, picture = Live(person).frame(1700, random.Random(1)), Image.fromarray(portrait(person))
    small = picture.convert("L").resize((240, 320 if who is not None else 240), Image.Resampling.LANCZOS)
    content = encoded(small, kind, **options)
    assert len(content) < 15_000
    (face, *_) = PIPELINE.find(live)
    mesh = PIPELINE.mesh(live, face)
    assert mesh is not None
    reference = portrait_template(PIPELINE, content)
    assert cosine(PIPELINE.template(live, mesh), reference) > PIPELINE.cards.embedding.match_threshold + 0.05


def test_joined_templates_are_their_mean_a_little_shortened() -> None:
    one, other = Template(np.array((1, 0), np.float32)), Template(np.array((0, 1), np.float32))
    assert joined([one]) == pytest.approx(one)
    assert joined([one, other]) == pytest.approx(0.96 * np.array((0.5, 0.5)) ** 0.5, abs=1e-5)
    assert joined([one, other]) is not one
    with pytest.raises(ValueError, match="no template"):
        joined([])
