"""Is the chip the issuer's own, or does it hold a copy of its files? (Doc 9303-11, 6)

Three ways lead there. What a chip proves is worth what binds its key to the issuer: Passive Authentication of the file
in which the key stands.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from egate.checks import Check, CheckResult, Outcome, Reason, passed
from egate.document.chip import active_auth
from egate.document.errors import DocumentError, UnsupportedError
from egate.document.lds.files import Ef
from egate.document.pki.defects import Defect, DefectKind

_CHECK = Check.CHIP_AUTHENTICITY


class Method(StrEnum):
    """MAPPING: the proof that PACE with Chip Authentication Mapping brings along."""

    MAPPING = "pace_cam"
    CHIP_AUTHENTICATION = "chip_authentication"
    ACTIVE_AUTHENTICATION = "active_authentication"


# What is said of a proof that went wrong, and of one whose key nobody vouches for.
_WRONG = {
    Method.MAPPING: Reason.CAM_PROOF,
    Method.CHIP_AUTHENTICATION: Reason.CA_FAILED,
    Method.ACTIVE_AUTHENTICATION: Reason.AA_SIGNATURE,
}
_UNBOUND = {
    Method.MAPPING: Reason.CA_KEY,
    Method.CHIP_AUTHENTICATION: Reason.CA_KEY,
    Method.ACTIVE_AUTHENTICATION: Reason.AA_KEY,
}
# What a list may say that takes a proof its worth. The mapping uses a static key of Chip Authentication.
_SPOILT_BY = {
    Method.MAPPING: (DefectKind.CA_KEY_COMPROMISED, DefectKind.CARD_SECURITY),
    Method.CHIP_AUTHENTICATION: (DefectKind.CA_KEY_COMPROMISED,),
    Method.ACTIVE_AUTHENTICATION: (DefectKind.AA_KEY_COMPROMISED,),
}


@dataclass(frozen=True, slots=True)
class Proof:
    """What the chip showed, its key taken for granted. ``key_file``: where that key stands, None where its own
    signature was verified already."""

    method: Method
    result: CheckResult
    key_file: Ef | None


def proof_holds(method: Method, key_file: Ef | None, *words: str) -> Proof:
    """``words``: key and algorithm."""
    return Proof(method, passed(_CHECK, method, *words), key_file)


def proof_fails(method: Method, key_file: Ef | None, *words: str) -> Proof:
    """The chip does not have the key."""
    return Proof(method, CheckResult(_CHECK, Outcome.FAILED, _WRONG[method], (method, *words)), key_file)


def proof_missing(method: Method, error: DocumentError) -> Proof:
    """The protocol came to no end. What we do not know leaves it open; all else is a failed proof."""
    if isinstance(error, UnsupportedError):
        return Proof(method, CheckResult(_CHECK, Outcome.UNDETERMINED, error.reason, (method,)), None)
    return Proof(method, CheckResult(_CHECK, Outcome.FAILED, error.reason, (method,)), None)


def active_proof(result: active_auth.ActiveAuthentication) -> Proof:
    """The verdict on an answer to INTERNAL AUTHENTICATE."""
    method = Method.ACTIVE_AUTHENTICATION
    if result.proof is active_auth.Proof.HOLDS:
        return proof_holds(method, Ef.DG15, result.key.name, result.hash)
    if result.proof in (active_auth.Proof.TRUNCATED, active_auth.Proof.EMPTY):
        # Genuine chips with large keys do that too, so it shows nothing.
        open_result = CheckResult(_CHECK, Outcome.UNDETERMINED, Reason.AA_SIGNATURE, (method, result.proof))
        return Proof(method, open_result, Ef.DG15)
    return proof_fails(method, Ef.DG15, result.proof)


@dataclass(frozen=True, slots=True)
class KeyFile:
    """One of the files that hold keys. ``error``: why it could not be read or decoded; ``is_altered``: it is not what
    the issuer signed."""

    ef: Ef
    error: DocumentError | None
    is_altered: bool


def judge_authenticity(
    proofs: tuple[Proof, ...],
    key_files: tuple[KeyFile, ...],
    bound: Callable[[Ef], bool],
    defects: Collection[Defect] = (),
) -> CheckResult | None:
    """``proofs``: what was tried, in that order: the last one counts, because the next is tried only where one could
    not be brought to an end; ``bound``: whether the issuer vouches for a file; ``defects``: what lists name for this
    document. Keys that they call compromised prove nothing, because others than the chip may have them.

    None: nothing was tried.
    """
    trouble = next(_trouble(key_files), None)
    if trouble is not None or not proofs:
        return trouble
    proof = proofs[-1]
    holds = proof.result.outcome is Outcome.PASSED
    if holds and proof.key_file is not None and not bound(proof.key_file):
        words = (proof.method, "not_bound")
        return CheckResult(_CHECK, Outcome.UNDETERMINED, _UNBOUND[proof.method], words)
    if holds and any(defect.kind in _SPOILT_BY[proof.method] for defect in defects):
        return CheckResult(_CHECK, Outcome.UNDETERMINED, Reason.KNOWN_DEFECT, proof.result.details)
    return proof.result


def judge_silence(offers: Collection[Method]) -> CheckResult:
    """Of a chip that was read to its end and showed no proof. ``offers``: what its files promise.

    A promise that is not kept is left open: a copy breaks it on purpose, but a reader may also lack the means.
    """
    if not offers:
        return CheckResult(_CHECK, Outcome.NOT_SUPPORTED, Reason.NOT_OFFERED)
    method = next(iter(offers))
    return CheckResult(_CHECK, Outcome.UNDETERMINED, _WRONG[method], (method, "not_shown"))


def _trouble(key_files: tuple[KeyFile, ...]) -> Iterator[CheckResult]:
    """Files with keys that were taken away, are malformed or are not those that the issuer signed."""
    for file in key_files:
        word, error = file.ef.name.lower(), file.error
        if error is not None and error.reason is Reason.FILE_MISSING:
            yield CheckResult(_CHECK, Outcome.FAILED, Reason.DG_WITHHELD, (word,))
        elif isinstance(error, UnsupportedError):
            yield CheckResult(_CHECK, Outcome.UNDETERMINED, error.reason, (word,))
        elif error is not None:
            yield CheckResult(_CHECK, Outcome.FAILED, error.reason, (word,))
        elif file.is_altered:
            reason = Reason.AA_KEY if file.ef is Ef.DG15 else Reason.CA_KEY
            yield CheckResult(_CHECK, Outcome.FAILED, reason, (word, "hash"))
