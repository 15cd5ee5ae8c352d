"""Driver ``chip.pcsc``: any contactless reader with a PC/SC driver, through the system's PC/SC service.

The one module that knows pyscard. Its calls block, so they run in a thread (``device_thread``); what that thread holds
is in ``_Reader``, which nobody else touches.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from egate_hal.chip import ChipAbsent, ChipLost
from egate_hal.drivers.device_thread import DeviceThread
from egate_hal.errors import DeviceLost, DeviceTimeout, DeviceUnavailable, HalError, ProtocolError
from egate_hal.settings import Bounds

T = TypeVar("T")

_MIN_COMMAND_BYTES = 4
_MIN_ATR_BYTES = 2  # TS and T0
_MIN_ANSWER_BYTES = 2  # SW1 SW2
_SHORT = (261, 258)  # command, response (ISO/IEC 7816-4)
_EXTENDED = (65_544, 65_538)
# Words in the names that PC/SC drivers give to the contactless slot of a reader, where a reader has several.
_CONTACTLESS = ("contactless", "picc", "nfc", "rfid", " cl ", "-cl ", "virtual")

_INSTALL = "sudo apt install pcscd python3-pyscard (for a virtual environment of your own: pip install egate[pcsc])"
_START = "start it: sudo systemctl start pcscd.socket (if there is none: sudo apt install pcscd)"
_PERMIT = "this user may not use the PC/SC service; permit it by a polkit rule for org.debian.pcsc-lite.access_pcsc"
_FREE = "another program holds the chip reader; end that program"


@dataclass(frozen=True, slots=True)
class PcscSettings:
    """``reader``: its name or a part of it, as ``pcsc_scan`` shows it; empty takes the first contactless one.
    ``extended_length``: the reader carries APDUs of more than 261 bytes; not all do, and those fail in the middle.
    ``search_ms``: how long to look for a chip; the service itself looks every 400 ms. ``timeout_ms``: how long the
    reader may take for one answer, with every extension of waiting time that the chip asks for.
    """

    reader: str = ""
    extended_length: bool = False
    search_ms: Annotated[int, Bounds(ge=0, le=10_000)] = 1500
    timeout_ms: Annotated[int, Bounds(ge=1000, le=120_000)] = 15_000


def load_scard() -> Any:
    """pyscard's low-level module. Raises DeviceUnavailable where it is absent."""
    try:
        from smartcard import scard  # noqa: PLC0415 # a gate with another reader does without it
    except ImportError as error:
        raise DeviceUnavailable(f"PC/SC needs the package pyscard ({error}): {_INSTALL}") from error
    return scard


class PcscChip:
    """See ``egate_hal.chip.ChipTransport`` for what it promises."""

    Settings = PcscSettings

    def __init__(self, settings: PcscSettings) -> None:
        self._settings = settings
        self.max_command_bytes, self.max_response_bytes = _EXTENDED if settings.extended_length else _SHORT
        self._thread: DeviceThread | None = None
        self._reader: _Reader | None = None

    @staticmethod
    def examine(settings: PcscSettings) -> None:
        """The service runs and knows the reader. Raises DeviceUnavailable."""
        reader = _Reader(load_scard(), settings)
        try:
            reader.open()
        finally:
            reader.close()

    async def open(self) -> None:
        await self.close()
        self._reader = _Reader(load_scard(), self._settings)
        self._thread = DeviceThread("chip-pcsc")
        try:
            await self._call(self._reader.open)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        thread, reader = self._thread, self._reader
        self._thread = self._reader = None
        if thread is not None and reader is not None:
            with contextlib.suppress(HalError, TimeoutError):
                async with asyncio.timeout(self._settings.timeout_ms / 1e3):
                    await thread.call(reader.close)
            thread.stop()

    async def connect(self) -> bytes:
        return await self._call(self._opened().connect)

    async def transceive(self, command: bytes) -> bytes:
        reader = self._opened()
        if not _MIN_COMMAND_BYTES <= len(command) <= self.max_command_bytes:
            raise ProtocolError(f"a command APDU has {_MIN_COMMAND_BYTES} to {self.max_command_bytes} bytes")
        answer = await self._call(lambda: reader.transmit(command))
        if not _MIN_ANSWER_BYTES <= len(answer) <= self.max_response_bytes:
            raise ProtocolError("the chip reader handed over something that is no response APDU")
        return answer

    async def disconnect(self) -> None:
        if self._reader is not None:
            with contextlib.suppress(HalError):
                await self._call(self._reader.disconnect)

    def _opened(self) -> "_Reader":
        if self._reader is None:
            raise DeviceLost("the chip reader is not open")
        return self._reader

    async def _call(self, job: Callable[[], T]) -> T:
        """Run ``job`` in the thread. One that does not return in time is left behind, with its thread."""
        thread = self._thread
        if thread is None:
            raise DeviceLost("the chip reader is not open")
        try:
            async with asyncio.timeout(self._settings.timeout_ms / 1e3):
                return await thread.call(job)
        except TimeoutError:
            thread.stop()
            self._thread = self._reader = None
            raise DeviceTimeout("the chip reader did not answer in time; unplug it and plug it in again") from None


