"""MicroPython's ``machine`` as far as the firmware's board module uses it, wired to the simulated plant.

``SimulatedMachine`` is passed to the firmware in place of the module. Keeps to what MicroPython has. What the firmware
touches in its control loop are whole numbers in arrays made once, because that loop may not allocate and the physics
beside it does: ``sample`` brings the plant to the pins, ``commit`` the pins to the plant.
"""

from egate_door import wiring
from egate_door.limits import GUARD_INNER, GUARD_OUTER
from egate_sim.door.rp2 import SimulatedRp2

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from egate_sim.door.plant import Plant
    from egate_sim.door.rp2 import Interlock

try:
    from micropython import heap_lock, heap_unlock
except ImportError:  # CPython, where nobody counts

    def heap_lock() -> None: ...

    def heap_unlock() -> None: ...


U16_MAX = 65_535
TICKS_MASK = 0x3FFFFFFF  # MicroPython's counters wrap there
PINS = 30
FIRST_ADC = 26
SUPPLY_MV = 5_000
LEAF_NAMES = ("entry", "exit")


class SimulatedMachine:
    WDT_RESET = 3
    PWRON_RESET = 1

    def __init__(self, plant: "Plant", uart: "Any", clock: "Any") -> None:
        self.levels = bytearray(PINS)
        self.chain = bytearray(wiring.CHAIN_BYTES)
        self.analog = [0] * (PINS - FIRST_ADC)
        self.duties = [0] * PINS
        self.interlocks: list[Interlock] = []
        self.timers: list[Timer] = []
        self.watchdog_fed_ms = -1
        self.configured: dict[int, tuple[int, int]] = {}
        """Pin -> mode and pull, as the program has asked for them."""
        self.ports: dict[str, tuple[Any, ...]] = {}
        """UART, SPI, PWM and WDT, as the program has asked for them."""
        self.now_ms = 0
        self.Pin = PinMaker(self)
        self.Timer = TimerMaker(self)
        self.rp2 = SimulatedRp2(self)
        self._plant = plant
        self._uart = uart
        self._clock = clock
        self._edges: list[_Edge] = []
        self.sample()

    def reset_cause(self) -> int:
        return self.PWRON_RESET

    def disable_irq(self) -> int:
        return 0  # timers run between two steps of the link's loop only

    def enable_irq(self, state: int) -> None:
        pass

    def PWM(self, pin: "Pin", freq: int, duty_u16: int) -> "Pwm":  # noqa: N802 - MicroPython's name
        self.ports["PWM" + str(pin.number)] = (freq, duty_u16)
        return Pwm(self, pin.number, duty_u16)

    def ADC(self, pin: "Pin") -> "Adc":  # noqa: N802 - MicroPython's name
        return Adc(self, pin.number - FIRST_ADC)

    def SPI(self, number: int, baud: int, sck: "Pin", mosi: "Pin", miso: "Pin") -> "Spi":  # noqa: N802
        self.ports["SPI"] = (number, baud, sck.number, mosi.number, miso.number)
        return Spi(self)

    def UART(self, number: int, baud: int, *, tx: "Pin", rx: "Pin", rxbuf: int, txbuf: int) -> "Any":  # noqa: N802
        self.ports["UART"] = (number, baud, tx.number, rx.number, rxbuf, txbuf)
        return self._uart

    def WDT(self, timeout: int) -> "Watchdog":  # noqa: N802 - MicroPython's name
        self.ports["WDT"] = (timeout,)
        return Watchdog(self, self._clock)

    def run_timers(self) -> bool:
        """Let every timer run that is due, between a look at the plant and a word to it. True if one ran."""
        self.sample()
        ran = False
        for timer in self.timers:
            ran = timer.run(self.now_ms) or ran
        self.commit()
        return ran

    def sample(self) -> None:
        """The plant as it is now on the pins; interlocks and hard interrupts act on it at once."""
        self.now_ms = self._clock.ticks_ms()
        signals = self._plant.signals
        self.levels[wiring.EMERGENCY] = 1 if signals["emergency"] else 0  # contact to ground opens
        dark = self.levels[wiring.BEAMS_DARK]
        contacts = (wiring.KEY_BIT if signals["key"] else 0) | (wiring.APPROACH_BIT if signals["approach"] else 0)
        current_ma = float(signals["leak_ma"])
        for index in range(2):
            leaf, pins = self._plant.leaves[index], wiring.LEAVES[index]
            light = _light(signals, LEAF_NAMES[index], dark)
            self.chain[wiring.CHAIN_CURTAINS[index]] = light
            self.levels[pins.beam_outer] = light >> GUARD_OUTER & 1
            self.levels[pins.beam_inner] = light >> GUARD_INNER & 1
            contacts |= (wiring.SHUT_BITS[index] if leaf.shut else 0) | (
                wiring.OPENED_BITS[index] if leaf.opened else 0
            )
            self._measure(pins.position, leaf.opening_mm, wiring.POSITION_FULL_SCALE_MM)
            current_ma += leaf.current_ma
        self.chain[wiring.CHAIN_CONTACTS] = contacts
        self.chain[wiring.CHAIN_MARK] = wiring.CHAIN_MARK_VALUE
        if signals["chain"]:
            for at in range(wiring.CHAIN_BYTES):
                self.chain[at] = 0
        self._measure(wiring.MOTOR_CURRENT, current_ma, wiring.CURRENT_FULL_SCALE_MA)
        self._measure(wiring.SUPPLY, SUPPLY_MV - signals["sag_mv"], wiring.SUPPLY_FULL_SCALE_MV)
        self._react()

    def commit(self) -> None:
        """What the pins say now, to motors, locks, lamp and buzzer."""
        power = self.levels[wiring.MOTOR_POWER]
        for index in range(2):
            leaf, pins = self._plant.leaves[index], wiring.LEAVES[index]
            direction = self.levels[pins.drive_open] - self.levels[pins.drive_close]
            leaf.drive = power * direction * self.duties[pins.pwm] / U16_MAX
            leaf.released = self.levels[pins.lock] == pins.released_level
        self._plant.lamp = bool(self.levels[wiring.ALARM_LAMP])
        self._plant.buzzer = bool(self.levels[wiring.BUZZER])

    def lose_power(self) -> None:
        """Every output falls to its pull-down, every timer and interlock stops."""
        self.timers.clear()
        self.interlocks.clear()
        self._edges.clear()
        for pin in range(PINS):
            self.levels[pin] = self.duties[pin] = 0
        self.commit()

    def watch_edge(self, number: int, handler: "Callable[[Pin], None]", level: int, pin: "Pin") -> None:
        self._edges.append(_Edge(number, handler, level, pin, self.levels[number]))

    def _react(self) -> None:
        for interlock in self.interlocks:
            if interlock.number < len(LEAF_NAMES):  # those that guard a closing
                interlock.deaf = bool(self._plant.signals[LEAF_NAMES[interlock.number] + ".deaf"])
            interlock.look()
        for edge in self._edges:
            edge.look(self.levels)
        self.commit()

    def _measure(self, pin: int, value: float, full_scale: int) -> None:
        self.analog[pin - FIRST_ADC] = min(max(int(value * 65_536 / full_scale), 0), U16_MAX)


