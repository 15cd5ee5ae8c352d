"""Basic Access Control, the chip's side (Doc 9303-11, 4.3)."""

from egate_sim.passport import crypto
from egate_sim.passport.apdu import ChipError, Command, Response, Status
from egate_sim.passport.chip.card import Access, Card
from egate_sim.passport.crypto import SessionCipher

NONCE_BYTES = 8
_KEY_BYTES = 16
_MUTUAL_BYTES = 2 * NONCE_BYTES + _KEY_BYTES
_TDES = SessionCipher.TDES


class BasicAccessControl:
    """GET CHALLENGE and EXTERNAL AUTHENTICATE, before secure messaging is on."""

    def __init__(self, card: Card) -> None:
        self._card = card
        seed = card.passport.access_seed
        self._keys = None if seed is None else crypto.derive_keys(seed[:_KEY_BYTES])

    def get_challenge(self, command: Command) -> Response:
        session = self._card.session
        if self._keys is None:
            raise ChipError(Status.UNKNOWN_INSTRUCTION)
        if not self._card.passport.bac:
            raise ChipError(self._card.quirks.bac_refusal)
        if not session.application or session.access is not Access.OPEN or session.pace_was_run:
            raise ChipError(Status.CONDITIONS_NOT_SATISFIED)
        if command.expected is None or command.expected < NONCE_BYTES:
            raise ChipError(Status.WRONG_LENGTH)
        session.challenge = self._card.rng.randbytes(NONCE_BYTES)
        return Response(session.challenge)

    def external_authenticate(self, command: Command) -> Response:
        session = self._card.session
        challenge, session.challenge = session.challenge, b""  # serves once
        if self._keys is None or not challenge:
            raise ChipError(Status.CONDITIONS_NOT_SATISFIED)
        if len(command.data) != _MUTUAL_BYTES + crypto.MAC_BYTES:
            raise ChipError(Status.WRONG_LENGTH)
        cryptogram, checksum = command.data[:_MUTUAL_BYTES], command.data[_MUTUAL_BYTES:]
        if not crypto.same(self._checksum(self._keys, cryptogram), checksum):
            raise ChipError(Status.AUTHENTICATION_FAILED)
        plain = crypto.decrypt(_TDES, self._keys.encryption, cryptogram)
        terminal_nonce, echoed, terminal_key = plain[:8], plain[8:16], plain[16:]
        if not crypto.same(echoed, challenge):
            raise ChipError(Status.AUTHENTICATION_FAILED)
        chip_key = self._card.rng.randbytes(_KEY_BYTES)
        seed, counter = crypto.xor(terminal_key, chip_key), challenge[4:] + terminal_nonce[4:]
        self._card.open_session(Access.BAC, crypto.derive_keys(seed), counter)
        session.chip_identifier = self._card.passport.document_number
        answer = crypto.encrypt(_TDES, self._keys.encryption, challenge + terminal_nonce + chip_key)
        return Response(answer + self._checksum(self._keys, answer))

    @staticmethod
    def _checksum(keys: crypto.Keys, message: bytes) -> bytes:
        return crypto.mac(_TDES, keys.mac, crypto.pad(message, _TDES.block_bytes))
