"""Tells what the lane does, one line a step, for a person at a terminal. It knows no more than the records say."""

from collections.abc import Callable

from egate.checks import Outcome
from egate.transaction import effects as fx
from egate.transaction.state import Lane

_MARK = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.ABORTED: "✗", Outcome.UNDETERMINED: "?",
         Outcome.NOT_SUPPORTED: "–"}  # fmt: skip
_COLOUR = {"✓": "32", "✗": "31", "?": "33", "–": "33"}
_FEW = 3  # details that fit on a line


class Narrator:
    """A watcher of the lane loop. ``colour``: whether the terminal shows it."""

    def __init__(self, write: Callable[[str], None], now_ms: Callable[[], int], colour: bool = False) -> None:
        self._write, self._now_ms, self._colour = write, now_ms, colour
        self._began_ms = 0

    def __call__(self, lane: Lane, effects: tuple[fx.Effect, ...]) -> None:
        for effect in effects:
            match effect:
                case fx.OpenTransaction():
                    self._began_ms = self._now_ms()
                case fx.RecordStep():
                    self._step(effect)
                case fx.RecordTransition():
                    self._line(" ", "·", effect.target.replace("_", " "), "", "2")
                case fx.CloseTransaction(summary=summary):
                    self._summary(summary)
                case fx.SetFault(code=code, active=active):
                    self._line("!" if active else " ", "!", f"{code} {'began' if active else 'is over'}", "", "33")

    def _step(self, step: fx.RecordStep) -> None:
        mark = _MARK[step.outcome]
        why = "" if step.outcome is Outcome.PASSED else f"{step.outcome.value}: {step.reason.value}"
        details = step.details if len(step.details) <= _FEW else (f"{len(step.details)} parts",)
        words = " ".join(w for w in (why, ", ".join(details)) if w)
        took = f"{step.took_ms:>5} ms" if step.took_ms else ""
        self._line(took, mark, step.name.replace("_", " "), words, _COLOUR[mark])

    def _summary(self, s: fx.Summary) -> None:
        why = ", ".join(r.value for r in s.reasons)
        told = f"; staff told: {', '.join(s.attention)}" if s.attention else ""
        colour = {"admit": "1;32", "refer": "1;33", "abort": "1;31"}[s.verdict.value]
        words = (
            f"{why + '; ' if why else ''}{s.resolution.value.replace('_', ' ')} after {s.elapsed_ms / 1000:.1f} s{told}"
        )
        self._line("", "=", s.verdict.value.upper(), words, colour)

    def _line(self, took: str, mark: str, name: str, words: str, colour: str) -> None:
        seconds = (self._now_ms() - self._began_ms) / 1000
        head = f"{mark} {name:<22}"
        if self._colour:
            head = f"\033[{colour}m{head}\033[0m"
        self._write(f"{seconds:8.2f} s {took:>9}  {head} {words}".rstrip())
