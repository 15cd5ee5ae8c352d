import pytest

from egate.checks import Check, CheckResult, Outcome, Reason, combined


@pytest.mark.parametrize(
    ("outcomes", "worst"),
    [
        ((), Outcome.UNDETERMINED),
        ((Outcome.PASSED, Outcome.PASSED), Outcome.PASSED),
        ((Outcome.PASSED, Outcome.NOT_SUPPORTED), Outcome.NOT_SUPPORTED),
        ((Outcome.NOT_SUPPORTED, Outcome.UNDETERMINED), Outcome.UNDETERMINED),
        ((Outcome.UNDETERMINED, Outcome.ABORTED), Outcome.ABORTED),
        ((Outcome.ABORTED, Outcome.FAILED, Outcome.PASSED), Outcome.FAILED),
    ],
)
def test_the_worst_outcome_counts(outcomes: tuple[Outcome, ...], worst: Outcome) -> None:
    assert combined(outcomes) is worst


@pytest.mark.parametrize(("outcome", "reason"), [(Outcome.PASSED, Reason.EXPIRED), (Outcome.FAILED, Reason.OK)])
def test_a_result_cannot_contradict_itself(outcome: Outcome, reason: Reason) -> None:
    with pytest.raises(ValueError, match="does not go with"):
        CheckResult(Check.DOCUMENT_EXPIRY, outcome, reason)
