"""Turns what a capture showed into check results. The polarity of every score is decided here and nowhere else."""

from egate.checks import Check, CheckResult, Outcome, Reason, passed
from egate.face.quality.judgement import Finding

_REASONS = {Finding.NO_FACE: Reason.NO_FACE, Finding.SEVERAL_FACES: Reason.SEVERAL_FACES}


def capture(finished: bool, last: Finding | None, timed_out: bool) -> CheckResult:
    """FACE_CAPTURE: passed with enough good frames; else undetermined, because nothing was shown. ``last``: what the
    last frame showed, None where no frame came at all. One that ended before its time lost its camera."""
    if finished:
        return passed(Check.FACE_CAPTURE)
    details = (last.value,) if last is not None else ()
    if timed_out:
        details = (*details, Reason.TIMEOUT.value)
    reason = Reason.CAMERA if last is None or not timed_out else _REASONS.get(last, Reason.LOW_QUALITY)
    return CheckResult(Check.FACE_CAPTURE, Outcome.UNDETERMINED, reason, details)


def presentation(score: float | None, threshold: float) -> CheckResult:
    """PAD: a score from the threshold on is an alarm, and so is a missing one."""
    if score is None:
        return CheckResult(Check.PAD, Outcome.FAILED, Reason.PAD_MISSING)
    if not score < threshold:  # written so that a score that is no number is an alarm
        return CheckResult(Check.PAD, Outcome.FAILED, Reason.PRESENTATION_ATTACK)
    return passed(Check.PAD)


def verification(score: float, threshold: float) -> CheckResult:
    """FACE_VERIFICATION: passed from the threshold on."""
    if score >= threshold:
        return passed(Check.FACE_VERIFICATION)
    return CheckResult(Check.FACE_VERIFICATION, Outcome.FAILED, Reason.FACE_MISMATCH)


def not_verified(reason: Reason, *details: str) -> CheckResult:
    """FACE_VERIFICATION where nothing could be compared."""
    return CheckResult(Check.FACE_VERIFICATION, Outcome.UNDETERMINED, reason, details)
