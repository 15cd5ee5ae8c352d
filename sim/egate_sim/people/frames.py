"""Writes camera frames of rendered people into a file, (n, height, width, 3) uint8, for whoever measures a network:
``python -m egate_sim.people.frames FRAMES.npy``. No real person is in them, so they may be kept and passed on."""

import random
import sys
from pathlib import Path

import numpy as np

from egate_sim.people.head import Person
from egate_sim.people.presentation import Live

PEOPLE = range(100, 124)
MOMENTS_MS = (600, 1400, 2200)


def main() -> None:
    """Three frames of each person."""
    frames = []
    for seed in PEOPLE:
        live = Live(Person.draw(seed))
        frames += [live.frame(t_ms, random.Random(seed * 7 + t_ms)) for t_ms in MOMENTS_MS]
    np.save(Path(sys.argv[1]), np.stack(frames))


if __name__ == "__main__":
    main()
