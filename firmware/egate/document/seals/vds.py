"""Visible digital seals in binary form (VDS): header, message zone, signature zone (Doc 9303-13, part A).

The seal names its signer by two letters of the country, two of its own, and the hexadecimal serial number of its
certificate. Versions 3 and 4 are known; they differ in how long that number is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from egate.checks import Reason
from egate.document import tlv
from egate.document.errors import DocumentError, FormatError
from egate.document.seals import c40

_MAGIC = 0xDC
_SIGNATURE = 0xFF
_VERSION_3, _VERSION_4 = 2, 3  # as they are written
_COUNTRY_CHARACTERS = 3
_SIGNER_CHARACTERS = 4
_REFERENCE_CHARACTERS_V3 = 5
_LENGTH_CHARACTERS = 2
_DATE_BYTES = 3
MAX_SEAL_BYTES = 4096  # no bar code on a document holds more


@dataclass(frozen=True, slots=True)
class SealHeader:
    """``issuer``: code of the issuing state; ``signer``: e.g. "DETS"; ``certificate_reference``: serial number in
    hexadecimal; ``definition`` and ``category`` say together what the message holds."""

    issuer: str
    signer: str
    certificate_reference: str
    issued: date | None
    signed: date
    definition: int
    category: int


@dataclass(frozen=True, slots=True, repr=False)
class Seal:
    """``features``: tag -> value as it came. ``signed_bytes`` is what ``signature`` (r and s side by side) covers."""

    header: SealHeader
    features: Mapping[int, bytes]
    signed_bytes: bytes
    signature: bytes

    def __repr__(self) -> str:
        return f"Seal({self.header.issuer}, {self.header.definition:02X}{self.header.category:02X})"


def is_seal(content: bytes) -> bool:
    """Whether a bar code's content begins like one."""
    return content[:1] == bytes([_MAGIC])


def parse_seal(content: bytes) -> Seal:
    """Raises FormatError (SEAL_FORMAT)."""
    if len(content) > MAX_SEAL_BYTES:
        raise _bad("is longer than a bar code can be")
    try:
        return _parse(content)
    except DocumentError as error:
        raise FormatError(f"the seal cannot be decoded: {error}", Reason.SEAL_FORMAT) from None


def _parse(content: bytes) -> Seal:
    reader = _Reader(content)
    if reader.take(1)[0] != _MAGIC:
        raise _bad("does not begin as a seal does")
    header = _header(reader)
    features: dict[int, bytes] = {}
    while True:
        at = reader.offset
        tag, value = reader.feature()
        if tag == _SIGNATURE:
            break
        if tag in features:
            raise _bad("has a feature twice")
        features[tag] = value
    if reader.offset != len(content) or not features:
        raise _bad("has no features, or something after its signature")
    return Seal(header, MappingProxyType(features), content[:at], value)


def _header(reader: "_Reader") -> SealHeader:
    version = reader.take(1)[0]
    if version not in (_VERSION_3, _VERSION_4):
        raise _bad("has a version that is not known")
    issuer = reader.packed(_COUNTRY_CHARACTERS).rstrip()
    signer, reference = _version_3(reader) if version == _VERSION_3 else _version_4(reader)
    issued, signed = reader.date(), reader.date()
    if signed is None:
        raise _bad("does not say when it was signed")
    definition, category = reader.take(2)
    return SealHeader(issuer, signer, reference, issued, signed, definition, category)


def _version_3(reader: "_Reader") -> tuple[str, str]:
    text = reader.packed(_SIGNER_CHARACTERS + _REFERENCE_CHARACTERS_V3)
    return text[:_SIGNER_CHARACTERS], text[_SIGNER_CHARACTERS:]


def _version_4(reader: "_Reader") -> tuple[str, str]:
    """The first two triples tell how long the whole is."""
    fixed = _SIGNER_CHARACTERS + _LENGTH_CHARACTERS
    start = reader.offset
    length = _hexadecimal(reader.packed(fixed)[_SIGNER_CHARACTERS:])
    reader.offset = start
    text = reader.packed(fixed + length)
    if len(text) < fixed + length:
        raise _bad("names no certificate")
    return text[:_SIGNER_CHARACTERS], text[fixed : fixed + length]


def _hexadecimal(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        raise _bad("has a length that is no number") from None


class _Reader:
    """Takes bytes from the front; what is not there raises."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.offset = 0

    def take(self, length: int) -> bytes:
        taken = self._content[self.offset : self.offset + length]
        if len(taken) < length:
            raise _bad("ends too early")
        self.offset += length
        return taken

    def packed(self, characters: int) -> str:
        return c40.decode(self.take(c40.packed_bytes(characters)))

    def date(self) -> date | None:
        """Month, day and year as one decimal number in three bytes; zero for none."""
        number = int.from_bytes(self.take(_DATE_BYTES))
        if number == 0:
            return None
        month, day, year = number // 1_000_000, number // 10_000 % 100, number % 10_000
        try:
            return date(year, month, day)
        except ValueError:
            raise _bad("bears a day that no calendar has") from None

    def feature(self) -> tuple[int, bytes]:
        """Tags have one byte; lengths are those of DER."""
        tag = self.take(1)[0]
        _, start, length = tlv.read_header(b"\x04" + self._content[self.offset : self.offset + 5])
        self.offset += start - 1
        return tag, self.take(length)


def _bad(what: str) -> FormatError:
    return FormatError(f"the seal {what}", Reason.SEAL_FORMAT)
