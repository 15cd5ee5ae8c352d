"""Tells what the lane does, one line a step, for a person at a terminal. It knows no more than the records say.

A time stands where it changes, a duration where one begins to hold: what one event brought stands together below it.
"""

from collections.abc import Callable

from egate.checks import Outcome
from egate.faults import FAULTS
from egate.transaction import effects as fx
from egate.transaction.state import Lane

_MARK = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.ABORTED: "✗", Outcome.UNDETERMINED: "?",
         Outcome.NOT_SUPPORTED: "–"}  # fmt: skip
_COLOUR = {"✓": "32", "✗": "31", "?": "33", "–": "33"}
_VERDICT_COLOUR = {fx.Verdict.ADMIT: "1;32", fx.Verdict.REFER: "1;33", fx.Verdict.ABORT: "1;31"}
_QUIET, _STAGE, _ALARM = "2", "36", "33"
_FEW = 3  # details that fit on a line
_SECOND_MS = 1000


class Narrator:
    """A watcher of the lane loop. ``colour``: whether the terminal shows it."""

    def __init__(self, write: Callable[[str], None], now_ms: Callable[[], int], colour: bool = False) -> None:
        self._write, self._now_ms, self._colour = write, now_ms, colour
        self._began_ms: int | None = None
        self._last_time = ""

    def __call__(self, lane: Lane, effects: tuple[fx.Effect, ...]) -> None:
        stages = [effect for effect in effects if isinstance(effect, fx.RecordTransition)]
        ends = any(isinstance(effect, fx.CloseTransaction) for effect in effects)
        took_ms = 0
        for effect in effects:
            match effect:
                case fx.OpenTransaction():
                    self._began_ms, self._last_time = self._now_ms(), ""
                case fx.RecordStep():
                    self._step(effect, effect.took_ms if effect.took_ms != took_ms else 0)
                    took_ms = effect.took_ms
                case fx.RecordTransition() if effect is stages[-1] and not ends:  # others last no time
                    self._line("·", effect.target.replace("_", " "), colour=_STAGE)
                case fx.CloseTransaction(summary=summary):
                    self._summary(summary)
                case fx.SetFault(code=code, active=active):
                    self._line("!", code, "", FAULTS[code].meaning if active else "is over", _ALARM)

    def _step(self, step: fx.RecordStep, took_ms: int) -> None:
        mark = _MARK[step.outcome]
        why = "" if step.outcome is Outcome.PASSED else f"{step.outcome.value}: {step.reason.value}"
        words = " ".join(w for w in (why, _details(step.details)) if w)
        self._line(mark, step.name.replace("_", " "), _duration(took_ms), words, _COLOUR[mark])

    def _summary(self, s: fx.Summary) -> None:
        parts = [", ".join(reason.value for reason in s.reasons)]
        parts.append(f"{s.resolution.value.replace('_', ' ')} after {s.elapsed_ms / _SECOND_MS:.1f} s")
        parts.append(f"staff told: {', '.join(s.attention)}" if s.attention else "")
        words = "; ".join(part for part in parts if part)
        self._line("=", f"{s.verdict.value.upper()}  {words}", colour=_VERDICT_COLOUR[s.verdict])

    def _line(self, mark: str, name: str, took: str = "", words: str = "", colour: str = "") -> None:
        time = self._time()
        shown, self._last_time = ("" if time == self._last_time else time), time
        head = f"{mark} {name:<24}" if words or took else f"{mark} {name}"
        tail = f" {took:>7}  {words}".rstrip() if words or took else ""
        whole = mark not in "✓"  # of what went well, the mark alone is coloured
        coloured = self._paint(colour, head) if whole else self._paint(colour, mark) + head[len(mark) :]
        self._write(f"{self._paint(_QUIET, f'{shown:>10}')}  {coloured}{tail}")

    def _time(self) -> str:
        """Since the traveller came; nothing before the first one."""
        return "" if self._began_ms is None else f"{(self._now_ms() - self._began_ms) / _SECOND_MS:.2f} s"

    def _paint(self, colour: str, words: str) -> str:
        return f"\033[{colour}m{words}\033[0m" if self._colour and words.strip() else words


def _duration(ms: int) -> str:
    if not ms:
        return ""
    return f"{ms} ms" if ms < _SECOND_MS else f"{ms / _SECOND_MS:.2f} s"


def _details(details: tuple[str, ...]) -> str:
    """All of a few; of many (the parts that a signature covers) those that are not in order, or how many there are."""
    if len(details) <= _FEW:
        return ", ".join(details)
    return ", ".join(d for d in details if not d.endswith(":ok")) or f"{len(details)} parts"
