"""Known-document models: which edition a document certainly belongs to, and what its chip falls short of."""

import random
from dataclasses import replace
from datetime import date

import pytest
from document_samples import HOLDER, NOW, drive, passport, portrait_jpeg, trust, utopia

from egate.checks import Check, CheckResult, Outcome, Reason, passed
from egate.config import packaged_known_documents
from egate.document.chip.steps import AccessProtocol
from egate.document.errors import FormatError
from egate.document.inspection.known_documents import DocumentModel, Feature, KnownDocuments, judge_model
from egate.document.inspection.plan import no_chip
from egate.document.inspection.reader import inspect_chip
from egate.document.mrz.zone import Mrz
from egate_sim.passport.chip import Chip
from egate_sim.passport.issue import ActiveAuthentication, Profile, issue

TODAY = NOW.date()
WINDOW_YEARS = 15
EVERYTHING = tuple(Feature)
AUTHENTIC = passed(Check.CHIP_AUTHENTICITY)
NOT_OFFERED = CheckResult(Check.CHIP_AUTHENTICITY, Outcome.NOT_SUPPORTED, Reason.NOT_OFFERED)


def model(
    name: str = "utopia", issued_from: date = date(2015, 1, 1), features: tuple[Feature, ...] = EVERYTHING
) -> DocumentModel:
    return DocumentModel(name, "P", ("UTO",), issued_from, 10, features, "the tests")


def zone(expiry: date) -> Mrz:
    return Mrz.from_lines(issue(utopia(), replace(HOLDER, expiry=expiry), portrait_jpeg()).mrz)


def found(known: KnownDocuments, expiry: date) -> str | None:
    match = known.model_of(zone(expiry), TODAY, WINDOW_YEARS)
    return match.name if match else None


def test_the_newest_edition_that_a_document_certainly_belongs_to_counts() -> None:
    known = KnownDocuments.of([model("old", date(2010, 1, 1)), model("new", date(2020, 1, 1))])
    assert found(known, date(2030, 1, 1)) == "new"
    assert found(known, date(2029, 12, 31)) == "old"  # may have been issued on the last day of 2019
    assert found(known, date(2027, 2, 3)) == "old"


def test_a_document_of_the_leap_day_has_an_edition() -> None:
    assert found(KnownDocuments.of([model(issued_from=date(2018, 2, 28))]), date(2028, 2, 29)) == "utopia"


@pytest.mark.parametrize("other", [replace(model(), states=("ATA",)), replace(model(), type="I")])
def test_models_of_other_states_and_types_do_not_count(other: DocumentModel) -> None:
    assert found(KnownDocuments.of([other]), date(2030, 1, 1)) is None


@pytest.mark.parametrize(
    ("access", "authenticity", "outcome", "reason"),
    [
        (AccessProtocol.BAC, AUTHENTIC, Outcome.FAILED, Reason.ACCESS_DOWNGRADED),
        (AccessProtocol.PLAIN, AUTHENTIC, Outcome.FAILED, Reason.ACCESS_DOWNGRADED),
        (AccessProtocol.BAC, NOT_OFFERED, Outcome.FAILED, Reason.ACCESS_DOWNGRADED),
        (None, NOT_OFFERED, Outcome.ABORTED, Reason.NOT_DONE),
    ],
)
def test_less_than_its_kind_has_is_a_downgrade(
    access: AccessProtocol | None, authenticity: CheckResult, outcome: Outcome, reason: Reason
) -> None:
    result = judge_model(model(), access, authenticity)
    assert (result.outcome, result.reason) == (outcome, reason)


def test_a_chip_without_its_proof_falls_short_of_its_kind() -> None:
    plain = model(features=(Feature.CHIP, Feature.AUTHENTICITY))
    document = passport(Profile(ActiveAuthentication.NONE))
    chip = Chip(document, random.Random(11))
    mrz = Mrz.from_lines(document.mrz)
    plan = inspect_chip(mrz, trust=trust(), now=NOW, random_bytes=random.Random(7).randbytes, model=plain)
    inspection, _ = drive(plan, chip.process, chip.reset)
    result = inspection.result(Check.DOCUMENT_MODEL)
    assert (result.outcome, result.reason, result.details) == (
        Outcome.FAILED, Reason.ACCESS_DOWNGRADED, ("model:utopia", "authenticity"),
    )  # fmt: skip


def test_a_document_that_nobody_knows_falls_short_of_nothing() -> None:
    assert judge_model(None, AccessProtocol.BAC, NOT_OFFERED).details == ("model_unknown",)


@pytest.mark.parametrize(
    ("known", "outcome"),
    [(None, Outcome.FAILED), (model(), Outcome.FAILED), (model(features=()), Outcome.PASSED)],
)
def test_a_missing_chip_is_suspicious_unless_its_kind_has_none(known: DocumentModel | None, outcome: Outcome) -> None:
    inspection = no_chip(known)
    assert inspection.result(Check.DOCUMENT_MODEL).outcome is outcome
    assert inspection.result(Check.CHIP_ACCESS).reason is Reason.CHIP_ABSENT


def test_the_packaged_list_can_be_read_and_each_model_says_who_says_so() -> None:
    known = KnownDocuments.parse(packaged_known_documents().read_text("utf-8"))
    assert {Feature.PACE in model.features for model in known.models} == {True, False}
    assert all(model.source for model in known.models)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[[model]]\nname = 'x'", "type"),
        ("model = 3", "model"),
        ("[[model]", "line 1"),
        (
            "[[model]]\nname='x'\ntype='P'\nstates=['UTO']\nissued_from=2010-01-01\nvalidity_years=99\nfeatures=[]\n"
            "source='x'",
            "validity_years",
        ),
    ],
)
def test_a_wrong_list_is_named(text: str, names: str) -> None:
    with pytest.raises(FormatError, match=names):
        KnownDocuments.parse(text)
