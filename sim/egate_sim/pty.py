"""The far end of a serial cable: a pseudo-terminal that can be unplugged, for every simulated serial device."""

import asyncio
import contextlib
import os
import termios
import tty
from collections.abc import Callable
from pathlib import Path

_READ_BYTES = 4096
_OUTPUT_SPEED = 5  # its place in the attributes of a terminal


class PseudoTerminal:
    """A device's end of the line. The driver opens ``link``, which exists while it is plugged in.

    Nobody needs to listen: as on a real line, bytes that find no room are lost.
    """

    def __init__(self, link: Path, receive: Callable[[bytes], None] | None = None) -> None:
        """``receive`` is given what the driver sends, on the running loop; without it, the device only talks."""
        self.link = link
        self._receive = receive
        self._device: int | None = None
        self._host: int | None = None  # kept open, so that the line survives a driver that closes and opens again

    @property
    def plugged(self) -> bool:
        return self._device is not None

    def plug(self) -> None:
        """Make the terminal and its link. Raises OSError where the system has no terminal left."""
        if self._device is not None:
            return
        self._device, self._host = os.openpty()
        tty.setraw(self._host)
        os.set_blocking(self._device, False)
        if self._receive is not None:
            asyncio.get_running_loop().add_reader(self._device, self._read)
        self.link.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.link.with_name(f"{self.link.name}.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(self._host))
        fresh.replace(self.link)  # in one step: the link never points nowhere

    def unplug(self) -> None:
        """Pull the cable: the link goes, and the driver's next read or write fails."""
        if self._device is None or self._host is None:
            return
        self.link.unlink(missing_ok=True)
        if self._receive is not None:
            asyncio.get_running_loop().remove_reader(self._device)
        os.close(self._host)
        os.close(self._device)
        self._device = self._host = None

    def write(self, data: bytes) -> None:
        """Send. Into an unplugged cable or a full line, bytes are lost."""
        if self._device is not None:
            with contextlib.suppress(BlockingIOError):
                os.write(self._device, data)

    @property
    def driver_speed(self) -> int:
        """To which speed the driver has set the line: a constant of ``termios``, such as B115200."""
        if self._host is None:
            return termios.B0
        speed: int = termios.tcgetattr(self._host)[_OUTPUT_SPEED]
        return speed

    def _read(self) -> None:
        if self._device is not None and self._receive is not None:
            with contextlib.suppress(BlockingIOError):
                self._receive(os.read(self._device, _READ_BYTES))
