"""The vocabulary that every room shares: checks, outcomes, reasons. BSI TR-03135-1 gives the outcomes.

A reason code is what a record, an officer and a statistic see. It says which rule failed, never on what data.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How one check ended. An aborted check never supports a decision (TR-03135-1, 3.5)."""

    PASSED = "passed"
    FAILED = "failed"
    UNDETERMINED = "undetermined"
    NOT_SUPPORTED = "not_supported"
    ABORTED = "aborted"


# Worst first. Project choice: requirements fix this precedence.
_PRECEDENCE = (Outcome.FAILED, Outcome.ABORTED, Outcome.UNDETERMINED, Outcome.NOT_SUPPORTED, Outcome.PASSED)


class Check(StrEnum):
    """Every check that a transaction can contain."""

    MRZ_READ = "mrz_read"
    MRZ_CHECK_DIGITS = "mrz_check_digits"
    DOCUMENT_SUPPORTED = "document_supported"
    DOCUMENT_EXPIRY = "document_expiry"
    DOCUMENT_REUSE = "document_reuse"
    DOCUMENT_MODEL = "document_model"
    DIGITAL_SEAL = "digital_seal"
    AGE = "age"
    CHIP_ACCESS = "chip_access"
    PASSIVE_AUTHENTICATION = "passive_authentication"
    CHIP_AUTHENTICITY = "chip_authenticity"
    MRZ_DG1_CONSISTENCY = "mrz_dg1_consistency"
    PORTRAIT = "portrait"
    SINGLE_PERSON = "single_person"
    FACE_CAPTURE = "face_capture"
    FACE_VERIFICATION = "face_verification"
    PAD = "pad"
    BORDER_SYSTEM = "border_system"


class Reason(StrEnum):
    """Every coded reason, in the order in which a traveller meets the checks. Values are stable for ever."""

    OK = "ok"
    # MRZ and document
    MRZ_UNREADABLE = "mrz_unreadable"
    MRZ_FORMAT = "mrz_format"
    MRZ_CHECK_DIGIT = "mrz_check_digit"
    DOCUMENT_TYPE = "document_type"
    SPECIMEN = "specimen"
    EXPIRED = "expired"
    DATE_INVALID = "date_invalid"
    UNDER_AGE = "under_age"
    REUSED = "reused"
    # Visible digital seal
    SEAL_FORMAT = "seal_format"
    SEAL_SIGNATURE = "seal_signature"
    SEAL_SIGNER_UNKNOWN = "seal_signer_unknown"
    SEAL_MISMATCH = "seal_mismatch"
    SEAL_VALIDITY = "seal_validity"
    # Chip access
    CHIP_ABSENT = "chip_absent"
    CHIP_REMOVED = "chip_removed"
    CHIP_TIMEOUT = "chip_timeout"
    CHIP_PROTOCOL = "chip_protocol"
    ACCESS_DENIED = "access_denied"
    ACCESS_UNSUPPORTED = "access_unsupported"
    ACCESS_DOWNGRADED = "access_downgraded"
    SECURE_MESSAGING = "secure_messaging"
    FILE_MISSING = "file_missing"
    FILE_FORMAT = "file_format"
    # Passive Authentication
    SOD_FORMAT = "sod_format"
    SOD_SIGNATURE = "sod_signature"
    DG_HASH = "dg_hash"
    DG_WITHHELD = "dg_withheld"
    CSCA_UNKNOWN = "csca_unknown"
    CERT_SIGNATURE = "cert_signature"
    CERT_VALIDITY = "cert_validity"
    CERT_REVOKED = "cert_revoked"
    CERT_COUNTRY = "cert_country"
    CERT_USAGE = "cert_usage"
    KNOWN_DEFECT = "known_defect"
    TRUST_STALE = "trust_stale"
    ALGORITHM_UNSUPPORTED = "algorithm_unsupported"
    ALGORITHM_WEAK = "algorithm_weak"
    # Chip authenticity and consistency
    AA_SIGNATURE = "aa_signature"
    AA_KEY = "aa_key"
    CA_FAILED = "ca_failed"
    CA_KEY = "ca_key"
    CAM_PROOF = "cam_proof"
    SECURITY_INFOS_MISMATCH = "security_infos_mismatch"
    NOT_OFFERED = "not_offered"
    DG1_MISMATCH = "dg1_mismatch"
    # Face
    PORTRAIT_UNREADABLE = "portrait_unreadable"
    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    LOW_QUALITY = "low_quality"
    FACE_MISMATCH = "face_mismatch"
    PRESENTATION_ATTACK = "presentation_attack"
    PAD_MISSING = "pad_missing"
    CAMERA = "camera"
    # Border systems
    ALERT_LIST_HIT = "alert_list_hit"
    LIST_STALE = "list_stale"
    LIST_UNAVAILABLE = "list_unavailable"
    QUERY_TIMEOUT = "query_timeout"
    # The lane
    NOBODY_ENTERED = "nobody_entered"
    TAILGATING = "tailgating"
    WALKED_BACK = "walked_back"
    DOCUMENT_REMOVED = "document_removed"
    TIMEOUT = "timeout"
    CALLED_FOR_HELP = "called_for_help"
    CLOCK_UNTRUSTED = "clock_untrusted"
    DEVICE_FAULT = "device_fault"
    DOOR_FAULT = "door_fault"
    EMERGENCY = "emergency"
    CONTROLLER_RESTART = "controller_restart"
    NOT_DONE = "not_done"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How a check ended and why. ``details`` are coded words (an algorithm, a file), never personal data."""

    check: Check
    outcome: Outcome
    reason: Reason = Reason.OK
    details: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.outcome is Outcome.PASSED) != (self.reason is Reason.OK):
            raise ValueError(f"{self.check}: outcome {self.outcome} does not go with reason {self.reason}")


def passed(check: Check, *details: str) -> CheckResult:
    """Shorthand for a check that went well."""
    return CheckResult(check, Outcome.PASSED, Reason.OK, details)


def combined(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of several outcomes; no outcome at all is undetermined, because nothing was shown."""
    present = set(outcomes)
    return next((o for o in _PRECEDENCE if o in present), Outcome.UNDETERMINED)
