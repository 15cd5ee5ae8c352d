"""MicroPython's ``machine`` as far as the firmware's board module uses it, wired to the simulated plant.

``SimulatedMachine`` is passed to the firmware in place of the module. Keeps to what MicroPython has.
"""

from egate_door import wiring

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from egate_sim.door.plant import Plant

U16_MAX = 65_535


class SimulatedMachine:
    WDT_RESET = 3
    PWRON_RESET = 1

    def __init__(self, plant: "Plant", uart: "Any", clock: "Any") -> None:
        self.Pin = PinMaker(_inputs(plant), _outputs(plant))
        self.timers: list[Timer] = []
        self.watchdog_fed_ms = -1
        self._uart = uart
        self._clock = clock
        self._drives = _drives(plant)
        self._positions = {wiring.LEAVES[index].position: plant.leaves[index] for index in range(2)}
        self.Timer = TimerMaker(self.timers, clock)

    def reset_cause(self) -> int:
        return self.PWRON_RESET

    def PWM(self, pin: "Pin", freq: int, duty_u16: int) -> "Pwm":  # noqa: N802 - MicroPython's name
        return Pwm(self._drives[pin.number], duty_u16)

    def ADC(self, pin: "Pin") -> "Adc":  # noqa: N802 - MicroPython's name
        return Adc(self._positions[pin.number])

    def UART(self, _id: int, _baud: int, **_wiring: "Any") -> "Any":  # noqa: N802 - MicroPython's name
        return self._uart

    def WDT(self, timeout: int) -> "Watchdog":  # noqa: N802 - MicroPython's name
        return Watchdog(self, self._clock)


class Pin:
    def __init__(self, number: int, read: "Callable[[], bool]", write: "Callable[[int], None]") -> None:
        self.number = number
        self._read = read
        self._write = write

    def value(self, level: int | None = None) -> int:
        if level is None:
            return 1 if self._read() else 0
        self._write(level)
        return level


class PinMaker:
    IN, OUT, PULL_UP, PULL_DOWN = 0, 1, 1, 2

    def __init__(self, inputs: "dict[int, Any]", outputs: "dict[int, Any]") -> None:
        self._inputs = inputs
        self._outputs = outputs

    def __call__(self, number: int, mode: int = -1, pull: int = -1, value: int | None = None) -> Pin:
        pin = Pin(number, self._inputs.get(number, _floating), self._outputs.get(number, _unconnected))
        if value is not None:
            pin.value(value)
        return pin


class Pwm:
    def __init__(self, drive: "Callable[[float], None]", duty_u16: int) -> None:
        self._drive = drive
        self.duty_u16(duty_u16)

    def duty_u16(self, duty: int) -> None:
        self._drive(duty / U16_MAX)


class Adc:
    def __init__(self, leaf: "Any") -> None:
        self._leaf = leaf

    def read_u16(self) -> int:
        return min(int(self._leaf.opening_mm * 65_536 / wiring.POSITION_FULL_SCALE_MM), U16_MAX)


class Watchdog:
    """Takes note of when it was fed; the host of the simulation decides what a hungry one does."""

    def __init__(self, owner: SimulatedMachine, clock: "Any") -> None:
        self._owner = owner
        self._clock = clock

    def feed(self) -> None:
        self._owner.watchdog_fed_ms = self._clock.ticks_ms()


class Timer:
    """A periodic timer that whoever lets time pass calls."""

    def __init__(self, period: int, callback: "Callable[[Timer], None]", now_ms: int) -> None:
        self._period = period
        self._callback = callback
        self._due_ms = now_ms + period

    def run(self, now_ms: int) -> None:
        if now_ms >= self._due_ms:
            self._due_ms = now_ms + self._period
            self._callback(self)


class TimerMaker:
    PERIODIC = 1

    def __init__(self, timers: list[Timer], clock: "Any") -> None:
        self._timers = timers
        self._clock = clock

    def __call__(self, _id: int, mode: int, period: int, callback: "Callable[[Timer], None]") -> Timer:
        timer = Timer(period, callback, self._clock.ticks_ms())
        self._timers.append(timer)
        return timer


def _floating() -> bool:
    raise ValueError("the program reads a pin that is connected to nothing")


def _unconnected(_level: int) -> None:
    raise ValueError("the program drives a pin that is connected to nothing")


def _inputs(plant: "Plant") -> "dict[int, Callable[[], bool]]":
    """Pin number -> level, with the polarity of the sensors' wiring (see wiring.py)."""
    signals = plant.signals
    levels: dict[int, Callable[[], bool]] = {
        wiring.EMERGENCY: lambda: bool(signals["emergency"]),  # contact to ground opens
        wiring.RESET_KEY: lambda: not signals["key"],  # contact to ground closes
        wiring.APPROACH: lambda: bool(signals["approach"]),
    }
    for index, name in ((0, "entry"), (1, "exit")):
        levels.update(_leaf_inputs(plant, index, name))
    return levels


def _leaf_inputs(plant: "Plant", index: int, name: str) -> "dict[int, Callable[[], bool]]":
    leaf, pins, signals = plant.leaves[index], wiring.LEAVES[index], plant.signals
    return {
        pins.shut: lambda: not leaf.shut,
        pins.opened: lambda: not leaf.opened,
        pins.beam_outer: lambda: not signals[name + ".outer"],  # light that arrives is high
        pins.beam_inner: lambda: not signals[name + ".inner"],
    }


def _outputs(plant: "Plant") -> "dict[int, Callable[[int], None]]":
    def alarm(level: int) -> None:
        plant.alarm = bool(level)

    outputs: dict[int, Callable[[int], None]] = {wiring.ALARM_LAMP: alarm}
    for index in range(2):
        outputs[wiring.LEAVES[index].release] = _lock(plant.leaves[index])
    return outputs


def _lock(leaf: "Any") -> "Callable[[int], None]":
    def release(level: int) -> None:
        leaf.released = bool(level)

    return release


def _drives(plant: "Plant") -> "dict[int, Callable[[float], None]]":
    """PWM pin -> what its duty does to the leaf's motor: an H-bridge drives by the difference of its inputs."""
    drives: dict[int, Callable[[float], None]] = {}
    for index in range(2):
        bridge = Bridge(plant.leaves[index])
        drives[wiring.LEAVES[index].motor_open] = bridge.open_duty
        drives[wiring.LEAVES[index].motor_close] = bridge.close_duty
    return drives


class Bridge:
    def __init__(self, leaf: "Any") -> None:
        self._leaf = leaf
        self._open = 0.0
        self._close = 0.0

    def open_duty(self, duty: float) -> None:
        self._open = duty
        self._leaf.drive = self._open - self._close

    def close_duty(self, duty: float) -> None:
        self._close = duty
        self._leaf.drive = self._open - self._close
