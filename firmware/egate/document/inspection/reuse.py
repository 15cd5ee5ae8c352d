"""Is somebody passing with a document with which somebody has just passed? A genuine one can be handed back over the
barrier; neither its page nor its chip can tell.
"""

import hmac
from typing import Protocol

from egate.checks import Check, CheckResult, Outcome, Reason, passed
from egate.document.mrz.formats import Field
from egate.document.mrz.zone import Mrz

MOST_DOCUMENTS = 20_000
"""Project choice: more than a lane can let pass in the longest time that its settings allow."""

_BETWEEN = "/"  # which no zone contains


class DocumentMemory(Protocol):
    """The documents with which somebody has passed lately.

    Here each lane remembers its own. One that knows of other lanes takes this one's place; it answers at once too, from
    what it has been told, because a traveller waits.
    """

    def used_lately(self, mrz: Mrz, now_ms: int) -> bool:
        """Whether somebody has passed with it. ``now_ms``: monotonic time."""

    def remember(self, mrz: Mrz, now_ms: int) -> None:
        """Somebody has passed with it."""


class RecentDocuments:
    """A DocumentMemory of one lane and one life of its controller, in RAM alone.

    It holds no number, only HMAC-SHA-256 of issuing state, number and expiry under ``key``, which is random and leaves
    the process no more than they do: numbers are few enough to be tried, so that a hash without a secret would hide
    nothing. Each is kept for ``keep_ms``, and dropped when the memory is next used; past ``most`` the oldest goes.
    Raises ValueError for a short key, or where nothing could be kept.
    """

    def __init__(self, key: bytes, keep_ms: int, most: int = MOST_DOCUMENTS) -> None:
        if len(key) < 32:  # noqa: PLR2004 - as long as what SHA-256 gives, RFC 2104, section 3
            raise ValueError("the key must have 32 bytes")
        if keep_ms <= 0 or most <= 0:
            raise ValueError("a memory keeps at least one document for some time; leave it out where none is wanted")
        self._key, self._keep_ms, self._most = key, keep_ms, most
        self._passed_ms: dict[bytes, int] = {}  # oldest first

    def __repr__(self) -> str:
        return "RecentDocuments(...)"

    def __len__(self) -> int:
        return len(self._passed_ms)

    def used_lately(self, mrz: Mrz, now_ms: int) -> bool:
        self._forget(now_ms)
        return self._digest(mrz) in self._passed_ms

    def remember(self, mrz: Mrz, now_ms: int) -> None:
        self._forget(now_ms)
        digest = self._digest(mrz)
        self._passed_ms.pop(digest, None)
        self._passed_ms[digest] = now_ms
        if len(self._passed_ms) > self._most:
            del self._passed_ms[next(iter(self._passed_ms))]

    def _forget(self, now_ms: int) -> None:
        over = [digest for digest, at_ms in self._passed_ms.items() if now_ms - at_ms >= self._keep_ms]
        for digest in over:
            del self._passed_ms[digest]

    def _digest(self, mrz: Mrz) -> bytes:
        named = _BETWEEN.join((mrz.issuing_state, mrz.document_number, mrz.printed(Field.EXPIRY)))
        return hmac.digest(self._key, named.encode("ascii"), "sha256")


def check_reuse(mrz: Mrz | None, memory: DocumentMemory, now_ms: int) -> CheckResult:
    """The check DOCUMENT_REUSE. ``mrz`` None: the page could not be read, and so nothing was asked."""
    if mrz is None:
        return CheckResult(Check.DOCUMENT_REUSE, Outcome.ABORTED, Reason.NOT_DONE)
    if memory.used_lately(mrz, now_ms):
        return CheckResult(Check.DOCUMENT_REUSE, Outcome.FAILED, Reason.REUSED)
    return passed(Check.DOCUMENT_REUSE)
