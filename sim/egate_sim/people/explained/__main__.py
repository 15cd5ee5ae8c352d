"""``python -m egate_sim.people.explained FOLDER [NAME ...]``: draws the pictures of docs/face.md, about two minutes."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from egate.face.pipeline import FacePipeline
from egate_sim.drawing import Drawing
from egate_sim.people.explained import context, fusion, geometry, life, light, network, parallax, path, texture
from egate_sim.people.explained.scene import load

PICTURES: Mapping[str, Callable[[FacePipeline], Drawing]] = {
    "path": path.draw,
    "light": light.draw,
    "geometry": geometry.draw,
    "parallax": parallax.draw,
    "physiology": life.draw,
    "context": context.draw,
    "texture": texture.draw,
    "network": network.draw,
    "fusion": fusion.draw,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="make face-pictures", description="Draw the pictures of docs/face.md.")
    parser.add_argument("folder", type=Path, help="where face-NAME.svg goes")
    parser.add_argument("names", nargs="*", help=f"which of {', '.join(PICTURES)} (default: all)")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(PICTURES))
    if unknown:
        parser.error(f"there is no picture {', '.join(unknown)}; there are {', '.join(PICTURES)}")
    pipeline = load()
    for name in options.names or PICTURES:
        file = options.folder / f"face-{name}.svg"
        PICTURES[name](pipeline).save(file)
        print(f"{file}  {file.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
