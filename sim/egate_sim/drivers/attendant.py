"""Driver ``attendant.sim``: call button and key switch of the simulated panel."""

from dataclasses import dataclass
from pathlib import Path

from egate_hal.attendant import Press
from egate_hal.errors import DeviceLost
from egate_sim.panel import PanelLink, Pressed, Role, connect


class SimulatedAttendant:
    """See ``egate_hal.attendant.Attendant`` for what it promises."""

    @dataclass(frozen=True, slots=True)
    class Settings:
        """``socket``: where the simulated panel listens."""

        socket: Path

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._link: PanelLink | None = None

    async def open(self) -> None:
        self._link = await connect(self._settings.socket, Role.ATTENDANT)

    async def close(self) -> None:
        if self._link is not None:
            link, self._link = self._link, None
            await link.close()

    async def next_press(self) -> Press:
        if self._link is None:
            raise DeviceLost("the simulated buttons are not open")
        return (await self._link.receive(Pressed)).press
