"""Which GPIO of the RP2040 carries what. Every sensor is wired so that a broken wire reads as the safer state.

What the interlocks in PIO look at has pins of its own; slow contacts and the light curtains come through a chain of
74HC165 shift registers on one SPI port.
"""

UART_ID, UART_TX, UART_RX = 0, 0, 1
BAUD = 115_200

EMERGENCY = 2  # normally closed contact to ground, pull-up: high is pressed, or a broken wire
BEAMS_DARK = 3  # high switches every light transmitter off, to test the receivers; pull-down
MOTOR_POWER = 4  # contactor in the motors' supply: high lets current flow; pull-down
CHAIN_LATCH = 5  # 74HC165 SH/LD: low takes the inputs in, high shifts
SPI_ID, CHAIN_CLOCK, CHAIN_UNUSED, CHAIN_DATA = 0, 18, 19, 20  # data: pull-down, so a broken wire reads as zeros
ALARM_LAMP = 21
BUZZER = 22
MOTOR_CURRENT = 28  # shunt in the motors' common supply; one motor runs at a time outside an emergency
SUPPLY = 29  # the board's supply by its divider of three, as on a Pico


class LeafPins:
    def __init__(self, first: int, position_adc: int, released_level: int) -> None:
        self.pwm = first  # how fast: the bridge's PWM input
        self.drive_open = first + 1  # the bridge's input A, from PIO alone; pull-down on the board
        self.drive_close = first + 2  # the bridge's input B, from PIO alone; pull-down on the board
        self.lock = first + 3  # lock magnet; pull-down on the board
        self.beam_outer = first + 4  # light barrier: high is free; pull-down, so a broken wire is a broken beam
        self.beam_inner = first + 5  # the PIO reads both as neighbours
        self.position = position_adc  # potentiometer
        self.released_level = released_level


# Without power the entry is locked and the exit is free: its magnet holds only while it is fed.
LEAVES = (LeafPins(6, 26, 1), LeafPins(12, 27, 0))  # entry, exit

# The chain, in the order in which its bytes arrive
CHAIN_BYTES = 4
CHAIN_CURTAINS = (0, 1)  # entry, exit: bit n is beam n, counted from outside the lane inwards; 1 is light
CHAIN_CONTACTS = 2  # bits below; 1 is a closed contact
CHAIN_MARK = 3  # wired firmly, so that a chain that slips, breaks or sticks is seen
CHAIN_MARK_VALUE = 0xA5
SHUT_BITS = (0x01, 0x04)  # end switches of entry and exit
OPENED_BITS = (0x02, 0x08)
KEY_BIT = 0x10
APPROACH_BIT = 0x20  # presence sensor before the entry

POSITION_FULL_SCALE_MM = 1000  # at the top of the converter's range
CURRENT_FULL_SCALE_MA = 10_000
SUPPLY_FULL_SCALE_MV = 9_900  # 3.3 V behind the divider of three

MOTOR_PWM_HZ = 20_000  # above hearing
CHAIN_HZ = 1_000_000
