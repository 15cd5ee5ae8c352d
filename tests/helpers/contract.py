"""How a contract test says that a driver's world knows no such case, so that nothing was shown."""

from collections.abc import Callable

NO_SUCH_CASE = "no such case"
_say: list[Callable[[], None]] = []


def no_such_case() -> None:
    """The running test has asked nothing of its driver."""
    _say[-1]()


def begin(say: Callable[[], None]) -> None:
    _say[:] = [say]
