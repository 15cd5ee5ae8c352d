"""EF.DG14: which security protocols the chip offers (Doc 9303-11, 9.2)."""

from dataclasses import dataclass
from typing import ClassVar

from asn1crypto.core import Any as AnyValue
from asn1crypto.core import ObjectIdentifier, Sequence, SetOf

from egate.document import tlv
from egate.document.asn1 import well_formed
from egate.document.lds.files import Ef

_ACTIVE_AUTHENTICATION = "2.23.136.1.1.5"
_CHIP_AUTHENTICATION_KEYS = ("0.4.0.127.0.7.2.2.1.1", "0.4.0.127.0.7.2.2.1.2")  # DH, ECDH


class _SecurityInfo(Sequence):  # type: ignore[misc] # asn1crypto has no types
    _fields: ClassVar[list[tuple[object, ...]]] = [
        ("protocol", ObjectIdentifier),
        ("required", AnyValue),
        ("optional", AnyValue, {"optional": True}),
    ]


class _SecurityInfos(SetOf):  # type: ignore[misc] # asn1crypto has no types
    _child_spec = _SecurityInfo


@dataclass(frozen=True, slots=True)
class SecurityInfo:
    """One entry: ``protocol`` is an object identifier; the data stay encoded for the protocol that knows them."""

    protocol: str
    required: bytes
    optional: bytes | None


@dataclass(frozen=True, slots=True)
class SecurityInfos:
    """All entries in the order in which they came; unknown protocols are kept."""

    infos: tuple[SecurityInfo, ...]

    @property
    def offers_chip_authentication(self) -> bool:
        """A key is enough; some chips leave the ChipAuthenticationInfo out."""
        return any(info.protocol in _CHIP_AUTHENTICATION_KEYS for info in self.infos)

    @property
    def active_authentication_algorithm(self) -> str | None:
        """Signature algorithm of an Active Authentication by ECDSA (9303-11, 9.2), as object identifier."""
        for info in self.infos:
            if info.protocol == _ACTIVE_AUTHENTICATION and info.optional is not None:
                with well_formed("ActiveAuthenticationInfo"):
                    return str(ObjectIdentifier.load(info.optional).dotted)
        return None


def parse_dg14(raw: bytes) -> SecurityInfos:
    """Raises FormatError."""
    with well_formed("EF.DG14"):
        entries = _SecurityInfos.load(tlv.find(raw, Ef.DG14.value.tag), strict=True)
        return SecurityInfos(tuple(_info(entry) for entry in entries))


def _info(entry: _SecurityInfo) -> SecurityInfo:
    optional = entry["optional"].dump()
    return SecurityInfo(entry["protocol"].dotted, entry["required"].dump(), optional or None)
