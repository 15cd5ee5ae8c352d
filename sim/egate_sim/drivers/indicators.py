"""Driver ``indicators.sim``: lamps of the simulated panel."""

from dataclasses import dataclass
from pathlib import Path

from egate_hal.errors import DeviceLost
from egate_hal.indicators import Signal
from egate_sim.panel import Lamps, PanelLink, Role, connect


class SimulatedIndicators:
    """See ``egate_hal.indicators.Indicators`` for what it promises."""

    @dataclass(frozen=True, slots=True)
    class Settings:
        """``socket``: where the simulated panel listens."""

        socket: Path

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._link: PanelLink | None = None

    async def open(self) -> None:
        self._link = await connect(self._settings.socket, Role.INDICATORS)

    async def close(self) -> None:
        if self._link is None:
            return
        link, self._link = self._link, None
        try:
            link.send(Lamps(Signal.OFF, Signal.OFF))
        except DeviceLost:
            pass  # who has gone shows nothing
        finally:
            await link.close()

    async def show(self, entrance: Signal, exit_: Signal) -> None:
        if self._link is None:
            raise DeviceLost("the simulated lamps are not open")
        self._link.send(Lamps(entrance, exit_))
