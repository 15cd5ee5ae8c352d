"""The words in which a reader plan speaks with whoever drives it, and the result that it ends with.

A plan is a generator, made by ``reader.inspect_chip``. Its driver is a loop of a few lines::

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

from collections.abc import Generator
from dataclasses import dataclass
from enum import StrEnum

from egate.checks import Check, CheckResult, Outcome, Reason
from egate.document.face_image import Portrait
from egate.document.mrz import Mrz

CHIP_CHECKS = (
    Check.CHIP_ACCESS,
    Check.PASSIVE_AUTHENTICATION,
    Check.CHIP_AUTHENTICITY,
    Check.MRZ_DG1_CONSISTENCY,
    Check.PORTRAIT,
)


class Stage(StrEnum):
    """What a plan is busy with; a stage lasts until the next one begins. Stages may come twice after a reset."""

    ACCESS = "access"
    SOD = "sod"
    COM = "com"
    DG1 = "dg1"
    DG14 = "dg14"
    DG15 = "dg15"
    DG2 = "dg2"
    ACTIVE_AUTH = "active_auth"
    PASSIVE_AUTH = "passive_auth"


class AccessProtocol(StrEnum):
    """How the chip was opened. PLAIN: it asked for nothing."""

    BAC = "bac"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Transmit:
    """Send this command APDU; answer with response data and SW1 SW2. ``repr`` hides it: it may be in the clear."""

    command: bytes

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


@dataclass(frozen=True, slots=True)
class ChipInspection:
    """What a chip showed. ``checks`` holds each of CHIP_CHECKS once, in that order; ``repr`` shows no content.

    ``dg1`` and ``portrait`` are there as soon as they could be read, whatever the checks say: an officer wants to see
    them. ``algorithms`` are coded words; ``lds_version`` as EF.COM has it ("0107"); ``read_length`` is the length of
    READ BINARY that this chip bore at last, in bytes.
    """

    checks: tuple[CheckResult, ...]
    access: AccessProtocol | None = None
    dg1: Mrz | None = None
    portrait: Portrait | None = None
    algorithms: tuple[str, ...] = ()
    issuing_state: str = ""
    document_type: str = ""
    lds_version: str = ""
    apdu_count: int = 0
    bytes_read: int = 0
    read_length: int = 0

    def __post_init__(self) -> None:
        if tuple(result.check for result in self.checks) != CHIP_CHECKS:
            raise ValueError("a chip inspection holds each of its checks once, in order")

    def __repr__(self) -> str:
        checks = ", ".join(f"{result.check}: {result.outcome}" for result in self.checks)
        return f"ChipInspection({checks})"

    def result(self, check: Check) -> CheckResult:
        """One of CHIP_CHECKS."""
        return self.checks[CHIP_CHECKS.index(check)]


Plan = Generator[Step, bytes, ChipInspection]


def no_chip() -> ChipInspection:
    """The inspection of a document in which no chip answers at all, although its page promises one."""
    return _unread(CheckResult(Check.CHIP_ACCESS, Outcome.FAILED, Reason.CHIP_ABSENT))


def not_inspected(reason: Reason) -> ChipInspection:
    """The inspection of a chip that could not be begun, for a reason that lies with the gate."""
    return _unread(CheckResult(Check.CHIP_ACCESS, Outcome.ABORTED, reason))


def _unread(access: CheckResult) -> ChipInspection:
    rest = (CheckResult(check, Outcome.ABORTED, Reason.NOT_DONE) for check in CHIP_CHECKS[1:])
    return ChipInspection((access, *rest))
