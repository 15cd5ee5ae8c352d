"""Who may sign a list of certificates or of defects: a pinned certificate, or whom a pinned certificate's holder named
for that purpose (Doc 9303-12: master list signer, deviation list signer)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from egate.checks import Reason
from egate.document.errors import DocumentError, TrustError
from egate.document.pki.certificates import Certificate
from egate.document.pki.cms import SignedMessage, parse_signed_message


@dataclass(frozen=True, slots=True)
class ListKind:
    """``name`` for messages; ``usages``: content type of such a list -> the extended key usage that its signer must
    bear unless the signer itself is pinned, "" where only a pinned signer will do."""

    name: str
    usages: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SignedList:
    """A list whose signature leads to ``anchor``, which is the signer itself where that is pinned."""

    message: SignedMessage
    signer: Certificate
    anchor: Certificate

    @property
    def is_pinned(self) -> bool:
        """Whether the operator vouches for this very signer."""
        return self.signer.der == self.anchor.der

    @property
    def signed_at(self) -> datetime | None:
        return self.message.signers[0].signing_time


def read_signed_list(raw: bytes, kind: ListKind, anchors: Iterable[Certificate], now: datetime) -> SignedList:
    """``anchors``: each the list's signer or the CSCA that issued the signer. Raises TrustError."""
    try:
        message = parse_signed_message(raw, f"the {kind.name}", Reason.CERT_SIGNATURE)
        signer = _signer(message, kind)
        return SignedList(message, signer, _anchor(message, signer, kind, tuple(anchors), now))
    except TrustError:
        raise
    except DocumentError as error:
        raise TrustError(f"the {kind.name} cannot be used: {error}") from error


def _signer(message: SignedMessage, kind: ListKind) -> Certificate:
    if message.content_type not in kind.usages:
        raise TrustError(f"the file is signed but is not a {kind.name}; name the right file")
    certificate = message.certificate_of(message.signers[0])
    if certificate is None:
        raise TrustError(f"the {kind.name} does not carry its signer's certificate")
    if not message.is_signed_by(message.signers[0], certificate):
        raise TrustError(f"the {kind.name} was altered: its signature is wrong; get it again from its source")
    return certificate


def _anchor(
    message: SignedMessage, signer: Certificate, kind: ListKind, anchors: tuple[Certificate, ...], now: datetime
) -> Certificate:
    anchor = next((each for each in anchors if each.der == signer.der), None)
    if anchor is None:
        if kind.usages[message.content_type] not in signer.usage.extended:
            raise TrustError(f"the signer of the {kind.name} may not sign one, or has to be pinned itself")
        anchor = next((a for a in anchors if a.may_have_issued(signer) and _signed(signer, a)), None)
    if anchor is None:
        raise TrustError(f"no pinned certificate vouches for the signer of the {kind.name}; check the pinned file")
    if not all(each.is_valid_at(now) for each in (signer, anchor)):
        raise TrustError(f"the signer of the {kind.name} is not valid now; get a current list", Reason.CERT_VALIDITY)
    return anchor


def _signed(certificate: Certificate, issuer: Certificate) -> bool:
    try:
        return certificate.is_signed_by(issuer)
    except DocumentError:  # its key does not go with the algorithm
        return False
