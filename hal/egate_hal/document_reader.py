"""Port: the optical reader that sees whether a document lies on the glass and reads its MRZ."""

from dataclasses import dataclass
from typing import Protocol

MAX_BAR_CODE_BYTES = 8192  # a QR code of version 40 holds 7089 digits; no other bar code on documents holds more


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


@dataclass(frozen=True, slots=True)
class BarCode:
    """What a bar code on the document holds, decoded by the reader: unverified bytes, ``repr`` hides them. It may be
    anything from a digital seal to an airline's boarding pass. Raises ValueError where it is longer than any can be."""

    content: bytes

    def __post_init__(self) -> None:
        if len(self.content) > MAX_BAR_CODE_BYTES:
            raise ValueError(f"a bar code holds at most {MAX_BAR_CODE_BYTES} bytes")

    def __repr__(self) -> str:
        return f"BarCode({len(self.content)} bytes)"


ReaderEvent = DocumentPlaced | DocumentRemoved | MrzLines | MrzUnreadable | BarCode


class DocumentReader(Protocol):
    """Promises: events come in the order in which things happened; noise on the line becomes at most MrzUnreadable,
    never an exception; MrzLines and BarCode never come without a document on the glass (a driver whose device has no
    presence sensor sends DocumentPlaced just before, and DocumentRemoved when the next thing proves it). A document has
    any number of bar codes, read before or after its MRZ; a reader that cannot decode them sends none."""

    async def open(self) -> None:
        """Raises DeviceUnavailable, DeviceLost."""

    async def close(self) -> None: ...

    async def next_event(self) -> ReaderEvent:
        """Wait for the next event. Raises DeviceLost."""
