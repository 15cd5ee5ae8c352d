"""The lane's lamps, call button and key switch as the simulated world sees them, and the wire that leads there.

The world holds a ``SimulatedPanel``; the drivers ``indicators.sim`` and ``attendant.sim`` connect to its Unix socket,
from the same process or another. One JSON object a line: first the client's role, then lamps to the panel or presses
from it.
"""

import asyncio
import contextlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import msgspec

from egate_hal.attendant import Press
from egate_hal.errors import DeviceLost, DeviceUnavailable
from egate_hal.indicators import Signal


class Role(StrEnum):
    INDICATORS = "indicators"
    ATTENDANT = "attendant"


class Lamp(StrEnum):
    ENTRANCE = "entrance"
    EXIT = "exit"


@dataclass(frozen=True, slots=True)
class Hello:
    role: Role


@dataclass(frozen=True, slots=True)
class Lamps:
    entrance: Signal
    exit: Signal


@dataclass(frozen=True, slots=True)
class Pressed:
    press: Press


Message = TypeVar("Message", Hello, Lamps, Pressed)


class PanelLink:
    """One end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @property
    def stands(self) -> bool:
        """False once the other end is known to have hung up."""
        return not (self._writer.is_closing() or self._reader.at_eof())

    def send(self, message: Hello | Lamps | Pressed) -> None:
        """Raises DeviceLost where the other end has hung up."""
        if self.stands:
            self._writer.write(msgspec.json.encode(message) + b"\n")  # finds out by itself if nobody is left
        if not self.stands:
            raise DeviceLost("the simulated panel is gone")

    async def receive(self, kind: type[Message]) -> Message:
        """Raises DeviceLost for a hang-up and for anything that is no such message."""
        try:
            line = await self._reader.readuntil(b"\n")
            return msgspec.json.decode(line, type=kind)
        except (OSError, EOFError, asyncio.LimitOverrunError) as error:
            raise DeviceLost("the simulated panel is gone") from error
        except msgspec.DecodeError as error:
            raise DeviceLost(f"the simulated panel's line carries no {kind.__name__}") from error

    async def close(self) -> None:
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()


async def connect(socket: Path, role: Role) -> PanelLink:
    """Connect a driver. Raises DeviceUnavailable."""
    try:
        link = PanelLink(*await asyncio.open_unix_connection(socket))
    except OSError as error:
        raise DeviceUnavailable(
            f"{socket}: no simulated panel listens there ({error.strerror}); is it running?"
        ) from error
    link.send(Hello(role))
    return link


class SimulatedPanel:
    """What travellers see and press. Lamps keep their last signal when a driver goes without a word."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self.signals = {Lamp.ENTRANCE: Signal.OFF, Lamp.EXIT: Signal.OFF}
        self._server: asyncio.Server | None = None
        self._clients: dict[PanelLink, asyncio.Task[None]] = {}
        self._listeners: set[PanelLink] = set()
        self._attended = asyncio.Event()
        self._waiters: list[tuple[Lamp, Signal, asyncio.Future[None]]] = []

    async def start(self) -> None:
        self.socket.parent.mkdir(parents=True, exist_ok=True)
        self.socket.unlink(missing_ok=True)  # left by a process that was killed
        self._server = await asyncio.start_unix_server(self._accept, self.socket)

    async def stop(self) -> None:
        """Hang up on every driver."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        clients = dict(self._clients)
        for link in clients:
            await link.close()
        await asyncio.gather(*clients.values())
        self.socket.unlink(missing_ok=True)

    def press(self, press: Press) -> bool:
        """Press a button; False if no driver listened."""
        listeners = [link for link in self._listeners if link.stands]
        for listener in listeners:
            with contextlib.suppress(DeviceLost):
                listener.send(Pressed(press))
        return bool(listeners)

    async def wait_attendant(self) -> None:
        """Wait until a driver listens to the buttons."""
        while not any(link.stands for link in self._listeners):
            self._attended.clear()
            await self._attended.wait()

    async def wait_signal(self, lamp: Lamp, signal: Signal) -> None:
        """Wait until a lamp shows this signal, be it ever so short. At once if it does so now."""
        if self.signals[lamp] is signal:
            return
        waiter = (lamp, signal, asyncio.get_running_loop().create_future())
        self._waiters.append(waiter)
        try:
            await waiter[2]
        finally:
            self._waiters.remove(waiter)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or self._server is None:  # came in while the panel was being stopped
            writer.close()
            return
        link = PanelLink(reader, writer)
        self._clients[link] = task
        try:
            await self._serve(link)
        except DeviceLost:
            pass
        finally:
            del self._clients[link]
            self._listeners.discard(link)
            writer.close()

    async def _serve(self, link: PanelLink) -> None:
        if (await link.receive(Hello)).role is Role.ATTENDANT:
            self._listeners.add(link)
            self._attended.set()
            await link.receive(Hello)  # says nothing more; this ends when it hangs up
        while True:
            self._show(await link.receive(Lamps))

    def _show(self, lamps: Lamps) -> None:
        self.signals = {Lamp.ENTRANCE: lamps.entrance, Lamp.EXIT: lamps.exit}
        for lamp, signal, future in self._waiters:
            if self.signals[lamp] is signal and not future.done():
                future.set_result(None)
