"""EF.DG13: whatever the issuer likes, in a form that only the issuer knows (Doc 9303-10)."""

from dataclasses import dataclass

from egate.document import tlv
from egate.document.lds.files import Ef
from egate.document.lds.redacted import Redacted


@dataclass(frozen=True, slots=True, repr=False)
class OptionalDetails(Redacted):
    content: bytes


def parse_dg13(raw: bytes) -> OptionalDetails:
    """Raises FormatError."""
    return OptionalDetails(tlv.find(raw, Ef.DG13.value.tag))
