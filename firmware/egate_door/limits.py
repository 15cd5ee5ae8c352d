"""Times, distances and loads that the door controller keeps. Project choice unless a comment says otherwise."""

TICK_MS = 10  # one pass of the control loop, from a timer; bounds every reaction below
LINK_PAUSE_MS = 5  # the link's loop rests so long between two looks at the line
HOST_SILENCE_MS = 300  # requirement: so much silence of the host is the safe state
WATCHDOG_MS = 500  # a program that hangs is reset; pull-downs then hold motors off, entry locked, exit free

# Moving a leaf
MOTOR_LEASE_MS = 50  # a motor command that nobody renews lapses, in PIO
SETTLE_MS = 300  # beams must have been free this long before a leaf closes
CLOSING_TRIES = 3
OPEN_DUTY = 65_535
CLOSE_DUTY = 34_700  # 0.45 m/s: with a leaf of 15 kg 1.5 J, below the 1.69 J of EN 16005 for low energy
CREEP_DUTY = 19_700
CREEP_MM = 70  # the last stretch before an end
RAMP_DUTY = 6_554  # change a pass: 100 ms from nothing to full
STALL_MS = 100  # a driven motor that moves nothing for this long has met something; leaves 100 ms to reverse
STALL_MM = 3  # movement that counts as movement; above the noise of the position sensor
OPEN_OVERLOAD_MA = 4_000
CLOSE_OVERLOAD_MA = 2_000  # a hand is worth less current than a gust
OVERLOAD_MS = 30
INRUSH_MS = 150  # after a start, current says nothing
OPENING_MS_MAX = 3_000
CLOSING_MS_MAX = 5_000
IDLE_CURRENT_MA = 300  # more than this while both motors are off: a bridge is shorted
IDLE_CURRENT_MS = 200

# Position
SHUT_MM_MAX = 20  # more than this cannot be closed
OPEN_MM_MIN = 300  # less than this cannot be open
FULLY_OPEN_MM = 650
SENSOR_DISAGREE_MS = 200  # end switches and position sensor may differ this long while the leaf passes a switch
HELD_OPEN_MS = 8_000  # requirement: a leaf that should be closed and is not for this long is held

# Light
BEAMS = 8  # a curtain, along the way through the leaf
GUARD_OUTER, GUARD_INNER = 3, 4  # its beams on either side of the leaf, which the interlock sees too
BEAM_STUCK_MS = 30_000  # nobody stands in the leaf's own beams for this long
BEAM_STUCK_LONG_MS = 300_000  # nor anywhere in the curtain for this long
BEAMS_DISAGREE_MS = 60  # a guard beam, read by its pin and through the chain
BEAM_TEST_MS = 30  # transmitters off: every receiver must be dark, and the interlock trip, within this
BEAM_LIGHT_MS = 30  # transmitters on again: receivers get so long to see it
BEAM_TEST_FRESH_MS = 500  # a leaf closes on a test not older than this
PERSON_BEAMS = 2  # narrower is no person
WIDE_BEAMS = 6  # wider is two persons, a person with luggage, or a wheelchair
STANDING_MS = 10_000
CHAIN_BROKEN_MS = 30

# Grants and people
GRANT_VALID_MS_MIN = 100  # less is as good as expired: no leaf moves that fast
GRANT_VALID_MS_MAX = 60_000
TOKENS_REMEMBERED = 32
INSIDE_MAX = 255  # what one byte of the message holds

# Power
SUPPLY_MV_MIN = 4_500
SUPPLY_LOW_MS = 50
