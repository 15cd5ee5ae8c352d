"""``evaluate verify``: comparing people on labelled pictures (ISO/IEC 19795-1)."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from egate.face.networks.cards import packaged_models, read_cards
from egate_models.crowd import default_jobs
from egate_models.figures import VerificationFigures
from egate_models.rates.comparisons import Gallery
from egate_models.rates.proportion import Proportion
from egate_models.samples.errors import SampleError
from egate_models.samples.portraits import Portrait, read_portraits, thinned
from egate_models.templates import CHIP_QUALITY, CHIP_SIZE_PX, Pair, templates
from egate_models.verification_figures import verification_figures

_PLAIN = "All pairs of pictures, each once."
_CHIP = (
    f"Each picture against every other one as a chip's portrait: cropped, {CHIP_SIZE_PX[0]} x {CHIP_SIZE_PX[1]} px, "
    f"JPEG quality {CHIP_QUALITY}."
)
_INTERVALS = (
    "Intervals at 95 % from drawing people anew; where no error was seen, the rule of three over people (FNMR) or "
    "pairs of people (FMR). Pictures without a face are in no rate."
)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--csv", type=Path, required=True, help="a table with path and subject, or a folder (--by-name)"
    )
    parser.add_argument("--by-name", action="store_true", help="take subjects from file names such as NAME_0001.jpg")
    parser.add_argument("--as-chip", action="store_true", help="compare with small, hard pressed portraits")
    parser.add_argument(
        "--frames", action="store_true",
        help="pictures are whole frames of a camera; otherwise they get the margin that the gate gives to portraits",
    )  # fmt: skip
    parser.add_argument("--threshold", type=float, help="cosine in place of the shipped one")
    parser.add_argument("--max-per-subject", type=int, help="so that nobody with many pictures dominates")
    parser.add_argument("--limit", type=int, help="take so many pictures, the first ones")
    parser.add_argument("--models", type=Path, help="another folder with model.toml")
    parser.add_argument("--jobs", type=int, default=default_jobs(), help="processes (default: %(default)s)")


def evaluate(options: argparse.Namespace) -> VerificationFigures:
    """Raises SampleError and FaceError."""
    portraits = thinned(read_portraits(options.csv, by_name=options.by_name), options.max_per_subject)[: options.limit]
    pairs = templates(portraits, options.models, options.jobs, chip=options.as_chip, margin=not options.frames)
    shipped = read_cards(options.models or packaged_models()).embedding.match_threshold
    usable = [pair.live is not None and (pair.chip is not None or not options.as_chip) for pair in pairs]
    kept = [portrait for portrait, use in zip(portraits, usable, strict=True) if use]
    if not kept:
        raise SampleError(f"{options.csv}: no picture shows a face that is found; look at the pictures")
    return verification_figures(
        options.name or options.csv.stem,
        _gallery(kept, [pair for pair, use in zip(pairs, usable, strict=True) if use], chip=options.as_chip),
        [portrait.groups for portrait in kept],
        options.threshold or shipped,
        how=(_CHIP if options.as_chip else _PLAIN, _INTERVALS),
        not_acquired=Proportion(sum(pair.live is None for pair in pairs), len(pairs)),
        not_enrolled=_not_enrolled(pairs, chip=options.as_chip),
    )


def _not_enrolled(pairs: Sequence[Pair], *, chip: bool) -> Proportion:
    """Of the pictures that show a face, those that show none as a reference."""
    seen = [pair for pair in pairs if pair.live is not None]
    return Proportion(sum(pair.chip is None for pair in seen) if chip else 0, len(seen))


def _gallery(portraits: Sequence[Portrait], pairs: Sequence[Pair], *, chip: bool) -> Gallery:
    probes = np.stack([pair.live for pair in pairs if pair.live is not None])
    references = np.stack([pair.chip for pair in pairs if pair.chip is not None]) if chip else probes
    return Gallery(
        probes,
        references,
        _numbered([portrait.subject for portrait in portraits]),
        _numbered([portrait.session for portrait in portraits], none=""),
    )


def _numbered(words: Sequence[str], none: str | None = None) -> np.ndarray[tuple[int], np.dtype[np.int_]]:
    """Each word as a whole number, from 0; ``none`` is 0 and the others are above it."""
    first = 0 if none is None else 1
    numbers = {word: first + k for k, word in enumerate(sorted(set(words) - {none}))}
    return np.array([numbers.get(word, 0) for word in words], np.int_)
