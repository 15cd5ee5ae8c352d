"""The words in which a reader plan speaks with whoever drives it.

A plan is a generator, made by ``inspection.reader.inspect_chip``. Its driver is a loop of a few lines::

    step = next(plan)
    while True:                       # StopIteration carries the ChipInspection
        match step:
            case Transmit(command):
                try: answer = transceive(command)
                except Gone: step = plan.throw(ChipRemoved()); continue
            ...
        step = plan.send(answer)

``Transmit`` is answered with the bytes that the chip sent, or by throwing a ``TransportError`` into the plan.
``Reset`` and ``Progress`` are answered with ``b""``; a reset that fails is thrown in like a failed transmission.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


class Stage(StrEnum):
    """What a plan is busy with; a stage lasts until the next one begins. Stages may come twice after a reset."""

    ACCESS = "access"
    SOD = "sod"
    COM = "com"
    DG1 = "dg1"
    DG14 = "dg14"
    DG15 = "dg15"
    DG2 = "dg2"
    CARD_SECURITY = "card_security"
    CHIP_AUTH = "chip_auth"
    ACTIVE_AUTH = "active_auth"
    TERMINAL_AUTH = "terminal_auth"
    PASSIVE_AUTH = "passive_auth"


class AccessProtocol(StrEnum):
    """How the chip was opened. PLAIN: it asked for nothing."""

    PACE = "pace"
    BAC = "bac"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Transmit:
    """Send this command APDU; answer with response data and SW1 SW2. ``repr`` hides it: it may be in the clear.

    ``meanwhile``: work that waits to be done, None for none. The driver may call it once, while the radio is busy.
    """

    command: bytes
    meanwhile: Callable[[], None] | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        return f"Transmit({len(self.command)} bytes)"


@dataclass(frozen=True, slots=True)
class Reset:
    """Field off, field on, chip selected anew. Used where a chip ended its session."""


@dataclass(frozen=True, slots=True)
class Progress:
    """This stage begins now; for timings and the traveller's screen."""

    stage: Stage


Step = Transmit | Reset | Progress


@dataclass(frozen=True, slots=True)
class ReaderCapacity:
    """What the reader hardware carries in one APDU: whole command, and response data with status word, in bytes."""

    max_command_bytes: int = 261
    max_response_bytes: int = 258


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Bounds against a chip that means harm: bytes of one file and of all files, APDUs of one inspection."""

    max_file_bytes: int = 256 * 1024
    max_total_bytes: int = 512 * 1024
    max_apdus: int = 3000

    def __post_init__(self) -> None:
        if min(self.max_file_bytes, self.max_total_bytes, self.max_apdus) < 1:
            raise ValueError("read limits must be at least 1")
