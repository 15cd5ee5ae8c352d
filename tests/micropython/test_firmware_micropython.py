"""The firmware inside the real MicroPython interpreter: it loads, fits, and frames exactly as CPython does."""

import subprocess
from pathlib import Path

import pytest

import egate_door
from egate_doorlink import table
from egate_doorlink.frame import encode
from egate_hal.errors import DeviceUnavailable
from egate_sim.door.hosts import micropython

FIRMWARE = Path(egate_door.__file__).parents[1]
HEAP_BYTES = 160 * 1024  # an RP2040 leaves MicroPython about 190 KiB; words there are half as long as on this machine
DEADLINE_S = 30

pytestmark = pytest.mark.system

THOUSAND_PASSES = """
import gc
from egate_door.lane import Lane
from egate_door.signals import Inputs, Outputs
from egate_doorlink import table
from egate_doorlink.frame import encode
from egate_doorlink.link import DoorLink, LinkOwner, Timing

class App(LinkOwner):
    def __init__(self):
        self.inputs = Inputs()
        for leaf in self.inputs.leaves:
            leaf.shut = True
        self.link = DoorLink(self, Timing(), "test")
        self.lane = Lane(self.link.send, self.inputs, Outputs())
    def link_up(self, firmware):
        self.lane.host_up()

app = App()
app.link.receive(encode(1, table.HELLO, 0, table.pack(table.HELLO, (table.TABLE_HASH,))), 0)
beat = encode(1, table.HEARTBEAT, 0, table.pack(table.HEARTBEAT, (0,)))
acks = [encode(1, table.ACK, n, b"\\0") for n in range(5)]
for now_ms in range(10, 10_010, 10):
    if now_ms % 100 == 0:
        app.link.receive(beat, now_ms)
        for ack in acks:  # the one that is due counts
            app.link.receive(ack, now_ms)
    app.link.poll(now_ms)
    app.lane.step(now_ms)
gc.collect()
print(app.link.is_up, gc.mem_alloc())
"""

FRAMES = """
from egate_doorlink import table
from egate_doorlink.frame import encode
print(table.TABLE_HASH)
for message in table.MESSAGES:
    print(encode(0xA55A, message[0], 0, bytes(range(table.payload_bytes(message[0])))).hex())
"""


def run(source: str, *options: str) -> str:
    try:
        interpreter = micropython()
    except DeviceUnavailable as error:
        pytest.skip(str(error))
    done = subprocess.run(
        [interpreter, *options, "-c", source],
        env={"MICROPYPATH": f"{FIRMWARE}:.frozen"},
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_every_module_loads() -> None:
    modules = [f"{path.parent.name}.{path.stem}" for path in sorted(FIRMWARE.glob("egate_door*/*.py"))]
    assert len(modules) > 10
    assert run("\n".join(f"import {module}" for module in modules) + "\nprint('loaded')") == "loaded"


def test_both_interpreters_have_the_same_table_and_the_same_frames() -> None:
    frames = [encode(0xA55A, row[0], 0, bytes(range(table.payload_bytes(row[0])))).hex() for row in table.MESSAGES]
    assert run(FRAMES).split() == [str(table.TABLE_HASH), *frames]


def test_a_session_and_a_thousand_passes_of_the_loop_fit_into_the_heap() -> None:
    up, allocated = run(THOUSAND_PASSES, "-X", f"heapsize={HEAP_BYTES}").split()
    assert up == "True"
    assert int(allocated) < HEAP_BYTES * 3 // 4
