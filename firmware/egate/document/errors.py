"""What can go wrong with a document. No text holds anything that was read from one.

A ``DocumentError`` is raised close to the bytes and ends as a coded check result in ``reader`` or ``mrz_inspection``;
none leaves this package from there. The ``Transport…`` errors come from outside: whoever drives the reader plan throws
them into it.
"""

from egate.checks import Reason


class DocumentError(Exception):
    """Root of this package's own errors; ``reason`` is the code that a record shows."""

    default_reason = Reason.FILE_FORMAT

    def __init__(self, text: str, reason: Reason | None = None) -> None:
        super().__init__(text)
        self.reason = reason or self.default_reason


class MrzError(DocumentError):
    """The machine readable zone breaks a rule of Doc 9303-3 or -4."""

    default_reason = Reason.MRZ_FORMAT


class FormatError(DocumentError):
    """Bytes from the chip or a list do not have the structure that they must have."""


class UnsupportedError(DocumentError):
    """A well-formed thing that this system does not know: an algorithm, a curve, a protocol."""

    default_reason = Reason.ALGORITHM_UNSUPPORTED


class ProtocolError(DocumentError):
    """The chip answered in a way that ISO/IEC 7816-4 or Doc 9303-11 forbids."""

    default_reason = Reason.CHIP_PROTOCOL


class SecureMessagingError(DocumentError):
    """An answer was not protected as the session demands, or its protection is wrong. The session is over."""

    default_reason = Reason.SECURE_MESSAGING


class AccessError(DocumentError):
    """The chip did not let us in."""

    default_reason = Reason.ACCESS_DENIED


class TrustError(DocumentError):
    """A list of trusted certificates or revocations is unusable; the text says why."""

    default_reason = Reason.CERT_SIGNATURE


class TransportError(Exception):
    """Root of what the driver of the reader plan throws into it, in place of an answer."""

    reason = Reason.CHIP_PROTOCOL


class ChipRemoved(TransportError):
    """The chip left the field, or died."""

    reason = Reason.CHIP_REMOVED


class ChipTimedOut(TransportError):
    """The reader or the chip did not answer in time."""

    reason = Reason.CHIP_TIMEOUT


class ChipProtocolError(TransportError):
    """The reader hardware reported a broken transmission."""

    reason = Reason.CHIP_PROTOCOL
