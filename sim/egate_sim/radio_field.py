"""The radio field of a simulated chip reader: which chip lies in it, who powers it, what an exchange costs.

Every simulated reader has one: the reader of the driver ``chip.sim`` (``egate_sim.chip_field``), the PN532
(``egate_sim.pn532``) and the virtual PC/SC reader (``egate_sim.vpcd``).
"""

import asyncio
from dataclasses import dataclass

from egate_sim.passport.chip import Chip


@dataclass(frozen=True, slots=True)
class Latency:
    """What the radio costs. ``activation_ms``: finding and selecting a chip; ``exchange_ms``: one command and its
    response; ``byte_us``: each byte either way (424 kbit/s with framing); ``mute_ms``: how long the reader waits for a
    chip that says nothing."""

    activation_ms: float = 80
    exchange_ms: float = 12
    byte_us: float = 25
    mute_ms: float = 1000

    def exchange_s(self, length: int, chip_delay_ms: float) -> float:
        """Seconds for an exchange of ``length`` bytes, both ways together."""
        return (self.exchange_ms + chip_delay_ms) / 1e3 + length * self.byte_us / 1e6


class RadioField:
    """Where a document is laid down. ``placement`` counts every change; ``exchanges`` and ``bytes_carried`` count what
    readers had answered."""

    def __init__(self, latency: Latency | None = None) -> None:
        self.latency = latency or Latency()
        self.placement = 0
        self.exchanges = 0
        self.bytes_carried = 0
        self._chip: Chip | None = None
        self._moved = asyncio.Event()

    @property
    def chip(self) -> Chip | None:
        """The chip that lies in the field now."""
        return self._chip

    async def moved(self) -> None:
        """Wait until the next chip is laid down or taken away."""
        await self._moved.wait()

    def place(self, chip: Chip) -> None:
        """Lay a chip into the field, in place of any other. It has no power until a reader gives it."""
        self._set(chip)

    def remove(self) -> None:
        """Take the chip away, in the middle of anything."""
        self._set(None)

    def _set(self, chip: Chip | None) -> None:
        self._chip = chip
        self.placement += 1
        self._moved.set()
        self._moved = asyncio.Event()


class FieldSession:
    """What one reader does with the field: the chip that it has powered, if any."""

    def __init__(self, field: RadioField) -> None:
        self.field = field
        self._powered: Chip | None = None
        self._placement = field.placement

    @property
    def chip(self) -> Chip | None:
        """The powered chip, if nobody has touched it since."""
        return self._powered if self._placement == self.field.placement else None

    async def power_on(self) -> None:
        """Switch the field on and select the chip that lies in it, if one does. It starts anew."""
        await asyncio.sleep(self.field.latency.activation_ms / 1e3)
        self._powered, self._placement = self.field.chip, self.field.placement
        if self._powered is not None:
            self._powered.reset()

    def power_off(self) -> None:
        self._powered = None

    async def exchange(self, command: bytes) -> bytes:
        """The chip's answer; empty bytes where none comes: no chip, a mute one, or one that went meanwhile."""
        chip, latency = self.chip, self.field.latency
        if chip is None:
            return b""
        response = chip.process(command)
        if response:
            await asyncio.sleep(latency.exchange_s(len(command) + len(response), chip.quirks.delay_ms))
        else:
            await asyncio.sleep(latency.mute_ms / 1e3)
        self.field.exchanges += 1
        self.field.bytes_carried += len(command) + len(response)
        return response if self.chip is chip else b""
