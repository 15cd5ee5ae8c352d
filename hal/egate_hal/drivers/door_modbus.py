"""Driver ``door.modbus``: an existing gate whose contacts and relays sit on a Modbus RTU board.

One module imports pymodbus. Inputs are polled, because a Modbus device says nothing by itself. Take a board that drops
its relays when nobody has spoken to it for a while, and set that time between ``poll_ms`` and a second: a controller
that is gone must not keep a leaf open.
"""

import asyncio
import contextlib
import importlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from egate_hal.drivers.contact_door import ContactDoor
from egate_hal.drivers.contact_gate import Contact, Relay
from egate_hal.drivers.serial_line import examine_port
from egate_hal.errors import DeviceLost, DeviceTimeout, DeviceUnavailable, HalError
from egate_hal.settings import Bounds

Address = Annotated[int, Bounds(ge=0, le=0xFFFF)]
NOT_WIRED = -1
MaybeAddress = Annotated[int, Bounds(ge=NOT_WIRED, le=0xFFFF)]
LOST_AFTER = 3  # polls in a row that nobody answered


@dataclass(frozen=True, slots=True)
class InputAddresses:
    """Discrete inputs, counted from 0; -1 is not wired. ``inverted`` names contacts that open where others close."""

    entry_shut: Address
    entry_open: MaybeAddress
    exit_shut: Address
    exit_open: MaybeAddress
    entry_passed: MaybeAddress = NOT_WIRED
    exit_passed: MaybeAddress = NOT_WIRED
    emergency: MaybeAddress = NOT_WIRED
    fault: MaybeAddress = NOT_WIRED
    approach: MaybeAddress = NOT_WIRED
    inverted: tuple[Contact, ...] = ()

    def __post_init__(self) -> None:
        wired = list(self.wired.values())
        if len(set(wired)) != len(wired):
            raise ValueError("two contacts have the same address")

    @property
    def wired(self) -> dict[Contact, int]:
        addresses = {contact: getattr(self, contact.value) for contact in Contact}
        return {contact: address for contact, address in addresses.items() if address != NOT_WIRED}


@dataclass(frozen=True, slots=True)
class ModbusSettings:
    """``device``: the board's address on the bus; ``open_entry``, ``open_exit``: coils, counted from 0."""

    port: str
    inputs: InputAddresses
    open_entry: Address
    open_exit: Address
    device: Annotated[int, Bounds(ge=1, le=247)] = 1
    baud: Annotated[int, Bounds(ge=1200, le=115_200)] = 19_200
    poll_ms: Annotated[int, Bounds(ge=20, le=500)] = 50
    timeout_ms: Annotated[int, Bounds(ge=20, le=1_000)] = 200

    def __post_init__(self) -> None:
        if self.open_entry == self.open_exit:
            raise ValueError("open_entry and open_exit must be two coils")


class ModbusDoor(ContactDoor):
    """See ``egate_hal.door.Door`` for what it promises."""

    Settings = ModbusSettings

    def __init__(self, settings: ModbusSettings) -> None:
        super().__init__(_ModbusBoard(settings))

    @staticmethod
    def examine(settings: ModbusSettings) -> None:
        """The package and the port are here. Raises DeviceUnavailable."""
        _client_class()
        examine_port(settings.port)


class _ModbusBoard:
    def __init__(self, settings: ModbusSettings) -> None:
        self._settings = settings
        self._client: Any = None
        self._polling: asyncio.Task[None] | None = None
        self._relays: frozenset[Relay] = frozenset()
        wired = settings.inputs.wired.values()
        self._first, self._count = min(wired), max(wired) - min(wired) + 1
        self._bus = asyncio.Lock()  # one question at a time on one wire

    async def open(
        self, changed: Callable[[Mapping[Contact, bool]], None], lost: Callable[[HalError], None]
    ) -> Mapping[Contact, bool]:
        settings = self._settings
        examine_port(settings.port)
        self._client = _client_class()(
            settings.port, baudrate=settings.baud, timeout=settings.timeout_ms / 1000, retries=0,
            reconnect_delay=0,  # the lane opens its devices anew by itself
        )  # fmt: skip
        try:
            if not await self._client.connect():
                raise DeviceUnavailable(f"{settings.port}: cannot be opened; does another program use it?")
            await self.switch(frozenset())
            closed = await self._read()
        except HalError:
            await self.close()
            raise
        self._polling = asyncio.create_task(self._poll(closed, changed, lost))
        return closed

    async def close(self) -> None:
        if self._polling is not None:
            self._polling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._polling
            self._polling = None
        if self._client is not None:
            with contextlib.suppress(HalError):
                await self.switch(frozenset())
            self._client.close()
            self._client = None

    async def switch(self, relays: frozenset[Relay]) -> None:
        coils = {Relay.OPEN_ENTRY: self._settings.open_entry, Relay.OPEN_EXIT: self._settings.open_exit}
        # Off before on: never two leaves asked at once, however short.
        for relay in sorted(coils, key=lambda relay: relay in relays):
            await self._ask("write_coil", coils[relay], relay in relays)
        self._relays = relays

    async def _poll(
        self, closed: Mapping[Contact, bool], changed: Callable[[Mapping[Contact, bool]], None],
        lost: Callable[[HalError], None],
    ) -> None:  # fmt: skip
        missed = 0
        while missed < LOST_AFTER:
            await asyncio.sleep(self._settings.poll_ms / 1000)
            try:
                now_closed = await self._read()
            except DeviceTimeout:
                missed += 1
                continue
            except HalError as error:
                lost(error)
                return
            missed = 0
            if now_closed != closed:
                closed = now_closed
                changed(closed)
        lost(DeviceLost(f"{self._settings.port}: device {self._settings.device} does not answer any more"))

    async def _read(self) -> dict[Contact, bool]:
        settings = self._settings
        answer = await self._ask("read_discrete_inputs", self._first, count=self._count)
        bits, inverted = answer.bits, settings.inputs.inverted
        if len(bits) < self._count:
            raise DeviceLost(f"{settings.port}: device {settings.device} answers with fewer inputs than were asked for")
        return {
            contact: bits[address - self._first] is not (contact in inverted)
            for contact, address in settings.inputs.wired.items()
        }

    async def _ask(self, function: str, *values: Any, **options: int) -> Any:
        """Raises DeviceTimeout where nobody answers, DeviceLost where the answer is a refusal or the line is gone."""
        where = f"{self._settings.port}: device {self._settings.device}"
        async with self._bus:
            client = self._client
            if client is None or not client.connected:
                raise DeviceLost(f"{self._settings.port}: the line is gone")
            try:
                answer = await getattr(client, function)(*values, device_id=self._settings.device, **options)
            except Exception as error:  # pymodbus and pyserial share no class of errors
                if not client.connected:
                    raise DeviceLost(f"{self._settings.port}: the line is gone") from error
                raise DeviceTimeout(f"{where} does not answer ({type(error).__name__})") from error
        if answer.isError():
            raise DeviceLost(f"{where} refuses (exception {answer.exception_code}); are the addresses right?")
        return answer


def _client_class() -> Any:
    """Raises DeviceUnavailable."""
    try:
        client = importlib.import_module("pymodbus.client").AsyncModbusSerialClient
    except ImportError as error:
        raise DeviceUnavailable("the package pymodbus is not installed here: pip install 'egate[modbus]'") from error
    logging.getLogger("pymodbus").setLevel(logging.CRITICAL)  # what it would say, our own errors say
    return client
