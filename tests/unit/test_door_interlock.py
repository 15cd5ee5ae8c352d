"""The interlocks' own words, run on an emulator of the RP2040's PIO, and the simulator's behaviour beside them."""

import random
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import pytest
from pioemu import ShiftRegister, State, emulate

from egate_door.interlock import (
    CLOCK_HZ,
    PASS_CYCLES,
    PASSES_PER_MS,
    TRIP_CYCLES_MAX,
    closing_program,
    opening_program,
)
from egate_door.wiring import EMERGENCY, LEAVES
from egate_sim.door.machine import SimulatedMachine
from egate_sim.door.plant import Plant
from egate_sim.door.rp2 import Program, SimulatedRp2

# The emulator counts input pins from 0 and has one place for the jump's pin
OUTER, INNER, CONTACT, DRIVE = 0, 1, 2, 8
FREE = 1 << OUTER | 1 << INNER  # light arrives, the contact is closed
MAX_INSTRUCTIONS = 32  # of one PIO block, for both programs together

# What MicroPython's own assembler (ports/rp2/modules/rp2.py, 1.29) makes of the two functions
CLOSING_WORDS = [
    0xE000, 0x80A0, 0xA027, 0x0020, 0xA0CB, 0x4002, 0xA04E, 0x00C9, 0x006C,
    0xE000, 0x8000, 0x0000, 0xE001, 0x8080, 0xA027, 0x0043,
]  # fmt: skip
OPENING_WORDS = [0xE000, 0x80A0, 0xA027, 0x0020, 0xE501, 0x8080, 0xA027, 0x0043]


@dataclass
class Moment:
    clock: int
    drive: bool
    told: int


def words(make: Callable[[object], Program]) -> Program:
    machine = SimulatedMachine(Plant(), None, _Clock())
    return make(SimulatedRp2(machine))


class _Clock:
    now_ms = 0

    def ticks_ms(self) -> int:
        return self.now_ms


CLOSING, OPENING = words(closing_program), words(opening_program)


class Chip:
    """One state machine on the emulator. ``pins``: levels by the clock; ``leases``: words put at a clock."""

    def __init__(self, program: Program, pins: Callable[[int], int], leases: dict[int, int]) -> None:
        self.pins, self._leases = pins, dict(leases)
        start = State(transmit_fifo=deque(), output_shift_register=ShiftRegister(0, 32), pin_directions=1 << DRIVE)
        self._run = emulate(
            list(program.words), stop_when=lambda *_: False, initial_state=start, input_source=self._levels,
            wrap_target=program.wrap_target, wrap_top=program.wrap, jmp_pin=CONTACT, shift_isr_right=False,
            set_base=DRIVE, set_count=1,
        )  # fmt: skip

    def _levels(self, clock: int) -> int:
        return self.pins(clock)

    def moments(self) -> Iterator[Moment]:
        for _, state in self._run:
            for clock in [at for at in self._leases if at <= state.clock]:
                state.transmit_fifo.append(self._leases.pop(clock))
            yield Moment(state.clock, bool(state.pin_values >> DRIVE & 1), len(state.receive_fifo))

    def until(self, clock: int) -> list[Moment]:
        moments = []
        for moment in self.moments():
            moments.append(moment)
            if moment.clock >= clock:
                return moments
        raise AssertionError


def changed_at(moments: list[Moment], drive: bool) -> int:
    return next(moment.clock for moment in moments if moment.drive is drive)


def test_both_programs_fit_into_one_pio_block() -> None:
    assert len(CLOSING.words) + len(OPENING.words) <= MAX_INSTRUCTIONS
    assert (list(CLOSING.words), list(OPENING.words)) == (CLOSING_WORDS, OPENING_WORDS)


@pytest.mark.parametrize("program", [CLOSING, OPENING])
def test_without_a_lease_nothing_drives(program: Program) -> None:
    assert not any(moment.drive for moment in Chip(program, lambda _: FREE, {}).until(500))


@pytest.mark.parametrize("program", [CLOSING, OPENING])
@pytest.mark.parametrize("passes", [1, 7, 50])
def test_a_lease_lasts_as_many_passes_as_it_says_and_then_ends(program: Program, passes: int) -> None:
    moments = Chip(program, lambda _: FREE, {20: passes}).until(passes * PASS_CYCLES + 200)
    lasted = sum(moment.drive for moment in moments)
    begun, ended = changed_at(moments, True), max(m.clock for m in moments if m.drive)
    assert lasted
    assert abs(ended - begun - passes * PASS_CYCLES) <= PASS_CYCLES
    assert moments[-1].told == 0  # an end in time is no trip


@pytest.mark.parametrize("program", [CLOSING, OPENING])
def test_a_new_lease_replaces_the_old_one_and_zero_ends_it(program: Program) -> None:
    moments = Chip(program, lambda _: FREE, {20: 10_000, 300: 0}).until(600)
    assert changed_at(moments, True) < 60
    last = max(moment.clock for moment in moments if moment.drive)
    assert 300 <= last <= 300 + 2 * PASS_CYCLES


