"""Fitting a calibration: it finds what made the data, keeps signs, and refuses what cannot be fitted."""

import numpy as np
import pytest

from egate.face.pad.fitting import fit


def drawn(count: int = 4000, seed: int = 1) -> tuple[list[dict[str, float]], list[bool]]:
    """Two informative features, one idle; log odds 1 + 2 a - 3 b in units of their own."""
    random = np.random.default_rng(seed)
    a, b, idle = random.normal(5, 2, count), random.normal(-1, 0.1, count), random.normal(0, 1, count)
    odds = 1 + 2 * (a - 5) / 2 - 3 * (b + 1) / 0.1
    attack = random.random(count) < 1 / (1 + np.exp(-odds))
    rows = [{"a": float(x), "b": float(y), "idle": float(z)} for x, y, z in zip(a, b, idle, strict=True)]
    return rows, [bool(label) for label in attack]


def test_it_finds_the_model_that_made_the_data() -> None:
    rows, attack = drawn()
    model = fit(rows, attack, ridge=1e-3, balance=False)
    assert model.terms["a"].weight == pytest.approx(2, abs=0.25)
    assert model.terms["b"].weight == pytest.approx(-3, abs=0.3)
    assert model.terms["idle"].weight == pytest.approx(0, abs=0.15)
    assert model.bias == pytest.approx(1, abs=0.2)


def test_a_sign_holds_and_the_others_make_up_for_it() -> None:
    rows, attack = drawn()
    model = fit(rows, attack, signs={"b": 1, "a": 1})
    assert model.terms["b"].weight == 0
    assert model.terms["a"].weight > 0.3


def test_separable_data_stay_finite_under_the_ridge() -> None:
    rows = [{"x": float(k)} for k in range(20)]
    model = fit(rows, [k >= 10 for k in range(20)], ridge=0.1)
    assert 0 < model.terms["x"].weight < 50
    assert [model.score(row) >= 0.5 for row in rows] == [k >= 10 for k in range(20)]


def test_balance_puts_even_odds_between_the_kinds() -> None:
    rows = [{"x": 0.0}] * 90 + [{"x": 1.0}] * 10
    model = fit(rows, [False] * 90 + [True] * 10, ridge=1e-6)
    assert model.score({"x": 0.5}) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    ("rows", "attack"),
    [
        ([], []),
        ([{"x": 1.0}, {"y": 1.0}], [True, False]),
        ([{"x": 1.0}, {"x": 2.0}], [True, True]),
        ([{"x": 1.0}, {"x": float("nan")}], [True, False]),
        ([{"x": 1.0}, {"x": 2.0}], [True]),
    ],
)
def test_what_cannot_be_fitted_is_refused(rows: list[dict[str, float]], attack: list[bool]) -> None:
    with pytest.raises(ValueError, match=r"feature|label"):
        fit(rows, attack)
