"""Which of our lines a call reaches, in which order, and how many steps it takes.

A step is a call of any Python function, or a line of our own code. Counting steps in place of time gives the same
verdict on every machine, however busy. What runs inside one native call is one step; bounding the numbers that go into
it is the business of the code that makes the call.
"""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

Arc = tuple[int, int, int]  # function (numbered as met), line before, line
_FOREIGN = -1


class StepBudgetExceeded(BaseException):
    """No Exception, so that code under test which catches those does not catch it."""


class Reach:
    """Watches the files below ``roots``. ``steps``: of the last call; ``arcs``: of the last call, ``seen``: of all."""

    def __init__(self, roots: Iterable[Path]) -> None:
        self._roots = tuple(map(str, roots))
        self._numbers: dict[CodeType, int] = {}
        self._budget = 0
        self.steps = 0
        self.arcs: set[Arc] = set()
        self.seen: set[Arc] = set()

    def run(self, call: Callable[[], object], budget: int) -> None:
        """Raises what ``call`` raises, and StepBudgetExceeded."""
        self._budget, self.steps, self.arcs = budget, 0, set()
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            call()
        finally:
            sys.settrace(before)
            self.seen |= self.arcs

    def _enter(self, frame: FrameType, _event: str, _argument: object) -> Any:
        self._step()
        number = self._numbers.get(frame.f_code)
        if number is None:
            number = self._number(frame.f_code)
        if number == _FOREIGN:
            return None
        arcs, before = self.arcs, 0

        def line(frame: FrameType, event: str, _argument: object) -> Any:
            nonlocal before
            if event == "line":
                self._step()
                arcs.add((number, before, frame.f_lineno))
                before = frame.f_lineno
            return line

        return line

    def _step(self) -> None:
        self.steps += 1
        if self.steps > self._budget:
            raise StepBudgetExceeded(f"more than {self._budget} steps")

    def _number(self, code: CodeType) -> int:
        ours = code.co_filename.startswith(self._roots)
        self._numbers[code] = len(self._numbers) if ours else _FOREIGN
        return self._numbers[code]
