"""Sessions, acknowledged delivery and silence, both ends against each other on one table of time."""

from typing import Any

import pytest
from doorlink_pair import Pair, Recorder

from egate_doorlink import link, table
from egate_doorlink.clock_offset import NO_ECHO
from egate_doorlink.frame import encode
from egate_doorlink.link import DoorLink, HostLink, Timing

GRANT_VALUES = (table.ENTRY, table.FORWARD, 5, 1_000)


def lose(_: bytes) -> bytes:
    return b""


def test_a_session_needs_hello_welcome_and_the_first_heartbeat() -> None:
    pair = Pair()
    hello = pair.host.poll(1)
    pair.door.receive(hello, 1)
    welcome = pair.door.poll(1)
    assert not pair.door.is_up  # a host that never hears the welcome must not count as one that listens
    pair.host.receive(welcome, 2)
    assert pair.at_host.ups == ["test"]
    pair.door.receive(pair.host.poll(2), 2)
    assert pair.at_door.ups == [""]


def test_messages_arrive_once_in_order_and_bring_back_their_results() -> None:
    pair = Pair().connect()
    pair.at_door.answer = table.INTERLOCK
    for token in range(1, 6):
        assert pair.host.send(table.GRANT, (table.EXIT, table.BACKWARD, token, 900), ticket=token)
    assert pair.door.send(table.PASSED, (table.ENTRY, table.FORWARD))
    pair.run(200)
    assert pair.at_door.messages == [(table.GRANT, (table.EXIT, table.BACKWARD, token, 900)) for token in range(1, 6)]
    assert pair.at_host.results == [(token, table.INTERLOCK) for token in range(1, 6)]
    assert pair.at_host.messages == [(table.PASSED, (table.ENTRY, table.FORWARD))]


def test_a_lost_acknowledgement_is_made_good_without_obeying_twice() -> None:
    pair = Pair().connect()
    pair.to_host = lose
    pair.host.send(table.GRANT, GRANT_VALUES, ticket="a")
    pair.run(60)
    assert len(pair.at_door.messages) == 1
    pair.at_door.answer = table.USED  # what a second delivery would be answered
    pair.to_host = bytes
    pair.run(60)
    assert pair.at_host.results == [("a", table.OK)]
    assert len(pair.at_door.messages) == 1


def test_silence_ends_the_session_at_both_ends_and_the_message_is_lost() -> None:
    pair = Pair().connect()
    pair.to_door = lose
    pair.run(40)
    pair.host.send(table.CLEAR, (0,), ticket="c")
    pair.run(265)
    assert pair.at_door.downs == [link.SILENT]
    assert pair.at_host.results == [("c", link.LOST)]
    assert len(pair.at_host.downs) == 1
    assert not pair.host.send(table.CLEAR, (0,))
    pair.to_door = bytes
    pair.run(150)
    assert pair.host.is_up
    assert pair.door.is_up
    assert pair.at_door.messages == []  # nothing outlives its session


def test_the_door_falls_silent_no_later_than_300_ms_after_the_last_thing_it_heard() -> None:
    pair = Pair().connect()
    last_ms = pair.now_ms
    pair.door.receive(encode(1, table.HEARTBEAT, 0, table.pack(table.HEARTBEAT, (0, 0, NO_ECHO))), last_ms)
    for now_ms in range(last_ms, last_ms + 300):
        pair.door.poll(now_ms)
    assert pair.at_door.downs == []
    pair.door.poll(last_ms + 300)
    assert pair.at_door.downs == [link.SILENT]


def test_a_message_that_nobody_acknowledges_ends_the_session_although_heartbeats_come() -> None:
    pair = Pair().connect()
    pair.host.send(table.CLEAR, (0,), ticket="c")
    for _ in range(60):
        pair.now_ms += 10
        pair.host.poll(pair.now_ms)
        beat = encode(1, table.HEARTBEAT, 0, table.pack(table.HEARTBEAT, (0, 0, NO_ECHO)))
        pair.host.receive(beat, pair.now_ms)
    assert pair.at_host.downs == [link.UNANSWERED]
    assert pair.at_host.results == [("c", link.LOST)]


def test_too_many_messages_end_the_session_instead_of_dropping_one() -> None:
    pair = Pair().connect()
    sent = [pair.door.send(table.PASSED, (0, 0), ticket=i) for i in range(link.QUEUE_MAX + 1)]
    assert sent == [True] * link.QUEUE_MAX + [False]
    assert pair.at_door.downs == [link.OVERFLOW]
    assert pair.at_door.results == [(i, link.LOST) for i in range(link.QUEUE_MAX)]


def test_a_host_that_restarts_gets_a_session_of_its_own() -> None:
    pair = Pair().connect()
    pair.sessions = 40
    pair.at_host = Recorder()
    pair.host = HostLink(pair.at_host, Timing(), pair._next_session)
    pair.run(50)
    assert pair.at_door.downs == [link.RESTARTED]
    assert pair.at_host.ups == ["test"]


