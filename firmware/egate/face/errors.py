"""What can go wrong in the face room. No text holds anything about a picture's content."""

from egate.checks import Reason


class FaceError(Exception):
    """Root of all errors of this package."""


class ModelError(FaceError):
    """A model file or its card is missing, altered or unusable. The text names the file and what to do."""


class PictureError(FaceError):
    """A picture is not (height, width, 3) uint8 with sensible dimensions: a fault of who delivered it."""


class PortraitError(FaceError):
    """The chip's portrait cannot be used. ``reason`` is what a check records."""

    def __init__(self, message: str, reason: Reason = Reason.PORTRAIT_UNREADABLE) -> None:
        super().__init__(message)
        self.reason = reason
