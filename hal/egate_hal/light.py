"""Port: the lamp that shines on the traveller's face, beside or around the camera."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Colour:
    """Light of one lamp: each a share 0 .. 1 of what its red, green and blue can give, linear in light."""

    red: float
    green: float
    blue: float

    def __post_init__(self) -> None:
        if not all(0 <= share <= 1 for share in (self.red, self.green, self.blue)):
            raise ValueError(f"a lamp's shares lie between 0 and 1, got {self.red}, {self.green}, {self.blue}")


DARK = Colour(0.0, 0.0, 0.0)


class FaceLight(Protocol):
    """Promises: ``show`` returns once the lamp has the new colour, to within a few milliseconds, and keeps it until the
    next. A lamp that is closed, or whose host has gone, is dark or white, never left in a colour."""

    async def open(self) -> None:
        """Raises DeviceUnavailable, DeviceLost."""

    async def close(self) -> None:
        """Leaves the lamp dark."""

    async def show(self, colour: Colour) -> None:
        """Raises DeviceLost."""
