"""The interlocks in the RP2040's PIO: no interpreter stands between a hand in the light barrier and the motor.

Two state machines a leaf own the direction inputs of its motor bridge; the firmware has only the speed. Each lets its
direction through while a lease runs. The closing one also wants both beams of the leaf and the closed emergency
contact, and looks at all of them in every pass of ten instructions. The firmware asks; this decides. A lease is a
number of passes: a new one replaces the old one and never queues behind it, zero ends it, and where the firmware hangs
nobody renews it.

After a trip the motor stays off until the next lease, and one word in the receive queue tells the firmware, so that a
hand too quick for its loop reverses the leaf all the same.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, cast

    # What rp2.asm_pio lends the two functions below while it runs them
    _lent = cast(Any, None)
    wrap_target = wrap = label = pull = push = mov = jmp = in_ = invert = set = _lent  # noqa: A001
    pins = x = y = osr = isr = null = block = noblock = not_x = not_y = x_dec = pin = _lent

PASS_CYCLES = 10
CLOCK_HZ = 1_000_000  # a pass of 10 us: far below any motor's reaction, and a beam's noise of nanoseconds is not seen
PASSES_PER_MS = CLOCK_HZ // PASS_CYCLES // 1000
TRIP_CYCLES_MAX = 14  # from an edge that a pass just missed to the pin: the rest of that pass and the next one's check


def closing_program(rp2: "Any") -> "Any":
    """For a direction that may crush. Set pin: the bridge's input; in pins: the two beams; jump pin: the contact."""

    @rp2.asm_pio(set_init=rp2.PIO.OUT_LOW, in_shiftdir=rp2.PIO.SHIFT_LEFT)  # type: ignore[untyped-decorator]
    def closing() -> None:
        wrap_target()
        label("off")
        set(pins, 0)
        pull(block)  # wait for a lease
        mov(x, osr)  # x: passes left
        label("watch")
        jmp(not_x, "off")
        mov(isr, invert(null))  # all ones, then the two beams behind them:
        in_(pins, 2)
        mov(y, invert(isr))  # zero only where both arrive
        jmp(pin, "trip")  # the emergency contact is open, or its wire broken
        jmp(not_y, "free")
        label("trip")
        set(pins, 0)
        push(noblock)  # tell the firmware; a full queue tells it as well
        jmp("off")
        label("free")
        set(pins, 1)
        pull(noblock)  # a new lease, or else the passes that are left
        mov(x, osr)
        jmp(x_dec, "watch")
        wrap()

    return closing


def opening_program(rp2: "Any") -> "Any":
    """For a direction that frees people: a lease is all it wants. Set pin: the bridge's input."""

    @rp2.asm_pio(set_init=rp2.PIO.OUT_LOW)  # type: ignore[untyped-decorator]
    def opening() -> None:
        wrap_target()
        label("off")
        set(pins, 0)
        pull(block)
        mov(x, osr)
        label("watch")
        jmp(not_x, "off")
        set(pins, 1)[5]  # so that a pass takes as long as one of the closing interlock
        pull(noblock)
        mov(x, osr)
        jmp(x_dec, "watch")
        wrap()

    return opening


class Lease:
    """One state machine and its leases."""

    def __init__(self, state_machine: "Any") -> None:
        self._machine = state_machine
        self._running = False
        state_machine.active(1)

    def renew(self, duration_ms: int) -> None:
        """May drive for so long from now. A full queue, which only a stopped state machine has, changes nothing."""
        self._running = True
        if self._machine.tx_fifo() == 0:
            self._machine.put(duration_ms * PASSES_PER_MS)

    def end(self) -> None:
        if self._running:
            self._running = False
            self._machine.put(0)

    def tripped(self) -> bool:
        """A beam or the emergency contact has ended a lease since the last call."""
        found = False
        while self._machine.rx_fifo():
            self._machine.get()
            found = True
        return found
