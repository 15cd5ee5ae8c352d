"""A contact sheet of the 32 artefacts, a row for each class: ``python -m egate_sim.people.attacks.sheet OUT.png``.

``--lamp 1,0.2,0.2``: in the face light; ``--victim``, ``--holder``: seeds of other people.
"""

import argparse
import random
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from egate_hal.light import DARK, Colour
from egate_sim.people.attacks.artefact import AttackClass
from egate_sim.people.attacks.catalogue import ARTEFACTS, attack
from egate_sim.people.attacks.people import Part, pairs
from egate_sim.people.head import Person

_TILE = (180, 240)
_LABEL_PX = 14
_T_MS = 1_600.0
_COLOURS = 200


def contact_sheet(victim: Person, holder: Person, lamp: Colour = DARK) -> Image.Image:
    """Every artefact once, with its id below; few colours, so that the file stays small."""
    rows, columns = len(AttackClass), len(ARTEFACTS) // len(AttackClass)
    sheet = Image.new("RGB", (columns * _TILE[0], rows * (_TILE[1] + _LABEL_PX)), "white")
    pen = ImageDraw.Draw(sheet)
    for place, artefact in enumerate(ARTEFACTS):
        row, column = divmod(place, columns)
        frame = attack(artefact.id, victim, holder).frame(_T_MS, random.Random(1), lamp)
        tile = Image.fromarray(frame).resize(_TILE, Image.Resampling.LANCZOS)
        x, y = column * _TILE[0], row * (_TILE[1] + _LABEL_PX)
        sheet.paste(tile, (x, y))
        pen.text((x + 3, y + _TILE[1] + 1), artefact.id, fill="black")
    return sheet.quantize(_COLOURS, dither=Image.Dither.NONE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="picture to write")
    parser.add_argument("--victim", type=int, help="seed of the person who is shown")
    parser.add_argument("--holder", type=int, help="seed of the person who holds or wears it")
    parser.add_argument("--lamp", default="0,0,0", help="red,green,blue of the face light, 0..1")
    options = parser.parse_args()
    pair = pairs(Part.CALIBRATION, 2)[1]
    victim = pair.victim if options.victim is None else Person.draw(options.victim)
    holder = pair.holder if options.holder is None else Person.draw(options.holder)
    red, green, blue = np.array(options.lamp.split(","), np.float64).tolist()
    contact_sheet(victim, holder, Colour(red, green, blue)).save(options.out, optimize=True)


if __name__ == "__main__":
    main()