class _Reader:
    """The blocking side: one context of the service, one reader, at most one connection to a chip."""

    def __init__(self, scard: Any, settings: PcscSettings) -> None:
        self._scard, self._settings = scard, settings
        self._context: Any = None
        self._card: Any = None
        self._name = ""

    def open(self) -> None:
        scard = self._scard
        result, self._context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
        if result != scard.SCARD_S_SUCCESS:
            self._context = None
            raise DeviceUnavailable(self._why_no_service(result))
        result, names = scard.SCardListReaders(self._context, [])
        if result not in (scard.SCARD_S_SUCCESS, scard.SCARD_E_NO_READERS_AVAILABLE):
            raise DeviceUnavailable(self._why_no_service(result))
        self._name = choose_reader(names if result == scard.SCARD_S_SUCCESS else [], self._settings.reader)

    def close(self) -> None:
        self.disconnect()
        if self._context is not None:
            self._scard.SCardReleaseContext(self._context)
            self._context = None

    def connect(self) -> bytes:
        scard = self._scard
        self.disconnect()
        self._card = self._find_chip()
        result, _, _, _, atr = scard.SCardStatus(self._card)
        if result != scard.SCARD_S_SUCCESS:
            raise self._connect_error(result)
        if len(atr) < _MIN_ATR_BYTES:
            raise ProtocolError("the chip reader handed over something that is no ATR")
        return bytes(atr)

    def _find_chip(self) -> Any:
        """Connect as soon as a chip is there. Raises ChipAbsent when the time for it is over, DeviceLost.

        The state is asked for before connecting is tried, so that no change in between is slept through.
        """
        scard = self._scard
        deadline_s = time.monotonic() + self._settings.search_ms / 1e3
        while True:
            state = self._state(scard.SCARD_STATE_UNAWARE, 0) or scard.SCARD_STATE_UNAWARE
            result, card, _ = scard.SCardConnect(
                self._context, self._name, scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_PROTOCOL_T1
            )
            if result == scard.SCARD_S_SUCCESS:
                return card
            error = self._connect_error(result)
            rest_ms = round((deadline_s - time.monotonic()) * 1e3)
            if not isinstance(error, ChipAbsent) or rest_ms <= 0 or self._state(state, rest_ms) is None:
                raise error

    def _state(self, known: int, timeout_ms: int) -> int | None:
        """The reader's state as soon as it is another than ``known``; None where it stayed. Raises DeviceLost."""
        scard = self._scard
        result, states = scard.SCardGetStatusChange(self._context, timeout_ms, [(self._name, known)])
        if result == scard.SCARD_E_TIMEOUT:
            return None
        if result != scard.SCARD_S_SUCCESS:
            raise DeviceLost(f"the chip reader has gone ({self._text(result)})")
        state: int = states[0][1]
        if state & (scard.SCARD_STATE_UNAVAILABLE | scard.SCARD_STATE_UNKNOWN):
            raise DeviceLost("the chip reader has gone; plug it in again")
        return state

    def transmit(self, command: bytes) -> bytes:
        if self._card is None:
            raise ChipLost("no chip is connected")
        scard = self._scard
        result, answer = scard.SCardTransmit(self._card, scard.SCARD_PCI_T1, list(command))
        if result == scard.SCARD_S_SUCCESS and answer:
            return bytes(answer)
        self.disconnect()
        if result == scard.SCARD_S_SUCCESS:  # some drivers say so of a chip that has said nothing
            raise ChipLost("the chip said nothing; leave the document on the reader")
        if result in self._reader_gone():
            raise DeviceLost(f"the chip reader has gone ({self._text(result)})")
        raise ChipLost(f"the chip stopped answering ({self._text(result)}); leave the document on the reader")

    def disconnect(self) -> None:
        if self._card is not None:
            self._scard.SCardDisconnect(self._card, self._scard.SCARD_UNPOWER_CARD)
            self._card = None

    def _connect_error(self, result: int) -> HalError:
        scard = self._scard
        if result in self._reader_gone():
            return DeviceLost(f"the chip reader has gone ({self._text(result)})")
        if result == scard.SCARD_E_SHARING_VIOLATION:
            return DeviceLost(_FREE)
        return ChipAbsent(f"no chip answers in the field ({self._text(result)}); lay the document on the reader")

    def _reader_gone(self) -> tuple[int, ...]:
        scard = self._scard
        return (
            scard.SCARD_E_NO_SERVICE, scard.SCARD_E_SERVICE_STOPPED, scard.SCARD_E_READER_UNAVAILABLE,
            scard.SCARD_E_UNKNOWN_READER, scard.SCARD_E_NO_READERS_AVAILABLE, scard.SCARD_E_INVALID_HANDLE,
            scard.SCARD_F_INTERNAL_ERROR, scard.SCARD_F_COMM_ERROR,
        )  # fmt: skip

    def _why_no_service(self, result: int) -> str:
        refused = (self._scard.SCARD_W_SECURITY_VIOLATION, self._scard.SCARD_E_NO_ACCESS)
        return _PERMIT if result in refused else f"the PC/SC service does not answer ({self._text(result)}); {_START}"

    def _text(self, result: int) -> str:
        return str(self._scard.SCardGetErrorMessage(result)).rstrip(".").lower()


def choose_reader(names: list[str], wanted: str) -> str:
    """The reader to use. Raises DeviceUnavailable where there is none, or none of the wanted name."""
    if not names:
        raise DeviceUnavailable(
            "the PC/SC service knows no reader; plug it in, and see with pcsc_scan whether it is seen"
        )
    fitting = [name for name in names if wanted.casefold() in name.casefold()]
    if not fitting:
        raise DeviceUnavailable(f"no PC/SC reader is named '{wanted}'; here are: {'; '.join(names)}")
    contactless = [name for name in fitting if any(word in f"{name} ".casefold() for word in _CONTACTLESS)]
    return (contactless or fitting)[0]
