"""A serial port on the asyncio loop: pyserial sets the port up, then its file descriptor is read and written directly.

For drivers to build on; it knows nothing of what the bytes mean. Works with anything that looks like a terminal:
UART, USB adapter, CDC-ACM, pseudo-terminal. No thread, no clock of its own, no buffering between port and reader:
what nobody reads stays in the kernel.
"""

import asyncio
import errno
import os
from pathlib import Path

import serial

from egate_hal.errors import DeviceLost, DeviceUnavailable, HalError

READ_BYTES = 4096
_ADVICE = {
    errno.ENOENT: "no such serial port; is the device plugged in and is the path right?",
    errno.EACCES: "no permission; add the user to the group that owns the port (on Debian: dialout)",
    errno.EAGAIN: "another process uses it; stop that process first",  # from flock
    errno.EBUSY: "another process uses it; stop that process first",
}
PENDING_BYTES_MAX = 16 * 1024  # more unsent bytes than this mean that the other end has stopped taking them


class SerialLine:
    """One serial port, 8N1, raw, opened exclusively. One reader at a time."""

    def __init__(self, port: str, baud: int) -> None:
        self.port = port
        self.baud = baud
        self._serial: serial.Serial | None = None
        self._lost: HalError = DeviceLost(f"{port}: not open")
        self._waiter: asyncio.Future[None] | None = None
        self._pending = bytearray()

    @property
    def is_open(self) -> bool:
        return self._serial is not None

    def open(self) -> None:
        """Open the port and discard what was waiting in it. Call on the running loop.

        Raises DeviceUnavailable: no such port, no permission, in use by another process, speed not supported.
        """
        if self._serial is not None:
            raise RuntimeError(f"{self.port}: opened twice")  # a mistake in the driver, not in the device
        try:
            # inter_byte_timeout=0 sets VMIN=1: only so does "no bytes yet" (EAGAIN) differ from hang-up (0).
            self._serial = serial.Serial(self.port, self.baud, timeout=0, inter_byte_timeout=0, exclusive=True)
        except (OSError, ValueError) as error:
            raise DeviceUnavailable(_why_not_open(self.port, self.baud, error)) from error
        os.set_blocking(self._serial.fileno(), False)

    def close(self) -> None:
        """Close the port; a waiting ``read`` raises DeviceLost. Closing twice is harmless."""
        self._drop(DeviceLost(f"{self.port}: closed"))

    def set_baud(self, baud: int) -> None:
        """Go on at another speed. Whoever calls has seen to it that nothing is under way.

        Raises DeviceLost; DeviceUnavailable where the port does not support it.
        """
        port = self._require()
        try:
            port.baudrate = baud
        except (OSError, ValueError) as error:
            raise DeviceUnavailable(f"{self.port}: the port does not support {baud} baud") from error
        self.baud = baud

    async def read(self) -> bytes:
        """Wait until bytes are there and return them (at least 1, at most READ_BYTES). Raises DeviceLost.

        May be cancelled (``asyncio.timeout``) without losing bytes.
        """
        while not (data := self.read_now()):
            await self._readable(self._require().fileno())
        return data

    def read_now(self) -> bytes:
        """The bytes that are there, at most READ_BYTES; none where there are none. Raises DeviceLost."""
        try:
            data = os.read(self._require().fileno(), READ_BYTES)
        except BlockingIOError:
            return b""
        except OSError as error:  # EIO after hang-up, ENODEV after unplugging
            raise self._drop(DeviceLost(f"{self.port}: the line is gone ({error.strerror})")) from error
        if not data:
            raise self._drop(DeviceLost(f"{self.port}: the other end hung up"))
        return data

    def write(self, data: bytes) -> None:
        """Send ``data`` in order, now or as soon as the port takes it. Raises DeviceLost."""
        self._require()
        if len(self._pending) + len(data) > PENDING_BYTES_MAX:
            raise self._drop(DeviceLost(f"{self.port}: takes no bytes any more ({len(self._pending)} are unsent)"))
        idle = not self._pending
        self._pending += data
        if idle:
            self._flush()

    def _flush(self) -> None:
        """Write what the port takes; the rest waits for the loop to call again."""
        if self._serial is None:
            return
        fd = self._serial.fileno()
        loop = asyncio.get_running_loop()
        try:
            sent = os.write(fd, self._pending) if self._pending else 0
        except BlockingIOError:
            sent = 0
        except OSError as error:
            # The reader is told at its next step; raising here would end in the loop's exception handler.
            self._drop(DeviceLost(f"{self.port}: the line is gone ({error.strerror})"))
            return
        del self._pending[:sent]
        if self._pending:
            loop.add_writer(fd, self._flush)
        else:
            loop.remove_writer(fd)

    async def _readable(self, fd: int) -> None:
        if self._waiter is not None:
            raise RuntimeError(f"{self.port}: two readers at once")
        loop = asyncio.get_running_loop()
        self._waiter = waiter = loop.create_future()
        loop.add_reader(fd, _wake, waiter)
        try:
            await waiter
        finally:
            self._waiter = None
            if self._serial is not None:  # else _drop has removed it, and the number may belong to another file
                loop.remove_reader(fd)

    def _require(self) -> serial.Serial:
        if self._serial is None:
            raise self._lost
        return self._serial

    def _drop(self, reason: HalError) -> HalError:
        """Let go of the port and remember why."""
        if self._serial is not None:
            loop, fd = asyncio.get_running_loop(), self._serial.fileno()
            loop.remove_reader(fd)
            loop.remove_writer(fd)
            self._serial.close()
            self._serial = None
            self._lost = reason
            self._pending.clear()
            if self._waiter is not None:
                _wake(self._waiter)
        return reason


def examine_port(port: str) -> None:
    """The port is a terminal device that this user may use; it is not opened. Raises DeviceUnavailable.

    Opening would move its control lines, and some boards take that for a reset.
    """
    path = Path(port)
    if not path.exists():
        raise DeviceUnavailable(f"{port}: {_ADVICE[errno.ENOENT]}")
    if not path.is_char_device():
        raise DeviceUnavailable(f"{port}: is no serial port; name a device, such as /dev/serial/by-id/...")
    if not os.access(path, os.R_OK | os.W_OK):
        raise DeviceUnavailable(f"{port}: {_ADVICE[errno.EACCES]}")


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


def _why_not_open(port: str, baud: int, error: OSError | ValueError) -> str:
    if isinstance(error, ValueError):
        return f"{port}: the port does not support {baud} baud; choose another speed"
    return f"{port}: {_ADVICE.get(error.errno or 0, f'cannot be opened as a serial port ({error})')}"
