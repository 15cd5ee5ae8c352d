"""EF.SOD: the issuer's signed list of data-group hashes (Doc 9303-10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from asn1crypto.algos import DigestAlgorithm
from asn1crypto.core import Integer, OctetString, PrintableString, Sequence, SequenceOf

from egate.checks import Reason
from egate.document import tlv
from egate.document.asn1 import well_formed
from egate.document.crypto.signatures import digest, hash_name
from egate.document.errors import FormatError
from egate.document.lds.files import Ef
from egate.document.pki.cms import SignedMessage, parse_signed_message

LDS_SECURITY_OBJECT = "2.23.136.1.1.1"
# Early issuers used arcs of their own or plain data; the content is the same.
_CONTENT_TYPES = {LDS_SECURITY_OBJECT, "1.3.27.1.1.1", "1.2.528.1.1006.1.20.1", "1.2.840.113549.1.7.1"}
_MAX_DATA_GROUP = 16


class _DataGroupHash(Sequence):  # type: ignore[misc] # asn1crypto has no types
    _fields: ClassVar[list[tuple[object, ...]]] = [("number", Integer), ("value", OctetString)]


class _DataGroupHashes(SequenceOf):  # type: ignore[misc] # asn1crypto has no types
    _child_spec = _DataGroupHash


class _LdsVersionInfo(Sequence):  # type: ignore[misc] # asn1crypto has no types
    _fields: ClassVar[list[tuple[object, ...]]] = [
        ("lds_version", PrintableString),
        ("unicode_version", PrintableString),
    ]


class _LdsSecurityObject(Sequence):  # type: ignore[misc] # asn1crypto has no types
    """Version 0 ends after the hashes; version 1 adds the version of the LDS."""

    _fields: ClassVar[list[tuple[object, ...]]] = [
        ("version", Integer),
        ("hash_algorithm", DigestAlgorithm),
        ("hashes", _DataGroupHashes),
        ("version_info", _LdsVersionInfo, {"optional": True}),
    ]


@dataclass(frozen=True, slots=True)
class SecurityObject:
    """``hashes``: data-group number -> digest by ``hash``. ``message`` carries signature and certificate."""

    version: int
    hash: str
    hashes: Mapping[int, bytes]
    message: SignedMessage

    def __repr__(self) -> str:
        return f"SecurityObject(v{self.version}, {self.hash}, data groups {sorted(self.hashes)})"

    def matches(self, data_group: int, raw: bytes) -> bool:
        """Whether these are the bytes that the issuer hashed. ``raw`` is the file as read: re-encoding would reorder
        a SET and break the hash."""
        return self.hashes.get(data_group) == digest(self.hash, raw)


def parse_sod(raw: bytes) -> SecurityObject:
    """Raises FormatError (SOD_FORMAT); UnsupportedError for an unknown hash algorithm."""
    message = parse_signed_message(_unwrapped(raw), "EF.SOD", Reason.SOD_FORMAT)
    if message.content_type not in _CONTENT_TYPES:
        raise FormatError("EF.SOD signs something other than data-group hashes", Reason.SOD_FORMAT)
    with well_formed("the LDS security object", Reason.SOD_FORMAT):
        content = _LdsSecurityObject.load(message.content)
        pairs = [(item["number"].native, item["value"].native) for item in content["hashes"]]
        oid = content["hash_algorithm"]["algorithm"].dotted
        version = content["version"].native
    hashes = dict(pairs)
    if len(hashes) != len(pairs) or not all(1 <= number <= _MAX_DATA_GROUP for number in hashes):
        raise FormatError("EF.SOD lists a data group twice or one that cannot be", Reason.SOD_FORMAT)
    return SecurityObject(version, hash_name(oid), MappingProxyType(hashes), message)


def _unwrapped(raw: bytes) -> bytes:
    try:
        return tlv.find(raw, Ef.SOD.value.tag)
    except FormatError as error:
        raise FormatError(f"EF.SOD: {error}", Reason.SOD_FORMAT) from error
