"""Terminal Authentication, version 1 (BSI TR-03110-1, 3.5): we prove to the chip that its state trusts us.

Only after that it shows fingerprints and irises, and only for Chip Authentication's session. A gate does not need them:
this is off unless a state asks for it, and of DG3 and DG4 no more is looked at than their headers.

The private key stays outside of this package, behind ``Signer``. The certificates come from ``pki.cvc``, verified.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from egate.checks import Reason
from egate.document import tlv
from egate.document.chip.access import Access
from egate.document.chip.apdu import (
    Command,
    Response,
    Status,
    StatusError,
    Template,
    get_challenge,
    manage_security_environment,
    read_binary,
    read_binary_sfi,
    select_file,
    status_name,
    verify_certificate,
)
from egate.document.chip.channel import Channel, Exchange
from egate.document.chip.credentials import Credentials, PasswordKind
from egate.document.errors import AccessError
from egate.document.lds.cvca import CVCA_BYTES, CVCA_FILE_ID, CVCA_SHORT_ID, parse_cvca
from egate.document.lds.security_infos import TerminalAuthenticationInfo

_CHALLENGE_BYTES = 8
_SHORT_IDS = 0x1F
_DO_PUBLIC_KEY_REFERENCE = 0x83
_DO_SIGNATURE = 0x5F37
_DATES_BYTES = 14  # birth and expiry with their check digits, at the end of the MRZ information


class TerminalStep(StrEnum):
    """The commands, in order; the first two once for each certificate."""

    SELECT_ISSUER = "select_issuer"
    VERIFY_CERTIFICATE = "verify_certificate"
    SELECT_KEY = "select_key"
    CHALLENGE = "challenge"
    AUTHENTICATE = "authenticate"


class TerminalAuthenticationError(AccessError):
    """The chip refused in ``step``. It keeps the session, and what it showed before it still shows."""

    def __init__(self, step: TerminalStep, response: Response) -> None:
        action = step.value.replace("_", " ")
        super().__init__(f"Terminal Authentication, {action}: the chip answered {status_name(response.status)}")
        self.step = step
        self.status = response.status


class Signer(Protocol):
    """Whoever has the terminal's private key: a file, a smart card, a hardware security module."""

    def sign(self, algorithm: str, message: bytes) -> bytes:
        """A signature by the algorithm of that object identifier (TR-03110-3, A.1.1.3); ECDSA as r and s side by
        side. Raises AccessError where the key cannot be reached."""
        ...


class Certificate(Protocol):
    """What a chip is told of a certificate; ``pki.cvc.certificate.CvCertificate`` is one."""

    @property
    def body(self) -> bytes: ...
    @property
    def signature(self) -> bytes: ...
    @property
    def authority_reference(self) -> bytes: ...
    @property
    def holder_reference(self) -> bytes: ...
    @property
    def algorithm(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Binding:
    """Which session we mean. ``identities``: what the chip may call itself (ID_IC), the likeliest first;
    ``compressed_key``: Comp() of our ephemeral key in Chip Authentication, or in PACE with its mapping."""

    identities: tuple[bytes, ...] = field(repr=False)
    compressed_key: bytes = field(repr=False)


def chip_identities(access: Access, credentials: Credentials) -> tuple[bytes, ...]:
    """ID_IC: after PACE the chip's ephemeral key, and where that fails, as some states issued documents, what was
    typed or read (TR-03110-1, 3.5); after Basic Access Control the document number with its check digit."""
    number = credentials.mrz_information[:-_DATES_BYTES]
    if access.pace is None:
        return (number,) if number else ()
    typed = credentials.can.encode("iso-8859-1") if access.pace.password is PasswordKind.CAN else number
    return (access.pace.chip_key, typed)


def read_trust_points(channel: Channel, info: TerminalAuthenticationInfo | None) -> Exchange[tuple[bytes, ...]]:
    """The references of the CVCA keys that the chip knows, the newest first, from EF.CVCA.

    Raises StatusError with FILE_MISSING, FormatError, and what ``Channel.exchange`` raises.
    """
    file_id = CVCA_FILE_ID
    short_id: int | None = CVCA_SHORT_ID
    if info is not None and info.cvca_file_id is not None:
        file_id, short_id = info.cvca_file_id, info.cvca_short_id
    if short_id is not None and 0 < short_id < _SHORT_IDS:
        response = yield from channel.exchange(read_binary_sfi(short_id, CVCA_BYTES))
        if _has_file(response):
            return parse_cvca(response.data)
    response = yield from channel.exchange(select_file(file_id))
    if response.ok:
        response = yield from channel.exchange(read_binary(0, CVCA_BYTES))
    if not _has_file(response):
        raise StatusError("reading EF.CVCA", response.status, Reason.FILE_MISSING)
    return parse_cvca(response.data)


def _has_file(response: Response) -> bool:
    """Some chips leave out the zero bytes that fill the file up, and then say that it ended early."""
    return bool(response.data) and response.status in (Status.OK, Status.END_OF_FILE)


def authenticate_terminal(
    channel: Channel, certificates: Sequence[Certificate], signer: Signer, binding: Binding
) -> Exchange[None]:
    """Show the certificates and sign the chip's challenge: two round trips a certificate, then three.

    ``certificates``: from the first that the chip's own key verifies to the terminal's. Raises
    TerminalAuthenticationError, AccessError (the challenge is not one, or no identity is known), and what signer and
    channel raise.
    """
    for certificate in certificates:
        yield from _present(channel, certificate)
    refusal: TerminalAuthenticationError | None = None
    for identity in binding.identities:
        try:
            return (yield from _sign(channel, certificates[-1], signer, identity, binding.compressed_key))
        except TerminalAuthenticationError as error:
            if error.step is not TerminalStep.AUTHENTICATE:
                raise
            refusal = refusal or error
    raise refusal or AccessError("Terminal Authentication needs the name by which the chip calls itself")


def _present(channel: Channel, certificate: Certificate) -> Exchange[None]:
    issuer = tlv.encode(_DO_PUBLIC_KEY_REFERENCE, certificate.authority_reference)
    template = manage_security_environment(Template.SIGNATURE_VERIFICATION, issuer)
    yield from _command(channel, TerminalStep.SELECT_ISSUER, template)
    signed = certificate.body + tlv.encode(_DO_SIGNATURE, certificate.signature)
    yield from _command(channel, TerminalStep.VERIFY_CERTIFICATE, verify_certificate(signed))


def _sign(
    channel: Channel, terminal: Certificate, signer: Signer, identity: bytes, compressed_key: bytes
) -> Exchange[None]:
    key = tlv.encode(_DO_PUBLIC_KEY_REFERENCE, terminal.holder_reference)
    template = manage_security_environment(Template.EXTERNAL_AUTHENTICATION, key)
    yield from _command(channel, TerminalStep.SELECT_KEY, template)
    challenge = yield from _command(channel, TerminalStep.CHALLENGE, get_challenge(_CHALLENGE_BYTES))
    if len(challenge) != _CHALLENGE_BYTES:
        raise AccessError("Terminal Authentication: the chip's challenge has not 8 bytes", Reason.CHIP_PROTOCOL)
    signature = signer.sign(terminal.algorithm, identity + challenge + compressed_key)
    yield from _command(channel, TerminalStep.AUTHENTICATE, Command(0x82, 0x00, 0x00, signature))


def _command(channel: Channel, step: TerminalStep, command: Command) -> Exchange[bytes]:
    response = yield from channel.exchange_long(command)
    if not response.ok:
        raise TerminalAuthenticationError(step, response)
    return response.data
