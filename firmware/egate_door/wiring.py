"""Which GPIO of the RP2040 carries what. Every sensor is wired so that a broken wire reads as the safer state."""

UART_ID, UART_TX, UART_RX = 0, 0, 1
BAUD = 115_200

EMERGENCY = 2  # normally closed contact to ground, pull-up: high is pressed, or a broken wire
RESET_KEY = 3  # normally open contact to ground, pull-up: low is turned
APPROACH = 4  # presence sensor: high is somebody
ALARM_LAMP = 5


class LeafPins:
    def __init__(self, first: int, position_adc: int) -> None:
        self.motor_open = first  # H-bridge input 1, pull-down on the board
        self.motor_close = first + 1  # H-bridge input 2, pull-down on the board
        self.release = first + 2  # lock magnet: high releases; pull-down on the board
        self.shut = first + 3  # end switch to ground, pull-up: low is shut
        self.opened = first + 4  # end switch to ground, pull-up: low is fully open
        self.beam_outer = first + 5  # light barrier: high is free; pull-down, so a broken wire is a broken beam
        self.beam_inner = first + 6
        self.position = position_adc  # potentiometer


LEAVES = (LeafPins(6, 26), LeafPins(14, 27))  # entry, exit
POSITION_FULL_SCALE_MM = 1000  # at the top of the converter's range

MOTOR_PWM_HZ = 20_000  # above hearing
OPEN_DUTY_U16 = 65_535
CLOSE_DUTY_U16 = 39_000  # slower and with less force than opening
