"""One start of the light challenge: what the lamp is to show, and what it really showed from when."""

from egate.face.pad.challenge import DURATION_MS, REST, STEP_MS, Challenge, Colour, Shown

_EARLY_MS = 25
"""A step may begin so much before its time: the lamp is driven between two frames, and waiting for the next would
make it a whole frame late."""

_GIVES_UP_MS = 500
"""A lamp that has not shown the first step by then is not waited for any longer."""


class Lighting:
    """Lives as long as one unbroken presence. The steps lie at fixed times after the first was shown, so that small
    delays do not add up."""

    def __init__(self, challenge: Challenge) -> None:
        self._challenge = challenge
        self._due_ms: int | None = None
        self._began_ms: int | None = None
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
        """The lamp did not do what it was to do, or has not been heard of yet."""
        return self._failed or (self._due_ms is not None and self._began_ms is None)

    def begin(self, time_ms: int) -> None:
        """The traveller stands there. Again: changes nothing."""
        if self._due_ms is None:
            self._due_ms = time_ms

    def fail(self) -> None:
        """The lamp is lost: nothing more is waited for."""
        self._failed = True

    def wanted(self, time_ms: int) -> Colour:
        """What the lamp is to show now."""
        if self._due_ms is None or self.over(time_ms):
            return REST
        if self._began_ms is None:
            return self.steps[0]
        return self.steps[(time_ms - self._began_ms + _EARLY_MS) // STEP_MS]

    def showed(self, colour: Colour, time_ms: int) -> None:
        """The lamp shows ``colour`` from now on."""
        if self._due_ms is not None and self._began_ms is None and colour == self.steps[0]:
            self._began_ms = time_ms
        if not self._shown or self._shown[-1].colour != colour:
            self._shown.append(Shown(colour, time_ms))

    def over(self, time_ms: int) -> bool:
        """Every step has had its time, or never will."""
        if self._failed:
            return True
        if self._began_ms is not None:
            return time_ms - self._began_ms + _EARLY_MS >= DURATION_MS
        return self._due_ms is not None and time_ms - self._due_ms > _GIVES_UP_MS

    def progress(self, time_ms: int) -> float:
        """Share of the challenge that is done, 0 .. 1."""
        if self.over(time_ms):
            return 1.0
        return 0.0 if self._began_ms is None else min(1.0, (time_ms - self._began_ms) / DURATION_MS)
