"""Driver ``indicators.gpiod``: a lamp of red, green and blue at the entrance and one at the exit, on named lines."""

from dataclasses import dataclass

from egate_hal.drivers.gpiod_lines import OutputLines, find_chip
from egate_hal.drivers.indicators_gpio import COLOURS
from egate_hal.errors import DeviceLost
from egate_hal.indicators import Signal


@dataclass(frozen=True, slots=True)
class NamedLampLines:
    """The lines of one lamp, by their names."""

    red: str
    green: str
    blue: str


class GpiodIndicators:
    """See ``egate_hal.indicators.Indicators`` for what it promises."""

    @dataclass(frozen=True, slots=True)
    class Settings:
        """Lines by their names, as gpioinfo lists them; ``chip``: a path, where the names would fit several;
        ``active_low``: the lamps light when their line is low."""

        entrance: NamedLampLines
        exit: NamedLampLines
        chip: str = ""
        active_low: bool = False

        def __post_init__(self) -> None:
            if len(set(self.lines)) != len(self.lines):
                raise ValueError("entrance and exit must name six different lines")

        @property
        def lines(self) -> tuple[str, ...]:
            return tuple(line for lamp in (self.entrance, self.exit) for line in (lamp.red, lamp.green, lamp.blue))

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lamps: OutputLines | None = None

    @staticmethod
    def examine(settings: Settings) -> None:
        """The package and a chip with these lines are here. No line is touched. Raises DeviceUnavailable."""
        find_chip(settings.lines, settings.chip)

    async def open(self) -> None:
        settings = self._settings
        lamps = OutputLines(settings.lines, find_chip(settings.lines, settings.chip), active_low=settings.active_low)
        lamps.open()
        self._lamps = lamps

    async def close(self) -> None:
        if self._lamps is not None:
            self._lamps.close()
            self._lamps = None

    async def show(self, entrance: Signal, exit_: Signal) -> None:
        if self._lamps is None:
            raise DeviceLost("the lamps are not open")
        lit = (*COLOURS[entrance], *COLOURS[exit_])
        self._lamps.switch(frozenset(line for line, on in zip(self._settings.lines, lit, strict=True) if on))
