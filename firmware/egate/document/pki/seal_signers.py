"""Certificates of those who sign visible digital seals, found by the reference that a seal gives (Doc 9303-12 and -13).

A seal names two letters of the signer's country, two of its own, and its certificate's serial number in hexadecimal.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from asn1crypto.x509 import Certificate as Asn1Certificate

from egate.checks import Reason
from egate.document.asn1 import well_formed
from egate.document.pki.certificates import Certificate

_COUNTRY_CHARACTERS = 2
_HEXADECIMAL = frozenset("0123456789ABCDEF")
_Key = tuple[str, int]


@dataclass(frozen=True, slots=True, repr=False)
class SealSigners:
    """Known, not trusted: whether a state vouches for one of them is judged when it is used."""

    certificates: tuple[Certificate, ...] = ()
    _index: dict[_Key, Certificate] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"SealSigners({len(self.certificates)})"

    @classmethod
    def of(cls, certificates: Iterable[bytes]) -> Self:
        """From DER. Raises FormatError."""
        decoded = tuple(Certificate.from_der(der, Reason.SEAL_FORMAT) for der in certificates)
        return cls(decoded, {(_identifier(each), each.serial): each for each in decoded})

    def find(self, signer: str, reference: str) -> Certificate | None:
        """``signer``: e.g. "DETS"; ``reference``: hexadecimal, in capitals."""
        if not reference or not _HEXADECIMAL.issuperset(reference):
            return None
        return self._index.get((signer, int(reference, 16)))


def _identifier(certificate: Certificate) -> str:
    """C and CN of the subject; a CN may begin with the country itself."""
    with well_formed("the name of a seal signer", Reason.SEAL_FORMAT):
        name = str(Asn1Certificate.load(certificate.der).subject.native.get("common_name", "")).upper()
    country = certificate.subject_country
    return name if name.startswith(country) and len(name) > _COUNTRY_CHARACTERS else country + name
