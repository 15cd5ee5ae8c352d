"""A door without hardware: the real firmware behind a pseudo-terminal, and the people and things around it."""

import asyncio
import contextlib
import os
import shutil
import tempfile
import tty
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from egate_door.limits import BEAMS
from egate_hal.door import Direction, Leaf, LeafPosition
from egate_sim.door.hosts import Host, HostKind, InProcessHost, make_host
from egate_sim.door.plant import OPEN_SWITCH_MM, SHUT_SWITCH_MM, WIDTH_MM, Plant

STEP_S = 0.06  # from one beam to the next: 80 mm at a calm walk
LOG_NAME = "faults.log"
PERSON_BEAMS = 3  # as deep as a person is, 240 mm


def walk_masks(inward: bool, beams: int = PERSON_BEAMS) -> list[int]:
    """What the curtain sees, beam by beam, of one who walks through it; nothing at the end."""
    everything = (1 << BEAMS) - 1
    masks = [((1 << beams) - 1 << step >> beams) & everything for step in range(1, BEAMS + beams + 1)]
    return masks if inward else [_mirrored(mask) for mask in masks]


def _mirrored(mask: int) -> int:
    return sum(1 << (BEAMS - 1 - beam) for beam in range(BEAMS) if mask >> beam & 1)


@dataclass(slots=True)
class ObservedLeaf:
    """What the simulated hardware does; ``motor``: 1 opens, -1 closes."""

    opening_mm: int = 0
    motor: int = 0
    released: bool = False

    @property
    def position(self) -> LeafPosition:
        if self.opening_mm <= SHUT_SWITCH_MM:
            return LeafPosition.CLOSED
        return LeafPosition.OPEN if self.opening_mm >= OPEN_SWITCH_MM else LeafPosition.MOVING


