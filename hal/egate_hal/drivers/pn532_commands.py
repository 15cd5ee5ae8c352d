"""What a PN532 is told and what it answers (UM0701-02, chapter 7), as far as reading documents needs it. Pure.

Answers come from the radio and from the line: whatever does not fit raises ProtocolError.
"""

from dataclasses import dataclass
from enum import IntEnum, IntFlag

from egate_hal.chip import ChipLost
from egate_hal.errors import HalError, ProtocolError

PN532_IC = 0x32
MAX_EXCHANGE_BYTES = 262  # of a chip's data in one InDataExchange, either way
MORE = 0x40  # MI: more data follow; in the target number of a command, in the status of an answer
TARGET = 1  # the only one: no more than one chip is ever selected


class Code(IntEnum):
    """Commands; the answer's code is one more."""

    DIAGNOSE = 0x00
    GET_FIRMWARE_VERSION = 0x02
    SET_SERIAL_BAUD_RATE = 0x10
    SAM_CONFIGURATION = 0x14
    RF_CONFIGURATION = 0x32
    IN_DATA_EXCHANGE = 0x40
    IN_LIST_PASSIVE_TARGET = 0x4A
    IN_PSL = 0x4E
    IN_RELEASE = 0x52


# UM0701-02, 7.2.8: the code of each line speed
BAUD_CODES = {9600: 0, 19200: 1, 38400: 2, 57600: 3, 115200: 4, 230400: 5, 460800: 6, 921600: 7}

NORMAL_MODE = bytes([0x01, 0x00])  # SAMConfiguration: no SAM, no timeout
FIELD_OFF, FIELD_ON = bytes([0x01, 0x00]), bytes([0x01, 0x01])  # RFConfiguration, item 1
# Item 2, timeouts of 100 us * 2^(n-1): for an answer to ATR_REQ 102.4 ms (the default), for any other 3.3 s.
TIMEOUTS = bytes([0x02, 0x00, 0x0B, 0x10])
# Item 5, tries: ATR_REQ and PSL_REQ as by default; activation of a passive target twice, not for ever.
RETRIES = bytes([0x05, 0xFF, 0x01, 0x01])

_TYPE_A, _TYPE_B = 0x00, 0x03  # baud rate and modulation: 106 kbit/s of either type
ALL_FAMILIES = 0x00  # AFI
LIST_TYPE_A = bytes([1, _TYPE_A])
LIST_TYPE_B = bytes([1, _TYPE_B, ALL_FAMILIES])


class Bitrate(IntEnum):
    """As InPSL names them, in kbit/s."""

    KBIT_106 = 0
    KBIT_212 = 1
    KBIT_424 = 2


class _Rates(IntFlag):
    """TA(1) of an ATS (ISO/IEC 14443-4): what a chip can beside 106 kbit/s; DR is towards the chip, DS from it."""

    DR_212 = 0x01
    DR_424 = 0x02
    DS_212 = 0x10
    DS_424 = 0x20


@dataclass(frozen=True, slots=True)
class SelectedChip:
    """``atr``: as PC/SC forms it. ``bitrate``: the highest in both directions that chip and PN532 have in common."""

    atr: bytes
    bitrate: Bitrate


def atr_of(historical: bytes) -> bytes:
    """The ATR that PC/SC (part 3) gives to a contactless chip, from its historical bytes, at most 15."""
    body = bytes([0x80 | len(historical), 0x80, 0x01]) + historical
    check = 0
    for byte in body:
        check ^= byte
    return b"\x3b" + body + bytes([check])


