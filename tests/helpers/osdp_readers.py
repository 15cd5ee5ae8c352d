"""Two OSDP readers on one line, by the library's own other side: lamps in a secure channel over a pseudo-terminal."""

import contextlib
import os
import threading
import time
import tty
from collections.abc import Iterator

from osdp import Capability, Channel, CommandLEDColor, LibFlag, LogLevel, PDCapabilities, PDInfo, PeripheralDevice

ENTRANCE, EXIT = 1, 2


class _Bus:
    """Every reader hears everything that is sent on the line."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._heard = {ENTRANCE: b"", EXIT: b""}
        self._lock = threading.Lock()

    def read(self, reader: int, max_bytes: int) -> bytes:
        with self._lock:
            with contextlib.suppress(OSError):
                data = os.read(self._fd, 4096)
                self._heard = {address: heard + data for address, heard in self._heard.items()}
            heard = self._heard[reader]
            self._heard[reader] = heard[max_bytes:]
            return heard[:max_bytes]

    def write(self, data: bytes) -> int:
        with self._lock, contextlib.suppress(OSError):
            os.write(self._fd, data)
        return len(data)


class _BusChannel(Channel):
    def __init__(self, bus: _Bus, reader: int) -> None:
        super().__init__()
        self.id = reader
        self._bus, self._reader = bus, reader

    def read(self, max_bytes: int) -> bytes:
        return self._bus.read(self._reader, max_bytes)

    def write(self, buf: bytes) -> int:
        return self._bus.write(buf)

    def flush(self) -> None: ...


class Readers:
    """``colours``: what each lamp shows, as CommandLEDColor has it; ``port``: where the driver finds the line."""

    def __init__(self, key: bytes) -> None:
        self._device, self._host = os.openpty()
        tty.setraw(self._host)
        os.set_blocking(self._device, False)
        self.port = os.ttyname(self._host)
        self.colours = {ENTRANCE: CommandLEDColor.Black, EXIT: CommandLEDColor.Black}
        bus = _Bus(self._device)
        self._readers = [self._reader(_BusChannel(bus, address), address, key) for address in (ENTRANCE, EXIT)]

    def cut(self) -> None:
        """The cable is pulled: the port fails."""
        if self._host >= 0:
            os.close(self._device)
            os.close(self._host)
            self._device = self._host = -1

    def stop(self) -> None:
        for reader in self._readers:
            reader.teardown()
        self.cut()

    def wait_for(self, entrance: int, exit_: int, seconds: float = 5.0) -> None:
        end_s = time.monotonic() + seconds
        while (self.colours[ENTRANCE], self.colours[EXIT]) != (entrance, exit_):
            assert time.monotonic() < end_s, f"the lamps show {self.colours}"
            time.sleep(0.01)

    def _reader(self, channel: Channel, address: int, key: bytes) -> PeripheralDevice:
        def obey(command: dict[str, int]) -> tuple[int, None]:
            self.colours[address] = command["on_color"]
            return 0, None

        lamps = PDCapabilities([(Capability.LEDControl, 1, 1)])
        info = PDInfo(address, channel, scbk=key, flags=[LibFlag.EnforceSecure])
        reader = PeripheralDevice(info, lamps, log_level=LogLevel.Critical, command_handler=obey)
        reader.start()
        return reader


@contextlib.contextmanager
def two_readers(key: bytes) -> Iterator[Readers]:
    readers = Readers(key)
    try:
        yield readers
    finally:
        readers.stop()
