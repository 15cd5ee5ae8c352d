"""Drives one protocol of egate.document.chip by itself, against a chip that follows a script or recorded bytes."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from egate.document.chip.channel import Channel, Exchange
from egate.document.chip.steps import ReaderCapacity, ReadLimits, Transmit

Respond = Callable[[bytes], bytes]
T = TypeVar("T")

SHORT = ReaderCapacity()
EXTENDED = ReaderCapacity(max_command_bytes=4096, max_response_bytes=4096)
OK = b"\x90\x00"


def channel_to_chip(capacity: ReaderCapacity = SHORT, announced_bytes: int = 0) -> Channel:
    """Without a session. ``announced_bytes``: what the chip says that it can answer."""
    channel = Channel(capacity, ReadLimits())
    channel.announced_bytes = announced_bytes
    return channel


def run(exchange: Exchange[T], respond: Respond) -> T:
    """Drive an exchange that only transmits to its end; its value."""
    try:
        step = next(exchange)
        while True:
            assert isinstance(step, Transmit), f"unexpected {step}"
            step = exchange.send(respond(step.command))
    except StopIteration as end:
        value: T = end.value
        return value


def recorded(exchanges: Iterable[tuple[str, str] | list[str]]) -> Respond:
    """A chip that answers as it once did, and only to the same commands in the same order; all in hex."""
    left = iter(exchanges)

    def respond(command: bytes) -> bytes:
        expected, answer = next(left)
        assert command == bytes.fromhex(expected)
        return bytes.fromhex(answer)

    return respond