def _light(signals: "dict[str, int]", name: str, dark: int) -> int:
    """Which receivers of one curtain see light, one bit each."""
    broken = signals[name + ".curtain"] | signals[name + ".outer"] << GUARD_OUTER
    broken |= signals[name + ".inner"] << GUARD_INNER
    if dark:
        broken = 0xFF
    return (broken ^ 0xFF) & 0xFF | signals[name + ".blind"]


class _Edge:
    """A hard interrupt on one pin."""

    def __init__(self, number: int, handler: "Callable[[Pin], None]", level: int, pin: "Pin", now: int) -> None:
        self._number = number
        self._handler = handler
        self._level = level
        self._pin = pin
        self._was = now

    def look(self, levels: bytearray) -> None:
        level = levels[self._number]
        if level != self._was:
            self._was = level
            if level == self._level:
                _hard(self._handler, self._pin)


class Pin:
    def __init__(self, machine: SimulatedMachine, number: int) -> None:
        self.number = number
        self._machine = machine
        self._levels = machine.levels

    def value(self, level: "int | None" = None) -> int:
        if level is None:
            return self._levels[self.number]
        self._levels[self.number] = level
        return level

    def irq(self, handler: "Callable[[Pin], None]", trigger: int, hard: bool) -> None:
        if not hard:
            raise ValueError("a soft interrupt waits for the collection of garbage")
        self._machine.watch_edge(self.number, handler, 1 if trigger == PinMaker.IRQ_RISING else 0, self)


