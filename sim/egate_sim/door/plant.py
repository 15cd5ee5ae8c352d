"""The door's hardware as physics: two sliding leaves with motor and lock, beams, end switches, emergency button.

Keeps to what MicroPython has, because it also runs beside the firmware in MicroPython's process. Simplified: a leaf is
one mass with a constant acceleration; an obstacle is rigid; the latch catches at 1 mm. Not modelled: noise of the
position sensor, contact bounce, wear.
"""

WIDTH_MM = 650.0
OPEN_SWITCH_MM = 648.0
SHUT_SWITCH_MM = 1.0
FULL_SPEED_MM_S = 850.0
ACCELERATION_MM_S2 = 5000.0
HAND_SPEED_MM_S = 400.0
STALL_CURRENT_MA = 6000.0  # of a motor that stands at full voltage
FRICTION_CURRENT_MA = 400.0
STEP_MS = 5


class Leaf:
    def __init__(self) -> None:
        self.opening_mm = 0.0
        self.speed_mm_s = 0.0  # positive opens
        self.drive = 0.0  # -1 .. 1, what the bridge gives to the motor
        self.released = False
        self.obstacle_mm = 0.0  # the leaf cannot close further than this
        self.jam_mm = WIDTH_MM  # nor open further than this
        self.hand_mm = -1.0  # where a person pushes it; below zero: nobody does
        self.slack = 1.0  # of the belt: the share of the motor's speed that reaches the leaf

    @property
    def shut(self) -> bool:
        return self.opening_mm <= SHUT_SWITCH_MM

    @property
    def opened(self) -> bool:
        return self.opening_mm >= OPEN_SWITCH_MM

    @property
    def moving(self) -> bool:
        return self.speed_mm_s != 0.0 or self.drive != 0.0 or self.hand_mm >= 0.0

    @property
    def current_ma(self) -> float:
        """A motor draws what its own turning does not hold up."""
        if self.drive == 0.0:
            return 0.0
        held_up = self.drive - self.speed_mm_s / (FULL_SPEED_MM_S * self.slack)
        return FRICTION_CURRENT_MA + STALL_CURRENT_MA * abs(held_up)

    def step(self, seconds: float) -> None:
        wanted = self.drive * FULL_SPEED_MM_S * self.slack
        if self.drive == 0.0 and self.hand_mm >= 0.0:
            wanted = max(-1.0, min(1.0, (self.hand_mm - self.opening_mm) / 10)) * HAND_SPEED_MM_S
        change = ACCELERATION_MM_S2 * seconds
        self.speed_mm_s += max(-change, min(change, wanted - self.speed_mm_s))
        target = self.opening_mm + self.speed_mm_s * seconds
        highest = 0.0 if self.shut and not self.released else max(self.jam_mm, 0.0)
        if self.speed_mm_s > 0 and target > max(highest, self.opening_mm):
            self._stop_at(max(highest, self.opening_mm))
        elif self.speed_mm_s < 0 and target < min(self.obstacle_mm, self.opening_mm):
            self._stop_at(min(self.obstacle_mm, self.opening_mm))
        else:
            self.opening_mm = min(max(target, 0.0), WIDTH_MM)

    def _stop_at(self, opening_mm: float) -> None:
        self.opening_mm = opening_mm
        self.speed_mm_s = 0.0


class Plant:
    """``signals``: what persons, technicians and wear do, by name.

    ``<leaf>.curtain``: broken beams, one bit each from outside inwards; ``.outer``, ``.inner``: the two beside the
    leaf alone; ``.blind``: receivers that see light whatever happens; ``.deaf``: an interlock that lets everything
    through; ``chain``: the shift registers' cable is broken; ``sag_mv``: missing from the supply; ``leak_ma``: what
    a shorted bridge draws.
    """

    SIGNALS = ("approach", "emergency", "key", "chain", "sag_mv", "leak_ma")
    LEAF_SIGNALS = ("curtain", "outer", "inner", "blind", "deaf")

    def __init__(self) -> None:
        self.leaves = (Leaf(), Leaf())  # entry, exit
        self.signals = dict.fromkeys(self.SIGNALS, 0)
        for name in ("entry", "exit"):
            for what in self.LEAF_SIGNALS:
                self.signals[name + "." + what] = 0
        self.lamp = False
        self.buzzer = False
        self._rest_ms = 0

    def apply(self, name: str, value: int) -> None:
        """Change the world: a signal, or ``<leaf>.obstacle``, ``.jam``, ``.hand``, ``.forced`` in mm, ``.slack`` in
        percent. KeyError if unknown."""
        if name in self.signals:
            self.signals[name] = value
            return
        leaf_name, _, what = name.partition(".")
        if leaf_name not in ("entry", "exit"):
            raise KeyError(name)
        leaf = self.leaves[("entry", "exit").index(leaf_name)]
        if what == "obstacle":
            leaf.obstacle_mm = float(value)
        elif what == "jam":
            leaf.jam_mm = float(value)
        elif what == "hand":
            leaf.hand_mm = float(value)
        elif what == "forced":
            leaf.opening_mm = float(value)
        elif what == "slack":
            leaf.slack = value / 100
        else:
            raise KeyError(name)

    def advance(self, elapsed_ms: int) -> None:
        """Let the physics run for so long, in steps of STEP_MS; the remainder is kept for the next call."""
        self._rest_ms += elapsed_ms
        while self._rest_ms >= STEP_MS:
            self._rest_ms -= STEP_MS
            for leaf in self.leaves:
                if leaf.moving:
                    leaf.step(STEP_MS / 1000)

    def moving(self) -> bool:
        return self.leaves[0].moving or self.leaves[1].moving
