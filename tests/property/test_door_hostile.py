"""A hostile host and a hostile world against the whole firmware on simulated hardware: bytes of any kind at any time,
people and things anywhere, and an independent watch (door_watch) that knows nothing of the firmware."""

import struct

from door_bench import BoardBench
from door_watch import DoorWatch
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from egate_door.limits import BEAMS
from egate_doorlink import table
from egate_doorlink.clock_offset import NO_ECHO
from egate_doorlink.frame import PAYLOAD_BYTES_MAX, encode

FROM_HOST = [row for row in table.MESSAGES if row[2] in (table.HOST, table.BOTH)]
HELLO = table.pack(table.HELLO, (table.TABLE_HASH,))
BEAT = table.pack(table.HEARTBEAT, (0, 0, NO_ECHO))
STEP_MS = 5


class HostileHost(RuleBasedStateMachine):
    """Knows the protocol well, and keeps its sequence numbers in order when it wants to be heard."""

    def __init__(self) -> None:
        super().__init__()
        self.bench = BoardBench()
        self.bench.host_down()
        self.bench.controller.link.heard_ms = -10_000
        self.watch = DoorWatch(self.bench.plant, self.bench.machine)
        self.session = 0
        self.tokens: set[int] = set()
        self.pass_time(400)

    def send(self, data: bytes) -> None:
        self.bench.line.to_door += data
        self.watch.host_speaks()

    def frame(self, message: int, payload: bytes) -> None:
        """In the session, with the number that the door expects: as good as a host's own."""
        self.send(encode(self.session, message, self.bench.controller.link._receive_sequence, payload))

    def pass_time(self, duration_ms: int) -> None:
        bench = self.bench
        for _ in range(0, duration_ms, STEP_MS):
            bench.now_ms += STEP_MS
            bench.plant.advance(STEP_MS)
            bench.controller.step()
            bench.machine.run_timers()
            bench.line.from_door = b""
            self.watch.step(bench.now_ms)

    def change(self, name: str, value: int) -> None:
        self.bench.apply(name, value)
        self.watch.react()

    @rule(session=st.integers(0, 3))
    def greet(self, session: int) -> None:
        self.session = session
        self.send(encode(session, table.HELLO, 0, HELLO) + encode(session, table.HEARTBEAT, 0, BEAT))
        self.pass_time(STEP_MS)

    @rule(duration_ms=st.sampled_from([100, 500, 1_500, 3_000]))
    def behave(self, duration_ms: int) -> None:
        """Hold the session for a while, acknowledging whatever comes."""
        for _ in range(0, duration_ms, 50):
            self.send(encode(self.session, table.HEARTBEAT, 0, BEAT))
            self.send(encode(self.session, table.ACK, self.bench.controller.link._send_sequence, b"\0"))
            self.pass_time(50)

    @rule(
        leaf=st.integers(0, 1), direction=st.integers(0, 1), token=st.integers(1, 12), valid_ms=st.integers(0, 65_535)
    )
    def grant(self, leaf: int, direction: int, token: int, valid_ms: int) -> None:
        if token not in self.tokens:
            self.tokens.add(token)
            self.watch.fresh_grants += 1
        self.frame(table.GRANT, struct.pack("<BBIH", leaf, direction, token, valid_ms))
        self.pass_time(STEP_MS)

    @rule(row=st.sampled_from([row for row in FROM_HOST if row[0] not in (table.GRANT, table.HELLO)]), data=st.data())
    def command(self, row: tuple[int, str, str, bool, str, tuple[str, ...], str], data: st.DataObject) -> None:
        size = table.payload_bytes(row[0])
        self.frame(row[0], data.draw(st.binary(min_size=size, max_size=size)))
        self.pass_time(STEP_MS)

    @rule(data=st.binary(max_size=100))
    def noise(self, data: bytes) -> None:
        self.send(data)
        self.pass_time(STEP_MS)

    @rule(session=st.integers(0, 3), message=st.integers(0, 255), payload=st.binary(max_size=PAYLOAD_BYTES_MAX))
    def any_frame(self, session: int, message: int, payload: bytes) -> None:
        if message != table.GRANT:
            self.send(encode(session, message, 0, payload))
            self.pass_time(STEP_MS)

    @rule(count=st.integers(2, 30), leaf=st.integers(0, 1))
    def flood(self, count: int, leaf: int) -> None:
        for _ in range(count):
            self.frame(table.CLOSE, bytes([leaf]))
        self.pass_time(2 * STEP_MS)

    @rule(duration_ms=st.sampled_from([5, 50, 250, 400, 1_000]))
    def fall_silent(self, duration_ms: int) -> None:
        self.pass_time(duration_ms)

    @rule(leaf=st.sampled_from(table.LEAVES), broken=st.integers(0, (1 << BEAMS) - 1))
    def stand_in_the_way(self, leaf: str, broken: int) -> None:
        self.change(f"{leaf}.curtain", broken)
        self.pass_time(STEP_MS)

    @rule(leaf=st.sampled_from(table.LEAVES), what=st.sampled_from(["obstacle", "jam", "hand"]), mm=st.integers(0, 650))
    def interfere(self, leaf: str, what: str, mm: int) -> None:
        self.change(f"{leaf}.{what}", mm)

    @rule()
    def go_away(self) -> None:
        """Everybody and everything leaves, so that the lane can do something again."""
        for leaf in table.LEAVES:
            for what, value in (("curtain", 0), ("obstacle", 0), ("jam", 650), ("hand", -1)):
                self.change(f"{leaf}.{what}", value)
        self.frame(table.CLEAR, b"\0")
        self.behave(1_500)

    @rule(pressed=st.booleans())
    def press(self, pressed: bool) -> None:
        self.change("emergency", int(pressed))
        self.pass_time(150)

    @precondition(lambda self: not self.bench.plant.signals["emergency"])
    @rule()
    def reset_at_the_lane(self) -> None:
        for turned in (1, 0):
            self.change("key", turned)
            self.pass_time(50)


TestHostileHost = HostileHost.TestCase
TestHostileHost.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # making seconds of physics smaller takes minutes
)
