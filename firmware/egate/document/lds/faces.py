"""What every record format says about one face."""

from dataclasses import dataclass

from egate.document.lds.redacted import Redacted

MAX_FACES = 16  # project choice: a document has one face, perhaps some older ones


@dataclass(frozen=True, slots=True, repr=False)
class Face(Redacted):
    """``image`` is encoded; ``width`` and ``height`` in pixels as the record announces them, 0 where it does not."""

    image: bytes
    width: int
    height: int
