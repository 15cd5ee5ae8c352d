"""Opens the chip (Doc 9303-11, 4.1): PACE where EF.CardAccess offers it, else Basic Access Control, or nothing where
the chip asks for nothing.

PACE and Basic Access Control never meet in one session: after a failed PACE the chip is reset. The usual chip costs
seven round trips with PACE: EF.CardAccess, MSE:Set AT, four of GENERAL AUTHENTICATE, SELECT.
"""

from dataclasses import dataclass, field

from egate.checks import Reason
from egate.document.chip.apdu import (
    SHORT_LE,
    Response,
    Status,
    StatusError,
    external_authenticate,
    get_challenge,
    read_binary,
    read_binary_sfi,
    select_application,
    select_file,
    status_name,
)
from egate.document.chip.bac import CHALLENGE_BYTES, MutualAuthentication, document_keys
from egate.document.chip.channel import Channel, Exchange
from egate.document.chip.credentials import Credentials
from egate.document.chip.file_reader import FileReader
from egate.document.chip.pace import PaceError, PaceResult, run_pace
from egate.document.chip.pace_choice import PaceOffer, pace_offer
from egate.document.chip.steps import AccessProtocol, ReaderCapacity
from egate.document.crypto.symmetric import RandomBytes
from egate.document.errors import AccessError, FormatError
from egate.document.lds.atr_info import parse_atr_info
from egate.document.lds.files import Ef
from egate.document.lds.security_infos import parse_card_access

_PROBE_BYTES = 8
_PACE_FAILED = "pace_failed"
# Newer documents know PACE alone; these are their answers to BAC.
_PACE_ONLY = {Status.CONDITIONS_NOT_SATISFIED, Status.REFERENCE_NOT_FOUND}


@dataclass(frozen=True, slots=True)
class Access:
    """How a chip was opened, and what must be looked at again once the signed files are there.

    ``card_access``: EF.CardAccess as read, empty where there is none; EF.DG14 must hold the same SecurityInfos, or
    somebody took the better protocols away. ``pace``: the run that opened the chip, with its proof. ``pace_error``:
    why PACE failed although the chip offers it and was then opened in another way; an event to log.
    """

    protocol: AccessProtocol
    card_access: bytes = field(default=b"", repr=False)
    offer: PaceOffer = field(default_factory=PaceOffer)
    pace: PaceResult | None = None
    pace_error: PaceError | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """For records: the protocol with its mapping, group and cipher, and ``pace_failed``."""
        variant = self.pace.variant.words if self.pace is not None else ()
        return (self.protocol.value, *variant, *((_PACE_FAILED,) if self.pace_error is not None else ()))


def open_chip(
    channel: Channel, credentials: Credentials, random_bytes: RandomBytes, before: Access | None = None
) -> Exchange[Access]:
    """Get in and select the passport application. ``before``: how this chip was opened before it lost its session;
    what was learned then is not asked for again, and the protocol stays the same.

    Raises AccessError: FILE_MISSING (no passport application), ACCESS_UNSUPPORTED (it wants what we do not have),
    ACCESS_DENIED (it does not accept this page), CHIP_PROTOCOL (it strays from PACE), ACCESS_DOWNGRADED (it forgot its
    protocol with its session).
    """
    return (yield from _Opening(channel, credentials, random_bytes).run(before))


