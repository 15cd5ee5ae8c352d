"""Pictures as files: sheets of several, few colours so that they stay small, a terminal's lines as HTML."""

import html
import io
import re
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

_GAP_PX, _CORNER_PX = 22, 20
_SMOOTH = 4  # corners are drawn larger and made smaller
_COLOURS = 255  # and one for what is transparent
_HALF = 128
_ROUNDS = 4  # in which the colours are moved to where they are needed
_CODE = re.compile(r"\x1b\[([0-9;]*)m")
TERMINAL_STYLE = """
body { margin: 0; background: #10171a; }
pre { margin: 0; padding: 22px 26px; display: inline-block; background: #10171a; color: #dbe5e8;
      font: 14px/1.45 "JetBrains Mono", "DejaVu Sans Mono", monospace; }
.c1 { font-weight: 700; } .c2 { color: #85989f; } .c31 { color: #ff8d84; } .c32 { color: #7fd496; }
.c33 { color: #f0b860; } .c36 { color: #6fd0c4; }
"""


def save(picture: bytes | Image.Image, path: Path) -> None:
    """Write a PNG with few colours. ``picture``: PNG bytes, or an image; what is transparent in it stays so."""
    image = Image.open(io.BytesIO(picture)) if isinstance(picture, bytes) else picture
    solid = image.convert("RGB")
    palette = solid.quantize(_COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=_ROUNDS)  # keeps rare accents, unlike others
    few = solid.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
    if "A" in image.getbands():
        few.paste(
            _COLOURS, mask=image.getchannel("A").point(lambda alpha: 255 * (alpha < _HALF))
        )  # a colour of its own
        few.save(path, optimize=True, transparency=_COLOURS)
    else:
        few.save(path, optimize=True)
    print(f"{path}  {image.width} x {image.height}  {path.stat().st_size / 1024:.0f} KiB")


def sheet(pictures: Sequence[bytes], columns: int, tile: tuple[int, int]) -> Image.Image:
    """Pictures side by side with round corners on nothing; ``tile``: (width, height) of each in pixels."""
    rows = -(-len(pictures) // columns)
    width, height = tile
    whole = Image.new("RGBA", (columns * (width + _GAP_PX) - _GAP_PX, rows * (height + _GAP_PX) - _GAP_PX))
    mask = Image.new("L", (width * _SMOOTH, height * _SMOOTH))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, *mask.size), _CORNER_PX * _SMOOTH, fill=255)
    mask = mask.resize(tile, Image.Resampling.LANCZOS)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        small = Image.open(io.BytesIO(picture)).convert("RGB").resize(tile, Image.Resampling.LANCZOS)
        whole.paste(small, (column * (width + _GAP_PX), row * (height + _GAP_PX)), mask)
    return whole


def as_html(lines: Sequence[str]) -> str:
    """A terminal's lines with their colour codes as spans of class c<code>."""
    return "\n".join(_line(line) for line in lines)


def _line(line: str) -> str:
    out, opened = "", False
    for number, part in enumerate(_CODE.split(line)):
        if number % 2 == 0:
            out += html.escape(part)
            continue
        out += "</span>" if opened else ""
        opened = part not in {"", "0"}
        out += f'<span class="{" ".join(f"c{code}" for code in part.split(";"))}">' if opened else ""
    return out + ("</span>" if opened else "")
