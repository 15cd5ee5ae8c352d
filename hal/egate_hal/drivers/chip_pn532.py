"""Driver ``chip.pn532``: an NXP PN532 on a serial port, wired to the board or by a USB adapter."""

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated

from egate_hal.chip import ChipAbsent, ChipLost
from egate_hal.drivers import pn532_commands as pn532
from egate_hal.drivers.pn532_commands import BAUD_CODES, Bitrate, Code, SelectedChip
from egate_hal.drivers.pn532_link import Pn532Link
from egate_hal.drivers.serial_line import examine_port
from egate_hal.errors import DeviceLost, DeviceTimeout, DeviceUnavailable, HalError, ProtocolError
from egate_hal.settings import Bounds

POWER_ON_BAUD = 115_200
_MIN_COMMAND_BYTES, _MIN_ANSWER_BYTES = 4, 2
_SHORT = (261, 258)  # command, response (ISO/IEC 7816-4)
_EXTENDED = (65_544, 65_538)
_SETUP_MS = 500
_LISTING_MS = 2000
_FRAMES_MAX = 512  # of one answer: 65,538 bytes in pieces of 128, the smallest that a chip of 256-byte frames may send


class LineSpeed(IntEnum):
    """What the line may be raised to, baud."""

    BAUD_115200 = 115_200
    BAUD_230400 = 230_400
    BAUD_460800 = 460_800
    BAUD_921600 = 921_600


class RadioSpeed(IntEnum):
    """The highest bit rate on the radio, kbit/s."""

    KBIT_106 = 106
    KBIT_212 = 212
    KBIT_424 = 424


