"""Terminal Authentication version 1, the chip's side (BSI TR-03110-1, 3.5; commands: TR-03110-3, B.4, B.14).

The chip follows a chain of certificates from a trust point that it holds to the terminal, has the terminal sign a
challenge, and then shows what every certificate of the chain grants.
"""

from dataclasses import replace

from egate_sim.passport.apdu import ChipError, Command, Response, Status
from egate_sim.passport.chip.bac import NONCE_BYTES
from egate_sim.passport.chip.card import Card, Verified
from egate_sim.passport.chip.objects import KEY_REFERENCE, objects_of
from egate_sim.passport.cvc import Certificate, CvcError, Role

_SELF_DESCRIPTIVE_CERTIFICATE = (0x00, 0xBE)
_TRUST_POINTS_KEPT = 2

# Who may certify whom
_BELOW = {
    Role.CVCA: (Role.CVCA, Role.DV_OFFICIAL, Role.DV_FOREIGN),
    Role.DV_OFFICIAL: (Role.TERMINAL,),
    Role.DV_FOREIGN: (Role.TERMINAL,),
    Role.TERMINAL: (),
}
_TELLS_THE_DATE = (
    Role.CVCA,
    Role.DV_OFFICIAL,
)  # whose effective date the chip believes, and terminals below the latter


class TerminalAuthentication:
    """MSE:Set DST, PSO:Verify Certificate, MSE:Set AT, GET CHALLENGE and EXTERNAL AUTHENTICATE in a session."""

    def __init__(self, card: Card) -> None:
        self._card = card

    def set_verification_template(self, command: Command) -> Response:
        """Name the certificate whose key verifies the next one."""
        reference = self._reference(command)
        trusted = {point.holder: Verified(point, point.rights) for point in self._card.trust_points}
        issuer = self._card.session.certificates.get(reference) or trusted.get(reference)
        if issuer is None:
            raise ChipError(Status.REFERENCE_NOT_FOUND)
        self._card.session.issuer = issuer
        return Response()

    def verify_certificate(self, command: Command) -> Response:
        """PSO:Verify Certificate."""
        session = self._card.session
        issuer, session.issuer = session.issuer, None
        if command.parameters != _SELF_DESCRIPTIVE_CERTIFICATE:
            raise ChipError(Status.WRONG_PARAMETERS)
        if issuer is None:
            raise ChipError(Status.CONDITIONS_NOT_SATISFIED)
        try:
            verified = self._verified(Certificate.parse(command.data), issuer)
        except CvcError:
            raise ChipError(Status.WRONG_DATA) from None
        session.certificates[verified.certificate.holder] = verified
        self._learn(verified.certificate, issuer.certificate)
        return Response()

    def set_template(self, command: Command) -> Response:
        """Name the terminal whose signature is to come."""
        terminal = self._card.session.certificates.get(self._reference(command))
        if terminal is None or terminal.certificate.role is not Role.TERMINAL:
            raise ChipError(Status.REFERENCE_NOT_FOUND)
        self._card.session.terminal = terminal
        return Response()

    def get_challenge(self, command: Command) -> Response:
        self._require_chip_authentication()
        if command.expected is None or command.expected < NONCE_BYTES:
            raise ChipError(Status.WRONG_LENGTH)
        self._card.session.challenge = self._card.rng.randbytes(NONCE_BYTES)
        return Response(self._card.session.challenge)

    def external_authenticate(self, command: Command) -> Response:
        self._require_chip_authentication()
        session = self._card.session
        challenge, session.challenge = session.challenge, b""  # serves once
        terminal = session.terminal
        if terminal is None or not challenge:
            raise ChipError(Status.CONDITIONS_NOT_SATISFIED)
        message = session.chip_identifier + challenge + session.terminal_key
        if not terminal.certificate.key.verifies(command.data, message):
            raise ChipError(Status.AUTHENTICATION_FAILED)
        session.rights = terminal.rights
        return Response()

    def _reference(self, command: Command) -> bytes:
        self._require_chip_authentication()
        reference = objects_of(command.data).get(KEY_REFERENCE)
        if reference is None:
            raise ChipError(Status.WRONG_DATA)
        return reference

    def _require_chip_authentication(self) -> None:
        """The terminal's signature covers the key with which it has authenticated the chip."""
        if self._card.passport.terminal_authentication is None or not self._card.session.terminal_key:
            raise ChipError(Status.CONDITIONS_NOT_SATISFIED)

    def _verified(self, certificate: Certificate, issuer: Verified) -> Verified:
        """Raises ChipError for a certificate that the issuer has not signed, may not sign, or that has expired."""
        above = issuer.certificate
        complete = replace(certificate, key=certificate.key.completed(above.key))
        if (
            certificate.issuer != above.holder
            or certificate.role not in _BELOW[above.role]
            or certificate.expires < self._card.today
            or not above.key.verifies(certificate.signature, certificate.body)
        ):
            raise ChipError(Status.AUTHENTICATION_FAILED)
        inherited = certificate.rights if certificate.role is Role.CVCA else issuer.rights
        return Verified(complete, certificate.rights & inherited)

    def _learn(self, certificate: Certificate, above: Certificate) -> None:
        """A link certificate brings a new trust point; trusted certificates bring the date forward."""
        if certificate.role is Role.CVCA:
            self._card.trust_points = [certificate, *self._card.trust_points][:_TRUST_POINTS_KEPT]
        if certificate.role in _TELLS_THE_DATE or above.role in _TELLS_THE_DATE[1:]:
            self._card.today = max(self._card.today, certificate.effective)
