"""The offline alert list: a small signed file that answers whether a document is sought, and holds no biodata.

A document enters the list as a tag: HMAC-SHA-256 over its normalised name, cut to 16 bytes, under a secret that only
the issuer and the lanes of one agency hold. Without the secret a stolen list can neither be read nor be tried out.

File, all numbers big-endian:

======  ======  ====================================================================================
offset  length  content
======  ======  ====================================================================================
0       8       ``EGATEAL1``
8       4       version of the list; grows with every issue
12      8       issued at, seconds since 1970-01-01 UTC
20      8       valid until, the same
28      8       identifier of the lookup key: HMAC-SHA-256 of ``egate alert list key``, cut
36      32      issuer, UTF-8, filled up with zeros; a simulator's begins with ``SIMULATION``
68      4       number of tags, n
72      16 n    tags, strictly ascending
72+16n  64      Ed25519 signature over everything before
======  ======  ====================================================================================

A tag covers ``egate alert list`` ``|`` issuing state ``|`` document type ``|`` document number: capital letters and
digits, fillers left out; of the type the first letter, or nothing where the entry means every type.
"""

import hmac
import itertools
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from egate.border.keys import KEY_BYTES, SIMULATION
from egate.border.port import Answer, Query
from egate.checks import Check, CheckResult, Outcome, Reason, passed

_MAGIC = b"EGATEAL1"
_HEADER = struct.Struct(">8sIQQ8s32sI")
_TAG_BYTES = 16
_SIGNATURE_BYTES = 64
_MAX_FILE_BYTES = 64 << 20  # four million documents; more belongs into a border system, not into a lane
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class AlertListError(Exception):
    """Root: the list cannot be used. The text says why and what to do; it holds no entry and no key."""


class AlertListMissing(AlertListError):
    """The file is not there or cannot be read."""


class AlertListTruncated(AlertListError):
    """The file ends before its own end."""


class AlertListAltered(AlertListError):
    """The file is no alert list, or not as its issuer signed it."""


class AlertListWrongKey(AlertListError):
    """The list was made for another lookup key, or a key is malformed."""


class AlertListStale(AlertListError):
    """The list's time is over, or has not come by this gate's clock."""


class AlertListSimulated(AlertListError):
    """The list comes from a simulator, and this gate is none."""


@dataclass(frozen=True, slots=True)
class _Header:
    version: int
    issued_at: datetime
    valid_until: datetime
    key_id: bytes
    issuer: str
    count: int


class OfflineAlertList:
    """A verified list. Implements BorderSystem."""

    def __init__(self, header: _Header, tags: bytes, lookup_key: bytes) -> None:
        self._header = header
        self._tags = tags
        self._lookup_key = lookup_key

    def __repr__(self) -> str:
        return f"OfflineAlertList(version {self._header.version}, {self._header.count} documents)"

    @property
    def version(self) -> int:
        return self._header.version

    @property
    def issued_at(self) -> datetime:
        return self._header.issued_at

    @property
    def valid_until(self) -> datetime:
        return self._header.valid_until

    @property
    def issuer(self) -> str:
        return self._header.issuer

    def __len__(self) -> int:
        return self._header.count

    @classmethod
    def load(
        cls, path: Path, verify_key: bytes, lookup_key: bytes, now: datetime, *, allow_simulation: bool = False
    ) -> Self:
        """Read and verify the file. ``verify_key``: Ed25519, 32 bytes; ``lookup_key``: 32 bytes; ``now``: aware.

        Raises AlertListError: Missing, Truncated, Altered, WrongKey, Stale or Simulated.
        """
        try:
            if path.stat().st_size > _MAX_FILE_BYTES:
                raise AlertListAltered(f"{path}: too large for an alert list; install the list again")
            data = path.read_bytes()
        except OSError as error:
            raise AlertListMissing(f"{path}: cannot be read ({error.strerror}); install a current list") from None
        return cls.parse(data, verify_key, lookup_key, now, allow_simulation=allow_simulation)

    @classmethod
    def parse(
        cls, data: bytes, verify_key: bytes, lookup_key: bytes, now: datetime, *, allow_simulation: bool = False
    ) -> Self:
        """The same for bytes at hand. The signature is verified before anything but the length is believed."""
        _check_length(data)
        _check_signature(data, verify_key)
        header = _header(data)
        if header.issuer.startswith(SIMULATION) and not allow_simulation:
            raise AlertListSimulated("the alert list was made by a simulator; install the border agency's own")
        if len(lookup_key) != KEY_BYTES or not hmac.compare_digest(_key_id(lookup_key), header.key_id):
            raise AlertListWrongKey("the alert list was made for another lookup key; install list and key together")
        _check_validity(header, now)
        tags = data[_HEADER.size : -_SIGNATURE_BYTES]
        _check_order(tags)
        return cls(header, tags, lookup_key)

    def ask(self, query: Query, now: datetime) -> Answer:
        """Look one document up. A hit in a list that has run out since it was loaded is still a hit."""
        result = passed(Check.BORDER_SYSTEM)
        if self._holds(query):
            result = CheckResult(Check.BORDER_SYSTEM, Outcome.FAILED, Reason.ALERT_LIST_HIT)
        elif not self._header.issued_at <= now <= self._header.valid_until:
            result = CheckResult(Check.BORDER_SYSTEM, Outcome.UNDETERMINED, Reason.LIST_STALE)
        return Answer(result, str(self._header.version), now - self._header.issued_at)

    def _holds(self, query: Query) -> bool:
        """Both names of the document are always looked up, so that the time taken does not tell which one hit."""
        found = [self._contains(_tag(self._lookup_key, name)) for name in _names(query)]
        return any(found)

    def _contains(self, tag: bytes) -> bool:
        """Binary search for the last tag that is not above ``tag``; the number of steps follows from the count."""
        first, size = 0, self._header.count
        while size > 1:
            half = size // 2
            if self._at(first + half) <= tag:
                first += half
            size -= half
        return size == 1 and hmac.compare_digest(self._at(first), tag)

    def _at(self, index: int) -> bytes:
        return self._tags[index * _TAG_BYTES : (index + 1) * _TAG_BYTES]


