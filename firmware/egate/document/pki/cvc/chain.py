"""The certificates that a terminal holds, and the way from a chip's trust point to the terminal's own key.

A chip knows a public key of its CVCA, named by a reference. From there lead CVCA link certificates, the certificate of
a document verifier and that of the terminal (TR-03110-3, 2.5). Everything is verified here before it is sent: a chip
that refuses a certificate says only that it does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ecdsa.curves import Curve

from egate.checks import Reason
from egate.document.crypto.public_keys import EcKey, PublicKey
from egate.document.crypto.signatures import verify
from egate.document.errors import DocumentError, TrustError
from egate.document.pki.cvc.certificate import CvCertificate, Role

_MAX_LENGTH = 12  # a CVCA changes its key every few years, a passport lives for ten
_DOCUMENT_VERIFIERS = (Role.DOMESTIC_DV, Role.FOREIGN_DV)
# Who may issue whom.
_ISSUERS = {
    Role.CVCA: (Role.CVCA,),
    Role.DOMESTIC_DV: (Role.CVCA,),
    Role.FOREIGN_DV: (Role.CVCA,),
    Role.TERMINAL: _DOCUMENT_VERIFIERS,
}


@dataclass(frozen=True, slots=True)
class Link:
    """A certificate whose signature holds, and its key with the curve that it wrote out or inherited."""

    certificate: CvCertificate
    key: PublicKey

    @property
    def curve(self) -> Curve | None:
        return self.key.curve if isinstance(self.key, EcKey) else None


@dataclass(frozen=True, slots=True)
class TerminalChain:
    """What to send to a chip, in order; the last is the terminal's own. ``trust_point``: the key it begins with."""

    trust_point: bytes
    certificates: tuple[CvCertificate, ...]

    @property
    def terminal(self) -> CvCertificate:
        return self.certificates[-1]


class TerminalCertificates:
    """All that was given to this terminal: certificates of CVCAs (self-signed and link), document verifiers, its own.

    A CVCA certificate that is self-signed is believed as it stands, as the agency's own configuration; it is never
    sent, since the chip knows that key already.
    """

    def __init__(self, certificates: Iterable[CvCertificate]) -> None:
        self._certificates = tuple(certificates)

    def chain(self, trust_points: Sequence[bytes], today: date) -> TerminalChain:
        """The shortest chain that begins at one of the references, tried in their order, and holds on that day.

        Raises TrustError: ACCESS_UNSUPPORTED (no chain begins there), or what was wrong with the first that does:
        CERT_VALIDITY, CERT_SIGNATURE, CERT_USAGE; FormatError or UnsupportedError for a key of it.
        """
        failure: DocumentError | None = None
        for reference in trust_points:
            for path in sorted(self._paths(reference), key=len):
                try:
                    self._check(reference, path, today)
                except DocumentError as error:
                    failure = failure or error
                else:
                    return TerminalChain(reference, path)
        raise failure or TrustError(
            "the terminal has no certificates for the trust point that the chip names; ask for them",
            Reason.ACCESS_UNSUPPORTED,
        )

    def _paths(self, reference: bytes) -> Iterable[tuple[CvCertificate, ...]]:
        """From a terminal's certificate upwards until one was issued by the key ``reference``."""
        open_ends: list[tuple[CvCertificate, ...]] = [
            (item,) for item in self._certificates if item.role is Role.TERMINAL
        ]
        while open_ends:
            path = open_ends.pop()
            top = path[0]
            if top.authority_reference == reference:
                yield path
            elif len(path) < _MAX_LENGTH:
                issuers = (item for item in self._named(top.authority_reference) if not item.is_self_signed)
                open_ends += [(issuer, *path) for issuer in issuers if issuer not in path]

    def _named(self, reference: bytes) -> list[CvCertificate]:
        return [item for item in self._certificates if item.holder_reference == reference]

    def _check(self, reference: bytes, path: tuple[CvCertificate, ...], today: date) -> None:
        above = self._trust_point(reference)
        for certificate in path:
            above = verified(certificate, above)
            if certificate.role is not Role.CVCA and not certificate.effective <= today <= certificate.expires:
                raise TrustError(
                    f"the certificate of a {certificate.role.name} is not valid today; ask for a new one",
                    Reason.CERT_VALIDITY,
                )

    def _trust_point(self, reference: bytes, steps: int = _MAX_LENGTH) -> Link:
        """The key with which the chip begins: from a self-signed certificate, or from a link below an older key."""
        carriers = [item for item in self._named(reference) if item.role is Role.CVCA]
        for carrier in carriers:
            if carrier.is_self_signed:
                return verified(carrier, Link(carrier, carrier.public_key.resolve(None)))
        if not carriers or not steps:
            raise TrustError(
                "the terminal lacks its CVCA's certificate and cannot verify its own; add it",
                Reason.ACCESS_UNSUPPORTED,
            )
        return verified(carriers[0], self._trust_point(carriers[0].authority_reference, steps - 1))


def verified(certificate: CvCertificate, issuer: Link) -> Link:
    """``certificate`` as a link below ``issuer``. Raises TrustError (CERT_SIGNATURE, CERT_USAGE), FormatError,
    UnsupportedError."""
    above = issuer.certificate
    # A CVCA may serve several kinds of terminals with one key; below it the kind stays what it is.
    kind_kept = above.authorization.terminal_type == certificate.authorization.terminal_type
    if above.role not in _ISSUERS[certificate.role] or not (kind_kept or above.role is Role.CVCA):
        raise TrustError(
            f"a {above.role.name} must not issue the certificate of a {certificate.role.name}", Reason.CERT_USAGE
        )
    if above.holder_reference != certificate.authority_reference or not verify(
        issuer.key, above.public_key.scheme, certificate.signature, certificate.body
    ):
        raise TrustError(
            f"the certificate of a {certificate.role.name} is not signed by its {above.role.name}",
            Reason.CERT_SIGNATURE,
        )
    return Link(certificate, certificate.public_key.resolve(issuer.curve))
