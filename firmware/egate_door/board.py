"""The RP2040 board: pins, motors, interlocks, sensors, serial line, watchdog. The one module that touches hardware; it
decides nothing.

``machine`` and ``rp2`` come in as arguments: MicroPython's own modules on the board, simulated ones elsewhere. ``read``
and ``act`` belong to the control loop and allocate nothing.
"""

from egate_door import wiring
from egate_door.interlock import CLOCK_HZ, Lease, closing_program, opening_program
from egate_door.leaf_table import MOTOR_CLOSE, MOTOR_OFF, MOTOR_OPEN
from egate_door.limits import MOTOR_LEASE_MS, TICK_MS, WATCHDOG_MS
from egate_door.signals import Inputs, Outputs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from egate_door.signals import LeafInputs, LeafOutputs

_OPENING_MACHINES = 2  # state machines 0 and 1 guard the closing of the leaves, 2 and 3 the opening


class Motor:
    """Bridge with one PWM input for the speed, from here, and two inputs for the direction, from the interlocks."""

    def __init__(self, pwm: "Any", closing: Lease, opening: Lease) -> None:
        self._pwm = pwm
        self._closing = closing
        self._opening = opening
        self._direction = MOTOR_OFF

    def drive(self, direction: int, duty: int) -> None:
        """Renews the lease of that direction. A change of direction rests for one pass, with both leases ended."""
        if direction != self._direction:
            self._direction = direction
            self.stop()
        elif direction == MOTOR_CLOSE:
            self._closing.renew(MOTOR_LEASE_MS)
            self._pwm.duty_u16(duty)
        elif direction == MOTOR_OPEN:
            self._opening.renew(MOTOR_LEASE_MS)
            self._pwm.duty_u16(duty)

    def stop(self) -> None:
        self._pwm.duty_u16(0)
        self._closing.end()
        self._opening.end()

    def cut_closing(self) -> None:
        """From a hard interrupt: speed off before the next pass, should the interlock have failed."""
        if self._direction == MOTOR_CLOSE:
            self._pwm.duty_u16(0)

    def probe(self) -> None:
        """A lease for the closing interlock alone, without speed, to see it trip."""
        if self._direction == MOTOR_OFF:
            self._closing.renew(TICK_MS)

    def tripped(self) -> bool:
        return self._closing.tripped()


class LeafPort:
    """Guard beams, position, motor and lock of one leaf."""

    def __init__(self, machine: "Any", pins: wiring.LeafPins, motor: Motor) -> None:
        pin = machine.Pin
        self.motor = motor
        self.outer = pin(pins.beam_outer, pin.IN, pin.PULL_DOWN)
        self.inner = pin(pins.beam_inner, pin.IN, pin.PULL_DOWN)
        self._released_level = pins.released_level
        self._lock = pin(pins.lock, pin.OUT, value=0)
        self._position = machine.ADC(machine.Pin(pins.position))

    def read(self, inputs: "LeafInputs") -> None:
        inputs.outer_broken = not self.outer.value()
        inputs.inner_broken = not self.inner.value()
        inputs.opening_mm = self._position.read_u16() * wiring.POSITION_FULL_SCALE_MM >> 16
        inputs.tripped = self.motor.tripped()

    def act(self, outputs: "LeafOutputs") -> None:
        self._lock.value(self._released_level if outputs.released else 1 - self._released_level)
        self.motor.drive(outputs.motor, outputs.duty)

    def rest(self) -> None:
        self.motor.stop()
        self._lock.value(0)


class Chain:
    """Shift registers with the light curtains and the slow contacts."""

    def __init__(self, machine: "Any") -> None:
        pin = machine.Pin
        self._latch = pin(wiring.CHAIN_LATCH, pin.OUT, value=1)
        self._spi = machine.SPI(
            wiring.SPI_ID, wiring.CHAIN_HZ, sck=pin(wiring.CHAIN_CLOCK), mosi=pin(wiring.CHAIN_UNUSED),
            miso=pin(wiring.CHAIN_DATA, pin.IN, pin.PULL_DOWN),
        )  # fmt: skip
        self._bytes = bytearray(wiring.CHAIN_BYTES)

    def read(self, inputs: Inputs) -> None:
        """A reading without the chain's mark is dropped: what was read before stays."""
        self._latch.value(0)
        self._latch.value(1)
        self._spi.readinto(self._bytes)
        inputs.chain_whole = self._bytes[wiring.CHAIN_MARK] == wiring.CHAIN_MARK_VALUE
        if not inputs.chain_whole:
            return
        contacts = self._bytes[wiring.CHAIN_CONTACTS]
        inputs.reset_key = bool(contacts & wiring.KEY_BIT)
        inputs.approach = bool(contacts & wiring.APPROACH_BIT)
        for index in range(2):
            leaf = inputs.leaves[index]
            leaf.curtain = self._bytes[wiring.CHAIN_CURTAINS[index]] ^ 0xFF
            leaf.shut = bool(contacts & wiring.SHUT_BITS[index])
            leaf.opened = bool(contacts & wiring.OPENED_BITS[index])