class SimulatedDoor:
    """``link_path`` is the serial port for the controller's driver, valid from ``start`` to ``stop``.

    ``link`` asks for a symbolic link of that name to the port, so that a configuration can name it beforehand.
    All times are times of the running loop. Beams are named ``entry.outer``, ``entry.inner``, ``exit.outer``,
    ``exit.inner``; outer is outside the lane.
    """

    def __init__(
        self, host: HostKind | str = HostKind.INPROCESS, heap_bytes: int | None = None, link: Path | None = None
    ) -> None:
        self.link_path = ""
        self.leaves = {Leaf.ENTRY: ObservedLeaf(), Leaf.EXIT: ObservedLeaf()}
        self._kind = HostKind(host)
        self._heap_bytes = heap_bytes
        self._link = link
        self._host: Host = make_host(self._kind, heap_bytes)
        self._flash = Path()  # of the board; outlives its restarts
        self._device_fd = -1
        self._port_fd = -1
        self._waiting: list[asyncio.Future[None]] = []
        self.watchers: list[Callable[[], None]] = []
        """Called whenever the hardware did something."""
        self.emergency_pressed = False

    async def start(self) -> None:
        """Raises DeviceUnavailable: no MicroPython here, or the program did not come up."""
        self._flash = Path(tempfile.mkdtemp(prefix="egate-door-"))
        self._open_port()
        await self._host.start(self._device_fd, self._flash / LOG_NAME, self._observe)

    async def stop(self) -> None:
        await self._host.stop()
        if self._flash != Path():
            shutil.rmtree(self._flash, ignore_errors=True)
        self._close_port()

    def unplug(self) -> None:
        """Pull the serial cable; the door controller keeps its power. Only with the firmware in this process."""
        self._here().detach()
        self._close_port()

    def plug(self) -> None:
        self._open_port()
        self._here().attach(self._device_fd)

    def _here(self) -> InProcessHost:
        if not isinstance(self._host, InProcessHost):
            raise TypeError("the line of another process cannot be reached from here")
        return self._host

    def _open_port(self) -> None:
        # The port stays open here: a line that nobody reads is no hang-up.
        self._device_fd, self._port_fd = os.openpty()
        tty.setraw(self._port_fd)
        os.set_blocking(self._device_fd, False)
        self.link_path = os.ttyname(self._port_fd)
        if self._link is not None:
            self._link.unlink(missing_ok=True)
            self._link.symlink_to(self.link_path)
            self.link_path = str(self._link)

    def _close_port(self) -> None:
        for fd in (self._device_fd, self._port_fd):
            if fd >= 0:
                os.close(fd)
        self._device_fd = self._port_fd = -1
        if self._link is not None:
            self._link.unlink(missing_ok=True)

    def break_beam(self, name: str, broken: bool) -> None:
        self._host.put(name, int(broken))

    def stand_in_approach(self, present: bool) -> None:
        self._host.put("approach", int(present))

    async def walk(self, leaf: Leaf, direction: Direction, step_s: float = STEP_S, beams: int = PERSON_BEAMS) -> None:
        """Somebody, or something of another depth, comes through; the leaf had better be open, nobody looks."""
        inward = (direction is Direction.FORWARD) == (leaf is Leaf.ENTRY)
        for broken in walk_masks(inward, beams):
            self.break_curtain(leaf, broken)
            await asyncio.sleep(step_s)

    def break_curtain(self, leaf: Leaf, broken: int) -> None:
        """``broken``: one bit a beam, from outside inwards."""
        self._host.put(f"{leaf}.curtain", broken)

    def damage(self, name: str, value: int) -> None:
        """Wear and failure by the plant's names: ``<leaf>.blind``, ``<leaf>.deaf``, ``chain``, ``sag_mv``, ``leak_ma``,
        ``<leaf>.slack``; see plant.py. Raises KeyError for an unknown name."""
        Plant().apply(name, value)  # the firmware's process could not say so
        self._host.put(name, value)

    def block_leaf(self, leaf: Leaf, at_mm: int | None) -> None:
        """Something rigid stands in the way of closing at this opening; None takes it away."""
        self._host.put(f"{leaf}.obstacle", at_mm or 0)

    def jam_leaf(self, leaf: Leaf, at_mm: int | None) -> None:
        """The leaf cannot open further than this; None frees it."""
        self._host.put(f"{leaf}.jam", int(WIDTH_MM) if at_mm is None else at_mm)

    def push_leaf(self, leaf: Leaf, to_mm: int | None) -> None:
        """A person pushes an undriven leaf towards this opening and holds it; None lets go."""
        self._host.put(f"{leaf}.hand", -1 if to_mm is None else to_mm)

    def damage_line(self, damage: Callable[[bytes], bytes]) -> None:
        """Let the serial line do this to what passes, either way; only with the firmware in this process."""
        self._here().uart.damage = damage

    def force_leaf(self, leaf: Leaf, to_mm: int) -> None:
        """Somebody breaks a locked leaf open as far as that."""
        self._host.put(f"{leaf}.forced", to_mm)

    def press_emergency(self) -> None:
        self.emergency_pressed = True
        self._host.put("emergency", 1)

    async def reset_emergency(self) -> None:
        """Release the button and turn the key at the lane."""
        self.emergency_pressed = False
        self._host.put("emergency", 0)
        for turned in (1, 0):
            self._host.put("key", turned)
            await asyncio.sleep(0.1)

    def leaf_opening_mm(self, leaf: Leaf) -> int:
        """Where the simulated leaf really is."""
        return self.leaves[leaf].opening_mm

    async def wait_leaf(self, leaf: Leaf, position: LeafPosition) -> None:
        """Until the leaf really is there."""
        await self.wait_until(lambda: self.leaves[leaf].position is position)

    async def wait_until(self, true: Callable[[], bool]) -> None:
        """Until a condition on ``leaves`` holds; looked at whenever the hardware did something."""
        while not true():
            changed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(changed)
            try:
                await changed
            finally:
                with contextlib.suppress(ValueError):
                    self._waiting.remove(changed)

    def kill(self) -> None:
        """The door controller dies; its line falls silent but stays plugged in."""
        self._host.kill()

    def freeze(self) -> None:
        """The door controller's program hangs."""
        self._host.freeze()

    def thaw(self) -> None:
        self._host.thaw()

    async def restart(self) -> None:
        """Power the door controller up anew, with all leaves shut; the line stays the same."""
        await self._host.stop()
        self._host = make_host(self._kind, self._heap_bytes)
        await self._host.start(self._device_fd, self._flash / LOG_NAME, self._observe)

    def _observe(self, index: int, opening_mm: int, motor: int, released: bool) -> None:
        self.leaves[(Leaf.ENTRY, Leaf.EXIT)[index]] = ObservedLeaf(opening_mm, motor, released)
        for watch in self.watchers:
            watch()
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)


__all__ = ["HostKind", "ObservedLeaf", "SimulatedDoor"]