def read_type_a(answer: bytes) -> SelectedChip | None:
    """The answer to LIST_TYPE_A; None where no chip is there, or one that is no ISO/IEC 14443-4 chip."""
    if not answer:
        raise ProtocolError("the PN532's list of chips is empty")
    if answer[0] == 0:
        return None
    # NbTg, then Tg SENS_RES(2) SEL_RES NFCIDLength NFCID ATS; ATS begins with its own length
    identifier_at = 6
    if len(answer) < identifier_at:
        raise ProtocolError("the PN532's description of a type A chip is too short")
    ats = answer[identifier_at + answer[identifier_at - 1] :]
    if not ats:
        return None
    if ats[0] != len(ats) or len(ats) < 1:
        raise ProtocolError("the ATS of a type A chip has not the length that it says")
    historical, rates = _read_ats(ats)
    return SelectedChip(atr_of(historical), _best(rates))


def _read_ats(ats: bytes) -> tuple[bytes, _Rates]:
    """Historical bytes and bit rates. TL alone, or TL T0 with TA, TB, TC as T0 says."""
    if len(ats) == 1:
        return b"", _Rates(0)
    format_byte, at = ats[1], 2
    rates = _Rates(0)
    for number in range(3):
        if format_byte & 0x10 << number:
            if at >= len(ats):
                raise ProtocolError("the ATS of a type A chip ends before its interface bytes do")
            if number == 0:
                rates = _Rates(ats[at] & 0x33)
            at += 1
    return ats[at:][:15], rates


def _best(rates: _Rates) -> Bitrate:
    if _Rates.DR_424 | _Rates.DS_424 in rates:
        return Bitrate.KBIT_424
    return Bitrate.KBIT_212 if _Rates.DR_212 | _Rates.DS_212 in rates else Bitrate.KBIT_106


def read_type_b(answer: bytes) -> SelectedChip | None:
    """The answer to LIST_TYPE_B; None where no chip is there. The PN532 changes no bit rate of a type B chip."""
    if not answer:
        raise ProtocolError("the PN532's list of chips is empty")
    if answer[0] == 0:
        return None
    # NbTg, then Tg ATQB(12: 50, PUPI 4, application data 4, protocol info 3) ATTRIB_RESLength ATTRIB_RES
    attrib_at = 15
    if len(answer) < attrib_at or len(answer) != attrib_at + answer[attrib_at - 1]:
        raise ProtocolError("the PN532's description of a type B chip has not the length that it says")
    atqb, attrib = answer[2:14], answer[attrib_at:]
    buffer_index = attrib[0] & 0xF0 if attrib else 0
    return SelectedChip(atr_of(atqb[5:12] + bytes([buffer_index])), Bitrate.KBIT_106)


# UM0701-02, 7.1: what the lower six bits of a status say
_CHIP_GONE = {
    0x01: "it did not answer in time", 0x02: "a checksum was wrong", 0x03: "a parity bit was wrong",
    0x04: "its bits were out of order", 0x05: "its framing was wrong", 0x06: "bits collided",
    0x0A: "the radio field was not switched on in time", 0x0B: "it broke the radio protocol",
    0x13: "what it sent has not the right form", 0x29: "it was released", 0x2B: "it disappeared",
}  # fmt: skip
_TOO_HOT, _OVERCURRENT = 0x0D, 0x2D
_STATUS_CODE = 0x3F


def check_status(answer: bytes) -> tuple[bool, bytes]:
    """(more data follow, the data) of an answer that begins with a status byte. Raises ChipLost, ProtocolError."""
    if not answer:
        raise ProtocolError("the PN532's answer has no status")
    error = exchange_error(answer[0] & _STATUS_CODE)
    if error is not None:
        raise error
    return bool(answer[0] & MORE), answer[1:]


def exchange_error(code: int) -> HalError | None:
    """What a status means; None for success."""
    if code == 0:
        return None
    if code in _CHIP_GONE:
        return ChipLost(f"the chip stopped answering ({_CHIP_GONE[code]}); leave the document on the reader")
    if code == _TOO_HOT:
        return ProtocolError("the PN532 is too hot and has switched its field off; let it cool, give it air")
    if code == _OVERCURRENT:
        return ProtocolError("the PN532's field draws too much current; check its supply and what lies on its antenna")
    return ProtocolError(f"the PN532 refused an exchange (status {code:#04x})")