_BITRATES = {
    RadioSpeed.KBIT_106: Bitrate.KBIT_106, RadioSpeed.KBIT_212: Bitrate.KBIT_212, RadioSpeed.KBIT_424: Bitrate.KBIT_424,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pn532Settings:
    """``port``: the serial port. ``baud``: raised to this after a start at 115200; a Pi's mini UART stays at 115200.
    ``radio_kbit``: used with chips that can do it. ``search_ms``: how long to look for a chip. ``timeout_ms``: how long
    one answer may take; a chip may ask for an extension of several seconds again and again. ``extended_length``: carry
    APDUs of more than 261 bytes, in pieces.
    """

    port: str
    baud: LineSpeed = LineSpeed.BAUD_460800
    radio_kbit: RadioSpeed = RadioSpeed.KBIT_424
    search_ms: Annotated[int, Bounds(ge=0, le=10_000)] = 1500
    timeout_ms: Annotated[int, Bounds(ge=100, le=120_000)] = 15_000
    extended_length: bool = False


class Pn532Chip:
    """See ``egate_hal.chip.ChipTransport`` for what it promises."""

    Settings = Pn532Settings

    def __init__(self, settings: Pn532Settings) -> None:
        self._settings = settings
        self.max_command_bytes, self.max_response_bytes = _EXTENDED if settings.extended_length else _SHORT
        self._link = Pn532Link(settings.port)
        self._baud = POWER_ON_BAUD
        self._selected = False

    @staticmethod
    def examine(settings: Pn532Settings) -> None:
        """The port is here and ours to use. Raises DeviceUnavailable."""
        examine_port(settings.port)

    async def open(self) -> None:
        await self.close()
        try:
            await self._find()
            await self._raise_speed()
            for item in (pn532.FIELD_OFF, pn532.TIMEOUTS, pn532.RETRIES):
                await self._link.command(Code.RF_CONFIGURATION, item, _SETUP_MS)
        except (DeviceTimeout, ProtocolError) as error:
            self._link.close()
            raise DeviceUnavailable(f"{error}; docs/chip-readers.md says how a PN532 is wired and set up") from None
        except BaseException:
            self._link.close()
            raise

    async def close(self) -> None:
        if self._link.is_open:
            await self.disconnect()
        self._link.close()

    async def connect(self) -> bytes:
        await self._field(on=False)  # a chip that was selected before starts anew
        await self._field(on=True)
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + self._settings.search_ms / 1e3
        while (chip := await self._look()) is None:
            if loop.time() >= deadline_s:
                await self._field(on=False)
                raise ChipAbsent("no chip answers in the field; lay the document on the reader")
        self._selected = True
        return chip.atr

    async def transceive(self, command: bytes) -> bytes:
        if not self._link.is_open:
            raise DeviceLost(f"{self._settings.port}: the chip reader is not open")
        if not _MIN_COMMAND_BYTES <= len(command) <= self.max_command_bytes:
            raise ProtocolError(f"a command APDU has {_MIN_COMMAND_BYTES} to {self.max_command_bytes} bytes")
        if not self._selected:
            raise ChipLost("no chip is selected")
        self._selected = False  # unless all goes well: the chip may be in the middle of anything
        answer = await self._exchange(command)
        self._selected = True
        if not _MIN_ANSWER_BYTES <= len(answer) <= self.max_response_bytes:
            raise ProtocolError("the chip sent something that is no response APDU")
        return answer

    async def disconnect(self) -> None:
        self._selected = False
        with contextlib.suppress(HalError):
            await self._field(on=False)

    async def _find(self) -> None:
        """Wake the PN532: at its first speed, or at that to which an earlier program raised it."""
        port = self._settings.port
        for baud in dict.fromkeys((POWER_ON_BAUD, int(self._settings.baud))):
            self._link.close()
            self._link.open(baud)
            self._link.wake()
            try:
                await self._link.command(Code.SAM_CONFIGURATION, pn532.NORMAL_MODE, _SETUP_MS)
                await self._link.fall_into_step()
                version = await self._link.command(Code.GET_FIRMWARE_VERSION, b"", _SETUP_MS)
            except DeviceTimeout:
                continue
            if version[:1] != bytes([pn532.PN532_IC]):
                raise ProtocolError(f"{port}: what answers there is no PN532")
            self._baud = baud
            return
        raise DeviceTimeout(f"{port}: no PN532 answers; check its power, its wires and its switches")

    async def _raise_speed(self) -> None:
        baud = int(self._settings.baud)
        if self._baud == baud:
            return
        try:
            await self._link.change_speed(baud, BAUD_CODES[baud])
        except DeviceTimeout:
            raise DeviceTimeout(
                f"{self._settings.port}: the line does not carry {baud} baud; set a lower one"
            ) from None

    async def _field(self, *, on: bool) -> None:
        await self._link.command(Code.RF_CONFIGURATION, pn532.FIELD_ON if on else pn532.FIELD_OFF, _SETUP_MS)

    async def _look(self) -> SelectedChip | None:
        """Look once for a chip of either type and select it, at the best bit rate."""
        answer = await self._link.command(Code.IN_LIST_PASSIVE_TARGET, pn532.LIST_TYPE_A, _LISTING_MS)
        chip = pn532.read_type_a(answer)
        if chip is not None:
            await self._raise_bitrate(min(chip.bitrate, _BITRATES[self._settings.radio_kbit]))
            return chip
        answer = await self._link.command(Code.IN_LIST_PASSIVE_TARGET, pn532.LIST_TYPE_B, _LISTING_MS)
        return pn532.read_type_b(answer)

    async def _raise_bitrate(self, bitrate: Bitrate) -> None:
        if bitrate is not Bitrate.KBIT_106:
            pn532.check_status(
                await self._link.command(Code.IN_PSL, bytes([pn532.TARGET, bitrate, bitrate]), _SETUP_MS)
            )

    async def _exchange(self, command: bytes) -> bytes:
        """One APDU both ways, in as many pieces as it takes."""
        answer = bytearray()
        for piece, more in _pieces(command):
            target = pn532.TARGET | (pn532.MORE if more else 0)
            more_to_come, data = await self._data_exchange(target, piece)
            answer += data
        for _ in range(_FRAMES_MAX):
            if not more_to_come:
                return bytes(answer)
            more_to_come, data = await self._data_exchange(pn532.TARGET, b"")
            answer += data
        raise ProtocolError("the chip's answer does not end")

    async def _data_exchange(self, target: int, data: bytes) -> tuple[bool, bytes]:
        answer = await self._link.command(Code.IN_DATA_EXCHANGE, bytes([target]) + data, self._settings.timeout_ms)
        return pn532.check_status(answer)


def _pieces(command: bytes) -> Iterator[tuple[bytes, bool]]:
    """(piece, whether another follows)"""
    size = pn532.MAX_EXCHANGE_BYTES
    for start in range(0, len(command), size):
        yield command[start : start + size], start + size < len(command)
