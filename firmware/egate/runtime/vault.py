"""The one place that holds what is personal, in RAM, for one traveller at a time. ``wipe`` forgets it.

Events, effects, records and logs carry none of it; executors look it up here by the transaction's id.
"""

from collections.abc import Callable
from dataclasses import dataclass

from egate.document.lds.face_image import Portrait
from egate.document.mrz.zone import Mrz
from egate.face.capture import CaptureSession


@dataclass(slots=True)
class Traveller:
    """What the lane knows about the person inside. ``repr`` shows nothing of it."""

    transaction: str
    mrz: Mrz | None = None
    portrait: Portrait | None = None
    capture: CaptureSession | None = None

    def __repr__(self) -> str:
        return f"Traveller({self.transaction})"


MAX_SEALS = 8
"""More digital seals no document has; what a reader tells beyond is not kept."""


class Vault:
    """Holds at most one traveller, and what the document reader told of the document that lies on it.

    ``overwrite`` runs the overwriting of pictures where nothing else works on them at that moment.
    """

    def __init__(self, overwrite: Callable[[Callable[[], None]], None] = lambda job: job()) -> None:
        self.overwrite = overwrite
        self._traveller: Traveller | None = None
        self._lines: tuple[str, ...] = ()
        self._seals: tuple[bytes, ...] = ()

    def begin(self, transaction: str) -> None:
        """Make room for a new traveller; the one before is wiped. Lines and seals may come before their transaction
        is known, and are kept."""
        lines, seals = self._lines, self._seals
        self.wipe()
        self._lines, self._seals = lines, seals
        self._traveller = Traveller(transaction)

    def of(self, transaction: str) -> Traveller | None:
        """The traveller of this transaction, or None if he or she has gone."""
        traveller = self._traveller
        return traveller if traveller is not None and traveller.transaction == transaction else None

    def keep_lines(self, lines: tuple[str, ...]) -> None:
        """Lines of the document that lies on the reader now, until ``take_lines``."""
        self._lines = lines

    def take_lines(self) -> tuple[str, ...]:
        """The lines last read; they are kept no longer."""
        lines, self._lines = self._lines, ()
        return lines

    def keep_seal(self, content: bytes) -> bool:
        """A bar code of the document that lies on the reader now. False where it brings nothing new: readers tell the
        same one again and again."""
        if content in self._seals or len(self._seals) >= MAX_SEALS:
            return False
        self._seals = (*self._seals, content)
        return True

    @property
    def seals(self) -> tuple[bytes, ...]:
        """All that came since the last wiping: a second reading of a document does not undo the first."""
        return self._seals

    @property
    def empty(self) -> bool:
        return self._traveller is None and not self._lines and not self._seals

    def wipe(self) -> None:
        """Overwrite pictures and templates, drop everything else."""
        traveller, self._traveller, self._lines, self._seals = self._traveller, None, (), ()
        if traveller is None:
            return
        if traveller.capture is not None:
            self.overwrite(traveller.capture.wipe)
        traveller.mrz, traveller.portrait, traveller.capture = None, None, None
