"""Options that the commands of this package share."""

import argparse
from pathlib import Path

from egate_models.crowd import Watching, default_jobs
from egate_models.samples.frames import Sampling
from egate_models.samples.presentations import (
    LABEL_WORDS,
    Presentation,
    one_word_is_bona_fide,
    read_presentations,
)


def add_watching(parser: argparse.ArgumentParser) -> None:
    """How presentations are read and watched."""
    given = Sampling()
    group = parser.add_argument_group("watching")
    group.add_argument("--jobs", type=int, default=default_jobs(), help="processes (default: %(default)s)")
    group.add_argument("--models", type=Path, help="another folder with model.toml and pad.toml")
    group.add_argument(
        "--interval-ms", type=float, default=given.interval_ms,
        help="between frames whose times nobody tells (default: %(default)s)",
    )  # fmt: skip
    group.add_argument(
        "--fps", type=float, default=given.fps, help="of recordings whose frames are numbered (default: %(default)s)"
    )
    group.add_argument("--max-frames", type=int, default=given.most, help="of one presentation (default: %(default)s)")
    group.add_argument(
        "--longest-s", type=float, default=given.longest_ms / 1000,
        help="of one presentation: what comes later is not looked at (default: %(default)s)",
    )  # fmt: skip
    group.add_argument(
        "--least-ms", type=float, default=given.least_ms, help="between two frames (default: %(default)s)"
    )
    group.add_argument("--all-good", action="store_true", help="refuse no frame for its quality")
    group.add_argument("--positive", metavar="WORD", help="the one word of the label column that means bona fide")
    group.add_argument("--limit", type=int, help="take so many presentations, spread over the collection")
    group.add_argument(
        "--cache", type=Path, metavar="DIR",
        help="keep there where faces are and what cues found: personal data of the people shown; delete it afterwards",
    )  # fmt: skip


def watching(options: argparse.Namespace) -> Watching:
    return Watching(
        models=options.models,
        sampling=Sampling(
            least_ms=options.least_ms,
            most=options.max_frames,
            longest_ms=options.longest_s * 1000,
            interval_ms=options.interval_ms,
            fps=options.fps,
        ),
        all_good=options.all_good,
        kept=options.cache / "faces" if options.cache else None,
        jobs=options.jobs,
    )


def presentations(source: Path, options: argparse.Namespace) -> tuple[Presentation, ...]:
    """What a CSV file or a folder lists. Raises SampleError."""
    words = one_word_is_bona_fide(options.positive, source) if options.positive else LABEL_WORDS
    found = read_presentations(source, words)
    if options.limit is None or options.limit >= len(found):
        return found
    return tuple(found[index * len(found) // options.limit] for index in range(options.limit))
