"""A share that was counted, with the interval in which the true one lies (Clopper & Pearson, 1934)."""

import math
from collections.abc import Callable
from dataclasses import dataclass

CONFIDENCE = 0.95
_STEPS = 200
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Proportion:
    """``wrong`` of ``trials``."""

    wrong: int
    trials: int

    def __post_init__(self) -> None:
        if not 0 <= self.wrong <= self.trials:
            raise ValueError(f"{self.wrong} of {self.trials} is no proportion")

    @property
    def rate(self) -> float | None:
        """None where nothing was tried."""
        return self.wrong / self.trials if self.trials else None

    @property
    def interval(self) -> tuple[float, float]:
        """Exact and never too narrow; 0 .. 1 where nothing was tried."""
        return clopper_pearson(self.wrong, self.trials)


def clopper_pearson(wrong: int, trials: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The rates that are still believable after ``wrong`` of ``trials`` independent ones. After none wrong the upper
    end at 95 % is some 3.7 / trials; one-sided it would be the rule of three."""
    tail = (1 - confidence) / 2
    low = 0.0 if wrong == 0 else _where(lambda p: beta_cdf(p, wrong, trials - wrong + 1), tail)
    high = 1.0 if wrong == trials else _where(lambda p: beta_cdf(p, wrong + 1, trials - wrong), 1 - tail)
    return low, high


def _where(rising: Callable[[float], float], value: float) -> float:
    low, high = 0.0, 1.0
    while high - low > 1e-12 * high and (middle := (low + high) / 2) not in (low, high):
        low, high = (middle, high) if rising(middle) < value else (low, middle)
    return (low + high) / 2


def beta_cdf(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (Abramowitz & Stegun, 26.5.8), evaluated
    with Lentz's method on the side where it converges fast."""
    if x <= 0 or x >= 1:
        return min(max(x, 0.0), 1.0)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_cdf(1 - x, b, a)
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    fraction, c, d = 1.0, 1.0, 0.0
    for step in range(_STEPS):
        m = step // 2
        if step == 0:
            numerator = 1.0
        elif step % 2 == 0:
            numerator = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            numerator = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / _not_zero(1 + numerator * d)
        c = _not_zero(1 + numerator / c)
        fraction *= c * d
        if abs(1 - c * d) < 1e-15:  # noqa: PLR2004 - as close as a float comes
            break
    return math.exp(front) * (fraction - 1) / a


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
