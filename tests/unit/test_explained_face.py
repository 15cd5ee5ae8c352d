"""The pictures of docs/face.md: each is drawn, is an SVG that stands alone, and keeps what it says escaped."""

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from egate_sim.drawing import Drawing, Plot
from egate_sim.people.explained import context, path, texture
from egate_sim.people.explained.scene import load

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("picture", [path, context, texture])
def test_a_picture_of_single_frames_is_a_small_svg_with_its_images_inside(picture: object, tmp_path: Path) -> None:
    file = tmp_path / "picture.svg"
    picture.draw(load()).save(file)  # type: ignore[attr-defined]  # a module
    images = ET.parse(file).iter(f"{SVG}image")
    sources = [image.attrib["href"] for image in images]
    assert len(sources) >= 4
    assert all(source.startswith("data:image/jpeg;base64,") for source in sources)
    assert file.stat().st_size < 200_000


def test_text_is_escaped_and_values_beyond_a_plot_lie_on_its_edge(tmp_path: Path) -> None:
    drawing = Drawing(100, 100)
    drawing.text(0, 10, "a < b & c")
    drawing.image(0, 0, 10, 10, np.zeros((4, 4, 3), np.uint8))
    drawing.save(tmp_path / "x.svg")
    texts = [element.text for element in ET.parse(tmp_path / "x.svg").iter(f"{SVG}text")]
    assert texts == ["a < b & c"]
    plot = Plot(drawing, 10, 20, 50, 40, (0, 1), (-1, 1))
    assert plot.at(0.5, 0) == (35, 40)
    assert plot.at(9, -9) == (60, 60)
