"""Keeps one device open: opens it, listens to it, and when it is lost raises its fault and tries until it is back."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, Self

from egate_hal.errors import DeviceTimeout, DeviceUnavailable, HalError, ProtocolError

log = logging.getLogger(__name__)

_FIRST_RETRY_S = 0.25
_LAST_RETRY_S = 5.0


class Device(Protocol):
    """What all ports have in common."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...


class Keeper:
    """``tried`` is set when the device was opened, or found missing, for the first time."""

    def __init__(self, device: Device, fault: str, set_fault: Callable[[str, bool], None]) -> None:
        self._device, self._fault, self._set_fault = device, fault, set_fault
        self._listen: Callable[[], Awaitable[Any]] | None = None
        self._deliver: Callable[[Any], None] = lambda value: None
        self._opened: Callable[[], None] = lambda: None
        self._gone = asyncio.Event()
        self.tried = asyncio.Event()

    def listen_to(self, listen: Callable[[], Awaitable[Any]], deliver: Callable[[Any], None]) -> Self:
        """``listen`` waits for the next value, ``deliver`` takes it. A device that only answers has neither."""
        self._listen, self._deliver = listen, deliver
        return self

    def on_open(self, opened: Callable[[], None]) -> None:
        """Called whenever the device has come (back)."""
        self._opened = opened

    def lost(self) -> None:
        """A command found the device gone."""
        self._gone.set()

    async def run(self) -> None:
        """Until cancelled."""
        retry_s = _FIRST_RETRY_S
        try:
            while True:
                try:
                    await self._device.open()
                    self._set_fault(self._fault, False)
                    self.tried.set()
                    retry_s = _FIRST_RETRY_S
                    self._opened()
                    await self._attend()
                except HalError as error:
                    self._report(error)
                self._set_fault(self._fault, True)
                self.tried.set()
                await self._close_quietly()
                await asyncio.sleep(retry_s)
                retry_s = min(2 * retry_s, _LAST_RETRY_S)
        finally:
            await self._close_quietly()

    async def _attend(self) -> None:
        """Until the device is lost."""
        self._gone.clear()
        if self._listen is None:
            await self._gone.wait()
            return
        while True:
            try:
                self._deliver(await self._listen())
            except (DeviceTimeout, ProtocolError) as error:
                log.warning("%s: %s", self._fault, error)  # the device is still there

    def _report(self, error: HalError) -> None:
        level = logging.ERROR if isinstance(error, DeviceUnavailable) else logging.WARNING
        log.log(level, "%s: %s", self._fault, error)

    async def _close_quietly(self) -> None:
        try:
            await self._device.close()
        except HalError as error:
            log.debug("%s while closing: %s", self._fault, error)
