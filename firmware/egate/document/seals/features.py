"""What the features of a binary seal mean: the profiles of Doc 9303-13 and, marked so, of BSI TR-03137-1."""

from dataclasses import dataclass
from enum import StrEnum

from egate.checks import Reason
from egate.document.errors import FormatError
from egate.document.seals import c40
from egate.document.seals.vds import Seal


class SealKind(StrEnum):
    """What is sealed. OTHER: a profile of some state's own, whose signature can be verified all the same."""

    VISA = "visa"
    EMERGENCY_TRAVEL_DOCUMENT = "emergency_travel_document"
    RESIDENCE_PERMIT = "residence_permit"
    ARRIVAL_ATTESTATION = "arrival_attestation"
    TRAVEL_AUTHORISATION = "travel_authorisation"
    HEALTH_PROOF = "health_proof"
    OTHER = "other"


# (feature definition, document category) -> kind
_KINDS = {
    (0x5D, 0x01): SealKind.VISA,
    (0x5E, 0x03): SealKind.EMERGENCY_TRAVEL_DOCUMENT,
    (0xFB, 0x06): SealKind.RESIDENCE_PERMIT,  # BSI TR-03137-1, 8
    (0xFD, 0x02): SealKind.ARRIVAL_ATTESTATION,  # BSI TR-03137-1, 6
}

_ZONE_A, _ZONE_B = 0x01, 0x02
_ENTRIES, _DURATION, _VISA_PASSPORT = 0x03, 0x04, 0x05
_RESIDENCE_PASSPORT = 0x03
_LINE_CHARACTERS = {_ZONE_A: 44, _ZONE_B: 36}
_SECOND_LINE_CHARACTERS = 28  # a visa's seal leaves out the optional data, Doc 9303-13
_DURATION_BYTES = 3
_EXPIRY = slice(21, 27)  # of the second line, Doc 9303-6 and -7


@dataclass(frozen=True, slots=True)
class Duration:
    """How long the holder may stay."""

    days: int
    months: int
    years: int


@dataclass(frozen=True, slots=True, repr=False)
class SealedDocument:
    """``zone``: both lines run together, a visa's second line without its optional data, "" where none is sealed;
    ``passport_number``: of the passport that the sealed document goes with."""

    kind: SealKind
    zone: str = ""
    first_line_characters: int = 0
    passport_number: str = ""
    entries: int | None = None
    duration: Duration | None = None

    def __repr__(self) -> str:
        return f"SealedDocument({self.kind})"

    @property
    def lines(self) -> tuple[str, str]:
        """Both lines as far as they are sealed."""
        return self.zone[: self.first_line_characters], self.zone[self.first_line_characters :]

    @property
    def expiry(self) -> str:
        """YYMMDD as sealed, where visas and documents of two lines alike have it; "" where no zone is sealed."""
        return self.lines[1][_EXPIRY]


def read_features(seal: Seal) -> SealedDocument:
    """Raises FormatError (SEAL_FORMAT) where a feature that the profile asks for is missing or malformed."""
    kind = _KINDS.get((seal.header.definition, seal.header.category), SealKind.OTHER)
    match kind:
        case SealKind.VISA:
            return _visa(seal)
        case SealKind.OTHER:
            return SealedDocument(kind)
        case SealKind.RESIDENCE_PERMIT:
            return SealedDocument(kind, *_whole_zone(seal), _text(seal, _RESIDENCE_PASSPORT))
    return SealedDocument(kind, *_whole_zone(seal))


def _visa(seal: Seal) -> SealedDocument:
    tag = _ZONE_A if _ZONE_A in seal.features else _ZONE_B
    first_line = _LINE_CHARACTERS[tag]
    return SealedDocument(
        SealKind.VISA,
        _zone(seal, tag, first_line + _SECOND_LINE_CHARACTERS),
        first_line,
        _text(seal, _VISA_PASSPORT),
        _entries(seal.features.get(_ENTRIES)),
        _duration(seal.features.get(_DURATION)),
    )


def _whole_zone(seal: Seal) -> tuple[str, int]:
    """Both lines of a TD2."""
    line = _LINE_CHARACTERS[_ZONE_B]
    return _zone(seal, _ZONE_B, 2 * line), line


def _zone(seal: Seal, tag: int, characters: int) -> str:
    zone = c40.decode_zone(_required(seal, tag))
    if len(zone) != characters:
        raise FormatError("the seal's machine readable zone has a wrong length", Reason.SEAL_FORMAT)
    return zone


def _text(seal: Seal, tag: int) -> str:
    return c40.decode(_required(seal, tag)).strip()


def _required(seal: Seal, tag: int) -> bytes:
    if tag not in seal.features:
        raise FormatError(f"the seal lacks feature {tag:02X}, which its profile asks for", Reason.SEAL_FORMAT)
    return seal.features[tag]


def _entries(value: bytes | None) -> int | None:
    """0 means unlimited."""
    if value is None:
        return None
    if len(value) != 1:
        raise FormatError("the seal's number of entries has not one byte", Reason.SEAL_FORMAT)
    return value[0]


def _duration(value: bytes | None) -> Duration | None:
    if value is None:
        return None
    if len(value) != _DURATION_BYTES:
        raise FormatError("the seal's duration of stay has not three bytes", Reason.SEAL_FORMAT)
    return Duration(*value)
