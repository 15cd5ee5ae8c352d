"""The lane: two leaves under one interlock, grants, people, emergency and safe state.

Modes: SAFE (boot, host silent, or a sensor that cannot be trusted), NORMAL, EMERGENCY. The interlock stands in
``_may_release``, the one place that lets a lock be released outside an emergency.
"""

from egate_door import leaf_table as lt
from egate_door.grants import Grant, UsedTokens, check
from egate_door.leaf import Leaf
from egate_door.limits import INSIDE_MAX
from egate_door.passage import INWARD, NOBODY, PassageCounter
from egate_doorlink import table
from egate_doorlink.table import ENTRY, EXIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from egate_door.signals import Inputs, LeafInputs, Outputs

SAFE, NORMAL, EMERGENCY = 0, 1, 2
BOTH_LEAVES = (ENTRY, EXIT)
UNTRUSTED = table.BEAM_FAULT | table.POSITION_FAULT  # with these no leaf may move


class Lane:
    """``tell(message, values)`` takes what the host is to know; it may drop it while no host listens."""

    def __init__(self, tell: "Callable[[int, tuple[Any, ...]], object]", inputs: "Inputs", outputs: "Outputs") -> None:
        self.mode = SAFE
        self.leaves = (Leaf(), Leaf())
        self.inside = 0
        self.emergency = False
        self.controller_faults = 0
        self._tell = tell
        self._inputs = inputs
        self._outputs = outputs
        self._host = False
        self._grants = (Grant(), Grant())
        self._used = UsedTokens()
        self._counters = (PassageCounter(), PassageCounter())
        self._key_was_turned = True  # a key that was turned before the start resets nothing
        self._told: dict[tuple[int, int], tuple[Any, ...]] = {}

    def host_up(self) -> None:
        """The host hears us: tell it everything at the end of the next step."""
        self._host = True
        self._told = {}

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
        return table.INVALID

    def step(self, now_ms: int) -> None:
        """One pass: inputs in, outputs and messages out."""
        self._watch_emergency()
        for index in BOTH_LEAVES:
            self.leaves[index].sense(self._inputs.leaves[index], now_ms)
        self._count_people()
        for index in BOTH_LEAVES:
            self._watch_grant(index, now_ms)
            leaf = self.leaves[index]
            leaf.watch_faults(self._inputs.leaves[index], self._should_be_shut(leaf), now_ms)
        self._choose_mode()
        if self.mode == NORMAL:
            self._work()
        elif self.mode == SAFE:
            self._keep_safe()
        self._act()
        self._tell_changes()

    def _grant(self, index: int, direction: int, token: int, valid_ms: int, now_ms: int) -> int:
        refused = check(index, direction, token, valid_ms)
        if not refused and self._used.contains(token):
            refused = table.USED
        refused = refused or self._not_now() or self._leaf_refuses(index)
        if refused:
            return refused
        self._used.add(token)
        self._grants[index].begin(token, direction, valid_ms, now_ms)
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
            self._end_grant(index)
            self.leaves[index].post(lt.CLOSE_WANTED)
        return refused

    def _clear(self, inside: int) -> int:
        if self.emergency:
            return table.IN_EMERGENCY
        for index in BOTH_LEAVES:
            self.leaves[index].clear(self._inputs.leaves[index])
        self.controller_faults = 0
        self.inside = inside
        return table.OK

    def _may_release(self, index: int) -> bool:
        """The interlock: a leaf may be released only while the other is shut and locked."""
        other = 1 - index
        return self.leaves[other].state == lt.LOCKED and self._inputs.leaves[other].shut

    def _watch_emergency(self) -> None:
        turned = self._inputs.reset_key and not self._key_was_turned
        self._key_was_turned = self._inputs.reset_key
        if self._inputs.emergency:
            self.emergency = True
        elif turned and self.emergency:
            self.emergency = False
            for leaf in self.leaves:
                leaf.post(lt.RESET)
        if self.emergency:
            for index in BOTH_LEAVES:
                self._end_grant(index)
                self.leaves[index].post(lt.ALARM)

    def _count_people(self) -> None:
        for index in BOTH_LEAVES:
            leaf = self._inputs.leaves[index]
            walk = self._counters[index].step(leaf.outer_broken, leaf.inner_broken)
            if walk != NOBODY:
                self._passed(index, walk, leaf)

    def _passed(self, index: int, walk: int, inputs: "LeafInputs") -> None:
        if inputs.shut:  # nobody walks through a shut leaf: the beams contradict it
            self.leaves[index].faults |= table.BEAM_FAULT
            return
        self.inside = min(max(self.inside + walk, 0), INSIDE_MAX)
        direction = table.FORWARD if (walk == INWARD) == (index == ENTRY) else table.BACKWARD
        self._tell(table.PASSED, (index, direction))
        grant = self._grants[index]
        if grant.token and grant.direction == direction:
            grant.end()
            self.leaves[index].post(lt.CLOSE_WANTED)

    def _watch_grant(self, index: int, now_ms: int) -> None:
        grant = self._grants[index]
        if self.leaves[index].state == lt.OPEN:
            grant.was_open = True
        if grant.expired(now_ms):
            self._end_grant(index)
            self.leaves[index].post(lt.CLOSE_WANTED)

    def _end_grant(self, index: int) -> None:
        """A grant that ends before its leaf was fully open let nobody through: the host is told."""
        grant = self._grants[index]
        if grant.token and not grant.was_open:
            self._tell(table.LAPSED, (index, grant.token))
        grant.end()

    def _untrusted(self) -> bool:
        return bool((self.leaves[ENTRY].faults | self.leaves[EXIT].faults) & UNTRUSTED)

    def _choose_mode(self) -> None:
        if self.emergency:
            self.mode = EMERGENCY
        elif self._host and not self._untrusted():
            self.mode = NORMAL
        else:
            self.mode = SAFE

    def _work(self) -> None:
        for index in BOTH_LEAVES:
            leaf = self.leaves[index]
            if leaf.post(lt.RESUME) and self._inputs.leaves[index].shut:
                leaf.post(lt.SHUT)
            if self.leaves[1 - index].faults & table.FORCED_FAULT:
                self._end_grant(index)
                leaf.post(lt.CLOSE_WANTED)  # the other one was forced open: no way through
            if leaf.state == lt.WAITING and leaf.settled and self.leaves[1 - index].rests:
                leaf.post(lt.MAY_CLOSE)

    def _keep_safe(self) -> None:
        """No motion, admission locked, egress free: through the exit while the entry is shut, else through the
        entry, which then stands open. So egress never needs both leaves."""
        for index in BOTH_LEAVES:
            self._end_grant(index)
        self.leaves[ENTRY].post(lt.HALT)
        way_out = self.leaves[EXIT]
        if not self._may_release(EXIT):
            way_out.post(lt.HALT)
        elif not way_out.post(lt.RELEASE):
            if way_out.state != lt.FREE:
                way_out.post(lt.HALT)
                way_out.post(lt.RELEASE)

    def _should_be_shut(self, leaf: Leaf) -> bool:
        return self.mode == NORMAL and leaf.state in (lt.WAITING, lt.CLOSING, lt.REVERSING, lt.BLOCKED)

    def _act(self) -> None:
        for index in BOTH_LEAVES:
            self.leaves[index].act(self._outputs.leaves[index])
        self._outputs.alarm = self.mode != NORMAL or self._faults() != 0

    def _faults(self) -> int:
        entry = self.leaves[ENTRY].faults
        return entry | self.leaves[EXIT].faults << table.LEAF_FAULT_BITS | self.controller_faults

    def _tell_changes(self) -> None:
        if not self._host:
            return
        for index in BOTH_LEAVES:
            leaf, inputs = self.leaves[index], self._inputs.leaves[index]
            if leaf.obstructed:
                self._tell(table.OBSTRUCTED, (index, leaf.tries))
            position = leaf.position(inputs)
            if self._told.get((table.LEAF, index)) != (position,):
                self._told[(table.LEAF, index)] = (position,)
                self._tell(table.LEAF, (index, position, max(inputs.opening_mm, 0)))
        self._tell_change(table.OCCUPANCY, (self.inside, int(self._inputs.approach)))
        self._tell_change(table.EMERGENCY, (int(self.emergency),))
        self._tell_change(table.FAULTS, (self._faults(),))

    def _tell_change(self, message: int, values: "tuple[Any, ...]") -> None:
        if self._told.get((message, 0)) != values:
            self._told[(message, 0)] = values
            self._tell(message, values)
