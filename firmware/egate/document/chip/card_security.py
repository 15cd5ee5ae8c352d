"""Reads EF.CardSecurity, which holds the static key of chip authentication mapping, signed by the issuer.

It lies in the master file, which is left for the application by then: two round trips there and back, and some for the
file. All of them are saved where EF.DG14 holds the same key: the proof then holds for that one, which EF.SOD binds.
"""

from collections.abc import Callable

from egate.document.chip.apdu import StatusError, select_application, select_master_file
from egate.document.chip.channel import Channel, Exchange
from egate.document.chip.file_reader import FileReader
from egate.document.chip.pace import MappingProof, chip_authentication_mapping_holds
from egate.document.errors import DocumentError, FormatError
from egate.document.lds.files import Ef
from egate.document.lds.security_infos import MAX_STATIC_KEYS, ChipAuthenticationPublicKeyInfo, SecurityInfos


def read_card_security(channel: Channel, reopen: Callable[[], Exchange[None]]) -> Exchange[bytes]:
    """The whole file. The application is selected again afterwards, also where reading fails.

    Raises StatusError (FILE_MISSING), FormatError; ProtocolError, SecureMessagingError and AccessError where going on
    makes no sense.
    """

    def reopen_in_master_file() -> Exchange[None]:
        yield from reopen()
        yield from channel.exchange(select_master_file())

    yield from channel.exchange(select_master_file())
    try:
        content = yield from FileReader(channel, reopen_in_master_file).read(Ef.CARD_SECURITY)
    except (StatusError, FormatError):
        yield from _back_to_the_application(channel)
        raise
    yield from _back_to_the_application(channel)
    return content


def proven_key(proof: MappingProof, infos: SecurityInfos) -> ChipAuthenticationPublicKeyInfo | None:
    """The key of ``infos`` that the proof was made with; None where it is none of them.

    It proves that the chip is no copy once the issuer's signature over ``infos`` has been verified.
    """
    keys = infos.of_kind(ChipAuthenticationPublicKeyInfo)[:MAX_STATIC_KEYS]
    return next((info for info in keys if info.kind is proof.group.kind and _is_proven(proof, info)), None)


def _is_proven(proof: MappingProof, info: ChipAuthenticationPublicKeyInfo) -> bool:
    try:
        return chip_authentication_mapping_holds(proof, info.key())
    except DocumentError:  # a key that cannot be read proves nothing
        return False


def _back_to_the_application(channel: Channel) -> Exchange[None]:
    selected = yield from channel.exchange(select_application())
    if not selected.ok:
        raise StatusError("selecting the application again", selected.status)
