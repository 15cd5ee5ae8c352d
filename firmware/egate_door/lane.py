"""The lane: two leaves under one interlock, grants, people, emergency and safe state.

Modes: SAFE (boot, host silent, or something that cannot be trusted), NORMAL, EMERGENCY. The interlock stands in
``_may_release``, the one place that lets a lock be released outside an emergency. ``step`` allocates nothing.
"""

from egate_door import leaf_table as lt
from egate_door.crossings import Crossings
from egate_door.grants import Grants, check
from egate_door.health import Health
from egate_door.leaf import Leaf
from egate_door.limits import HOST_SILENCE_MS
from egate_door.safety_test import SafetyTest
from egate_door.signs import Signs
from egate_door.state_report import StateReport
from egate_doorlink import table
from egate_doorlink.table import ENTRY, EXIT
from egate_doorlink.ticks import elapsed_ms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from egate_door.reports import Reports
    from egate_door.signals import Inputs, Outputs

SAFE, NORMAL, EMERGENCY = 0, 1, 2
BOTH_LEAVES = (ENTRY, EXIT)
_ON_THE_WAY_TO_SHUT = (lt.WAITING, lt.CLOSING, lt.REVERSING, lt.BLOCKED)


class Lane:
    def __init__(self, reports: "Reports", inputs: "Inputs", outputs: "Outputs") -> None:
        self.mode = SAFE
        self.leaves = (Leaf(), Leaf())
        self.emergency = False
        self.test = SafetyTest()
        self.health = Health()
        self.grants = Grants(reports)
        self.crossings = Crossings(reports, self.leaves, self.grants)
        self._reports = reports
        self._inputs = inputs
        self._outputs = outputs
        self._signs = Signs()
        self._state_report = StateReport(reports)
        self._host = False
        self._heard_ms = 0
        self._key_was_turned = True  # a key that was turned before the start resets nothing
        self._test_wanted = True  # once before anything moves
        self._test_asked = False  # by the host, who waits for the result

    @property
    def inside(self) -> int:
        return self.crossings.inside

    # Called by the link's loop, with interrupts off

    def host_up(self, now_ms: int) -> None:
        """The host hears us: tell it everything at the end of the next step."""
        self._host = True
        self._heard_ms = now_ms
        self._state_report.forget()

    def host_heard(self, heard_ms: int) -> None:
        """When the host's last valid frame came. The control loop judges its silence by itself."""
        self._heard_ms = heard_ms

    def host_down(self) -> None:
        self._host = False

    def command(self, message: int, values: "tuple[Any, ...]", now_ms: int) -> int:
        """Obey or refuse one command of the host; returns the result code."""
        if message == table.GRANT:
            return self._grant(values[0], values[1], values[2], values[3], now_ms)
        if message == table.CLOSE:
            return self._close(values[0])
        if message == table.CLEAR:
            return self._clear(values[0])
        if message == table.SELF_TEST:
            return self._self_test()
        return table.INVALID

    def take_up_emergency(self) -> None:
        """At the start: an emergency was on when the power went, and nobody has reset it."""
        self.emergency = True

    def may_pause(self) -> bool:
        """The control loop may stand still for a moment: nobody is inside and nothing moves, or everybody is free."""
        if self.emergency:
            return self.leaves[ENTRY].state == self.leaves[EXIT].state == lt.EVACUATED
        if self.inside or self.test.running:
            return False
        return self._leaf_shut(ENTRY) and self._leaf_shut(EXIT)

    # Called by the control loop

    def step(self, now_ms: int) -> None:
        """One pass: inputs in, outputs and reports out."""
        self.test.step(self._inputs, now_ms)
        self._watch_emergency(now_ms)
        self.health.step(self._inputs, self._outputs, now_ms)
        for index in BOTH_LEAVES:
            self._sense(index, now_ms)
        self.crossings.step(self._inputs, self.mode == NORMAL, now_ms)
        for index in BOTH_LEAVES:
            self.grants.watch(index, self.leaves[index], now_ms)
            leaf = self.leaves[index]
            leaf.watch_faults(self._inputs.leaves[index], self._should_be_shut(leaf), now_ms)
        self._take_test_result(now_ms)
        self._choose_mode(now_ms)
        if self.mode == NORMAL:
            self._work(now_ms)
        elif self.mode == SAFE:
            self._keep_safe()
        self._start_test(now_ms)
        self._act(now_ms)
        if self._host:
            self._state_report.step(self, self._inputs)

    def faults(self) -> int:
        """Every active fault, as the message FAULTS has it."""
        exit_bits = self.leaves[EXIT].faults << table.LEAF_FAULT_BITS
        return self.leaves[ENTRY].faults | exit_bits | self.health.faults

    def _grant(self, index: int, direction: int, token: int, valid_ms: int, now_ms: int) -> int:
        refused = check(index, direction, token, valid_ms)
        if not refused and self.grants.used(token):
            refused = table.USED
        refused = refused or self._not_now() or self._leaf_refuses(index)
        if refused:
            return refused
        self.grants.begin(index, token, direction, valid_ms, now_ms)
        return table.OK

    def _leaf_refuses(self, index: int) -> int:
        """Open the leaf, or why not."""
        if self.leaves[index].faults or self.leaves[1 - index].faults & ~table.HELD_OPEN_FAULT:
            return table.FAULT
        if not self._may_release(index):
            return table.INTERLOCK
        return table.OK if self.leaves[index].post(lt.GRANTED) else table.NOT_READY

    def _not_now(self) -> int:
        """Why nothing at all is granted, or OK."""
        if self.emergency:
            return table.IN_EMERGENCY
        if self.mode == NORMAL:
            return table.OK
        return table.FAULT if self._untrusted() else table.NOT_READY

    def _close(self, index: int) -> int:
        if index not in BOTH_LEAVES:
            return table.INVALID
        refused = self._not_now()
        if refused == table.OK:
            self.grants.end(index)
            self.leaves[index].post(lt.CLOSE_WANTED)
        return refused

    def _clear(self, inside: int) -> int:
        if self.emergency:
            return table.IN_EMERGENCY
        for index in BOTH_LEAVES:
            self.leaves[index].clear(self._inputs.leaves[index])
        self.health.clear()
        self._test_wanted = True  # what was cleared must show anew that it works
        self.crossings.inside = inside
        return table.OK

    def _self_test(self) -> int:
        if self.emergency:
            return table.IN_EMERGENCY
        if not (self._leaf_shut(ENTRY) and self._leaf_shut(EXIT)):
            return table.INTERLOCK
        self._test_asked = self._test_wanted = True
        return table.OK

    def _leaf_shut(self, index: int) -> bool:
        return self._inputs.leaves[index].shut and self.leaves[index].rests

    def _may_release(self, index: int) -> bool:
        """The interlock: a leaf may be released only while the other is shut and locked."""
        other = 1 - index
        return self.leaves[other].state == lt.LOCKED and self._inputs.leaves[other].shut

    def _watch_emergency(self, now_ms: int) -> None:
        turned = self._inputs.reset_key and not self._key_was_turned
        self._key_was_turned = self._inputs.reset_key
        if self._inputs.emergency:
            self.emergency = True
        elif turned and self.emergency:
            self.emergency = False
            for leaf in self.leaves:
                leaf.post(lt.RESET)
        if self.emergency:
            self.test.stop(now_ms)
            for index in BOTH_LEAVES:
                self.grants.end(index)
                self.leaves[index].post(lt.ALARM)

    def _sense(self, index: int, now_ms: int) -> None:
        # In an emergency both motors may run, and the one measurement tells nothing of either.
        current_ma = self._inputs.current_ma if self.mode == NORMAL else 0
        self.leaves[index].sense(self._inputs.leaves[index], current_ma, now_ms)
        if self.leaves[index].obstructed:
            self._reports.add(table.OBSTRUCTED, index, self.leaves[index].tries)
            self._signs.chirp(now_ms)

    def _untrusted(self) -> bool:
        leaf_faults = self.leaves[ENTRY].faults | self.leaves[EXIT].faults
        return bool(leaf_faults & table.UNTRUSTED_LEAF or self.health.faults & table.UNTRUSTED_CONTROLLER)

    def _choose_mode(self, now_ms: int) -> None:
        if self._host and elapsed_ms(self._heard_ms, now_ms) >= HOST_SILENCE_MS:
            self._host = False  # the link's loop may hang; its next session calls host_up again
        if self.emergency:
            self.mode = EMERGENCY
        elif self._host and not self._untrusted():
            self.mode = NORMAL
        else:
            self.mode = SAFE

    def _work(self, now_ms: int) -> None:
        for index in BOTH_LEAVES:
            leaf = self.leaves[index]
            if leaf.post(lt.RESUME) and self._inputs.leaves[index].shut:
                leaf.post(lt.SHUT)
            if self.leaves[1 - index].faults & table.FORCED_FAULT:
                self.grants.end(index)
                leaf.post(lt.CLOSE_WANTED)  # the other one was forced open: no way through
            if leaf.state == lt.WAITING and leaf.settled and self.leaves[1 - index].rests:
                self._close_when_tested(leaf, now_ms)

    def _close_when_tested(self, leaf: Leaf, now_ms: int) -> None:
        if self.test.fresh(now_ms):
            self.test.used()
            leaf.post(lt.MAY_CLOSE)
        elif not self.test.running:
            self._test_wanted = True

    def _keep_safe(self) -> None:
        """No motion, admission locked, egress free: through the exit while the entry is shut, else through the
        entry, which then stands open. So egress never needs both leaves."""
        for index in BOTH_LEAVES:
            self.grants.end(index)
        self.leaves[ENTRY].post(lt.HALT)
        way_out = self.leaves[EXIT]
        if not self._may_release(EXIT):
            way_out.post(lt.HALT)
        elif not way_out.post(lt.RELEASE):
            if way_out.state != lt.FREE:
                way_out.post(lt.HALT)
                way_out.post(lt.RELEASE)

    def _start_test(self, now_ms: int) -> None:
        """Nothing moves while a test makes the lane blind."""
        if not self._test_wanted or self.emergency or self.test.running:
            return
        if self.leaves[ENTRY].rests and self.leaves[EXIT].rests and self._inputs.chain_whole:
            self._test_wanted = False
            self.test.start(now_ms)

    def _take_test_result(self, now_ms: int) -> None:
        if not (self.leaves[ENTRY].rests and self.leaves[EXIT].rests):
            self.test.stop(now_ms)  # a grant came: opening needs no test, and people must be seen
        elif self.test.running and not self._inputs.chain_whole:
            self.test.stop(now_ms)  # it would blame the beams
            self._test_wanted = True
        if not self.test.finished:
            return
        for index in BOTH_LEAVES:
            if self.test.leaves[index].blind:
                self.leaves[index].faults |= table.BEAM_FAULT
            elif self.test.leaves[index].deaf:
                self.leaves[index].faults |= table.INTERLOCK_FAULT
        if self._test_asked:
            self._test_asked = False
            self._reports.add(table.SELF_TESTED, self.faults())

    def _should_be_shut(self, leaf: Leaf) -> bool:
        return self.mode == NORMAL and leaf.state in _ON_THE_WAY_TO_SHUT

    def _act(self, now_ms: int) -> None:
        for index in BOTH_LEAVES:
            self.leaves[index].act(self._inputs.leaves[index], self._outputs.leaves[index])
        self._outputs.motor_power = self.mode != SAFE
        self._outputs.beams_dark = self.test.dark
        self._outputs.probe = self.test.probing
        if self.crossings.alarming:
            self._signs.chirp(now_ms)
        self._signs.show(self._outputs, self._sign(), now_ms)

    def _sign(self) -> int:
        if self.mode == EMERGENCY:
            return Signs.EMERGENCY
        if self._test_asked:
            return Signs.TESTING
        if self.mode == SAFE:
            return Signs.SAFE
        return Signs.FAULT if self.faults() else Signs.QUIET