def test_frames_of_another_session_are_ignored() -> None:
    pair = Pair().connect()
    stale = encode(999, table.GRANT, 0, table.pack(table.GRANT, GRANT_VALUES))
    pair.door.receive(stale, pair.now_ms)
    assert pair.at_door.messages == []
    assert pair.door.ignored == 1


def test_another_message_table_is_told_once_and_no_session_begins() -> None:
    pair = Pair()
    stranger = Pair()
    for _ in range(40):
        pair.now_ms += 10
        pair.host.poll(pair.now_ms)
        welcome = table.pack(table.WELCOME, (table.TABLE_HASH ^ 1, b"other"))
        pair.host.receive(encode(pair.sessions, table.WELCOME, 0, welcome), pair.now_ms)
        hello = table.pack(table.HELLO, (table.TABLE_HASH ^ 1,))
        stranger.door.receive(encode(7, table.HELLO, 0, hello), pair.now_ms)
        stranger.door.receive(encode(7, table.HEARTBEAT, 0, table.pack(table.HEARTBEAT, (0, 0, NO_ECHO))), pair.now_ms)
        assert stranger.door.poll(pair.now_ms)  # it does answer, so that the host can tell what is wrong
    assert pair.at_host.downs == [link.MISMATCH]
    assert not pair.host.is_up
    assert not stranger.door.is_up


def test_the_counter_may_wrap_in_the_middle_of_a_session() -> None:
    pair = Pair(now_ms=2**30 - 500).connect()
    pair.run(1_000)
    assert pair.now_ms < 1_000
    assert pair.at_host.downs == []
    assert pair.at_door.downs == []


def test_due_time_never_lets_a_heartbeat_or_silence_slip() -> None:
    pair = Pair().connect()
    for _ in range(100):
        due_ms = pair.host.due_ms(pair.now_ms)
        assert 0 <= due_ms <= 100
        pair.now_ms += max(due_ms, 1)
        pair.door.receive(pair.host.poll(pair.now_ms), pair.now_ms)
        pair.host.receive(pair.door.poll(pair.now_ms), pair.now_ms)
    assert pair.at_host.downs == []
    assert pair.at_door.downs == []


def test_timing_that_cannot_work_is_refused() -> None:
    with pytest.raises(ValueError, match="heartbeat must be shorter"):
        Timing(heartbeat_ms=300, silence_ms=300)


def test_the_door_does_nothing_by_itself_while_nobody_greets_it() -> None:
    door = DoorLink(Recorder(), Timing(), "x")
    assert all(door.poll(now_ms) == b"" for now_ms in range(0, 5_000, 10))


def test_what_wants_no_answer_is_told_once_and_only_in_a_session() -> None:
    pair = Pair()
    pair.door.tell(table.LOGGED, (0, 1, 1, 5, 128))
    pair.connect()
    pair.door.tell(table.LOGGED, (1, 2, 1, 5, 128))
    pair.run(50)
    assert pair.at_host.told == [(table.LOGGED, (1, 2, 1, 5, 128))]


def test_an_owner_that_does_not_care_accepts_messages_and_forgets_what_is_told() -> None:
    owner = link.LinkOwner()
    assert owner.link_message(table.CLOSE, (0,)) == table.OK
    owner.link_told(table.LOGGED, (0, 1, 1, 5, 128))


def test_what_is_due_next_is_known_beforehand() -> None:
    pair = Pair()
    assert pair.door.due_ms(0) == 100  # nothing to do: any heartbeat's time will do
    pair.connect()
    pair.run(20)
    now_ms = pair.now_ms
    assert 0 < pair.host.due_ms(now_ms) <= 100
    pair.host.send(table.CLOSE, (0,), "x")
    assert pair.host.due_ms(now_ms) == 0
    pair.to_door = lose
    pair.host.poll(now_ms)
    assert 0 < pair.host.due_ms(now_ms) <= 40
    pair.door.receive(encode(pair.sessions, table.CLOSE, 0, b"\0"), now_ms)
    assert pair.door.due_ms(now_ms) == 0


def test_an_application_that_ends_the_session_in_its_answer_sends_no_acknowledgement() -> None:
    pair = Pair().connect()

    class Leaving(Recorder):
        def link_message(self, message: int, values: tuple[Any, ...]) -> int:
            pair.door.abandon(link.OVERFLOW)
            return super().link_message(message, values)

    pair.door._owner = leaving = Leaving()
    pair.host.send(table.CLOSE, (0,), "x")
    pair.run(60)
    assert leaving.downs[0] == link.OVERFLOW
    assert leaving.messages == [(table.CLOSE, (0,))]
    assert pair.at_host.results == []


def test_a_version_of_full_length_is_shown_whole() -> None:
    pair = Pair()
    door = link.DoorLink(pair.at_door, link.Timing(), "0123456789abcdef")
    pair.host.poll(0)
    hello = table.pack(table.HELLO, (table.TABLE_HASH,))
    door.receive(encode(1, table.HELLO, 0, hello), 0)
    pair.host.receive(door.poll(0), 0)
    assert pair.at_host.ups == ["0123456789abcdef"]
