"""Error rates of comparing people (ISO/IEC 19795-1), from all pairs of templates, however many.

FMR: share of impostor pairs that reach the threshold. FNMR: share of genuine pairs that do not. Pairs that share a
person are not independent, so intervals come from drawing people, not pairs (rates.bootstrap).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

BINS = 20_000
_ROWS = 512
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Gallery:
    """``probes``, ``references``: (n, d) of length one, row i of both from picture i; one object where they are the
    same. ``subjects``: (n,) whole numbers; ``sessions``: (n,), two pictures of one session above 0 are no pair."""

    probes: NDArray[np.float32]
    references: NDArray[np.float32]
    subjects: NDArray[np.int_]
    sessions: NDArray[np.int_]

    @property
    def symmetric(self) -> bool:
        return self.probes is self.references

    def part(self, chosen: NDArray[np.bool_]) -> "Gallery":
        probes = self.probes[chosen]
        references = probes if self.symmetric else self.references[chosen]
        return Gallery(probes, references, self.subjects[chosen], self.sessions[chosen])

    def blocks(self) -> Iterator[tuple[Floats, NDArray[np.bool_], NDArray[np.bool_], int]]:
        """(scores, genuine, impostor, first row): some rows against all, each pair once. A picture is never compared
        with itself, nor with its own copy."""
        column = np.arange(len(self.subjects))
        for start in range(0, len(self.subjects), _ROWS):
            row = column[start : start + _ROWS, np.newaxis]
            scores = np.clip(self.probes[start : start + _ROWS] @ self.references.T, -1, 1).astype(np.float64)
            once = column > row if self.symmetric else column != row
            same = self.subjects[row] == self.subjects
            session = self.sessions[row]
            apart = (session == 0) | (session != self.sessions)
            yield scores, once & same & apart, once & ~same, start


@dataclass(frozen=True, slots=True, eq=False)
class Comparisons:
    """All scores of a gallery: ``genuine`` (g,), with the subject of each; ``impostor`` (BINS,): how many scores lie in
    each bin of -1 .. 1."""

    gallery: Gallery = field(repr=False)
    genuine: Floats
    genuine_subjects: NDArray[np.int_]
    impostor: NDArray[np.int_]

    @classmethod
    def of(cls, gallery: Gallery) -> "Comparisons":
        genuine, subjects, impostor = [], [], np.zeros(BINS, np.int_)
        for scores, same, other, start in gallery.blocks():
            genuine.append(scores[same])
            subjects.append(gallery.subjects[start + np.nonzero(same)[0]])
            impostor += np.bincount(_bin(scores[other]), minlength=BINS)
        return cls(gallery, np.concatenate(genuine), np.concatenate(subjects), impostor)

    @property
    def impostors(self) -> int:
        return int(self.impostor.sum())

    def threshold_for_fmr(self, target: float) -> float | None:
        """The lowest threshold, to 2 / BINS, that no more than ``target`` of the impostor pairs reach; None where there
        are so few pairs that nothing could be said."""
        if self.impostors * target < 1:
            return None
        reaching = self.impostor[::-1].cumsum()[::-1]
        fine = np.flatnonzero(reaching <= target * self.impostors)
        return float(_edge(int(fine[0]))) if len(fine) else None

    def false_matches(self, threshold: float) -> int:
        """Impostor pairs that reach ``threshold``, to the width of a bin."""
        return int(self.impostor[_first_bin(threshold) :].sum())

    def false_non_matches(self, threshold: float) -> int:
        return int((self.genuine < threshold).sum())

    def curve(self) -> Floats:
        """(BINS, 3): threshold, FMR, FNMR."""
        thresholds = np.array([_edge(k) for k in range(BINS)])
        fmr = self.impostor[::-1].cumsum()[::-1] / max(self.impostors, 1)
        fnmr = np.searchsorted(np.sort(self.genuine), thresholds, "left") / max(len(self.genuine), 1)
        return np.stack((thresholds, fmr, fnmr), axis=1)


def _bin(scores: Floats) -> NDArray[np.int_]:
    return np.minimum(((scores + 1) / 2 * BINS).astype(np.int_), BINS - 1)


def _first_bin(threshold: float) -> int:
    return int(np.ceil(round((threshold + 1) / 2 * BINS, 6)))


def _edge(number: int) -> float:
    return -1 + 2 * number / BINS
