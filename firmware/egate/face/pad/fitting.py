"""Fits the logistic models of a calibration to labelled features: for the shipped one, and for a site's own.

Ridge-penalised logistic regression by iteratively reweighted least squares, each quadratic step solved by coordinate
descent (Friedman, Hastie & Tibshirani, 2010), which lets a weight be held to the sign that physics gives it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egate.face.pad.calibration import Logistic, Term
from egate.face.pad.cue import Features

_STEPS, _SWEEPS = 40, 60
_CONVERGED = 1e-7
_LEAST_CURVATURE = 1e-4
_BOUND = 6.0  # as in calibration.Logistic

Floats = NDArray[np.float64]


def fit(
    rows: Sequence[Features],
    attack: Sequence[bool],
    *,
    ridge: float = 1.0,
    signs: Mapping[str, int] | None = None,
    balance: bool = True,
) -> Logistic:
    """The logistic model that tells ``attack`` from live rows best. ``signs``: feature -> 1 where larger may only mean
    attack, -1 where it may only mean live; a feature without one is free. ``ridge``: penalty on the squared weights of
    standardised features, in presentations. ``balance``: live and attack count alike, whatever their numbers.

    Raises ValueError unless there are presentations of both kinds, all with the same finite features.
    """
    names = sorted(rows[0]) if rows else []
    if not names or any(sorted(row) != names for row in rows):
        raise ValueError("every presentation must have the same features, and at least one")
    values = np.array([[row[name] for name in names] for row in rows], np.float64)
    labels = np.array(attack, np.float64)
    if len(labels) != len(values) or not 0 < labels.mean() < 1:
        raise ValueError("live and attack presentations are both needed, each row with its label")
    if not np.isfinite(values).all():
        raise ValueError("a feature is not a finite number")
    mean, scale = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-9)
    standard = np.clip((values - mean) / scale, -_BOUND, _BOUND)
    share = labels.mean()
    weights = np.where(labels > 0, 0.5 / share, 0.5 / (1 - share)) if balance else np.ones_like(labels)
    bound = np.array([(signs or {}).get(name, 0) for name in names])
    bias, found = _Problem(standard, labels, weights, ridge, bound).solve()
    terms = {
        name: Term(float(weight), float(centre), float(spread))
        for name, weight, centre, spread in zip(names, found, mean, scale, strict=True)
    }
    return Logistic(bias, terms)


@dataclass(frozen=True, slots=True)
class _Problem:
    """``x`` (n, k) standardised, ``y`` (n,) 0 or 1, ``weights`` (n,), ``signs`` (k,)."""

    x: Floats
    y: Floats
    weights: Floats
    ridge: float
    signs: NDArray[np.int_]

    def solve(self) -> tuple[float, Floats]:
        """(bias, weights (k,)) that minimise the penalised negative log likelihood under the signs."""
        bias, beta = 0.0, np.zeros(self.x.shape[1])
        for _ in range(_STEPS):
            eta = bias + self.x @ beta
            probability = 1 / (1 + np.exp(-np.clip(eta, -30, 30)))
            curvature = np.maximum(probability * (1 - probability), _LEAST_CURVATURE) * self.weights
            target = eta + (self.y - probability) * self.weights / curvature
            new_bias, new_beta = self._descend(target, curvature, bias, beta)
            moved = abs(new_bias - bias) + float(np.abs(new_beta - beta).max())
            bias, beta = new_bias, new_beta
            if moved < _CONVERGED:
                break
        return bias, beta

    def _descend(self, target: Floats, curvature: Floats, bias: float, beta: Floats) -> tuple[float, Floats]:
        """Weighted ridge regression of ``target`` on ``x``, one coordinate after the other."""
        x, beta = self.x, beta.copy()
        residual = target - bias - x @ beta
        squares = curvature @ (x * x)
        for _ in range(_SWEEPS):
            before = beta.copy()
            step = float(curvature @ residual / curvature.sum())
            bias, residual = bias + step, residual - step
            for k, sign in enumerate(self.signs):
                best = (curvature @ (x[:, k] * residual) + squares[k] * beta[k]) / (squares[k] + self.ridge)
                if sign:
                    best = sign * max(0.0, sign * best)
                residual -= (best - beta[k]) * x[:, k]
                beta[k] = best
            if np.abs(beta - before).max() + abs(step) < _CONVERGED:
                break
        return float(bias), beta
