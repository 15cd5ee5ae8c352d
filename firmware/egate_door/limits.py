"""Times and distances that the door controller keeps. Project choice unless a comment says otherwise."""

TICK_MS = 10  # one pass of the main loop; bounds every reaction below
SETTLE_MS = 300  # beams must have been free this long before a leaf closes
STALL_MS = 100  # a driven motor that moves nothing for this long has met something; leaves 100 ms to reverse
STALL_MM = 3  # movement that counts as movement; above the noise of the position sensor
CLOSING_TRIES = 3
HELD_OPEN_MS = 8_000  # a leaf that should be closed and is not for this long is held
BEAM_STUCK_MS = 30_000  # nobody stands in a beam for this long
SENSOR_DISAGREE_MS = 200  # end switches and position sensor may differ this long while the leaf passes a switch
SHUT_MM_MAX = 20  # more than this cannot be closed
OPEN_MM_MIN = 300  # less than this cannot be open
GRANT_VALID_MS_MIN = 100  # less is as good as expired: no leaf moves that fast
GRANT_VALID_MS_MAX = 60_000
TOKENS_REMEMBERED = 32
INSIDE_MAX = 255  # what one byte of the message holds
MOTOR_LEASE_MS = 200  # a motor command that nobody renews lapses
WATCHDOG_MS = 500  # a loop that hangs resets the controller; pull-downs then hold motors off and locks shut
