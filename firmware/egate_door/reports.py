"""What the control loop has to tell, kept for the link: a ring of entries made once, so that telling allocates nothing.

The control loop adds, from its timer; the link's loop takes, with interrupts off for the length of one ``take``.
"""

REPORTS_MAX = 32  # as many as the link's own queue holds
VALUES_MAX = 3


class Reports:
    def __init__(self) -> None:
        self.overflowed = False  # something was dropped: the host must be told everything anew
        self._messages = [0] * REPORTS_MAX
        self._values = [[0] * VALUES_MAX for _ in range(REPORTS_MAX)]
        self._first = 0
        self._count = 0

    def add(self, message: int, first: int = 0, second: int = 0, third: int = 0) -> None:
        if self._count == REPORTS_MAX:
            self.overflowed = True
            return
        at = (self._first + self._count) % REPORTS_MAX
        self._messages[at] = message
        values = self._values[at]
        values[0] = first
        values[1] = second
        values[2] = third
        self._count += 1

    def take(self, fields_of: "dict[int, int]") -> "tuple[int, tuple[int, ...]] | None":
        """The oldest entry as message and values, so many as ``fields_of`` says for it; None where there is none."""
        if not self._count:
            return None
        at = self._first
        self._first = (at + 1) % REPORTS_MAX
        self._count -= 1
        message = self._messages[at]
        return message, tuple(self._values[at][: fields_of[message]])

    def clear(self) -> None:
        self._count = 0
        self.overflowed = False
