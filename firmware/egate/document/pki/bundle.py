"""The trust bundle: everything a lane believes in, in one signed file that opens without decoding a certificate.

File, all numbers big-endian:

======  ======  ====================================================================================================
offset  length  content
======  ======  ====================================================================================================
0       8       ``EGATETB1``
8       4       length of the header, h
12      4       number of items, n
16      4       number of index entries, m
20      h       header: JSON, see ``Header``
..      9 n     items: section (1), offset (4) and length (4) of the item's bytes, offset counted from the file's start
..      20 m    index: key (16), number of the item (4); ascending
..      ..      the items' bytes
end-64  64      Ed25519 signature over everything before
======  ======  ====================================================================================================

An index key is the SHA-256 of section, kind of value and value, cut to 16 bytes: one lookup finds all items of a
section that bear this name, key identifier or country. See docs/adr/0007-trust-bundle.md.
"""

import hashlib
import struct
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Self

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from egate.document.errors import TrustError

MAGIC = b"EGATETB1"
FORMAT = 1
MAX_FILE_BYTES = 64 << 20
_HEAD = struct.Struct(">8sIII")
_ITEM = struct.Struct(">BII")
_ENTRY = struct.Struct(">16sI")
_KEY_BYTES = 16
_SIGNATURE_BYTES = 64


class Section(IntEnum):
    """What an item is. CSCA: trust anchor; LINK: CSCA certificate for which nobody vouches; the last two serve other
    rooms: certificates of bar code signers, and card-verifiable trust points of Terminal Authentication."""

    CSCA = 1
    LINK = 2
    CRL = 3
    DEFECT = 4
    SEAL_SIGNER = 5
    CVCA = 6


class By(StrEnum):
    """What an item is found by."""

    SUBJECT = "subject"
    KEY_ID = "key_id"
    COUNTRY = "country"
    SIGNER = "signer"


class Source(msgspec.Struct, frozen=True):
    """One file from which the bundle was made. ``signed_at``: what its signer states."""

    kind: str
    name: str
    sha256: str
    items: int
    signed_at: datetime | None = None


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``serial`` grows with every bundle of an issuer; ``refresh_at``: when a newer one should be there;
    ``simulation``: something in it comes from a simulated state, and no lane that serves a border takes it."""

    format: int
    serial: int
    issuer: str
    issued_at: datetime
    refresh_at: datetime
    valid_until: datetime
    simulation: bool
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """What a builder puts in: encoded bytes, and the values by which they are found."""

    section: Section
    content: bytes
    keys: tuple[tuple[By, bytes], ...]


@dataclass(frozen=True, slots=True, repr=False)
class Bundle:
    """A bundle whose signature held. Items are slices of the file; nothing of them is decoded here."""

    header: Header
    sha256: str
    _raw: bytes
    _items: tuple[tuple[int, int, int], ...]
    _index: tuple[tuple[bytes, int], ...]

    def __repr__(self) -> str:
        return f"Bundle(serial {self.header.serial}, {len(self._items)} items)"

    @classmethod
    def open(cls, raw: bytes, verify_key: bytes) -> Self:
        """``verify_key``: 32 bytes of Ed25519. Nothing is taken apart before the signature has held. Raises
        TrustError."""
        _check_size(raw)
        _verify(raw, verify_key)
        return cls.open_unverified(raw)

    @classmethod
    def open_unverified(cls, raw: bytes) -> Self:
        """For people who look into a file whose key they have not. Raises TrustError."""
        _check_size(raw)
        try:
            return cls._taken_apart(raw)
        except (struct.error, ValueError, msgspec.MsgspecError) as error:
            raise TrustError(f"the trust bundle is malformed ({error}); build it again") from None

    @classmethod
    def _taken_apart(cls, raw: bytes) -> Self:
        _, header_bytes, item_count, entry_count = _HEAD.unpack_from(raw)
        items_at = _HEAD.size + header_bytes
        index_at = items_at + item_count * _ITEM.size
        content_at, end = index_at + entry_count * _ENTRY.size, len(raw) - _SIGNATURE_BYTES
        if content_at > end:
            raise ValueError("its tables are longer than the file")
        header = msgspec.json.decode(raw[_HEAD.size : items_at], type=Header)
        if header.format != FORMAT:
            raise ValueError(f"format {header.format} is unknown to this version")
        items = tuple(_ITEM.iter_unpack(raw[items_at:index_at]))
        if not all(content_at <= offset and offset + length <= end for _, offset, length in items):
            raise ValueError("an item lies outside the file")
        index = tuple(_ENTRY.iter_unpack(raw[index_at:content_at]))
        if any(number >= item_count for _, number in index) or list(index) != sorted(index):
            raise ValueError("its index is out of order")
        return cls(header, hashlib.sha256(raw).hexdigest(), raw, items, index)

    def find(self, section: Section, by: By, value: bytes) -> tuple[int, ...]:
        """Numbers of the items that bear this value. Of this section, whatever the index says: a section is how an
        item is decoded."""
        key, found = _index_key(section, by, value), []
        at = bisect_left(self._index, (key, 0))
        while at < len(self._index) and self._index[at][0] == key:
            found.append(self._index[at][1])
            at += 1
        return tuple(number for number in found if self._items[number][0] == section)

    def all_of(self, section: Section) -> tuple[int, ...]:
        """Numbers of all items of one section."""
        return tuple(number for number, item in enumerate(self._items) if item[0] == section)

    def count(self, section: Section) -> int:
        return len(self.all_of(section))

    def content(self, number: int) -> bytes:
        """An item's bytes."""
        _, offset, length = self._items[number]
        return self._raw[offset : offset + length]


def seal(header: Header, items: Sequence[Item], key: Ed25519PrivateKey) -> bytes:
    """The file. The same content gives the same bytes."""
    encoded = msgspec.json.encode(header)
    index = sorted(
        (_index_key(item.section, by, value), number) for number, item in enumerate(items) for by, value in item.keys
    )
    offset = _HEAD.size + len(encoded) + len(items) * _ITEM.size + len(index) * _ENTRY.size
    parts = [_HEAD.pack(MAGIC, len(encoded), len(items), len(index)), encoded]
    for item in items:
        parts.append(_ITEM.pack(item.section, offset, len(item.content)))
        offset += len(item.content)
    parts += [_ENTRY.pack(*entry) for entry in index]
    parts += [item.content for item in items]
    content = b"".join(parts)
    return content + key.sign(content)


def _index_key(section: Section, by: By, value: bytes) -> bytes:
    return hashlib.sha256(bytes([section]) + by.encode() + b"\0" + value).digest()[:_KEY_BYTES]


def _check_size(raw: bytes) -> None:
    if len(raw) > MAX_FILE_BYTES:
        raise TrustError("the trust bundle is larger than 64 MiB; is it the right file?")
    if len(raw) < _HEAD.size + _SIGNATURE_BYTES or not raw.startswith(MAGIC):
        raise TrustError("the file is no trust bundle, or cut short; copy it again")


def _verify(raw: bytes, verify_key: bytes) -> None:
    try:
        key = Ed25519PublicKey.from_public_bytes(verify_key)
        key.verify(raw[-_SIGNATURE_BYTES:], raw[:-_SIGNATURE_BYTES])
    except (InvalidSignature, ValueError):
        raise TrustError(
            "the trust bundle was altered, or another key signed it: nothing in it is believed; install the bundle and "
            "the public key that its issuer gave out"
        ) from None
