"""Every transition of one leaf, as one table, and what the leaf does in each state.

The two leaves run the same table. What raises an event stands in ``leaf.py`` (sensors) and ``lane.py`` (both leaves,
host, emergency). A pair that is not listed changes nothing.
"""

STATES = (
    "locked", "opening", "open", "waiting", "closing", "reversing", "blocked", "halted", "free", "evacuating",
    "evacuated",
)  # fmt: skip
(LOCKED, OPENING, OPEN, WAITING, CLOSING, REVERSING, BLOCKED, HALTED, FREE, EVACUATING, EVACUATED) = range(11)

EVENTS = (
    "granted", "opened", "shut", "unlatched", "close", "may_close", "obstacle", "stalled", "give_up", "cleared",
    "halt", "release", "resume", "alarm", "reset",
)  # fmt: skip
(
    GRANTED,  # the host's grant passed the interlock
    OPENED,  # end switch: fully open
    SHUT,  # end switch: fully closed
    UNLATCHED,  # the end switch says no longer closed
    CLOSE_WANTED,  # somebody passed, the grant lapsed, or the host asks
    MAY_CLOSE,  # beams have been free long enough and the other leaf rests
    OBSTACLE,  # while closing: a beam is broken, the interlock tripped, or the motor meets something
    STALLED,  # while opening: the motor meets something
    GIVE_UP,  # the permitted tries are used up
    CLEARED,  # a person has looked
    HALT,  # safe state: no motion
    RELEASE,  # safe state: egress through this leaf is free
    RESUME,  # the safe state has ended
    ALARM,  # the emergency input acts
    RESET,  # a person at the lane ended the emergency
) = range(15)

TABLE = {
    (LOCKED, GRANTED): OPENING,
    (LOCKED, UNLATCHED): WAITING,  # forced by hand
    (LOCKED, RELEASE): FREE,
    (OPENING, OPENED): OPEN,
    (OPENING, CLOSE_WANTED): WAITING,
    (OPENING, STALLED): BLOCKED,
    (OPEN, CLOSE_WANTED): WAITING,
    (OPEN, SHUT): LOCKED,  # pushed shut by hand
    (WAITING, MAY_CLOSE): CLOSING,
    (WAITING, SHUT): LOCKED,
    (WAITING, GIVE_UP): BLOCKED,
    (CLOSING, SHUT): LOCKED,
    (CLOSING, OBSTACLE): REVERSING,
    (REVERSING, OPENED): WAITING,
    (REVERSING, STALLED): BLOCKED,
    (BLOCKED, CLEARED): WAITING,
    (OPENING, HALT): HALTED,
    (OPEN, HALT): HALTED,
    (WAITING, HALT): HALTED,
    (CLOSING, HALT): HALTED,
    (REVERSING, HALT): HALTED,
    (BLOCKED, HALT): HALTED,
    (FREE, HALT): HALTED,
    (HALTED, SHUT): LOCKED,
    (HALTED, RELEASE): FREE,
    (HALTED, RESUME): WAITING,
    (FREE, RESUME): WAITING,
    (EVACUATING, OPENED): EVACUATED,
    (EVACUATING, STALLED): EVACUATED,
    (EVACUATING, RESET): HALTED,
    (EVACUATED, RESET): HALTED,
}
for _state in range(EVACUATING):  # from everywhere else, without exception
    TABLE[(_state, ALARM)] = EVACUATING

# The same as an array, because a key of two would be a new object in every pass of the control loop.
NOTHING = 255
NEXT = bytearray([NOTHING] * (len(STATES) * len(EVENTS)))
for (_state, _event), _target in TABLE.items():
    NEXT[_state * len(EVENTS) + _event] = _target


def follow(state: int, event: int) -> int:
    """The next state, or NOTHING where the table lists nothing."""
    return NEXT[state * len(EVENTS) + event]


# Motor direction
MOTOR_OFF, MOTOR_OPEN, MOTOR_CLOSE = 0, 1, -1

# state -> (motor, lock released). The latch is a spring latch: it need not be released to close.
ACTIONS = (
    (MOTOR_OFF, False),  # locked
    (MOTOR_OPEN, True),  # opening
    (MOTOR_OFF, False),  # open
    (MOTOR_OFF, False),  # waiting
    (MOTOR_CLOSE, False),  # closing
    (MOTOR_OPEN, False),  # reversing: never latched yet
    (MOTOR_OFF, False),  # blocked
    (MOTOR_OFF, False),  # halted
    (MOTOR_OFF, True),  # free
    (MOTOR_OPEN, True),  # evacuating
    (MOTOR_OFF, True),  # evacuated
)
