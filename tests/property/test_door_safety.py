"""Random worlds against the firmware: after every pass of the loop the safety invariants hold (door_bench).

The first machine sets sensors to anything, even to what no hardware could show. The second acts on simulated hardware,
and at the end the lane must work again once everything is out of the way.
"""

from typing import Any

from door_bench import WIDTH_MM, BoardBench, LaneBench
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from egate_door import leaf_table as lt
from egate_doorlink import table

LEAVES = st.sampled_from([table.ENTRY, table.EXIT])
DIRECTIONS = st.sampled_from([table.FORWARD, table.BACKWARD])
DURATIONS_MS = st.sampled_from([10, 50, 200, 400, 1_000, 3_000])


class AnySensors(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.bench = LaneBench()
        self.tokens: list[int] = []
        self.entry_openings = 0
        self.entry_grants = 0
        self.was_released = False

    @rule(leaf=LEAVES, opening_mm=st.sampled_from([0, 5, 100, 640, WIDTH_MM]))
    def move(self, leaf: int, opening_mm: int) -> None:
        self.bench.place(leaf, opening_mm)

    @rule(leaf=LEAVES, name=st.sampled_from(["shut", "opened", "outer_broken", "inner_broken"]), value=st.booleans())
    def sensor(self, leaf: int, name: str, value: bool) -> None:
        setattr(self.bench.inputs.leaves[leaf], name, value)

    @rule(name=st.sampled_from(["emergency", "reset_key", "approach"]), value=st.booleans())
    def input(self, name: str, value: bool) -> None:
        setattr(self.bench.inputs, name, value)

    @rule(up=st.booleans())
    def host(self, up: bool) -> None:
        (self.bench.host_up if up else self.bench.host_down)()

    @rule(
        leaf=LEAVES, direction=DIRECTIONS, token=st.integers(0, 20), valid_ms=st.sampled_from([0, 100, 2_000, 65_535])
    )
    def grant(self, leaf: int, direction: int, token: int, valid_ms: int) -> None:
        values = (leaf, direction, token, valid_ms)
        if self.bench.lane.command(table.GRANT, values, self.bench.now_ms) == table.OK:
            assert token not in self.tokens
            self.tokens.append(token)
            self.entry_grants += leaf == table.ENTRY

    @rule(message=st.sampled_from([table.CLOSE, table.CLEAR, table.LEAF]), leaf=st.integers(0, 255))
    def command(self, message: int, leaf: int) -> None:
        values: tuple[Any, ...] = (leaf,) if message in (table.CLOSE, table.CLEAR) else ()
        self.bench.lane.command(message, values, self.bench.now_ms)

    @rule(duration_ms=DURATIONS_MS)
    def run(self, duration_ms: int) -> None:
        for _ in range(0, duration_ms, 10):
            self.bench.run(10)
            released = self.bench.outputs.leaves[table.ENTRY].released and not self.bench.lane.emergency
            self.entry_openings += released and not self.was_released
            self.was_released = released
        assert self.entry_openings <= self.entry_grants  # a door opens for admission on a grant, once


class AnyWorld(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.bench = BoardBench()
        self.token = 0

    @rule(
        name=st.sampled_from(["entry.outer", "entry.inner", "exit.outer", "exit.inner", "approach"]), on=st.booleans()
    )
    def beam(self, name: str, on: bool) -> None:
        self.bench.apply(name, int(on))

    @rule(leaf=LEAVES, what=st.sampled_from(["obstacle", "jam", "hand"]), at_mm=st.integers(0, WIDTH_MM))
    def interfere(self, leaf: int, what: str, at_mm: int) -> None:
        self.bench.apply(f"{table.LEAVES[leaf]}.{what}", at_mm)

    @rule(pressed=st.booleans(), key=st.booleans())
    def emergency(self, pressed: bool, key: bool) -> None:
        self.bench.apply("emergency", int(pressed))
        self.bench.apply("key", int(key))

    @rule(up=st.booleans())
    def host(self, up: bool) -> None:
        (self.bench.host_up if up else self.bench.host_down)()

    @rule(leaf=LEAVES, direction=DIRECTIONS)
    def grant(self, leaf: int, direction: int) -> None:
        self.token += 1
        self.bench.grant(leaf, direction, self.token)

    @rule(leaf=LEAVES)
    def close(self, leaf: int) -> None:
        self.bench.lane.command(table.CLOSE, (leaf,), self.bench.now_ms)

    @rule(duration_ms=DURATIONS_MS)
    def run(self, duration_ms: int) -> None:
        self.bench.run(duration_ms)

    def teardown(self) -> None:
        plant = self.bench.plant
        plant.signals.update(dict.fromkeys(plant.signals, 0))
        for leaf in plant.leaves:
            leaf.obstacle_mm, leaf.jam_mm, leaf.hand_mm = 0.0, float(WIDTH_MM), -1.0
        self.bench.host_up()
        self.bench.run(50)
        self.bench.apply("key", 1)
        self.bench.run(50)
        self.bench.lane.command(table.CLEAR, (0,), self.bench.now_ms)
        self.bench.run(8_000)
        assert [leaf.state for leaf in self.bench.lane.leaves] == [lt.LOCKED, lt.LOCKED]
        assert self.bench.grant(table.ENTRY, table.FORWARD, self.token + 1) == table.OK


TestAnySensors = AnySensors.TestCase
TestAnySensors.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestAnyWorld = AnyWorld.TestCase
TestAnyWorld.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