class PinMaker:
    IN, OUT, PULL_UP, PULL_DOWN = 0, 1, 1, 2
    IRQ_RISING, IRQ_FALLING = 8, 4

    def __init__(self, machine: SimulatedMachine) -> None:
        self._machine = machine

    def __call__(self, number: int, mode: int = -1, pull: int = -1, value: "int | None" = None) -> Pin:
        pin = Pin(self._machine, number)
        if mode >= 0:
            self._machine.configured[number] = (mode, pull)
        if value is not None:
            pin.value(value)
        return pin


class Pwm:
    def __init__(self, machine: SimulatedMachine, number: int, duty_u16: int) -> None:
        self._duties = machine.duties
        self._number = number
        self.duty_u16(duty_u16)

    def duty_u16(self, duty: int) -> None:
        self._duties[self._number] = duty


class Adc:
    def __init__(self, machine: SimulatedMachine, channel: int) -> None:
        self._analog = machine.analog
        self._channel = channel

    def read_u16(self) -> int:
        return self._analog[self._channel]


class Spi:
    def __init__(self, machine: SimulatedMachine) -> None:
        self._chain = machine.chain

    def readinto(self, buffer: bytearray) -> None:
        for at in range(len(buffer)):
            buffer[at] = self._chain[at]


class Watchdog:
    """Takes note of when it was fed; the host of the simulation decides what a hungry one does."""

    def __init__(self, owner: SimulatedMachine, clock: "Any") -> None:
        self._owner = owner
        self._clock = clock

    def feed(self) -> None:
        self._owner.watchdog_fed_ms = self._clock.ticks_ms()


class Timer:
    """A periodic timer that whoever lets time pass calls. Hard: its callback runs with the heap locked."""

    def __init__(self, period: int, callback: "Callable[[Timer], None]", now_ms: int) -> None:
        self._period = period
        self._callback = callback
        self._due_ms = now_ms + period

    def run(self, now_ms: int) -> bool:
        if (now_ms - self._due_ms) & TICKS_MASK > TICKS_MASK // 2:  # before it, right across the counter's wrap
            return False
        self._due_ms = now_ms + self._period
        _hard(self._callback, self)
        return True


class TimerMaker:
    PERIODIC = 1

    def __init__(self, machine: SimulatedMachine) -> None:
        self._machine = machine

    def __call__(
        self, _id: int, mode: int, period: int, callback: "Callable[[Timer], None]", hard: bool = False
    ) -> Timer:
        if not hard:
            raise ValueError("a soft timer waits for the collection of garbage")
        timer = Timer(period, callback, self._machine.now_ms)
        self._machine.timers.append(timer)
        return timer


def _hard(callback: "Callable[[Any], None]", argument: "Any") -> None:
    """As from an interrupt: whoever allocates gets MemoryError (MicroPython)."""
    heap_lock()
    try:
        callback(argument)
    finally:
        heap_unlock()
