"""Draws a contact sheet of the cast: ``python -m egate_sim.people.gallery OUT.png``.

One row a person: portrait, live, two people, phone, tablet, print.
"""

import argparse
import random
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from egate_sim.people.attacks.catalogue import attack
from egate_sim.people.cast import CAST, holder_of
from egate_sim.people.head import Person
from egate_sim.people.portrait import portrait
from egate_sim.people.presentation import Live, TwoPeople

_TILE = (225, 300)
_T_MS = 1_700.0


def row(person: Person) -> NDArray[np.uint8]:
    """One person's pictures side by side."""
    holder, chance = holder_of(person), random.Random(person.seed)
    presentations = (
        Live(person),
        TwoPeople(person, holder),
        attack("video-phone", person, holder),
        attack("video-tablet", person, holder),
        attack("print-matt", person, holder),
    )
    pictures = [portrait(person), *(presentation.frame(_T_MS, chance) for presentation in presentations)]
    tiles = [Image.fromarray(picture).resize(_TILE, Image.Resampling.LANCZOS) for picture in pictures]
    return np.hstack([np.asarray(tile) for tile in tiles])


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw a contact sheet of the simulated people.")
    parser.add_argument("out", type=Path, help="picture to write")
    parser.add_argument("--people", type=int, default=6, help="how many of the cast")
    options = parser.parse_args()
    Image.fromarray(np.vstack([row(person) for person in CAST[: options.people]])).save(options.out)


if __name__ == "__main__":
    main()
