"""A drawing of text, lines and embedded pictures as one SVG file: sharp text, small files, nothing to install."""

import base64
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

INK, FAINT, RULE = "#1d2b30", "#62747b", "#d5dde0"
FACE, OTHER, ALARM = "#c8452f", "#2d6fb5", "#b3261e"
_FONT = "system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif"
_JPEG_QUALITY = 82

Point = tuple[float, float]


@dataclass(slots=True)
class Drawing:
    """``width`` and ``height`` in pixels of the page; x goes right, y down."""

    width: float
    height: float
    parts: list[str] = field(default_factory=list)

    def text(
        self, x: float, y: float, said: str, *, size: float = 13, colour: str = INK, bold: bool = False,
        anchor: str = "start",
    ) -> None:  # fmt: skip
        weight = ' font-weight="600"' if bold else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}"{weight}>'
            f"{escape(said)}</text>"
        )

    def lines(self, x: float, y: float, said: Iterable[str], *, size: float = 12, colour: str = FAINT) -> None:
        """Several lines of text, one below the other."""
        for number, line in enumerate(said):
            self.text(x, y + number * size * 1.35, line, size=size, colour=colour)

    def image(self, x: float, y: float, width: float, height: float, pixels: NDArray[np.uint8]) -> None:
        """``pixels``: (rows, columns, 3) or (rows, columns) uint8, stretched to the size given."""
        content = io.BytesIO()
        Image.fromarray(pixels).save(content, "JPEG", quality=_JPEG_QUALITY, optimize=True)
        encoded = base64.b64encode(content.getvalue()).decode("ascii")
        self.parts.append(
            f'<image x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" preserveAspectRatio="none" '
            f'href="data:image/jpeg;base64,{encoded}"/>'
        )

    def rect(self, x: float, y: float, width: float, height: float, fill: str, *, opacity: float = 1.0) -> None:
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}" '
            f'opacity="{opacity:.2f}"/>'
        )

    def path(self, points: Sequence[Point], colour: str, *, width: float = 1.6, dashed: bool = False) -> None:
        """A line through ``points``."""
        if len(points) > 1:
            steps = " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
            dash = ' stroke-dasharray="4 3"' if dashed else ""
            self.parts.append(f'<path d="M{steps}" fill="none" stroke="{colour}" stroke-width="{width}"{dash}/>')

    def dots(self, points: Iterable[Point], colour: str, radius: float = 2.0) -> None:
        self.parts.extend(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}"/>' for x, y in points)

    def svg(self) -> str:
        """The drawing as the content of a file."""
        size = f"{self.width:.0f} {self.height:.0f}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" font-family="{_FONT}">\n'
            f'<rect width="100%" height="100%" rx="10" fill="#ffffff"/>\n' + "\n".join(self.parts) + "\n</svg>\n"
        )

    def save(self, path: Path) -> None:
        """Write the file."""
        path.write_text(self.svg(), "utf-8")


@dataclass(frozen=True, slots=True)
class Plot:
    """A frame in a drawing with axes of its own: ``across`` and ``up`` are the values at its edges."""

    drawing: Drawing
    left: float
    top: float
    width: float
    height: float
    across: tuple[float, float]
    up: tuple[float, float]

    def frame(self, title: str, below: str) -> None:
        """Outline, a line at zero where that is inside, what it shows, and what goes across."""
        right, bottom = self.left + self.width, self.top + self.height
        corners = [
            (self.left, self.top),
            (right, self.top),
            (right, bottom),
            (self.left, bottom),
            (self.left, self.top),
        ]
        self.drawing.path(corners, RULE, width=1)
        if self.up[0] < 0 < self.up[1]:
            self.drawing.path([self.at(self.across[0], 0), self.at(self.across[1], 0)], RULE, width=1)
        self.drawing.text(self.left, self.top - 6, title, size=12, colour=FAINT)
        self.drawing.text(right, bottom + 15, below, size=11, colour=FAINT, anchor="end")

    def at(self, x: float, y: float) -> Point:
        """Where values lie in the drawing; what is beyond the frame lies on its edge."""
        share = (x - self.across[0]) / (self.across[1] - self.across[0])
        rise = (y - self.up[0]) / (self.up[1] - self.up[0])
        return self.left + self.width * min(max(share, 0), 1), self.top + self.height * (1 - min(max(rise, 0), 1))

    def curve(
        self, x: Sequence[float], y: Sequence[float], colour: str, *, width: float = 1.6, dashed: bool = False
    ) -> None:
        seen = [self.at(a, b) for a, b in zip(x, y, strict=True) if np.isfinite(b)]
        self.drawing.path(seen, colour, width=width, dashed=dashed)

    def dots(self, x: Sequence[float], y: Sequence[float], colour: str, radius: float = 2.0) -> None:
        self.drawing.dots([self.at(a, b) for a, b in zip(x, y, strict=True)], colour, radius)
