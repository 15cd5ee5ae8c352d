"""A serial line of poor quality between a driver and a device: two pseudo-terminals and what happens between them."""

import asyncio
import os
import random
import tty
from collections import deque


class BadLine:
    """``port`` is the driver's end. ``lost``, ``flipped``: a byte's chance of that; ``bytes_a_second``: what the line
    carries each way; ``most``: so many bytes arrive at once. Times are those of the running loop."""

    def __init__(
        self, device_port: str, *, seed: int = 1, lost: float = 0.0, flipped: float = 0.0,
        bytes_a_second: float = 11_520, most: int = 64,
    ) -> None:  # fmt: skip
        self._dice = random.Random(seed)
        self._lost, self._flipped, self._pause_s, self._most = lost, flipped, most / bytes_a_second, most
        self._near, self._driver = os.openpty()
        self._far = os.open(device_port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self._driver)
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        self.port = os.ttyname(self._driver)
        self._waiting: dict[int, deque[int]] = {self._near: deque(), self._far: deque()}
        self._sending: set[int] = set()
        self.damaged = 0
        self._stopped = False

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_reader(self._near, self._take, self._near, self._far)
        loop.add_reader(self._far, self._take, self._far, self._near)

    def stop(self) -> None:
        self._stopped = True
        loop = asyncio.get_running_loop()
        for fd in (self._near, self._far):
            loop.remove_reader(fd)
        for fd in (self._near, self._far, self._driver):
            os.close(fd)

    def _take(self, source: int, target: int) -> None:
        try:
            data = os.read(source, 4096)
        except OSError:
            return
        for byte in data:
            fate = self._dice.random()
            if fate < self._lost:
                self.damaged += 1
            elif fate < self._lost + self._flipped:
                self.damaged += 1
                self._waiting[target].append(byte ^ 1 << self._dice.randrange(8))
            else:
                self._waiting[target].append(byte)
        if target not in self._sending:
            self._sending.add(target)
            self._give(target)

    def _give(self, target: int) -> None:
        if self._stopped:
            return
        waiting = self._waiting[target]
        piece = bytes(waiting.popleft() for _ in range(min(self._most, len(waiting))))
        if not piece:
            self._sending.discard(target)
            return
        try:
            os.write(target, piece)
        except BlockingIOError:
            self.damaged += len(piece)
        asyncio.get_running_loop().call_later(self._pause_s, self._give, target)
