"""What the board runs when it gets power: its ``main.py`` imports this."""

import time

import machine
import rp2

import micropython
from egate_door.main import run

LOG_PATH = "/faults.log"
_EMERGENCY_BYTES = 100  # for the message of an error that an interrupt raises, where nothing can be allocated

micropython.alloc_emergency_exception_buf(_EMERGENCY_BYTES)
run(machine, rp2, time, LOG_PATH)
