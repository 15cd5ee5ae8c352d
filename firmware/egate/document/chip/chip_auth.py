"""Chip Authentication, version 1 (Doc 9303-11, 6.2; BSI TR-03110): a new session that only the genuine chip can join.

We send an ephemeral key; both sides agree on a secret with the chip's static key and begin secure messaging anew. The
chip proves nothing at that moment. The proof is its next answer: it verifies only if the chip knows the private part.
So read on, and ask ``is_proven`` afterwards; it costs no round trip of its own.

It proves nothing either until Passive Authentication has bound DG14, with the chip's key, to the issuer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from asn1crypto.core import ObjectIdentifier

from egate.checks import Reason
from egate.document import tlv
from egate.document.chip.apdu import (
    Response,
    Template,
    general_authenticate,
    manage_security_environment,
    read_binary_sfi,
    status_name,
)
from egate.document.chip.channel import Channel, Exchange
from egate.document.chip.secure_messaging import SecureMessaging
from egate.document.crypto.domain_parameters import AgreementKey
from egate.document.crypto.groups import AgreementKind, Group, KeyPair
from egate.document.crypto.symmetric import BlockCipher, RandomBytes
from egate.document.errors import DocumentError, FormatError, SecureMessagingError, UnsupportedError
from egate.document.lds.files import Ef
from egate.document.lds.security_infos import (
    MAX_STATIC_KEYS,
    ChipAuthenticationInfo,
    ChipAuthenticationPublicKeyInfo,
    SecurityInfos,
)

_VERSION = 1
_DO_PROTOCOL, _DO_KEY_ID, _DO_KEY = 0x80, 0x84, 0x91
_DO_DYNAMIC, _DO_EPHEMERAL = 0x7C, 0x80
_ANSWER_BYTES = 16  # an empty template, protected
_ATTEMPTS = 2  # one key in 256 begins with a zero byte; a hostile prime makes all of them do so
_MAX_OFFERS, _MAX_KEY_ID = 4, 1 << 32  # real chips stay below; each offer costs a key of ours
_CONFIRMATION_BYTES = 1
# Where DG14 holds a key alone: 3DES, with the agreement of its kind (TR-03110-3, A.1.1.2).
_DEFAULT_PROTOCOLS = {AgreementKind.DH: "0.4.0.127.0.7.2.2.3.1.1", AgreementKind.ECDH: "0.4.0.127.0.7.2.2.3.2.1"}
_STRENGTH = tuple(BlockCipher)  # declared from the weakest on


class ChipAuthenticationError(DocumentError):
    """The chip offers Chip Authentication and refuses all that it offers."""

    default_reason = Reason.CA_FAILED


@dataclass(frozen=True, slots=True)
class ChipAuthenticationOffer:
    """One key of the chip and one way to use it. ``protocol``: object identifier."""

    protocol: str
    cipher: BlockCipher
    key: AgreementKey = field(repr=False)
    key_id: int | None

    def __post_init__(self) -> None:
        if self.key_id is not None and not 0 <= self.key_id < _MAX_KEY_ID:
            raise FormatError("the identifier of a key of Chip Authentication is out of bounds")

    @property
    def group(self) -> Group:
        return self.key.group

    @property
    def protocol_id(self) -> bytes:
        """The value of the object identifier, without tag and length."""
        return bytes(ObjectIdentifier(self.protocol).contents)

    @property
    def words(self) -> tuple[str, ...]:
        """For records."""
        return ("chip_authentication", self.group.name, self.cipher.value)


@dataclass(frozen=True, slots=True)
class ChipAuthentication:
    """A session begun. ``compressed_key``: Comp() of our ephemeral key, which Terminal Authentication signs."""

    offer: ChipAuthenticationOffer
    secure: SecureMessaging = field(repr=False)
    compressed_key: bytes = field(repr=False)

    @property
    def is_proven(self) -> bool:
        """Whether the chip has answered in this session. Ask after the next exchange."""
        return self.secure.is_shared


def chip_authentication_offers(infos: SecurityInfos) -> tuple[ChipAuthenticationOffer, ...]:
    """What a chip can do and we too, the strongest cipher first; empty where it has no key.

    A ChipAuthenticationInfo and a key belong together by kind and by identifier, where both have one. Raises what is
    wrong with the first key where none is of use: UnsupportedError, FormatError with CA_KEY.
    """
    offers: list[ChipAuthenticationOffer] = []
    failure: DocumentError | None = None
    for info in infos.of_kind(ChipAuthenticationPublicKeyInfo)[:MAX_STATIC_KEYS]:
        try:
            offers += _offers_of(info, infos)
        except UnsupportedError as error:
            failure = failure or error
        except FormatError as error:
            failure = failure or FormatError(str(error), Reason.CA_KEY)
    if not offers and failure is not None:
        raise failure
    return tuple(sorted(offers, key=lambda offer: _STRENGTH.index(offer.cipher), reverse=True)[:_MAX_OFFERS])


def _offers_of(info: ChipAuthenticationPublicKeyInfo, infos: SecurityInfos) -> Iterator[ChipAuthenticationOffer]:
    key = info.key()
    ways = [way for way in infos.of_kind(ChipAuthenticationInfo) if _belongs(way, info)]
    for way in ways:
        yield ChipAuthenticationOffer(way.protocol, way.cipher, key, info.key_id if way.key_id is None else way.key_id)
    if not ways:
        yield ChipAuthenticationOffer(_DEFAULT_PROTOCOLS[info.kind], BlockCipher.TRIPLE_DES, key, info.key_id)


def _belongs(way: ChipAuthenticationInfo, key: ChipAuthenticationPublicKeyInfo) -> bool:
    if way.version != _VERSION or way.kind is not key.kind:
        return False
    return way.key_id == key.key_id or way.key_id is None or key.key_id is None


def authenticate_chip(
    channel: Channel, offers: Iterable[ChipAuthenticationOffer], random_bytes: RandomBytes
) -> Exchange[ChipAuthentication]:
    """Begin a session with the first of the offers that the chip accepts; until then the old session goes on.

    One round trip with 3DES, two with AES. Raises ChipAuthenticationError: the chip refused all; SecureMessagingError:
    it left the old session; ProtocolError.
    """
    refusal = "there is nothing to try"
    for offer in offers:
        ephemeral = _ephemeral_key(offer.group, random_bytes)
        response = yield from _send_key(channel, offer, ephemeral.public)
        if response.ok:
            secret = offer.group.agree(ephemeral.private, offer.key.public)
            channel.secure = SecureMessaging(offer.cipher.suite(secret))
            return ChipAuthentication(offer, channel.secure, offer.group.compress(ephemeral.public))
        refusal = f"the chip answered {status_name(response.status)}"
    raise ChipAuthenticationError(f"Chip Authentication: {refusal}")


def confirm_chip(channel: Channel, run: ChipAuthentication) -> Exchange[bool]:
    """Whether the chip joined the session, for whoever has nothing else to read: one round trip at most."""
    if not run.is_proven and channel.secure is run.secure:
        try:
            yield from channel.exchange(read_binary_sfi(Ef.DG14.value.short_id, _CONFIRMATION_BYTES))
        except SecureMessagingError:
            return False
    return run.is_proven


def _ephemeral_key(group: Group, random_bytes: RandomBytes) -> KeyPair:
    """A key whose encoding begins with no zero byte: chips differ in whether they drop such a byte of an integer."""
    pair = group.generate(random_bytes)
    for _ in range(_ATTEMPTS):
        if pair.public[0]:
            break
        pair = group.generate(random_bytes)
    return pair


def _send_key(channel: Channel, offer: ChipAuthenticationOffer, public: bytes) -> Exchange[Response]:
    """3DES has a command of its own. A chip or a reader for which that will not do gets the other two (B.2)."""
    key_id = b"" if offer.key_id is None else tlv.encode(_DO_KEY_ID, _unsigned(offer.key_id))
    command = manage_security_environment(Template.KEY_AGREEMENT, tlv.encode(_DO_KEY, public) + key_id)
    if offer.cipher is BlockCipher.TRIPLE_DES and channel.carries(command):
        response = yield from channel.exchange(command)
        if response.ok:
            return response
    protocol = tlv.encode(_DO_PROTOCOL, offer.protocol_id)
    template = manage_security_environment(Template.INTERNAL_AUTHENTICATION, protocol + key_id)
    response = yield from channel.exchange(template)
    if not response.ok:
        return response
    dynamic = tlv.encode(_DO_DYNAMIC, tlv.encode(_DO_EPHEMERAL, public))
    return (yield from channel.exchange_long(general_authenticate(dynamic, _ANSWER_BYTES, is_last=True)))


def _unsigned(number: int) -> bytes:
    """As the shortest octet string (TR-03110-3, D.2.1.1)."""
    return number.to_bytes(max((number.bit_length() + 7) // 8, 1))
