"""How strictly certificates, algorithms and lists are judged: the part of Passive Authentication that is policy."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta as Bounds


class ValidityTime(StrEnum):
    """When certificates must be valid. NOW: at the inspection. SIGNING: when the document was signed, where its
    security object says so; for issuers whose Document Signers end before their documents."""

    NOW = "now"
    SIGNING = "signing"


class Unproven(StrEnum):
    """What becomes of a check that its issuer's lists leave open: only recorded, or left undetermined."""

    RECORD = "record"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class TrustRules:
    """How strictly signatures are judged. ``stale_crl``, ``missing_crl``: what a revocation list past its next update,
    or none at all, means for a document of that issuer; ``sha1_before_year``: SHA-1 counts as weak where the signer's
    certificate begins in that year or later, and is recorded where it is older."""

    validity_at: ValidityTime = ValidityTime.NOW
    stale_crl: Unproven = Unproven.RECORD
    missing_crl: Unproven = Unproven.RECORD
    sha1_before_year: Annotated[int, Bounds(ge=2000, le=2100)] = 2018
    min_rsa_bits: Annotated[int, Bounds(ge=1024, le=4096)] = 2048
    min_ec_bits: Annotated[int, Bounds(ge=160, le=521)] = 224

    def moment(self, now: datetime, signed: datetime | None) -> datetime:
        """When certificates have to be valid; a signing time in the future is not believed."""
        if self.validity_at is ValidityTime.SIGNING and signed is not None:
            return min(now, signed)
        return now
