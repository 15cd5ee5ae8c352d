"""Chip Authentication version 1, the chip's side (Doc 9303-11, 6.2): its static key agrees on new session keys.

Triple-DES knows one command for it all, MSE:Set KAT; AES, and Triple-DES too, MSE:Set AT and GENERAL AUTHENTICATE.
"""

from collections.abc import Callable

from egate_sim.passport import crypto
from egate_sim.passport.apdu import ChipError, Command, Response, Status
from egate_sim.passport.chip.card import Card
from egate_sim.passport.chip.objects import (
    DYNAMIC_AUTHENTICATION_DATA,
    KEY_ID,
    MECHANISM,
    object_identifier,
    objects_of,
)
from egate_sim.passport.contents import ChipAuthenticationOffer, Fault
from egate_sim.passport.crypto import SessionCipher
from egate_sim.passport.groups import GroupError
from egate_sim.passport.tlv import data_object

_EPHEMERAL_KEY, _KAT_EPHEMERAL_KEY = 0x80, 0x91


class ChipAuthentication:
    """MSE:Set KAT, MSE:Set AT for internal authentication, and its GENERAL AUTHENTICATE."""

    def __init__(self, card: Card) -> None:
        self._card = card

    def set_key_agreement_template(self, command: Command) -> Response:
        """Choose the key and agree, all at once."""
        objects = self._permitted(command)
        offer = self._chosen(objects, lambda found: SessionCipher.TDES in _ciphers(found))
        if _KAT_EPHEMERAL_KEY not in objects:
            raise ChipError(Status.WRONG_DATA)
        self._agree(offer, SessionCipher.TDES, objects[_KAT_EPHEMERAL_KEY])
        return Response()

    def set_template(self, command: Command) -> Response:
        """Choose protocol and key."""
        objects = self._permitted(command)
        protocols = {
            object_identifier(offer.protocol(cipher)): cipher
            for offer in self._card.passport.chip_authentication
            for cipher in _ciphers(offer)
        }
        mechanism = objects.get(MECHANISM, b"")
        if mechanism not in protocols:
            raise ChipError(Status.WRONG_DATA)
        cipher = protocols[mechanism]
        offer = self._chosen(
            objects,
            lambda found: cipher in _ciphers(found) and object_identifier(found.protocol(cipher)) == mechanism,
        )
        self._card.session.chip_authentication = offer, cipher
        return Response()

    def general_authenticate(self, command: Command) -> Response:
        """Agree with the terminal's ephemeral key."""
        chosen, self._card.session.chip_authentication = self._card.session.chip_authentication, None
        if chosen is None:
            raise ChipError(Status.CONDITIONS_NOT_SATISFIED)
        content = objects_of(command.data).get(DYNAMIC_AUTHENTICATION_DATA, b"")
        ephemeral = objects_of(content).get(_EPHEMERAL_KEY)
        if ephemeral is None:
            raise ChipError(Status.WRONG_DATA)
        self._agree(*chosen, ephemeral)
        return Response(data_object(DYNAMIC_AUTHENTICATION_DATA))

    def _permitted(self, command: Command) -> dict[int, bytes]:
        self._card.require_access()
        if not self._card.passport.chip_authentication:
            raise ChipError(Status.WRONG_PARAMETERS)
        return objects_of(command.data)

    def _chosen(
        self, objects: dict[int, bytes], suits: Callable[[ChipAuthenticationOffer], bool]
    ) -> ChipAuthenticationOffer:
        """The one key that suits, or that has the identifier that the terminal gives."""
        offers = [offer for offer in self._card.passport.chip_authentication if suits(offer)]
        if KEY_ID in objects:
            key_id = int.from_bytes(objects[KEY_ID], "big")
            offers = [offer for offer in offers if offer.key.key_id == key_id]
        if len(offers) != 1:
            raise ChipError(Status.REFERENCE_NOT_FOUND)
        return offers[0]

    def _agree(self, offer: ChipAuthenticationOffer, cipher: SessionCipher, ephemeral: bytes) -> None:
        group, session = offer.key.group, self._card.session
        try:
            shared = group.shared_secret(group.power(ephemeral, offer.key.private))
        except GroupError:
            raise ChipError(Status.AUTHENTICATION_FAILED) from None
        session.terminal_key = group.compressed(ephemeral)
        if not self._card.has(Fault.OLD_KEYS_AFTER_CHIP_AUTHENTICATION):
            self._card.open_session(session.access, crypto.derive_keys(shared, cipher))


def _ciphers(offer: ChipAuthenticationOffer) -> tuple[SessionCipher, ...]:
    """A key without a ChipAuthenticationInfo stands for Triple-DES."""
    return offer.ciphers or (SessionCipher.TDES,)
