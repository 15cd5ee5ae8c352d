"""What the board reads and writes in one pass of the loop. Made once and filled again: a pass allocates nothing."""


class LeafInputs:
    def __init__(self) -> None:
        self.shut = False  # end switch
        self.opened = False  # end switch
        self.opening_mm = 0
        self.outer_broken = False  # beam on the traveller's side at the entry, on the country's side at the exit
        self.inner_broken = False  # beam on the lane's inside
        self.curtain = 0  # one bit a beam, from outside inwards; 1 is broken
        self.tripped = False  # since the last pass the interlock has stopped a closing

    def beams_free(self) -> bool:
        return not self.outer_broken and not self.inner_broken


class Inputs:
    def __init__(self) -> None:
        self.leaves = (LeafInputs(), LeafInputs())  # entry, exit
        self.emergency = False
        self.reset_key = False
        self.approach = False
        self.chain_whole = True  # the shift registers' mark was read as wired
        self.current_ma = 0  # of both motors together
        self.supply_mv = 0


class LeafOutputs:
    def __init__(self) -> None:
        self.motor = 0  # leaf_table.MOTOR_OFF, MOTOR_OPEN, MOTOR_CLOSE
        self.duty = 0  # 0 .. 65535
        self.released = False


class Outputs:
    def __init__(self) -> None:
        self.leaves = (LeafOutputs(), LeafOutputs())
        self.motor_power = False
        self.beams_dark = False  # transmitters off, for a test
        self.probe = False  # let the interlocks run without a motor: in the dark they must trip
        self.lamp = False
        self.buzzer = False