def _check_length(data: bytes) -> None:
    if not data.startswith(_MAGIC[: len(data)]):
        raise AlertListAltered("the file is no alert list; install a current list")
    if len(data) < _HEADER.size:
        raise AlertListTruncated("the alert list ends within its header; install it again")
    count = _HEADER.unpack_from(data)[-1]
    expected = _HEADER.size + count * _TAG_BYTES + _SIGNATURE_BYTES
    if len(data) < expected:
        raise AlertListTruncated("the alert list ends before its last entry; install it again")
    if len(data) > expected:
        raise AlertListAltered("something follows the alert list's signature; install it again")


def _check_signature(data: bytes, verify_key: bytes) -> None:
    try:
        key = Ed25519PublicKey.from_public_bytes(verify_key)
    except ValueError:
        raise AlertListWrongKey("the alert list's verification key is no Ed25519 key; provision it again") from None
    try:
        key.verify(data[-_SIGNATURE_BYTES:], data[:-_SIGNATURE_BYTES])
    except InvalidSignature:
        raise AlertListAltered(
            "the alert list's signature is wrong: altered, or signed by another issuer; install a current list"
        ) from None


def _header(data: bytes) -> _Header:
    _, version, issued_at, valid_until, key_id, issuer, count = _HEADER.unpack_from(data)
    try:
        begin, end = (_EPOCH + timedelta(seconds=seconds) for seconds in (issued_at, valid_until))
        return _Header(version, begin, end, key_id, issuer.rstrip(b"\0").decode(), count)
    except (OverflowError, UnicodeDecodeError):
        raise AlertListAltered("the alert list's header makes no sense; ask its issuer for a new one") from None


def _check_validity(header: _Header, now: datetime) -> None:
    if now > header.valid_until:
        raise AlertListStale("the alert list's time is over; install a current list")
    if now < header.issued_at:
        raise AlertListStale("the alert list is dated after this gate's clock; check the clock, then the list")


def _check_order(tags: bytes) -> None:
    """Out of order, entries would be there and yet not be found."""
    entries = (tags[at : at + _TAG_BYTES] for at in range(0, len(tags), _TAG_BYTES))
    if any(earlier >= later for earlier, later in itertools.pairwise(entries)):
        raise AlertListAltered("the alert list's entries are out of order; ask its issuer for a new one")


def _key_id(lookup_key: bytes) -> bytes:
    return hmac.digest(lookup_key, b"egate alert list key", "sha256")[:8]


def _tag(lookup_key: bytes, name: str) -> bytes:
    return hmac.digest(lookup_key, name.encode(), "sha256")[:_TAG_BYTES]


def _names(query: Query) -> tuple[str, str]:
    """The document's name of its own type, and of every type."""
    state, kind, number = map(_plain, (query.issuing_state, query.document_type, query.document_number))
    return f"egate alert list|{state}|{kind[:1]}|{number}", f"egate alert list|{state}||{number}"


def _plain(text: str) -> str:
    return "".join(c for c in text.upper() if c.isascii() and c.isalnum())
