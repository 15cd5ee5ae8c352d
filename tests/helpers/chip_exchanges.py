"""Drives one protocol of egate.document.chip by itself, against a chip that follows a script or recorded bytes."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from chip_script import run_exchange

from egate.document.chip.channel import Channel, Exchange
from egate.document.chip.steps import ReaderCapacity, ReadLimits

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


def run(exchange: Exchange[T], respond: Respond, on_reset: Callable[[], None] = lambda: None) -> T:
    """Drive an exchange to its end; its value."""
    value: T = run_exchange(exchange, respond, on_reset)[0]
    return value


def recorded(exchanges: Iterable[tuple[str, str] | list[str]]) -> Respond:
    """A chip that answers as it once did, and only to the same commands in the same order; all in hex."""
    left = iter(exchanges)

    def respond(command: bytes) -> bytes:
        expected, answer = next(left)
        assert command == bytes.fromhex(expected)
        return bytes.fromhex(answer)

    return respond
