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


class Vault:
    """Holds at most one traveller, and lines that came before their transaction is known.

    ``overwrite`` runs the overwriting of pictures where nothing else works on them at that moment.
    """

    def __init__(self, overwrite: Callable[[Callable[[], None]], None] = lambda job: job()) -> None:
        self.overwrite = overwrite
        self._traveller: Traveller | None = None
        self._lines: tuple[str, ...] = ()

    def begin(self, transaction: str) -> None:
        """Make room for a new traveller; the one before is wiped."""
        lines = self._lines
        self.wipe()
        self._lines = lines
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

    @property
    def empty(self) -> bool:
        return self._traveller is None and not self._lines

    def wipe(self) -> None:
        """Overwrite pictures and templates, drop everything else."""
        traveller, self._traveller, self._lines = self._traveller, None, ()
        if traveller is None:
            return
        if traveller.capture is not None:
            self.overwrite(traveller.capture.wipe)
        traveller.mrz, traveller.portrait, traveller.capture = None, None, None
