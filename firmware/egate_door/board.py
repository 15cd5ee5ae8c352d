"""The RP2040 board: pins, motors, serial line, watchdog. The one module that touches hardware; it decides nothing.

``machine`` and ``clock`` come in as arguments: MicroPython's own modules on the board, simulated ones elsewhere.
"""

from egate_door import wiring
from egate_door.leaf_table import MOTOR_CLOSE, MOTOR_OFF, MOTOR_OPEN
from egate_door.limits import MOTOR_LEASE_MS, TICK_MS, WATCHDOG_MS
from egate_door.signals import Inputs, Outputs
from egate_doorlink.ticks import elapsed_ms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from egate_door.signals import LeafInputs


class Motor:
    """H-bridge on two PWM outputs. Every command is a lease: unless renewed it lapses after MOTOR_LEASE_MS."""

    def __init__(self, machine: "Any", pins: wiring.LeafPins) -> None:
        self._open = machine.PWM(machine.Pin(pins.motor_open), freq=wiring.MOTOR_PWM_HZ, duty_u16=0)
        self._close = machine.PWM(machine.Pin(pins.motor_close), freq=wiring.MOTOR_PWM_HZ, duty_u16=0)
        self._direction = MOTOR_OFF
        self._since_ms = 0

    def drive(self, direction: int, now_ms: int) -> None:
        self._since_ms = now_ms
        if direction == self._direction:
            return
        self._direction = direction
        # Both off first: an H-bridge with both inputs high brakes, and it must never see a moment of the old direction.
        self._open.duty_u16(0)
        self._close.duty_u16(0)
        if direction == MOTOR_OPEN:
            self._open.duty_u16(wiring.OPEN_DUTY_U16)
        elif direction == MOTOR_CLOSE:
            self._close.duty_u16(wiring.CLOSE_DUTY_U16)

    def check_lease(self, now_ms: int) -> None:
        """Called by a timer, so that it holds although the main loop hangs."""
        if self._direction != MOTOR_OFF and elapsed_ms(self._since_ms, now_ms) >= MOTOR_LEASE_MS:
            self.drive(MOTOR_OFF, now_ms)


class LeafPort:
    """Sensors, motor and lock of one leaf."""

    def __init__(self, machine: "Any", pins: wiring.LeafPins) -> None:
        pin = machine.Pin
        self.motor = Motor(machine, pins)
        self.release = pin(pins.release, pin.OUT, value=0)
        self._shut = pin(pins.shut, pin.IN, pin.PULL_UP)
        self._opened = pin(pins.opened, pin.IN, pin.PULL_UP)
        self._outer = pin(pins.beam_outer, pin.IN, pin.PULL_DOWN)
        self._inner = pin(pins.beam_inner, pin.IN, pin.PULL_DOWN)
        self._position = machine.ADC(machine.Pin(pins.position))

    def read(self, inputs: "LeafInputs") -> None:
        inputs.shut = not self._shut.value()
        inputs.opened = not self._opened.value()
        inputs.outer_broken = not self._outer.value()
        inputs.inner_broken = not self._inner.value()
        inputs.opening_mm = self._position.read_u16() * wiring.POSITION_FULL_SCALE_MM >> 16


class Board:
    def __init__(self, machine: "Any", clock: "Any") -> None:
        self.inputs = Inputs()
        self.outputs = Outputs()
        self.watchdog_bit = machine.reset_cause() == machine.WDT_RESET
        self._clock = clock
        self._leaves = (LeafPort(machine, wiring.LEAVES[0]), LeafPort(machine, wiring.LEAVES[1]))
        pin = machine.Pin
        self._emergency = pin(wiring.EMERGENCY, pin.IN, pin.PULL_UP)
        self._key = pin(wiring.RESET_KEY, pin.IN, pin.PULL_UP)
        self._approach = pin(wiring.APPROACH, pin.IN, pin.PULL_DOWN)
        self._alarm = pin(wiring.ALARM_LAMP, pin.OUT, value=1)
        self._uart = machine.UART(
            wiring.UART_ID, wiring.BAUD, tx=pin(wiring.UART_TX), rx=pin(wiring.UART_RX), rxbuf=512, txbuf=512
        )
        self._watchdog = machine.WDT(timeout=WATCHDOG_MS)
        self._timer = machine.Timer(-1, mode=machine.Timer.PERIODIC, period=2 * TICK_MS, callback=self._check_leases)

    def read(self) -> None:
        """Sensors into ``inputs``."""
        for index in range(2):
            self._leaves[index].read(self.inputs.leaves[index])
        self.inputs.emergency = bool(self._emergency.value())
        self.inputs.reset_key = not self._key.value()
        self.inputs.approach = bool(self._approach.value())

    def act(self, now_ms: int) -> None:
        """``outputs`` to motors, locks and lamp; renews the motors' leases and feeds the watchdog."""
        for index in range(2):
            wanted = self.outputs.leaves[index]
            self._leaves[index].release.value(1 if wanted.released else 0)
            self._leaves[index].motor.drive(wanted.motor, now_ms)
        self._alarm.value(1 if self.outputs.alarm else 0)
        self._watchdog.feed()

    def rest(self, now_ms: int) -> None:
        """Motors off and locks shut, for a program that has failed; the watchdog is not fed and resets the board."""
        for leaf in self._leaves:
            leaf.motor.drive(MOTOR_OFF, now_ms)
            leaf.release.value(0)

    def received(self) -> bytes:
        if not self._uart.any():
            return b""
        data: bytes = self._uart.read() or b""
        return data

    def transmit(self, data: bytes) -> None:
        self._uart.write(data)

    def _check_leases(self, _timer: "Any") -> None:
        now_ms = self._clock.ticks_ms()
        for leaf in self._leaves:
            leaf.motor.check_lease(now_ms)
