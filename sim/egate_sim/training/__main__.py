"""``python -m egate_sim.training --out FILE``: draw samples for the PAD network, on every core, with a progress bar."""

import argparse
import itertools
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import numpy as np
from rich.progress import Progress

from egate_sim.training.draw import Sample, samples

_BATCH = 150


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="where to write, .npz")
    parser.add_argument("--count", type=int, default=6_600, help="how many samples")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same samples")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--models", type=Path, default=Path(__file__).resolve().parents[3] / "models")
    options = parser.parse_args()
    parts = range(-(-options.count // _BATCH))
    drawn: dict[int, list[Sample]] = {}
    with ProcessPoolExecutor(options.jobs) as pool, Progress() as progress:
        bar = progress.add_task("drawing samples", total=len(parts))
        futures = {pool.submit(_batch, options.seed, part, options.models): part for part in parts}
        for future in as_completed(futures):
            drawn[futures[future]] = future.result()
            progress.advance(bar)
    _write(options.out, [sample for part in parts for sample in drawn[part]][: options.count])


def _batch(seed: int, part: int, models: Path) -> list[Sample]:
    return list(itertools.islice(samples(seed, part, models), _BATCH))


def _write(path: Path, chosen: list[Sample]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(
        path,
        pictures=np.stack([sample.picture for sample in chosen]),
        attack=np.array([bool(sample.artefact) for sample in chosen]),
        artefact=np.array([sample.artefact for sample in chosen]),
        person=np.array([sample.person for sample in chosen], np.int32),
    )


if __name__ == "__main__":
    main()
