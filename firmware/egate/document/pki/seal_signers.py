"""Certificates of those who sign visible digital seals, found by the reference that a seal gives (Doc 9303-12 and -13).

A seal names two letters of the signer's country, two of its own, and its certificate's serial number in hexadecimal.
"""

from asn1crypto.x509 import Certificate as Asn1Certificate

from egate.checks import Reason
from egate.document.asn1 import well_formed
from egate.document.pki.certificates import Certificate
from egate.document.pki.trust import TrustStore

_COUNTRY_CHARACTERS = 2
_HEXADECIMAL = frozenset("0123456789ABCDEF")


def find_seal_signer(trust: TrustStore, signer: str, reference: str) -> Certificate | None:
    """``signer``: e.g. "DETS"; ``reference``: hexadecimal, in capitals. Known, not trusted: whether a state vouches
    for it is for the caller to judge. Raises FormatError."""
    if not reference or not _HEXADECIMAL.issuperset(reference):
        return None
    serial = int(reference, 16)
    known = (each for each in trust.seal_signers_of(signer[:_COUNTRY_CHARACTERS]) if each.serial == serial)
    return next((each for each in known if _identifier(each) == signer), None)


def seal_signer_name(certificate: Certificate) -> str:
    """How binary seals name it: identifier, serial number in hexadecimal. Raises FormatError."""
    return f"{_identifier(certificate)} {certificate.serial:X}"


def _identifier(certificate: Certificate) -> str:
    """C and CN of the subject; a CN may begin with the country itself."""
    with well_formed("the name of a seal signer", Reason.SEAL_FORMAT):
        name = str(Asn1Certificate.load(certificate.der).subject.native.get("common_name", "")).upper()
    country = certificate.subject_country
    return name if name.startswith(country) and len(name) > _COUNTRY_CHARACTERS else country + name
