"""MicroPython's ``rp2`` as far as the firmware uses it: an assembler with its names, and the two interlocks' behaviour.

A state machine here does what its program does, without running it instruction by instruction: a lease ends by the
clock, a broken beam or an open contact ends it at once. That the real words do the same is shown on an emulator of the
PIO (tests/unit/test_door_interlock.py). Keeps to what MicroPython has.
"""

from array import array

from egate_door.interlock import PASSES_PER_MS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from egate_sim.door.machine import Pin, SimulatedMachine

QUEUE_MAX = 4  # words in a FIFO

# Registers and conditions by their codes in the instruction (RP2040 datasheet, 3.4)
_NAMES = {
    "pins": 0, "x": 1, "y": 2, "null": 3, "isr": 6, "osr": 7,
    "not_x": 1, "x_dec": 2, "not_y": 3, "y_dec": 4, "x_not_y": 5, "pin": 6, "not_osre": 7,
    "block": 0x20, "noblock": 0,
}  # fmt: skip


class Program:
    """``words``: one instruction each; ``wrap_target``, ``wrap``: first and last of the loop."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.words = array("H")
        self.wrap_target = 0
        self.wrap = 0


class _Assembler:
    """Two passes: the first finds the labels."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._labels: dict[str, int] = {}
        self._at = 0

    def names(self) -> "dict[str, Any]":
        names: dict[str, Any] = dict(_NAMES)
        for name in ("wrap_target", "wrap", "label", "jmp", "in_", "push", "pull", "mov", "set"):
            names[name] = getattr(self, name)
        names["invert"] = lambda source: source | 0x08
        return names

    def run(self, function: "Callable[[], None]") -> None:
        for _ in range(2):
            self._at = 0
            self._program.words = array("H")
            function()

    def wrap_target(self) -> None:
        self._program.wrap_target = self._at

    def wrap(self) -> None:
        self._program.wrap = self._at - 1

    def label(self, name: str) -> None:
        self._labels[name] = self._at

    def jmp(self, *condition_and_label: "Any") -> "_Assembler":
        """``jmp(label)`` jumps always, ``jmp(condition, label)`` where the condition holds."""
        condition = condition_and_label[0] if len(condition_and_label) > 1 else 0
        return self._word(condition << 5 | self._labels.get(condition_and_label[-1], 0))

    def in_(self, source: int, bits: int) -> "_Assembler":
        return self._word(0x4000 | source << 5 | bits & 0x1F)

    def push(self, block: int) -> "_Assembler":
        return self._word(0x8000 | block)

    def pull(self, block: int) -> "_Assembler":
        return self._word(0x8080 | block)

    def mov(self, target: int, source: int) -> "_Assembler":
        return self._word(0xA000 | target << 5 | source)

    def set(self, target: int, value: int) -> "_Assembler":
        return self._word(0xE000 | target << 5 | value)

    def __getitem__(self, cycles: int) -> "_Assembler":
        """``instruction[n]``: and n cycles of rest."""
        self._program.words[-1] |= cycles << 8
        return self

    def _word(self, word: int) -> "_Assembler":
        self._program.words.append(word)
        self._at += 1
        return self


class PIO:
    OUT_LOW, SHIFT_LEFT = 2, 0


class SimulatedRp2:
    PIO = PIO

    def __init__(self, machine: "SimulatedMachine") -> None:
        self._machine = machine

    @staticmethod
    def asm_pio(**_settings: int) -> "Callable[[Callable[[], None]], Program]":
        """As MicroPython's: lends the decorated function its instructions as global names, and runs it."""

        def assemble(function: "Any") -> Program:
            program = Program(function.__name__)
            assembler = _Assembler(program)
            names = function.__globals__
            before = dict(names)
            names.update(assembler.names())
            try:
                assembler.run(function)
            finally:
                names.clear()
                names.update(before)
            return program

        return assemble

    def StateMachine(  # noqa: N802 - MicroPython's name
        self, number: int, program: Program, *, freq: int, set_base: "Pin", in_base: "Pin | None" = None,
        jmp_pin: "Pin | None" = None,
    ) -> "Interlock":  # fmt: skip
        guards = () if in_base is None else (in_base.number, in_base.number + 1)
        emergency = -1 if jmp_pin is None else jmp_pin.number
        interlock = Interlock(self._machine, number, set_base.number, guards, emergency)
        self._machine.interlocks.append(interlock)
        return interlock


class Interlock:
    """Lets its pin be high while a lease runs, every guard pin is high and the emergency pin is low."""

    def __init__(
        self, machine: "SimulatedMachine", number: int, pin: int, guards: "tuple[int, ...]", emergency: int
    ) -> None:
        self.number = number
        self.pin = pin
        self.deaf = False  # a fault: the guards are not looked at
        self._machine = machine
        self._guards = guards
        self._emergency = emergency
        self._running = False
        self._until_ms = 0
        self._trips = 0

    def active(self, _on: int) -> None:
        self._machine.levels[self.pin] = 0

    def tx_fifo(self) -> int:
        return 0  # a lease is taken up within a pass of 10 us

    def rx_fifo(self) -> int:
        return self._trips

    def get(self) -> int:
        self._trips -= 1
        return 0

    def put(self, passes: int) -> None:
        self._running = passes > 0
        self._until_ms = self._machine.now_ms + passes // PASSES_PER_MS
        self.look()

    def look(self) -> None:
        """After anything has changed."""
        levels = self._machine.levels
        if self._running and self._machine.now_ms >= self._until_ms:
            self._running = False
        if self._running and not self.deaf and self._sees_danger():
            self._running = False
            self._trips = min(self._trips + 1, QUEUE_MAX)
        levels[self.pin] = 1 if self._running else 0

    def _sees_danger(self) -> bool:
        levels = self._machine.levels
        for guard in self._guards:
            if not levels[guard]:
                return True
        return self._emergency >= 0 and levels[self._emergency] == 1