@pytest.mark.parametrize("danger", [FREE & ~(1 << OUTER), FREE & ~(1 << INNER), 0, FREE | 1 << CONTACT])
@pytest.mark.parametrize("at", range(400, 400 + PASS_CYCLES))
def test_a_broken_beam_or_an_open_contact_stops_the_closing_within_a_few_cycles(danger: int, at: int) -> None:
    moments = Chip(CLOSING, lambda clock: danger if clock >= at else FREE, {20: 10_000}).until(700)
    last = max(moment.clock for moment in moments if moment.drive)
    assert at - 1 <= last <= at + TRIP_CYCLES_MAX
    assert moments[-1].told == 1


@pytest.mark.parametrize("at", range(400, 400 + PASS_CYCLES))
def test_after_a_trip_it_stays_off_until_the_next_lease_although_the_hand_has_gone(at: int) -> None:
    hand = range(at, at + PASS_CYCLES + 1)
    chip = Chip(CLOSING, lambda clock: 0 if clock in hand else FREE, {20: 10_000, 900: 10_000})
    moments = chip.until(1_000)
    assert not any(m.drive for m in moments if at + TRIP_CYCLES_MAX < m.clock < 900)
    assert moments[-1].drive


def test_in_danger_every_lease_trips_at_once_and_a_full_queue_stops_nothing() -> None:
    moments = Chip(CLOSING, lambda _: 0, {50 * n: 10_000 for n in range(1, 12)}).until(900)
    assert not any(moment.drive for moment in moments)
    assert moments[-1].told == 4  # words that a FIFO holds


def test_opening_does_not_look_at_beams_or_contact() -> None:
    moments = Chip(OPENING, lambda _: 1 << CONTACT, {20: 1_000}).until(600)
    assert all(moment.drive for moment in moments if 60 < moment.clock < 600)


def test_a_pass_of_either_program_takes_the_cycles_that_leases_are_counted_in() -> None:
    assert CLOCK_HZ == PASSES_PER_MS * PASS_CYCLES * 1000
    for program in (CLOSING, OPENING):
        two = [changed_at(_after(program, passes), False) for passes in (20, 30)]
        assert two[1] - two[0] == 10 * PASS_CYCLES


def _after(program: Program, passes: int) -> list[Moment]:
    moments = Chip(program, lambda _: FREE, {20: passes}).until(passes * PASS_CYCLES + 200)
    begun = changed_at(moments, True)
    return [moment for moment in moments if moment.clock >= begun]


@pytest.mark.parametrize("seed", range(25))
def test_the_simulated_interlock_does_what_the_words_do(seed: int) -> None:
    """Random hands and leases; both are asked once a millisecond, well after anything has changed. The simulated one
    counts in milliseconds, so a lease of the real one is let end shortly before one begins."""
    dice = random.Random(seed)
    ms = CLOCK_HZ // 1000
    levels = [FREE if dice.random() < 0.7 else dice.randrange(8) for _ in range(40)]
    leases = {n: dice.choice([0, 3, 10, 1_000]) for n in range(40) if dice.random() < 0.3}
    put = {n * ms + 100: max(p * PASSES_PER_MS - 30, 0) for n, p in leases.items()}
    chip = Chip(CLOSING, lambda clock: levels[min(clock // ms, 39)], put)
    real = {m.clock // ms: m for m in chip.until(39 * ms) if ms // 2 < m.clock % ms < ms * 7 // 10}
    clock = _Clock()
    machine = SimulatedMachine(Plant(), None, clock)
    pins = LEAVES[0]
    program = closing_program(machine.rp2)
    interlock = machine.rp2.StateMachine(
        0,
        program,
        freq=CLOCK_HZ,
        set_base=machine.Pin(pins.drive_close),
        in_base=machine.Pin(pins.beam_outer),
        jmp_pin=machine.Pin(EMERGENCY),
    )
    for now_ms, moment in sorted(real.items()):
        clock.now_ms = machine.now_ms = now_ms
        level = levels[now_ms]
        machine.levels[pins.beam_outer], machine.levels[pins.beam_inner] = level & 1, level >> 1 & 1
        machine.levels[EMERGENCY] = level >> CONTACT & 1
        interlock.look()
        if now_ms in leases:
            interlock.put(leases[now_ms] * PASSES_PER_MS)
        assert machine.levels[pins.drive_close] == moment.drive
        assert interlock.rx_fifo() == moment.told


def test_the_emulated_clock_runs_in_single_cycles() -> None:
    clocks = [moment.clock for moment in islice(Chip(OPENING, lambda _: FREE, {5: 100}).moments(), 50)]
    assert clocks == sorted(clocks)
