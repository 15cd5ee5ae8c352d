"""The files beside the eMRTD application: EF.CardAccess, EF.CardSecurity, EF.ATR/INFO, EF.DIR (Doc 9303-10, 3.11)."""

from collections.abc import Sequence
from datetime import datetime

from egate_sim.passport.cms import Signer, signed_data
from egate_sim.passport.contents import PaceOffer
from egate_sim.passport.security_infos import (
    Parameters,
    chip_authentication_public_key_info,
    pace_info,
    security_infos,
)
from egate_sim.passport.tlv import data_object

_SECURITY_OBJECT = "0.4.0.127.0.7.3.2.1"
_EMRTD_APPLICATION = bytes.fromhex("A0000002471001")


def card_access(offers: Sequence[PaceOffer]) -> bytes:
    """EF.CardAccess: what anybody may read before access control."""
    return security_infos(*(pace_info(offer) for offer in offers))


def card_security(infos: bytes, signer: Signer, at: datetime) -> bytes:
    """EF.CardSecurity: security infos under a Document Signer's signature (Doc 9303-11, 9.2.11)."""
    return signed_data(_SECURITY_OBJECT, infos, signer, at)


def card_security_infos(offers: Sequence[PaceOffer]) -> bytes:
    """What EF.CardSecurity says of PACE with chip authentication mapping: the offers again, and the static keys.

    A key names the row of the standard's table that PACE ran with, as the published example does; there are terminals
    that take no other for PACE's.
    """
    keys = (offer.chip_key for offer in offers if offer.chip_key is not None)
    key_infos = {chip_authentication_public_key_info(key, Parameters.STANDARDISED) for key in keys}
    return security_infos(*({pace_info(offer) for offer in offers} | key_infos))


def atr_info(max_command_bytes: int, max_response_bytes: int) -> bytes:
    """EF.ATR/INFO with extended length information (ISO/IEC 7816-4): the longest APDUs either way."""
    sizes = (data_object(0x02, size.to_bytes(2, "big")) for size in (max_command_bytes, max_response_bytes))
    # card capabilities: files by identifier and by SFI, transparent files, extended length
    return data_object(0x47, b"\x86\x02\x40") + data_object(0x7F66, *sizes)


def directory() -> bytes:
    """EF.DIR: the one application that is there."""
    return data_object(0x61, data_object(0x4F, _EMRTD_APPLICATION))