class _Opening:
    """One attempt at a chip. It ends with access by some protocol, or with the error of the best one."""

    def __init__(self, channel: Channel, credentials: Credentials, random_bytes: RandomBytes) -> None:
        self._channel = channel
        self._credentials = credentials
        self._random_bytes = random_bytes

    def run(self, before: Access | None) -> Exchange[Access]:
        if before is None:
            yield from self._learn_capacity()
            card_access = yield from self._card_access()
            offer = _offer(card_access, self._channel.capacity)
        else:
            card_access, offer = before.card_access, before.offer
        error = None if before is None else before.pace_error
        if error is None and offer.variants:
            try:
                pace = yield from self._pace(offer)
            except PaceError as failed:
                if before is not None:
                    raise
                error = failed
            else:
                yield from self._select_application()
                return Access(AccessProtocol.PACE, card_access, offer, pace)
            yield from self._channel.reset()
        protocol = yield from self._without_pace(error)
        if before is not None and protocol is not before.protocol:
            raise AccessError("the chip lets readers in by another protocol than before", Reason.ACCESS_DOWNGRADED)
        return Access(protocol, card_access, offer, pace_error=error)

    def _pace(self, offer: PaceOffer) -> Exchange[PaceResult]:
        """With each password and, where the chip refuses a variant as such, with the next one.

        Raises PaceError, the first one: later passwords are only second bests.
        """
        first_error = None
        for password in self._credentials.passwords:
            if first_error is not None:
                yield from self._channel.reset()
            for variant in offer.variants:
                try:
                    result = yield from run_pace(self._channel, variant, password, self._random_bytes)
                except PaceError as error:
                    first_error = first_error or error
                    if error.reason is not Reason.ACCESS_UNSUPPORTED:
                        break
                else:
                    self._channel.secure = result.secure
                    return result
        assert first_error is not None  # noqa: S101 - there is a password and a variant
        raise first_error

    def _without_pace(self, pace_error: PaceError | None) -> Exchange[AccessProtocol]:
        """Basic Access Control, or none. What failed before is the better reason where the chip knows PACE alone."""
        try:
            yield from self._select_application()
            refusal = yield from self._basic_access()
        except AccessError as error:
            raise pace_error or error from error
        if refusal is None:
            return AccessProtocol.BAC
        if (yield from self._is_open()):
            return AccessProtocol.PLAIN
        if pace_error is not None and refusal.reason is Reason.ACCESS_UNSUPPORTED:
            raise pace_error
        raise refusal

    def _select_application(self) -> Exchange[None]:
        selected = yield from self._channel.exchange(select_application())
        if selected.status == Status.FILE_NOT_FOUND:
            raise AccessError("the chip has no passport application", Reason.FILE_MISSING)
        if not selected.ok:
            raise _refusal("selecting the application", selected, Reason.ACCESS_UNSUPPORTED)

    def _basic_access(self) -> Exchange[AccessError | None]:
        """Start a session. None: done; an error: the chip refused."""
        if not self._credentials.mrz_information:
            return AccessError("Basic Access Control needs the MRZ", Reason.ACCESS_UNSUPPORTED)
        challenge = yield from self._channel.exchange(get_challenge(CHALLENGE_BYTES))
        if not challenge.ok:
            return _refusal("GET CHALLENGE", challenge, Reason.ACCESS_UNSUPPORTED)
        keys = document_keys(self._credentials.mrz_information)
        run = MutualAuthentication.begin(keys, challenge.data, self._random_bytes)
        answer = yield from self._channel.exchange(external_authenticate(run.command_data()))
        if not answer.ok:
            reason = Reason.ACCESS_UNSUPPORTED if answer.status in _PACE_ONLY else Reason.ACCESS_DENIED
            return _refusal("EXTERNAL AUTHENTICATE", answer, reason)
        self._channel.secure = run.finish(answer.data)
        return None

    def _is_open(self) -> Exchange[bool]:
        """Whether EF.COM can be read by anybody. Asked last, so that it costs the usual document nothing."""
        response = yield from self._channel.exchange(read_binary_sfi(Ef.COM.value.short_id, _PROBE_BYTES))
        if response.ok:
            return True
        selected = yield from self._channel.exchange(select_file(Ef.COM.value.file_id))
        if not selected.ok:
            return False
        response = yield from self._channel.exchange(read_binary(0, _PROBE_BYTES))
        return response.ok

    def _card_access(self) -> Exchange[bytes]:
        """EF.CardAccess, mostly in one round trip; empty where the chip has none, or none that can be read."""
        try:
            return (yield from FileReader(self._channel, self._channel.reset).read(Ef.CARD_ACCESS))
        except (StatusError, FormatError):
            return b""

    def _learn_capacity(self) -> Exchange[None]:
        """The longest answer that EF.ATR/INFO announces. Worth a round trip only to a reader that could carry it."""
        short = ReaderCapacity().max_response_bytes
        if self._channel.capacity.max_response_bytes <= short or self._channel.announced_bytes:
            return
        content = yield from self._channel.exchange(read_binary_sfi(Ef.ATR_INFO.value.short_id, SHORT_LE))
        if content.status == Status.FILE_NOT_FOUND:
            return
        if not content.ok:
            selected = yield from self._channel.exchange(select_file(Ef.ATR_INFO.value.file_id))
            if not selected.ok:
                return
            content = yield from self._channel.exchange(read_binary(0, SHORT_LE))
        try:
            self._channel.announced_bytes = parse_atr_info(content.data).max_response_bytes
        except FormatError:
            return


def _offer(card_access: bytes, capacity: ReaderCapacity) -> PaceOffer:
    """A file that has not its form offers nothing."""
    try:
        return pace_offer(parse_card_access(card_access), capacity) if card_access else PaceOffer()
    except FormatError:
        return PaceOffer()


def _refusal(action: str, response: Response, reason: Reason) -> AccessError:
    return AccessError(f"{action}: the chip answered {status_name(response.status)}", reason)
