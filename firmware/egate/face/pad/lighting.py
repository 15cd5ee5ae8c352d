"""One start of the light challenge: what the lamp is to show, and what it really showed from when."""

from egate.face.pad.challenge import REST, STEP_MS, STEPS, Challenge, Colour, Shown

_EARLY_MS = 45
"""A step may end so much before its time: the lamp is driven between two frames, and waiting for the next would make
it a whole frame longer. At least 255 ms remain, so that five changes at most fall into a second: two flashes."""

_LEAST_FRAMES = 2
"""A step lasts longer than its time where a slow machine has not yet seen so many frames in it."""

_GIVES_UP_MS = 1500
"""A lamp that has not shown the first step by then is not waited for any longer."""

_SETTLES_MS = 60
"""A picture taken so soon after a change of the lamp may still have been exposed in part to what was before."""


class Lighting:
    """Lives as long as one unbroken presence. ``saw`` moves it on; everything else says where it stands."""

    def __init__(self, challenge: Challenge) -> None:
        self._challenge = challenge
        self._due_ms: int | None = None
        self._step = 0
        self._step_from_ms: int | None = None
        self._frames = 0
        self._failed = False
        self._shown: list[Shown] = []

    @property
    def steps(self) -> tuple[Colour, ...]:
        """The colours that were to be shown, in their order."""
        return self._challenge.steps

    @property
    def shown(self) -> tuple[Shown, ...]:
        """Every colour that the lamp showed, those at rest included, from the first on."""
        return tuple(self._shown)

    @property
    def failed(self) -> bool:
        """The lamp did not do what it was to do."""
        return self._failed

    @property
    def begun(self) -> bool:
        """Somebody stands there who is, or was, put to the challenge."""
        return self._due_ms is not None

    def coloured(self, time_ms: int) -> bool:
        """A picture taken at ``time_ms`` may show the challenge's colours."""
        if not self.begun or self._failed:
            return False
        rested = self.over and bool(self._shown) and self._shown[-1].colour == REST
        return not rested or time_ms - self._shown[-1].from_ms < _SETTLES_MS

    @property
    def over(self) -> bool:
        """Every step has had its time, or never will."""
        return self._failed or self._step >= STEPS

    @property
    def wanted(self) -> Colour:
        """What the lamp is to show now."""
        return REST if self._due_ms is None or self.over else self.steps[self._step]

    @property
    def progress(self) -> float:
        """Share of the challenge that is done, 0 .. 1."""
        return 1.0 if self.over else self._step / STEPS

    def begin(self, time_ms: int) -> None:
        """The traveller stands there. Again: changes nothing."""
        if self._due_ms is None:
            self._due_ms = time_ms

    def fail(self) -> None:
        """The lamp is lost: nothing more is waited for."""
        self._failed = True

    def showed(self, colour: Colour, time_ms: int) -> None:
        """The lamp shows ``colour`` from now on."""
        if self._due_ms is not None and not self.over and colour == self.wanted and self._step_from_ms is None:
            self._step_from_ms, self._frames = time_ms, 0
        if not self._shown or self._shown[-1].colour != colour:
            self._shown.append(Shown(colour, time_ms))

    def saw(self, time_ms: int) -> None:
        """A frame was taken; the lamp is asked for the next step where this one has had its time."""
        if self._due_ms is None or self.over:
            return
        if self._step_from_ms is None:
            self._failed = time_ms - self._due_ms > _GIVES_UP_MS
            return
        self._frames += 1
        if time_ms - self._step_from_ms + _EARLY_MS >= STEP_MS and self._frames >= _LEAST_FRAMES:
            self._step, self._step_from_ms, self._due_ms = self._step + 1, None, time_ms