class Board:
    def __init__(self, machine: "Any", rp2: "Any") -> None:
        self.inputs = Inputs()
        self.outputs = Outputs()
        self.watchdog_bit = machine.reset_cause() == machine.WDT_RESET
        pin = machine.Pin
        self._emergency = pin(wiring.EMERGENCY, pin.IN, pin.PULL_UP)
        self._leaves = _leaves(machine, rp2, self._emergency)
        self._chain = Chain(machine)
        self._current = machine.ADC(pin(wiring.MOTOR_CURRENT))
        self._supply = machine.ADC(pin(wiring.SUPPLY))
        self._motor_power = pin(wiring.MOTOR_POWER, pin.OUT, value=0)
        self._beams_dark = pin(wiring.BEAMS_DARK, pin.OUT, value=0)
        self._lamp = pin(wiring.ALARM_LAMP, pin.OUT, value=1)
        self._buzzer = pin(wiring.BUZZER, pin.OUT, value=0)
        self._uart = machine.UART(
            wiring.UART_ID, wiring.BAUD, tx=pin(wiring.UART_TX), rx=pin(wiring.UART_RX), rxbuf=512, txbuf=512
        )
        self._watchdog = machine.WDT(timeout=WATCHDOG_MS)
        self._listen(pin)

    def read(self) -> None:
        """Sensors into ``inputs``."""
        inputs = self.inputs
        self._chain.read(inputs)
        for index in range(2):
            self._leaves[index].read(inputs.leaves[index])
        inputs.emergency = bool(self._emergency.value())
        inputs.current_ma = self._current.read_u16() * wiring.CURRENT_FULL_SCALE_MA >> 16
        inputs.supply_mv = self._supply.read_u16() * wiring.SUPPLY_FULL_SCALE_MV >> 16

    def act(self) -> None:
        """``outputs`` to motors, locks, lamp and buzzer; renews the motors' leases."""
        outputs = self.outputs
        self._motor_power.value(outputs.motor_power)
        self._beams_dark.value(outputs.beams_dark)
        for index in range(2):
            self._leaves[index].act(outputs.leaves[index])
            if outputs.probe:
                self._leaves[index].motor.probe()
        self._lamp.value(outputs.lamp)
        self._buzzer.value(outputs.buzzer)

    def rest(self) -> None:
        """As without power, for a program that has failed; the watchdog is not fed and resets the board."""
        self._motor_power.value(0)
        for leaf in self._leaves:
            leaf.rest()

    def feed_watchdog(self) -> None:
        self._watchdog.feed()

    def received(self) -> bytes:
        if not self._uart.any():
            return b""
        data: bytes = self._uart.read() or b""
        return data

    def transmit(self, data: bytes) -> None:
        self._uart.write(data)

    def _listen(self, pin: "Any") -> None:
        """Second line behind the interlocks: edges of the guard beams and the emergency contact, at any moment."""
        self._emergency.irq(self._cut, pin.IRQ_RISING, hard=True)
        for leaf in self._leaves:
            leaf.outer.irq(self._cut, pin.IRQ_FALLING, hard=True)
            leaf.inner.irq(self._cut, pin.IRQ_FALLING, hard=True)

    def _cut(self, _pin: "Any") -> None:
        for leaf in self._leaves:
            leaf.motor.cut_closing()


def _leaves(machine: "Any", rp2: "Any", emergency: "Any") -> "tuple[LeafPort, LeafPort]":
    closing, opening = closing_program(rp2), opening_program(rp2)
    ports = []
    for index in range(2):
        pins = wiring.LEAVES[index]
        pwm = machine.PWM(machine.Pin(pins.pwm), freq=wiring.MOTOR_PWM_HZ, duty_u16=0)
        close_lease = Lease(
            rp2.StateMachine(
                index, closing, freq=CLOCK_HZ, set_base=machine.Pin(pins.drive_close),
                in_base=machine.Pin(pins.beam_outer), jmp_pin=emergency,
            )
        )  # fmt: skip
        open_lease = Lease(
            rp2.StateMachine(
                _OPENING_MACHINES + index, opening, freq=CLOCK_HZ, set_base=machine.Pin(pins.drive_open)
            )
        )  # fmt: skip
        ports.append(LeafPort(machine, pins, Motor(pwm, close_lease, open_lease)))
    return ports[0], ports[1]
