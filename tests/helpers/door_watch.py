"""An independent watch over the simulated door: it knows physics, requirements and what the host has sent, and nothing
of the firmware. Whatever happens, its rules must hold.

The rules are those of the lane's safety invariants: 1 interlock, 2 emergency, 3 closing, 4 silence, 6 grants.
"""

from egate_door import wiring
from egate_door.limits import GUARD_INNER, GUARD_OUTER
from egate_sim.door.machine import SimulatedMachine
from egate_sim.door.plant import Leaf, Plant

EMERGENCY_MS = 100
REVERSE_MS = 200
SILENCE_MS = 300
PASS_MS = 20  # a pass of the loop, and one of rest for the bridge
LATCH_MS = 10  # a shorter press may fall between two passes
CLOSING_SPEED_MM_S = 460
CLOSED_MM = 20  # a leaf further open than this lets somebody through


class DoorWatch:
    """``step`` after every stretch of physics; AssertionError names the rule that was broken."""

    def __init__(self, plant: Plant, machine: SimulatedMachine) -> None:
        self.fresh_grants = 0  # grants with tokens never seen before, as the host has sent them
        self._plant, self._machine = plant, machine
        self._pressed_ms = 0
        self._latched_ms: int | None = None
        self._reset_ms = 0
        self._key = False
        self._heard_ms = 0
        self._blocked_ms = [0, 0]
        self._entry_released = False
        self._entry_releases = 0
        self._last_ms = 0

    def host_speaks(self) -> None:
        """Valid or not: bytes have come."""
        self._heard_ms = self._last_ms

    def step(self, now_ms: int) -> None:
        elapsed_ms, self._last_ms = now_ms - self._last_ms, now_ms
        self._watch_emergency(elapsed_ms, now_ms)
        for index, leaf in enumerate(self._plant.leaves):
            self._check_closing(index, leaf, elapsed_ms)
        if self._latched_ms is not None:
            self._check_evacuation(now_ms)
        elif now_ms - self._reset_ms > PASS_MS:
            self._check_interlock()
            self._check_silence(now_ms)
            self._check_grants()

    def react(self) -> None:
        """Right after the world has changed: what needs no program must hold already."""
        for index, leaf in enumerate(self._plant.leaves):
            assert not (leaf.drive < 0 and self._danger(index)), "3: drives shut on a person"

    def _watch_emergency(self, elapsed_ms: int, now_ms: int) -> None:
        signals = self._plant.signals
        self._pressed_ms = self._pressed_ms + elapsed_ms if signals["emergency"] else 0
        turned, self._key = bool(signals["key"]) and not self._key, bool(signals["key"])
        if self._pressed_ms >= LATCH_MS:
            if self._latched_ms is None:
                self._latched_ms = now_ms
        elif turned and not signals["emergency"]:
            self._latched_ms = None
            self._reset_ms = now_ms

    def _check_evacuation(self, now_ms: int) -> None:
        assert self._latched_ms is not None
        for leaf in self._plant.leaves:
            assert leaf.drive >= 0, "2: closes in an emergency"
            assert leaf.released or now_ms - self._latched_ms < EMERGENCY_MS, "2: locked in an emergency"

    def _danger(self, index: int) -> bool:
        signals, name = self._plant.signals, ("entry", "exit")[index]
        guards = signals[f"{name}.curtain"] & (1 << GUARD_OUTER | 1 << GUARD_INNER)
        return bool(guards or signals[f"{name}.outer"] or signals[f"{name}.inner"] or signals["emergency"])

    def _check_closing(self, index: int, leaf: Leaf, elapsed_ms: int) -> None:
        assert not (leaf.drive < 0 and self._danger(index)), "3: drives shut on a person"
        assert leaf.speed_mm_s >= -CLOSING_SPEED_MM_S, "3: closes too fast"
        stands = leaf.drive < 0 and leaf.speed_mm_s == 0 and not leaf.shut
        self._blocked_ms[index] = self._blocked_ms[index] + elapsed_ms if stands else 0
        assert self._blocked_ms[index] <= REVERSE_MS - PASS_MS, "3: presses on something"

    def _check_interlock(self) -> None:
        entry, way_out = self._plant.leaves
        pressed = self._pressed_ms > 0  # it may have been seen already
        assert pressed or not (entry.released and way_out.released), "1: both leaves released"
        driven = [leaf for leaf in self._plant.leaves if leaf.drive > 0 and not leaf.opened]
        assert pressed or len(driven) < 2, "1: both leaves driven open"

    def _check_silence(self, now_ms: int) -> None:
        if now_ms - self._heard_ms <= SILENCE_MS + PASS_MS or self._pressed_ms:
            return
        assert not any(leaf.drive for leaf in self._plant.leaves), "4: moves without a host"
        assert not self._plant.leaves[0].released, "4: admits without a host"
        if self._plant.leaves[0].shut and not self._machine.levels[wiring.BEAMS_DARK]:
            assert not self._machine.levels[wiring.MOTOR_POWER], "4: motors have power without a host"

    def _check_grants(self) -> None:
        released = self._plant.leaves[0].released and not self._pressed_ms
        self._entry_releases += released and not self._entry_released
        self._entry_released = released
        assert self._entry_releases <= self.fresh_grants, "6: opened without a fresh grant"
