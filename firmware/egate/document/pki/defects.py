"""What is known to be wrong with documents: deviation lists (Doc 9303-12, 10) and defect lists (BSI TR-03129).

An entry says which documents it means (by signer, type, time of issue, number: all that it names must fit) and what
is wrong with them. A known defect may turn a failed step into an undetermined one, never into a passed one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from egate.checks import Outcome, Reason
from egate.document.crypto.signatures import HASHES, digest
from egate.document.pki.certificates import Certificate
from egate.document.pki.steps import Step, step

# StatusCode of id-CertRevoked (TR-03129): revoked by the issuer, revoked by the list's signer. The others (no
# indication, on hold, testing) leave it open.
_REVOKED_FOR_GOOD = (3, 4)


class DefectKind(StrEnum):
    """Kinds of defects, of both list formats. OTHER: any further one; it is recorded and changes nothing."""

    DS_SIGNATURE = "ds_signature"
    DS_ENCODING = "ds_encoding"
    DS_REVOKED = "ds_revoked"
    CSCA_ENCODING = "csca_encoding"
    AA_KEY_COMPROMISED = "aa_key_compromised"
    CA_KEY_COMPROMISED = "ca_key_compromised"
    DG_MALFORMED = "dg_malformed"
    DG_HASH = "dg_hash"
    SOD_SIGNATURE = "sod_signature"
    SOD_INVALID = "sod_invalid"
    COM_INCONSISTENT = "com_inconsistent"
    MRZ = "mrz"
    CHIP = "chip"
    CARD_SECURITY = "card_security"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Defect:
    """``data_groups``: those meant, where the kind speaks of data groups; ``status``: StatusCode of DS_REVOKED."""

    kind: DefectKind
    data_groups: tuple[int, ...] = ()
    status: int = 0


# Which failed steps a defect explains. Subjects are those of the steps of Passive Authentication.
_EXPLAINS: dict[DefectKind, dict[str, tuple[Reason, ...]]] = {
    DefectKind.DS_SIGNATURE: {"csca": (Reason.CERT_SIGNATURE,)},
    DefectKind.DS_ENCODING: {
        "country": (Reason.CERT_COUNTRY,),
        "document_type": (Reason.DOCUMENT_TYPE,),
        "ds_usage": (Reason.CERT_USAGE,),
        "ds_key_period": (Reason.CERT_VALIDITY,),
    },
    DefectKind.CSCA_ENCODING: {"csca_usage": (Reason.CERT_USAGE,), "csca_country": (Reason.CERT_COUNTRY,)},
    DefectKind.SOD_SIGNATURE: {"sod": (Reason.SOD_SIGNATURE,)},
    DefectKind.SOD_INVALID: {"sod": (Reason.SOD_SIGNATURE, Reason.SOD_FORMAT)},
}


@dataclass(frozen=True, slots=True)
class Document:
    """What an entry may ask about a document. ``issued``: when, as far as it is known. Nothing of it is shown."""

    type: str
    number: str
    issued: datetime | None

    def __repr__(self) -> str:
        return "Document()"


@dataclass(frozen=True, slots=True)
class DefectEntry:
    """One entry of a list. Empty criteria mean every document; ``country`` bounds who is spoken for: a list that its
    own country's CSCA vouches for says nothing about other countries' documents.

    ``numbers`` are the document numbers between line feeds, one before the first and one after the last: a list of
    three hundred thousand is searched in a millisecond and costs no objects.
    """

    country: str = ""
    issuer: str = ""
    serial: str = ""
    key_id: bytes = b""
    digest_hash: str = ""
    certificate_digest: bytes = b""
    document_type: str = ""
    issued_from: datetime | None = None
    issued_until: datetime | None = None
    numbers: bytes = b""
    defects: tuple[Defect, ...] = ()

    def __repr__(self) -> str:
        return f"DefectEntry({self.country}, {[str(each.kind) for each in self.defects]})"

    def __post_init__(self) -> None:
        if self.certificate_digest and self.digest_hash not in HASHES:
            raise ValueError("a certificate's digest needs a known hash algorithm")

    def concerns(self, signer: Certificate, document: Document) -> bool:
        """Whether every criterion fits. What is not known about the document does not fit."""
        return self._is_of(signer) and self._means(document)

    def _is_of(self, signer: Certificate) -> bool:
        if self.country and signer.country != self.country:
            return False
        if self.issuer and (self.issuer, self.serial) != (signer.issuer, f"{signer.serial:x}"):
            return False
        if self.key_id and self.key_id != signer.subject_key_id:
            return False
        return not self.certificate_digest or self.certificate_digest == digest(self.digest_hash, signer.der)

    def _means(self, document: Document) -> bool:
        if self.document_type and not document.type.startswith(self.document_type.rstrip("<")):
            return False
        if self.issued_from and (document.issued is None or document.issued < self.issued_from):
            return False
        if self.issued_until and (document.issued is None or document.issued > self.issued_until):
            return False
        return not self.numbers or b"\n" + document.number.encode() + b"\n" in self.numbers

    @property
    def fingerprint(self) -> bytes:
        """Tells entries apart, whatever list they came in."""
        return sha256(repr((self.issuer, self.serial, self.key_id, self.numbers, self.defects)).encode()).digest()


def judge_defects(defects: Iterable[Defect]) -> Iterator[Step]:
    """One step for each defect that speaks against the signer by itself."""
    for defect in defects:
        if defect.kind is DefectKind.DS_REVOKED:
            outcome = Outcome.FAILED if defect.status in _REVOKED_FOR_GOOD else Outcome.UNDETERMINED
            yield step("defect_list", Reason.CERT_REVOKED, outcome)


def explained(steps: Iterable[Step], defects: tuple[Defect, ...]) -> tuple[Step, ...]:
    """The same steps; those which failed for a known defect are undetermined."""
    return tuple(_explained(each, defects) for each in steps)


def _explained(each: Step, defects: tuple[Defect, ...]) -> Step:
    if each.outcome is Outcome.FAILED and any(_explains(defect, each) for defect in defects):
        return step(each.subject, Reason.KNOWN_DEFECT)
    return each


def _explains(defect: Defect, each: Step) -> bool:
    if defect.kind in (DefectKind.DG_MALFORMED, DefectKind.DG_HASH, DefectKind.SOD_INVALID):
        of_all = defect.kind is DefectKind.SOD_INVALID
        if each.reason is Reason.DG_HASH and (of_all or each.subject in {f"dg{n}" for n in defect.data_groups}):
            return True
    return each.reason in _EXPLAINS.get(defect.kind, {}).get(each.subject, ())
