"""Driver ``indicators.osdp``: the lamps of two access-control readers on an OSDP line (IEC 60839-11-5), one at the
entrance and one at the exit, in a secure channel.

The one module that imports libosdp. Its thread keeps the line alive; nothing but colours is sent, and what the readers
read is not asked for.
"""

import asyncio
import contextlib
import importlib
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import serial

from egate_hal.drivers.device_thread import DeviceThread
from egate_hal.drivers.serial_line import examine_port
from egate_hal.errors import DeviceLost, DeviceUnavailable
from egate_hal.indicators import Signal
from egate_hal.settings import Bounds

Address = Annotated[int, Bounds(ge=0, le=126)]
KEY_BYTES = 16
_POLL_S = 0.05
_ANSWER_S = 2.0
_PERMANENT = 1  # control code: from now on, until told otherwise
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class OsdpIndicators:
    """See ``egate_hal.indicators.Indicators`` for what it promises."""

    @dataclass(frozen=True, slots=True)
    class Settings:
        """``entrance``, ``exit``: the readers' addresses; ``key_file``: the secure channel's base key (SCBK), 32
        hexadecimal digits, readable by the gate's user alone."""

        port: str
        entrance: Address
        exit: Address
        key_file: Path
        baud: Annotated[int, Bounds(ge=9600, le=230_400)] = 9600
        start_timeout_ms: Annotated[int, Bounds(ge=500, le=30_000)] = 8000

        def __post_init__(self) -> None:
            if self.entrance == self.exit:
                raise ValueError("entrance and exit must be two addresses")

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._panel: Any = None
        self._line: _Line | None = None
        self._thread: DeviceThread | None = None

    @staticmethod
    def examine(settings: Settings) -> None:
        """Package, port and key are here. Raises DeviceUnavailable."""
        _load_osdp()
        examine_port(settings.port)
        _read_key(settings.key_file)

    async def open(self) -> None:
        osdp, settings = _load_osdp(), self._settings
        examine_port(settings.port)
        key = _read_key(settings.key_file)
        thread = DeviceThread("osdp")
        try:
            await thread.call(lambda: self._start(osdp, key))
        except BaseException:
            thread.stop()
            raise
        self._thread = thread

    async def close(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            with contextlib.suppress(DeviceLost):
                await self._switch(Signal.OFF, Signal.OFF)
            await thread.call(self._stop)
            thread.stop()

    async def show(self, entrance: Signal, exit_: Signal) -> None:
        if self._thread is None:
            raise DeviceLost("the lamps are not open")
        await self._switch(entrance, exit_)

    async def _switch(self, entrance: Signal, exit_: Signal) -> None:
        """Returns when both readers have taken their colour."""
        loop, osdp = asyncio.get_running_loop(), _load_osdp()
        wanted = {self._settings.entrance: entrance, self._settings.exit: exit_}
        taken = {address: loop.create_future() for address in wanted}

        def completed(address: int, _command: object, status: int) -> None:  # in the library's thread
            loop.call_soon_threadsafe(_settle, taken[address], status)

        self._panel.set_command_completion_handler(completed)
        for address, signal in wanted.items():
            if self._gone() or not self._panel.is_sc_active(address):
                raise DeviceLost(f"{self._settings.port}: OSDP reader {address} does not answer any more")
            self._panel.submit_command(address, _led(osdp, signal))
        try:
            async with asyncio.timeout(_ANSWER_S):
                results = await asyncio.gather(*taken.values())
        except TimeoutError:
            raise DeviceLost(f"{self._settings.port}: the OSDP readers do not take a colour") from None
        if any(results):
            raise DeviceLost(f"{self._settings.port}: an OSDP reader refuses to show a colour")

    def _gone(self) -> bool:
        return self._line is None or self._line.gone

    def _start(self, osdp: ModuleType, key: bytes) -> None:
        """In the thread. Raises DeviceUnavailable."""
        settings = self._settings
        try:
            line = _Line(serial.Serial(settings.port, settings.baud, timeout=0, exclusive=True))
        except (OSError, ValueError) as error:
            raise DeviceUnavailable(f"{settings.port}: cannot be opened; does another program use it?") from error
        channel = _channel(osdp, line)
        readers = [
            osdp.PDInfo(address, channel, scbk=key, flags=[osdp.LibFlag.EnforceSecure])
            for address in (settings.entrance, settings.exit)
        ]
        panel = osdp.ControlPanel(readers, log_level=osdp.LogLevel.Critical)
        self._panel, self._line = panel, line
        panel.start()
        end_s = time.monotonic() + settings.start_timeout_ms / 1000
        while not all(panel.is_sc_active(address) for address in (settings.entrance, settings.exit)):
            if time.monotonic() >= end_s:
                self._stop()
                raise DeviceUnavailable(
                    f"{settings.port}: the OSDP readers {settings.entrance} and {settings.exit} do not both answer in "
                    "a secure channel; check address, speed and key"
                )
            time.sleep(_POLL_S)

    def _stop(self) -> None:
        """In the thread."""
        self._panel.teardown()
        if self._line is not None:
            self._line.close()


def _settle(taken: asyncio.Future[int], status: int) -> None:
    if not taken.done():
        taken.set_result(status)


class _Line:
    """A serial port that a library polls from a thread of its own; a line that is ``gone`` has nothing to say."""

    def __init__(self, port: serial.Serial) -> None:
        self.gone = False
        self._port = port

    def read(self, max_bytes: int) -> bytes:
        try:
            return bytes(self._port.read(max_bytes))
        except (OSError, TypeError):  # pyserial's own errors are OSErrors; TypeError: closed meanwhile
            self.gone = True
            return b""

    def write(self, data: bytes) -> int:
        try:
            return int(self._port.write(data) or 0)
        except (OSError, TypeError):
            self.gone = True
            return len(data)

    def close(self) -> None:
        self._port.close()


def _channel(osdp: ModuleType, line: _Line) -> Any:
    """The library wants a subclass of its own class."""

    class LineChannel(osdp.Channel):  # type: ignore[misc, name-defined]
        def read(self, max_bytes: int) -> bytes:
            return line.read(max_bytes)

        def write(self, buf: bytes) -> int:
            return line.write(buf)

        def flush(self) -> None:
            """Nothing is kept back."""

    return LineChannel()


def _led(osdp: ModuleType, signal: Signal) -> dict[str, Any]:
    colours = osdp.CommandLEDColor
    colour = {
        Signal.OFF: colours.Black,
        Signal.READY: colours.White,
        Signal.WAIT: colours.Amber,
        Signal.GO: colours.Green,
        Signal.ASSIST: colours.Blue,
        Signal.CLOSED: colours.Red,
    }[signal]
    return {
        "command": osdp.Command.LED, "reader": 0, "led_number": 0, "control_code": _PERMANENT, "on_count": 1,
        "off_count": 0, "on_color": colour, "off_color": colour, "timer_count": 0, "temporary": False,
    }  # fmt: skip


def _read_key(path: Path) -> bytes:
    """Raises DeviceUnavailable. The text never shows the key."""
    try:
        if path.stat().st_mode & _OTHERS:
            raise DeviceUnavailable(f"{path}: may be read by others than the gate's user; run: chmod 600 {path}")
        key = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError) as error:
        raise DeviceUnavailable(f"{path}: cannot be read as a key of 32 hexadecimal digits") from error
    if len(key) != KEY_BYTES:
        raise DeviceUnavailable(f"{path}: holds {len(key)} bytes, where an OSDP key has {KEY_BYTES}")
    return key


def _load_osdp() -> ModuleType:
    """Raises DeviceUnavailable."""
    try:
        return importlib.import_module("osdp")
    except ImportError as error:
        raise DeviceUnavailable("the package libosdp is not installed here: pip install 'egate[osdp]'") from error
