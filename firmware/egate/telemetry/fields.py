"""The few kinds of value that a record is made of, with the bounds that the schemas, the decoder and the gate share.

A record holds coded words and numbers only. There is no field of free text, so nothing that was read from a document
or a face can slip into one unnoticed; in particular no MRZ line is a word, because ``<`` is not allowed.
"""

import math
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta

# Python's $ also matches before a last line feed, JSON Schema's does not: the lookahead makes both mean the end.
_END = r"$(?!\n)"
_WORD = r"^[A-Za-z0-9][A-Za-z0-9 ._:/+-]{0,63}" + _END
_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}" + _END
_GATE = r"^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?" + _END
_EPOCH = r"^[0-9]{8}T[0-9]{9}Z" + _END
_HASH = r"^[0-9a-f]{64}" + _END
_STATE = r"^[A-Z]{1,3}" + _END
_DOCUMENT_TYPE = r"^[A-Z]{1,2}" + _END
_MAX_INTEGER = 2**53 - 1  # beyond it JSON numbers are not exact (RFC 8785, 3.2.2.3)

Word = Annotated[str, Meta(pattern=_WORD, description="coded word")]
Uuid = Annotated[str, Meta(pattern=_UUID, description="UUID in lower case")]
GateId = Annotated[str, Meta(pattern=_GATE, description="name of the gate, as in its topics")]
Epoch = Annotated[str, Meta(pattern=_EPOCH, description="UTC time at which the gate's journal was begun")]
Hash = Annotated[str, Meta(pattern=_HASH, description="SHA-256 in lower-case hexadecimal")]
StateCode = Annotated[str, Meta(pattern=_STATE, description="ICAO Doc 9303-3 state code, fillers removed")]
DocumentType = Annotated[str, Meta(pattern=_DOCUMENT_TYPE, description="document code of the MRZ, fillers removed")]
Count = Annotated[int, Meta(ge=0, le=_MAX_INTEGER)]
Milliseconds = Annotated[int, Meta(ge=0, le=_MAX_INTEGER, description="milliseconds")]
Utc = Annotated[datetime, Meta(tz=True)]


class RecordInvalid(ValueError):
    """A record was built from a value that its field does not allow. The text names the rule, never the value."""


def check_words(*values: str | None) -> None:
    """Raises RecordInvalid unless every value is a coded word (None is skipped)."""
    _check(_WORD, "a coded word (1 to 64 letters, digits or ._:/+- and spaces)", values)


def check_uuids(*values: str | None) -> None:
    """Raises RecordInvalid unless every value is a UUID in lower case (None is skipped)."""
    _check(_UUID, "a UUID in lower case", values)


def check_gate(value: str) -> None:
    """Raises RecordInvalid unless the value can name a gate in a topic."""
    _check(_GATE, "a gate name (1 to 32 of a-z, 0-9 and inner hyphens)", (value,))


def check_epoch(value: str) -> None:
    """Raises RecordInvalid unless the value is an epoch as ``epoch_of`` makes them."""
    _check(_EPOCH, "an epoch", (value,))


def check_document(document_type: str, issuing_state: str) -> None:
    """Raises RecordInvalid unless both are the short codes of an MRZ, without fillers."""
    _check(_DOCUMENT_TYPE, "a document code", (document_type,))
    _check(_STATE, "a state code", (issuing_state,))


def _check(pattern: str, rule: str, values: Iterable[str | None]) -> None:
    for value in values:
        if value is not None and re.search(pattern, value) is None:
            raise RecordInvalid(f"a field that must hold {rule} holds something else ({len(value)} characters)")


def check_counts(*values: int | None) -> None:
    """Raises RecordInvalid unless every value is a whole number from 0 to 2**53 - 1 (None is skipped)."""
    for value in values:
        if value is not None and not 0 <= value <= _MAX_INTEGER:
            raise RecordInvalid("a count or a time in milliseconds is negative or beyond 2**53 - 1")


def check_finite(*values: float) -> None:
    """Raises RecordInvalid for what JSON cannot hold: infinities, and numbers of another library's type."""
    if not all(type(value) in (float, int) and math.isfinite(value) for value in values):
        raise RecordInvalid("a score or quality value is not a finite float; convert it with float() first")


def check_utc(*values: datetime) -> None:
    """Raises RecordInvalid unless every time says that it is UTC."""
    if any(value.utcoffset() != timedelta(0) for value in values):
        raise RecordInvalid("a time is not in UTC")


def epoch_of(created_at: datetime) -> Epoch:
    """The epoch of a journal begun at ``created_at`` (UTC): ``20261123T153000123Z``."""
    check_utc(created_at)
    return f"{created_at:%Y%m%dT%H%M%S}{created_at.microsecond // 1000:03d}Z"
