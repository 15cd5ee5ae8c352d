"""Driver ``door.gpiod``: an existing gate whose contacts and relays are wired to GPIO lines.

A Raspberry Pi's pins are no industrial inputs: take optocouplers, and relays whose coil a transistor drives with a
pull-down, so that nothing is asked of the gate while the Pi starts or is gone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from egate_hal.drivers.contact_door import ContactDoor
from egate_hal.drivers.contact_gate import Contact, Relay
from egate_hal.drivers.gpiod_lines import InputLines, Inputs, OutputLines, find_chip
from egate_hal.errors import HalError
from egate_hal.settings import Bounds


@dataclass(frozen=True, slots=True)
class ContactLines:
    """Lines by their names, as gpioinfo lists them; empty is not wired. ``inverted`` names contacts that open where
    others close."""

    entry_shut: str
    exit_shut: str
    entry_open: str = ""
    exit_open: str = ""
    entry_passed: str = ""
    exit_passed: str = ""
    emergency: str = ""
    fault: str = ""
    approach: str = ""
    inverted: tuple[Contact, ...] = ()

    def __post_init__(self) -> None:
        if len(set(self.wired.values())) != len(self.wired):
            raise ValueError("two contacts have the same line")

    @property
    def wired(self) -> dict[Contact, str]:
        return {contact: line for contact in Contact if (line := getattr(self, contact.value))}


@dataclass(frozen=True, slots=True)
class GpiodDoorSettings:
    """``open_entry``, ``open_exit``: lines of the relays; ``chip``: a path, where the names would fit several;
    ``active_low``: contacts connect their line to ground."""

    inputs: ContactLines
    open_entry: str
    open_exit: str
    chip: str = ""
    active_low: bool = True
    relays_active_low: bool = False
    debounce_ms: Annotated[int, Bounds(ge=1, le=200)] = 10

    def __post_init__(self) -> None:
        if len(set(self.lines)) != len(self.lines):
            raise ValueError("contacts and relays must name different lines")

    @property
    def lines(self) -> tuple[str, ...]:
        return (*self.inputs.wired.values(), self.open_entry, self.open_exit)


class GpiodDoor(ContactDoor):
    """See ``egate_hal.door.Door`` for what it promises."""

    Settings = GpiodDoorSettings

    def __init__(self, settings: GpiodDoorSettings) -> None:
        super().__init__(_GpiodBoard(settings))

    @staticmethod
    def examine(settings: GpiodDoorSettings) -> None:
        """The package and a chip with these lines are here. No line is touched. Raises DeviceUnavailable."""
        find_chip(settings.lines, settings.chip)


class _GpiodBoard:
    def __init__(self, settings: GpiodDoorSettings) -> None:
        self._settings = settings
        self._contacts = {line: contact for contact, line in settings.inputs.wired.items()}
        self._relays = {Relay.OPEN_ENTRY: settings.open_entry, Relay.OPEN_EXIT: settings.open_exit}
        self._inputs: InputLines | None = None
        self._outputs: OutputLines | None = None

    async def open(
        self, changed: Callable[[Mapping[Contact, bool]], None], lost: Callable[[HalError], None]
    ) -> Mapping[Contact, bool]:
        settings = self._settings
        chip = find_chip(settings.lines, settings.chip)

        def on_edge(line: str, closed: bool) -> None:
            changed(self._meant({line: closed}))

        inputs = InputLines(Inputs(tuple(self._contacts), settings.active_low, settings.debounce_ms), chip)
        outputs = OutputLines(tuple(self._relays.values()), chip, active_low=settings.relays_active_low)
        outputs.open()
        try:
            closed = inputs.open(on_edge, lost)
        except HalError:
            outputs.close()
            raise
        self._inputs, self._outputs = inputs, outputs
        return self._meant(closed)

    async def close(self) -> None:
        for lines in (self._inputs, self._outputs):
            if lines is not None:
                lines.close()
        self._inputs = self._outputs = None

    async def switch(self, relays: frozenset[Relay]) -> None:
        if self._outputs is not None:
            self._outputs.switch(frozenset(self._relays[relay] for relay in relays))

    def _meant(self, closed: Mapping[str, bool]) -> dict[Contact, bool]:
        inverted = self._settings.inputs.inverted
        return {self._contacts[line]: on is not (self._contacts[line] in inverted) for line, on in closed.items()}
