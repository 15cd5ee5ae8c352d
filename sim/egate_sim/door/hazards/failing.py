"""Hazards of the controller itself: a program that hangs, a supply that sags, a cable that breaks, a host that lies."""

import random

from egate_door.lane import SAFE
from egate_door.limits import CHAIN_BROKEN_MS, IDLE_CURRENT_MS, MOTOR_LEASE_MS, SUPPLY_LOW_MS, TICK_MS
from egate_doorlink import table
from egate_doorlink.frame import encode
from egate_doorlink.table import ENTRY, EXIT
from egate_sim.door.bench import DoorBench
from egate_sim.door.hazards.case import Shown, hazard
from egate_sim.door.hazards.steps import closing, open_leaf

_REACTION_MS = 2 * TICK_MS


@hazard(
    "hang", "The program hangs while a leaf closes",
    danger="A leaf that goes on closing because nobody takes its command back.",
    measure="The command is a lease of 50 ms that lapses in the PIO, where a hand stops it earlier; the watchdog resets the "
    "controller after 500 ms into the safe state.",
    modules=("interlock.py", "main.py"),
    tests=("unit/test_door_board.py", "unit/test_door_power.py", "unit/test_door_interlock.py"),
)  # fmt: skip
def hang(bench: DoorBench) -> list[Shown]:
    closing(bench, ENTRY)
    hung_ms = bench.time_ms
    bench.program_hangs = True
    bench.run_until(lambda: bench.plant.leaves[ENTRY].drive == 0)
    off_ms = bench.time_ms
    bench.run(500)
    return [Shown("motor off after the program hung", off_ms - hung_ms, MOTOR_LEASE_MS)]


@hazard(
    "supply", "The supply sags",
    danger="Motors and sensors that no longer do what they are told.",
    measure="Below 4.5 V for 50 ms: no motion, motors without power, safe state until a person has looked.",
    modules=("health.py", "lane.py"),
    tests=("unit/test_door_power.py",),
)  # fmt: skip
def supply(bench: DoorBench) -> list[Shown]:
    bench.ask(table.GRANT, ENTRY, table.FORWARD, 1, 20_000)
    bench.run(200)
    begun_ms = bench.time_ms
    bench.change("sag_mv", 1_000)
    bench.run(600)
    safe_ms = bench.first_ms(lambda moment: moment.mode == SAFE, begun_ms)
    return [Shown("safe state after the supply sagged", safe_ms - begun_ms, SUPPLY_LOW_MS + _REACTION_MS)]


@hazard(
    "cable", "The sensors' cable breaks",
    danger="End switches and curtains that say what is not so.",
    measure="The chain of shift registers carries a mark that is wired firmly; a reading without it is dropped, and three in "
    "a row are the safe state. What the interlocks look at has wires of its own, where a break reads as danger.",
    modules=("board.py", "health.py", "wiring.py"),
    tests=("unit/test_door_power.py",),
)  # fmt: skip
def cable(bench: DoorBench) -> list[Shown]:
    closing(bench, EXIT)
    begun_ms = bench.time_ms
    bench.change("chain", 1)
    bench.run(800)
    off_ms = bench.first_ms(lambda moment: moment.leaves[EXIT].drive == 0, begun_ms)
    return [Shown("motor off after the cable broke", off_ms - begun_ms, CHAIN_BROKEN_MS + _REACTION_MS)]


@hazard(
    "bridge", "A motor bridge is shorted",
    danger="A motor that runs without a command.",
    measure="Current although nothing is driven takes the motors' power away by a contactor, a second way to stop them.",
    modules=("health.py", "board.py"),
    tests=("unit/test_door_power.py",),
)  # fmt: skip
def bridge(bench: DoorBench) -> list[Shown]:
    bench.run(200)
    begun_ms = bench.time_ms
    bench.change("leak_ma", 1_500)
    bench.run(600)
    safe_ms = bench.first_ms(lambda moment: moment.mode == SAFE, begun_ms)
    return [Shown("motors without power after the short", safe_ms - begun_ms, IDLE_CURRENT_MS + _REACTION_MS)]


@hazard(
    "liar", "A host that lies",
    danger="Somebody has taken the lane controller over: it sends any command at any time.",
    measure="The door trusts nobody: grants are single-use and expire, the second leaf is refused while the first is not shut "
    "and locked, closing always asks the light barriers, and no message switches the emergency input off.",
    modules=("lane.py", "grants.py", "../egate_doorlink/link.py"),
    tests=("property/test_door_hostile.py", "property/test_doorlink_bytes.py", "property/test_door_safety.py"),
)  # fmt: skip
def liar(bench: DoorBench) -> list[Shown]:
    open_leaf(bench, ENTRY)
    second = bench.ask(table.GRANT, EXIT, table.FORWARD, 2, 20_000)
    again = bench.ask(table.GRANT, ENTRY, table.FORWARD, 1, 20_000)
    bench.change("entry.curtain", 0b0001_1000)
    for _ in range(20):
        bench.ask(table.CLOSE, ENTRY)
    bench.run(500)
    dice = random.Random(1)
    bench.change("emergency", 1)
    for _ in range(60):
        message = dice.choice([row[0] for row in table.MESSAGES])
        bench.send(encode(1, message, dice.randrange(256), dice.randbytes(table.payload_bytes(message))))
        bench.send(dice.randbytes(dice.randrange(80)))
        bench.run(10)
    return [
        Shown("grants for the second leaf accepted", int(second == table.OK), 0, ""),
        Shown("used grants accepted again", int(again == table.OK), 0, ""),
        Shown("moments with a leaf driven shut on a person", sum(
            moment.leaves[ENTRY].drive < 0 for moment in bench.trace
        ), 0, ""),
        Shown("moments in the emergency with a lock engaged, after 100 ms", sum(
            not all(leaf.released for leaf in moment.leaves)
            for moment in bench.trace if moment.time_ms > bench.first_ms(lambda m: m.emergency) + 100
        ), 0, ""),
    ]  # fmt: skip
