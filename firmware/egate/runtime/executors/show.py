"""Show -> the traveller's screen and the lamps."""

import logging
from collections.abc import Callable

from egate.runtime.screen.server import ScreenServer
from egate.runtime.shared import Shared
from egate.screens import Screen, ScreenState
from egate.transaction import effects as fx
from egate_hal.errors import HalError
from egate_hal.indicators import Indicators, Signal

log = logging.getLogger(__name__)


class Showing:
    """The last wish wins: lamps follow one after the other, the screen by itself."""

    def __init__(
        self, shared: Shared, screen: ScreenServer | None, indicators: Indicators, lamps_lost: Callable[[], None]
    ) -> None:
        self._work, self._screen, self._indicators, self._lamps_lost = shared.work, screen, indicators, lamps_lost
        self._wanted: tuple[Signal, Signal] | None = None
        self._switching = False

    def show(self, effect: fx.Show) -> None:
        if self._screen is not None:
            guidance = effect.guidance if effect.screen is Screen.LOOK_AT_CAMERA else None
            self._screen.show(ScreenState(effect.screen, guidance, effect.progress))
        self._switch(Signal(effect.entrance.value), Signal(effect.exit_.value))

    def again(self) -> None:
        """The lamps came back: they show what they should show now."""
        if self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            self._switch(*wanted)

    def _switch(self, entrance: Signal, exit_: Signal) -> None:
        if self._wanted == (entrance, exit_):
            return
        self._wanted = entrance, exit_
        if not self._switching:
            self._switching = True
            self._work.start(self._follow())

    async def _follow(self) -> None:
        shown: tuple[Signal, Signal] | None = None
        try:
            while self._wanted is not None and shown != self._wanted:
                shown = self._wanted
                await self._indicators.show(*shown)
        except HalError as error:
            log.warning("lamps: %s", error)
            self._lamps_lost()
        finally:
            self._switching = False
