"""Drives one exchange of a reader plan without a chip: by a list of answers, or by a function that makes them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from egate.document.chip.channel import Exchange
from egate.document.chip.steps import Reset, Transmit


@dataclass
class Talk:
    """What was said while an exchange ran: commands in order, and after how many of them each reset came."""

    commands: list[bytes] = field(default_factory=list)
    resets: list[int] = field(default_factory=list)


def run_exchange(
    exchange: Exchange[Any], respond: Callable[[bytes], bytes], on_reset: Callable[[], None] = lambda: None
) -> tuple[Any, Talk]:
    """(result, what was said)."""
    talk = Talk()
    answer: bytes | None = None
    try:
        while True:
            step = next(exchange) if answer is None else exchange.send(answer)
            answer = b""
            match step:
                case Transmit(command):
                    talk.commands.append(command)
                    answer = respond(command)
                case Reset():
                    talk.resets.append(len(talk.commands))
                    on_reset()
    except StopIteration as end:
        return end.value, talk


def by_list(answers: Sequence[bytes | str]) -> Callable[[bytes], bytes]:
    """The answers one after the other, as bytes or hexadecimal; one command too many is an AssertionError."""
    left = iter(answers)

    def respond(_: bytes) -> bytes:
        answer = next(left, None)
        assert answer is not None, "a command that was not expected"
        return bytes.fromhex(answer) if isinstance(answer, str) else answer

    return respond
