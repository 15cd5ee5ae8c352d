"""SecurityInfos: which protocols a chip offers, and with what (Doc 9303-11, 9.2).

They stand in EF.CardAccess, which nobody signed, again in EF.DG14 and in EF.CardSecurity, which the issuer signed.
What EF.CardAccess says is believed only once one of the others has said it too.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Self, TypeVar

from asn1crypto.core import Any as AnyValue
from asn1crypto.core import Integer, ObjectIdentifier, OctetString, Sequence, SetOf

from egate.document import tlv
from egate.document.asn1 import well_formed
from egate.document.crypto.domain_parameters import AgreementKey, agreement_key, known_group
from egate.document.crypto.groups import AgreementKind, Group
from egate.document.crypto.symmetric import BlockCipher
from egate.document.errors import FormatError
from egate.document.lds.files import Ef

_BSI = "0.4.0.127.0.7.2.2"
_PUBLIC_KEY = f"{_BSI}.1"
_TERMINAL_AUTHENTICATION = f"{_BSI}.2"
_CHIP_AUTHENTICATION = f"{_BSI}.3"
_PACE = f"{_BSI}.4"
_ACTIVE_AUTHENTICATION = "2.23.136.1.1.5"
_EF_DIR = "2.23.136.1.1.13"

_TAG_SET = 0x31
_MAX_INFOS = 128  # chips of cards for many purposes have some thirty; each may be compared with each other
MAX_STATIC_KEYS = 4  # real chips have one or two; to look at one costs an agreement, and more for a long prime
_CIPHERS = {
    1: BlockCipher.TRIPLE_DES,
    2: BlockCipher.AES_128,
    3: BlockCipher.AES_192,
    4: BlockCipher.AES_256,
}


class Mapping(StrEnum):
    """How PACE turns its nonce into a generator: generic, integrated, or chip authentication mapping."""

    GM = "gm"
    IM = "im"
    CAM = "cam"


_AGREEMENTS = {1: AgreementKind.DH, 2: AgreementKind.ECDH}
_PACE_METHODS = {
    1: (AgreementKind.DH, Mapping.GM),
    2: (AgreementKind.ECDH, Mapping.GM),
    3: (AgreementKind.DH, Mapping.IM),
    4: (AgreementKind.ECDH, Mapping.IM),
    6: (AgreementKind.ECDH, Mapping.CAM),
}


@dataclass(frozen=True, slots=True)
class SecurityInfo:
    """One entry: ``protocol`` is an object identifier; ``required`` and ``optional`` are DER as they came.

    Of this plain kind are entries of unknown protocols and those that have not the form of theirs.
    """

    protocol: str
    required: bytes = field(repr=False)
    optional: bytes | None = field(repr=False)

    @property
    def content(self) -> tuple[str, bytes, bytes | None]:
        """What makes two entries the same, whatever kind they are."""
        return self.protocol, self.required, self.optional


@dataclass(frozen=True, slots=True)
class PaceInfo(SecurityInfo):
    """PACEInfo. ``parameter_id``: standardized domain parameters, or the number of a PACEDomainParameterInfo."""

    kind: AgreementKind
    mapping: Mapping
    cipher: BlockCipher
    version: int
    parameter_id: int | None


@dataclass(frozen=True, slots=True)
class PaceDomainParameterInfo(SecurityInfo):
    """PACEDomainParameterInfo: a group that is written out."""

    kind: AgreementKind
    mapping: Mapping
    parameter_id: int | None

    def group(self) -> Group:
        """Raises FormatError, UnsupportedError: it is not a known group."""
        return known_group(self.required)


@dataclass(frozen=True, slots=True)
class ChipAuthenticationInfo(SecurityInfo):
    """ChipAuthenticationInfo. ``key_id`` is there where the chip has several keys."""

    kind: AgreementKind
    cipher: BlockCipher
    version: int
    key_id: int | None


@dataclass(frozen=True, slots=True)
class ChipAuthenticationPublicKeyInfo(SecurityInfo):
    """ChipAuthenticationPublicKeyInfo: a static key of the chip."""

    kind: AgreementKind
    key_id: int | None

    def key(self) -> AgreementKey:
        """Raises FormatError, UnsupportedError."""
        key = agreement_key(self.required)
        if key.group.kind is not self.kind:
            raise FormatError("a key of Chip Authentication is of another kind than it says")
        return key


@dataclass(frozen=True, slots=True)
class TerminalAuthenticationInfo(SecurityInfo):
    """TerminalAuthenticationInfo. ``cvca_file_id``: where the names of the trusted CVCAs stand, EF.CVCA if None."""

    version: int
    cvca_file_id: int | None
    cvca_short_id: int | None


@dataclass(frozen=True, slots=True)
class ActiveAuthenticationInfo(SecurityInfo):
    """ActiveAuthenticationInfo. ``algorithm``: object identifier of the signature."""

    version: int
    algorithm: str


@dataclass(frozen=True, slots=True)
class EfDirInfo(SecurityInfo):
    """EFDIRInfo: a signed copy of EF.DIR."""

    ef_dir: bytes


T = TypeVar("T", bound=SecurityInfo)


@dataclass(frozen=True, slots=True)
class SecurityInfos:
    """All entries in the order in which they came; unknown protocols are kept."""

    infos: tuple[SecurityInfo, ...]

    def of_kind(self, kind: type[T]) -> tuple[T, ...]:
        """The entries of one kind, as ``of_kind(PaceInfo)``."""
        return tuple(info for info in self.infos if isinstance(info, kind))

    def contains(self, other: Self) -> bool:
        """Whether each entry of ``other`` stands here too, byte for byte. Order and number do not matter."""
        return {info.content for info in other.infos} <= {info.content for info in self.infos}

    @property
    def offers_chip_authentication(self) -> bool:
        """A key is enough; some chips leave the ChipAuthenticationInfo out."""
        return any(_arcs(info.protocol, _PUBLIC_KEY) in ((1,), (2,)) for info in self.infos)

    @property
    def offers_mapping(self) -> bool:
        """Whether PACE can prove the chip on its way, by chip authentication mapping."""
        return any(info.mapping is Mapping.CAM for info in self.of_kind(PaceInfo))

    @property
    def active_authentication_algorithm(self) -> str | None:
        """Signature algorithm of an Active Authentication by ECDSA (9303-11, 9.2.4), as object identifier."""
        return next((info.algorithm for info in self.of_kind(ActiveAuthenticationInfo)), None)


def parse_dg14(raw: bytes) -> SecurityInfos:
    """EF.DG14. Raises FormatError."""
    return parse_security_infos(tlv.find(raw, Ef.DG14.value.tag))


def parse_card_access(raw: bytes) -> SecurityInfos:
    """EF.CardAccess, which some chips pad. Raises FormatError."""
    return parse_security_infos(tlv.read(raw).raw)


def parse_security_infos(encoded: bytes) -> SecurityInfos:
    """One DER or BER SET of SecurityInfo, such as the content that EF.CardSecurity signs. Raises FormatError."""
    if tlv.read(encoded).tag != _TAG_SET:
        raise FormatError("SecurityInfos are no SET")
    with well_formed("SecurityInfos"):
        entries = _SecurityInfos.load(encoded, strict=True)
        if len(entries) > _MAX_INFOS:
            raise FormatError("there are more SecurityInfos than any chip has protocols")
        return SecurityInfos(tuple(_typed(_plain(entry)) for entry in entries))


class _SecurityInfo(Sequence):  # type: ignore[misc] # asn1crypto has no types
    _fields: ClassVar[list[tuple[object, ...]]] = [
        ("protocol", ObjectIdentifier),
        ("required", AnyValue),
        ("optional", AnyValue, {"optional": True}),
    ]


class _SecurityInfos(SetOf):  # type: ignore[misc] # asn1crypto has no types
    _child_spec = _SecurityInfo


class _FileId(Sequence):  # type: ignore[misc] # asn1crypto has no types
    _fields: ClassVar[list[tuple[object, ...]]] = [("fid", OctetString), ("sfid", OctetString, {"optional": True})]


def _plain(entry: _SecurityInfo) -> SecurityInfo:
    return SecurityInfo(entry["protocol"].dotted, entry["required"].dump(), entry["optional"].dump() or None)


def _typed(info: SecurityInfo) -> SecurityInfo:
    """The entry as its protocol reads it. One that has not its form offers nothing, and stays plain."""
    for prefix, read in _READERS:
        arcs = _arcs(info.protocol, prefix)
        if arcs is not None:
            try:
                with well_formed("a SecurityInfo"):
                    return read(info, arcs) or info
            except FormatError:
                return info
    return info


def _arcs(protocol: str, prefix: str) -> tuple[int, ...] | None:
    """What follows ``prefix`` in an object identifier; None where it does not begin so."""
    if protocol == prefix:
        return ()
    if not protocol.startswith(f"{prefix}."):
        return None
    return tuple(int(arc) for arc in protocol[len(prefix) + 1 :].split("."))


def _read_pace(info: SecurityInfo, arcs: tuple[int, ...]) -> SecurityInfo | None:
    match arcs:
        case (method,) if method in _PACE_METHODS:
            parameter_id = _optional_integer(info.optional)
            return PaceDomainParameterInfo(*info.content, *_PACE_METHODS[method], parameter_id)
        case (method, cipher) if method in _PACE_METHODS and cipher in _CIPHERS:
            version, parameter_id = _integer(info.required), _optional_integer(info.optional)
            return PaceInfo(*info.content, *_PACE_METHODS[method], _CIPHERS[cipher], version, parameter_id)
    return None


def _read_chip_authentication(info: SecurityInfo, arcs: tuple[int, ...]) -> SecurityInfo | None:
    match arcs:
        case (kind, cipher) if kind in _AGREEMENTS and cipher in _CIPHERS:
            version, key_id = _integer(info.required), _optional_integer(info.optional)
            return ChipAuthenticationInfo(*info.content, _AGREEMENTS[kind], _CIPHERS[cipher], version, key_id)
    return None


def _read_public_key(info: SecurityInfo, arcs: tuple[int, ...]) -> SecurityInfo | None:
    match arcs:
        case (kind,) if kind in _AGREEMENTS:
            key_id = _optional_integer(info.optional)
            return ChipAuthenticationPublicKeyInfo(*info.content, _AGREEMENTS[kind], key_id)
    return None


def _read_terminal_authentication(info: SecurityInfo, arcs: tuple[int, ...]) -> SecurityInfo | None:
    if arcs:
        return None
    file_id = short_id = None
    if info.optional is not None:
        parts = _FileId.load(info.optional, strict=True)
        file_id = int.from_bytes(parts["fid"].native)
        short_id = int.from_bytes(parts["sfid"].native) if parts["sfid"].native else None
    return TerminalAuthenticationInfo(*info.content, _integer(info.required), file_id, short_id)


def _read_active_authentication(info: SecurityInfo, arcs: tuple[int, ...]) -> SecurityInfo | None:
    if arcs or info.optional is None:
        return None
    algorithm = ObjectIdentifier.load(info.optional, strict=True).dotted
    return ActiveAuthenticationInfo(*info.content, _integer(info.required), algorithm)


def _read_ef_dir(info: SecurityInfo, arcs: tuple[int, ...]) -> SecurityInfo | None:
    return None if arcs else EfDirInfo(*info.content, OctetString.load(info.required, strict=True).native)


def _integer(encoded: bytes) -> int:
    return int(Integer.load(encoded, strict=True).native)


def _optional_integer(encoded: bytes | None) -> int | None:
    return None if encoded is None else _integer(encoded)


_Reader = Callable[[SecurityInfo, tuple[int, ...]], SecurityInfo | None]
_READERS: Iterable[tuple[str, _Reader]] = (
    (_PACE, _read_pace),
    (_CHIP_AUTHENTICATION, _read_chip_authentication),
    (_PUBLIC_KEY, _read_public_key),
    (_TERMINAL_AUTHENTICATION, _read_terminal_authentication),
    (_ACTIVE_AUTHENTICATION, _read_active_authentication),
    (_EF_DIR, _read_ef_dir),
)
