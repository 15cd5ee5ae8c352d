"""Active Authentication, the chip's side (Doc 9303-11, 6.1): a signature over the terminal's challenge."""

from egate_sim.passport.apdu import ChipError, Command, Response, Status
from egate_sim.passport.chip.card import Card

_CHALLENGE_BYTES = 8


class ActiveAuthentication:
    """INTERNAL AUTHENTICATE."""

    def __init__(self, card: Card) -> None:
        self._card = card

    def internal_authenticate(self, command: Command) -> Response:
        self._card.require_access()
        key, quirks = self._card.passport.active_authentication, self._card.quirks
        if key is None:
            raise ChipError(Status.UNKNOWN_INSTRUCTION)
        if len(command.data) != _CHALLENGE_BYTES or command.expected is None:
            raise ChipError(Status.WRONG_LENGTH)
        if command.extended and quirks.mute_at_extended:
            return Response()
        signature = key.sign(command.data, self._card.rng)[: quirks.signature_bytes]
        fits = len(signature) <= command.expected or command.asks_for_all
        if not fits or len(signature) > self._card.max_data(command):
            raise ChipError(Status.WRONG_LENGTH)
        return Response(signature)
