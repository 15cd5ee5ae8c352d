"""The rules of an existing gate behind dry contacts, without any gate: contacts and times in, events and relays out."""

import pytest

from egate_hal.door import (
    Direction,
    DoorEvent,
    DoorFault,
    DoorRefused,
    GrantLapsed,
    Leaf,
    LeafMoved,
    LeafPosition,
    Occupancy,
    PersonPassed,
)
from egate_hal.drivers.contact_gate import HELD_OPEN_S, TOKENS_REMEMBERED, Contact, ContactGate, Relay

SHUT = {Contact.ENTRY_SHUT: True, Contact.EXIT_SHUT: True}


def gate() -> ContactGate:
    started = ContactGate()
    started.begin(SHUT)
    return started


def opened(leaf: Leaf = Leaf.ENTRY, valid_ms: int = 5_000) -> ContactGate:
    started = gate()
    started.grant(leaf, Direction.FORWARD, 1, valid_ms, 0.0)
    started.sense({Contact(f"{leaf}_shut"): False}, 0.1)
    started.sense({Contact(f"{leaf}_open"): True}, 0.9)
    return started


def refusal(of: ContactGate, leaf: Leaf, token: int = 9, valid_ms: int = 1_000) -> str:
    with pytest.raises(DoorRefused) as refused:
        of.grant(leaf, Direction.FORWARD, token, valid_ms, 1.0)
    return refused.value.reason


@pytest.mark.parametrize(
    ("token", "valid_ms", "reason"),
    [(0, 1_000, "invalid"), (2**32, 1_000, "invalid"), (1, 60_001, "invalid"), (1, -1, "invalid"), (1, 99, "expired")],
)
def test_grants_with_impossible_values_are_refused(token: int, valid_ms: int, reason: str) -> None:
    assert refusal(gate(), Leaf.ENTRY, token, valid_ms) == reason


def test_a_relay_is_on_as_long_as_its_grant_runs() -> None:
    running = opened()
    assert running.relays == {Relay.OPEN_ENTRY}
    assert running.deadline_s() == 5.0
    assert running.expire(4.9) == []
    assert running.expire(5.0) == []  # it was open: nothing lapsed
    assert running.relays == frozenset()


def test_a_passage_ends_the_grant_and_counts() -> None:
    running = opened()
    events = running.sense({Contact.ENTRY_PASSED: True}, 2.0)
    assert events == [PersonPassed(Leaf.ENTRY, Direction.FORWARD), Occupancy(1, approach=False)]
    assert running.relays == frozenset()
    assert running.sense({Contact.ENTRY_PASSED: False}, 2.1) == []


@pytest.mark.parametrize(
    ("leaf", "direction", "inside"), [(Leaf.ENTRY, Direction.BACKWARD, 0), (Leaf.EXIT, Direction.FORWARD, 0)]
)
def test_who_passes_without_a_grant_is_on_the_way_out(leaf: Leaf, direction: Direction, inside: int) -> None:
    free = gate()
    events = free.sense({Contact(f"{leaf}_passed"): True}, 1.0)
    assert events == [PersonPassed(leaf, direction), Occupancy(inside, approach=False)]


def test_one_leaf_at_a_time_and_each_grant_once() -> None:
    running = gate()
    running.grant(Leaf.ENTRY, Direction.FORWARD, 1, 5_000, 0.0)
    assert refusal(running, Leaf.EXIT) == "interlock"  # asked for, although nothing moves yet
    assert refusal(running, Leaf.ENTRY) == "not_ready"
    assert refusal(running, Leaf.ENTRY, token=1) == "used"
    ajar = gate()
    ajar.sense({Contact.EXIT_SHUT: False}, 1.0)
    assert refusal(ajar, Leaf.ENTRY) == "interlock"
    assert refusal(ajar, Leaf.EXIT) == "not_ready"


def test_a_token_is_remembered_for_as_many_grants_as_the_door_controller_does() -> None:
    running = gate()
    for token in range(1, TOKENS_REMEMBERED + 1):
        running.grant(Leaf.ENTRY, Direction.FORWARD, token, 5_000, 0.0)
        assert running.close(Leaf.ENTRY) == [GrantLapsed(Leaf.ENTRY)]
    assert refusal(running, Leaf.ENTRY, token=1) == "used"


def test_a_leaf_that_stays_open_is_held_until_it_is_shut() -> None:
    running = opened(valid_ms=1_000)
    running.expire(1.0)
    assert running.deadline_s() == 1.0 + HELD_OPEN_S
    assert running.expire(1.0 + HELD_OPEN_S) == [DoorFault("entry.held_open", active=True)]
    assert refusal(running, Leaf.ENTRY) == "fault"
    running.sense({Contact.ENTRY_OPEN: False}, 10.0)
    events = running.sense({Contact.ENTRY_SHUT: True}, 11.0)
    assert events == [
        LeafMoved(Leaf.ENTRY, LeafPosition.CLOSED, 0),
        DoorFault("entry.held_open", active=False),
    ]
    running.grant(Leaf.EXIT, Direction.FORWARD, 5, 1_000, 12.0)


def test_contacts_that_contradict_each_other_are_a_fault_of_the_position() -> None:
    torn = gate()
    events: list[DoorEvent] = torn.sense({Contact.EXIT_OPEN: True}, 1.0)
    assert events == [DoorFault("exit.position", active=True)]
    assert refusal(torn, Leaf.ENTRY) == "fault"


def test_the_count_of_a_person_who_looked_has_bounds() -> None:
    with pytest.raises(DoorRefused, match="invalid"):
        gate().clear(256)
