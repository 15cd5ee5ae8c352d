"""Opens the chip: Basic Access Control, or nothing where the chip asks for nothing (Doc 9303-11, 4.2 and 4.3).

PACE will come before BAC here; the two are never mixed in one session.
"""

from egate.checks import Reason
from egate.document import tlv
from egate.document.chip.apdu import (
    SHORT_LE,
    Response,
    Status,
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
from egate.document.chip.steps import AccessProtocol, ReaderCapacity
from egate.document.crypto.symmetric import RandomBytes
from egate.document.errors import AccessError, FormatError
from egate.document.lds.files import Ef
from egate.document.mrz.zone import Mrz

_EXTENDED_LENGTH_INFORMATION = 0x7F66
_PROBE_BYTES = 8
# Newer documents know PACE alone; these are their answers to BAC.
_PACE_ONLY = {Status.CONDITIONS_NOT_SATISFIED, Status.REFERENCE_NOT_FOUND}


def open_chip(channel: Channel, mrz: Mrz, random_bytes: RandomBytes) -> Exchange[AccessProtocol]:
    """Select the passport application and get in. Raises AccessError: FILE_MISSING (no passport application),
    ACCESS_UNSUPPORTED (it wants what we do not have), ACCESS_DENIED (it does not accept this page)."""
    if channel.capacity.max_response_bytes > ReaderCapacity().max_response_bytes and not channel.announced_bytes:
        channel.announced_bytes = yield from _announced_bytes(channel)
    selected = yield from channel.exchange(select_application())
    if selected.status == Status.FILE_NOT_FOUND:
        raise AccessError("the chip has no passport application", Reason.FILE_MISSING)
    if not selected.ok:
        raise _refusal("selecting the application", selected, Reason.ACCESS_UNSUPPORTED)
    refusal = yield from _basic_access(channel, mrz, random_bytes)
    if refusal is None:
        return AccessProtocol.BAC
    if (yield from _is_open(channel)):
        return AccessProtocol.PLAIN
    raise refusal


def _basic_access(channel: Channel, mrz: Mrz, random_bytes: RandomBytes) -> Exchange[AccessError | None]:
    """Start a session. None: done; an error: the chip refused."""
    challenge = yield from channel.exchange(get_challenge(CHALLENGE_BYTES))
    if not challenge.ok:
        return _refusal("GET CHALLENGE", challenge, Reason.ACCESS_UNSUPPORTED)
    run = MutualAuthentication.begin(document_keys(mrz.mrz_information), challenge.data, random_bytes)
    answer = yield from channel.exchange(external_authenticate(run.command_data()))
    if not answer.ok:
        reason = Reason.ACCESS_UNSUPPORTED if answer.status in _PACE_ONLY else Reason.ACCESS_DENIED
        return _refusal("EXTERNAL AUTHENTICATE", answer, reason)
    channel.secure = run.finish(answer.data)
    return None


def _is_open(channel: Channel) -> Exchange[bool]:
    """Whether EF.COM can be read by anybody. Asked last, so that it costs the usual document nothing."""
    response = yield from channel.exchange(read_binary_sfi(Ef.COM.value.short_id, _PROBE_BYTES))
    if response.ok:
        return True
    selected = yield from channel.exchange(select_file(Ef.COM.value.file_id))
    if not selected.ok:
        return False
    response = yield from channel.exchange(read_binary(0, _PROBE_BYTES))
    return response.ok


def _announced_bytes(channel: Channel) -> Exchange[int]:
    """Longest answer that EF.ATR/INFO announces (ISO/IEC 7816-4); 0 where it is silent, as most are."""
    selected = yield from channel.exchange(select_file(Ef.ATR_INFO.value.file_id))
    if not selected.ok:
        return 0
    content = yield from channel.exchange(read_binary(0, SHORT_LE))
    try:
        limits = list(tlv.read_all(tlv.find(content.data, _EXTENDED_LENGTH_INFORMATION)))
    except FormatError:
        return 0
    match limits:
        case [tlv.Tlv(tag=0x02), tlv.Tlv(tag=0x02, value=answer)]:
            return int.from_bytes(answer)
    return 0


def _refusal(action: str, response: Response, reason: Reason) -> AccessError:
    return AccessError(f"{action}: the chip answered {status_name(response.status)}", reason)
