"""Port: the optical reader that sees whether a document lies on the glass and reads its MRZ."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DocumentPlaced:
    """A document was laid on the reader."""


@dataclass(frozen=True, slots=True)
class DocumentRemoved:
    """The reader is empty again."""


@dataclass(frozen=True, slots=True)
class MrzLines:
    """The lines of a machine readable zone as the reader delivered them: unverified text, ``repr`` hides it."""

    lines: tuple[str, ...]

    def __repr__(self) -> str:
        return f"MrzLines({len(self.lines)} lines)"


@dataclass(frozen=True, slots=True)
class MrzUnreadable:
    """A document is there, but what came could not be framed. ``reason``: framing, charset, length, reader."""

    reason: str


ReaderEvent = DocumentPlaced | DocumentRemoved | MrzLines | MrzUnreadable


class DocumentReader(Protocol):
    """Promises: events come in the order in which things happened; noise on the line becomes at most MrzUnreadable,
    never an exception; MrzLines never comes without a document on the glass (a driver whose device has no presence
    sensor sends DocumentPlaced just before, and DocumentRemoved when the next thing proves it)."""

    async def open(self) -> None:
        """Raises DeviceUnavailable, DeviceLost."""

    async def close(self) -> None: ...

    async def next_event(self) -> ReaderEvent:
        """Wait for the next event. Raises DeviceLost."""
