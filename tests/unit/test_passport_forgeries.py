"""Every forgery must be caught for what it is, and no oddity of a genuine document may cost anybody the passage."""

from collections import Counter

import pytest

from egate.checks import Check, CheckResult, Outcome, Reason
from egate_sim import forgery_page
from egate_sim.inspection_bench import forged, genuine, inspect, judge, workshop
from egate_sim.passport.forgeries import FORGERIES, ODDITIES, Expected, Group
from egate_sim.passport.forgeries.case import Collection, merged
from egate_sim.passport.profiles import Profile


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_found_for_what_it_is(name: str) -> None:
    forgery, findings = FORGERIES[name], judge(FORGERIES[name])
    result = findings.result(forgery.check)
    assert result is not None, findings.checks
    assert forgery.expected.is_met_by(result), result


@pytest.mark.parametrize("name", FORGERIES)
def test_no_forgery_is_let_through(name: str) -> None:
    """Some check speaks against it, or says that the document is none of the gate's."""
    findings = judge(FORGERIES[name])
    refused = {Reason.SPECIMEN, Reason.DOCUMENT_TYPE} & {result.reason for result in findings.checks}
    assert findings.objections or refused


@pytest.mark.parametrize("name", ODDITIES)
def test_an_oddity_costs_nobody_the_passage(name: str) -> None:
    findings = judge(ODDITIES[name])
    assert findings.objections == ()
    result = findings.result(ODDITIES[name].check)
    assert result is not None
    assert ODDITIES[name].expected.is_met_by(result), result


def test_the_documents_that_forgers_start_from_are_genuine() -> None:
    for profile in {forgery.profile for forgery in (*FORGERIES.values(), *ODDITIES.values())}:
        assert inspect(genuine(profile)).objections == ()


def test_there_are_as_many_as_promised_and_of_every_kind() -> None:
    assert len(FORGERIES) >= 70
    groups = Counter(forgery.group for forgery in (*FORGERIES.values(), *ODDITIES.values()))
    assert set(groups) == set(Group)


def test_the_same_forgery_twice_is_the_same() -> None:
    for name in ("self_made_csca_same_key_id", "cloned_chip_rsa", "pasted_signature"):
        first, second = (forged(FORGERIES[name]) for _ in range(2))
        assert first.files == second.files
        assert inspect(first) == inspect(second)


def test_an_expectation_is_met_by_that_end_alone() -> None:
    expected = Expected(Check.PORTRAIT, Outcome.FAILED, Reason.DG_HASH, "dg2")
    assert expected.is_met_by(CheckResult(Check.PORTRAIT, Outcome.FAILED, Reason.DG_HASH, ("dg2",)))
    assert not expected.is_met_by(CheckResult(Check.PORTRAIT, Outcome.FAILED, Reason.DG_HASH))
    assert not expected.is_met_by(CheckResult(Check.PORTRAIT, Outcome.UNDETERMINED, Reason.DG_HASH, ("dg2",)))


def test_a_name_is_given_once_and_explained() -> None:
    collection = Collection()
    enter = collection.forgery(Group.EDITING, Expected(Check.PORTRAIT, Outcome.FAILED, Reason.DG_HASH))
    with pytest.raises(ValueError, match="no docstring"):
        enter(lambda passport, _: passport)
    first = FORGERIES["turned_bit"]
    enter(first.forge)
    assert collection.forgeries["turned_bit"].profile == Profile()
    with pytest.raises(ValueError, match="twice"):
        merged(collection, collection)


def test_the_workshop_shows_nothing() -> None:
    assert "Tester" not in repr(workshop())


def test_the_page_has_a_row_for_each() -> None:
    page = forgery_page.render()
    for name in (*FORGERIES, *ODDITIES):
        assert page.count(f"\n| `{name}` | ") == 1
