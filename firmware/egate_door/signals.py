"""What the board reads and writes in one pass of the loop. Made once and filled again, so the loop allocates little."""


class LeafInputs:
    def __init__(self) -> None:
        self.shut = False  # end switch
        self.opened = False  # end switch
        self.opening_mm = 0
        self.outer_broken = False  # beam on the traveller's side at the entry, on the country's side at the exit
        self.inner_broken = False  # beam on the lane's inside

    def beams_free(self) -> bool:
        return not self.outer_broken and not self.inner_broken


class Inputs:
    def __init__(self) -> None:
        self.leaves = (LeafInputs(), LeafInputs())  # entry, exit
        self.emergency = False
        self.reset_key = False
        self.approach = False


class LeafOutputs:
    def __init__(self) -> None:
        self.motor = 0  # leaf_table.MOTOR_OFF, MOTOR_OPEN, MOTOR_CLOSE
        self.released = False


class Outputs:
    def __init__(self) -> None:
        self.leaves = (LeafOutputs(), LeafOutputs())
        self.alarm = False
