"""The printed page. The zones are Doc 9303's own specimens; others are made from it with check digits computed here."""

from datetime import date

import pytest

from egate.checks import Check, Outcome, Reason
from egate.document.errors import MrzError
from egate.document.mrz.characters import check_digit
from egate.document.mrz.formats import Format
from egate.document.mrz.inspection import DocumentLimits, MrzInspection, check_mrz
from egate.document.mrz.zone import Mrz
from egate_hal.settings import bind

UPPER = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
LOWER = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
TODAY = date(2010, 6, 1)
OURS = DocumentLimits(specimen_states=())


def zone(
    *,
    upper: str = UPPER,
    number: str = "L898902C3",
    birth: str = "740812",
    expiry: str = "120415",
    optional: str = "ZE184226B<<<<<",
    optional_digit: str | None = None,
) -> tuple[str, str]:
    n, b, e = (field + check_digit(field) for field in (number, birth, expiry))
    o = optional + (check_digit(optional) if optional_digit is None else optional_digit)
    return upper, f"{n}UTO{b}F{e}{o}{check_digit(n + b + e + o)}"


def outcomes(inspection: MrzInspection) -> dict[Check, tuple[Outcome, Reason]]:
    return {result.check: (result.outcome, result.reason) for result in inspection.checks}


def test_the_specimen_of_the_standard_reads_as_printed_there() -> None:
    mrz = Mrz.from_lines((UPPER, LOWER))
    assert (mrz.document_type, mrz.issuing_state, mrz.nationality, mrz.sex) == ("P", "UTO", "UTO", "F")
    assert (mrz.primary_identifier, mrz.secondary_identifier, mrz.name_may_be_truncated) == (
        "ERIKSSON",
        "ANNA MARIA",
        False,
    )
    assert (mrz.document_number, mrz.optional_data) == ("L898902C3", "ZE184226B")
    assert mrz.birth_date(TODAY) == date(1974, 8, 12)
    assert mrz.expiry_date(TODAY, 15) == date(2012, 4, 15)
    assert mrz.mrz_information == b"L898902C3674081221204159"


def test_the_builder_of_these_tests_agrees_with_the_standard() -> None:
    assert zone() == (UPPER, LOWER)


@pytest.mark.parametrize("position", [*range(9), 9, *range(13, 19), 19, *range(21, 27), 27, *range(28, 42), 42, 43])
def test_one_wrong_character_under_a_check_digit_is_noticed(position: int) -> None:
    # Characters whose values are equal modulo 10 share a check digit, so the next value is taken.
    wrong = str((int(LOWER[position].replace("<", "0"), 36) + 1) % 10)
    lower = LOWER[:position] + wrong + LOWER[position + 1 :]
    inspection = check_mrz((UPPER, lower), TODAY, OURS)
    assert inspection.mrz is None
    assert outcomes(inspection)[Check.MRZ_CHECK_DIGITS] == (Outcome.FAILED, Reason.MRZ_CHECK_DIGIT)
    assert outcomes(inspection)[Check.DOCUMENT_EXPIRY] == (Outcome.ABORTED, Reason.NOT_DONE)


@pytest.mark.parametrize("digit", ["0", "<"])
def test_an_unused_optional_field_may_have_either_check_digit(digit: str) -> None:
    assert Mrz.from_lines(zone(optional="<" * 14, optional_digit=digit)).optional_data == ""


def test_a_used_optional_field_needs_its_check_digit() -> None:
    with pytest.raises(MrzError) as error:
        Mrz.from_lines(zone(optional_digit="<"))
    assert error.value.reason is Reason.MRZ_CHECK_DIGIT


@pytest.mark.parametrize(
    ("lines", "outcome", "reason"),
    [
        ((), Outcome.FAILED, Reason.MRZ_FORMAT),
        ((UPPER,), Outcome.FAILED, Reason.MRZ_FORMAT),
        ((UPPER, LOWER[:-1]), Outcome.FAILED, Reason.MRZ_FORMAT),
        ((UPPER, LOWER.lower()), Outcome.FAILED, Reason.MRZ_FORMAT),
        ((UPPER, LOWER[:-1] + "٣"), Outcome.FAILED, Reason.MRZ_FORMAT),
        ((UPPER, LOWER[:13] + "O" + LOWER[14:]), Outcome.FAILED, Reason.MRZ_FORMAT),
        (("1<" + UPPER[2:], LOWER), Outcome.FAILED, Reason.MRZ_FORMAT),
        (("P<U1O" + UPPER[5:], LOWER), Outcome.FAILED, Reason.MRZ_FORMAT),
        ((UPPER, LOWER[:20] + "1" + LOWER[21:]), Outcome.FAILED, Reason.MRZ_FORMAT),
        (("A" * 30,) * 3, Outcome.NOT_SUPPORTED, Reason.DOCUMENT_TYPE),
        (("V" + UPPER[1:], LOWER), Outcome.NOT_SUPPORTED, Reason.DOCUMENT_TYPE),
        (("A" * 36,) * 2, Outcome.NOT_SUPPORTED, Reason.DOCUMENT_TYPE),
    ],
)
def test_what_is_no_zone_ends_as_a_coded_reason(lines: tuple[str, ...], outcome: Outcome, reason: Reason) -> None:
    inspection = check_mrz(lines, TODAY, OURS)
    assert inspection.mrz is None
    assert outcomes(inspection)[Check.MRZ_READ] == (outcome, reason)


def test_a_page_in_order_passes_all_its_checks() -> None:
    inspection = check_mrz((UPPER, LOWER), TODAY, OURS)
    assert inspection.mrz is not None
    assert {outcome for outcome, _ in outcomes(inspection).values()} == {Outcome.PASSED}
    assert len(inspection.checks) == 5


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2012, 4, 15), (Outcome.PASSED, Reason.OK)),
        (date(2012, 4, 16), (Outcome.FAILED, Reason.EXPIRED)),
        (date(2026, 4, 16), (Outcome.FAILED, Reason.EXPIRED)),
        (date(1997, 1, 1), (Outcome.PASSED, Reason.OK)),
        (date(1996, 12, 31), (Outcome.FAILED, Reason.EXPIRED)),
    ],
)
def test_the_year_of_expiry_is_resolved_by_its_window(today: date, expected: tuple[Outcome, Reason]) -> None:
    assert outcomes(check_mrz((UPPER, LOWER), today, OURS))[Check.DOCUMENT_EXPIRY] == expected


def test_a_window_reaches_into_the_next_century() -> None:
    mrz = Mrz.from_lines(zone(expiry="040229"))
    assert mrz.expiry_date(date(2095, 1, 1), 15) == date(2104, 2, 29)


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        ("920601", (Outcome.PASSED, Reason.OK)),
        ("920602", (Outcome.FAILED, Reason.UNDER_AGE)),
        ("100601", (Outcome.FAILED, Reason.UNDER_AGE)),
        ("100602", (Outcome.PASSED, Reason.OK)),  # in the future, so of the century before
        ("74<<<<", (Outcome.UNDETERMINED, Reason.DATE_INVALID)),
        ("741301", (Outcome.FAILED, Reason.DATE_INVALID)),
    ],
)
def test_age_is_counted_in_completed_years(birth: str, expected: tuple[Outcome, Reason]) -> None:
    assert outcomes(check_mrz(zone(birth=birth), TODAY, OURS))[Check.AGE] == expected


def test_a_day_that_no_calendar_has_is_not_an_expiry() -> None:
    result = outcomes(check_mrz(zone(expiry="120230"), TODAY, OURS))
    assert result[Check.DOCUMENT_EXPIRY] == (Outcome.FAILED, Reason.DATE_INVALID)


@pytest.mark.parametrize(
    ("upper", "limits", "expected"),
    [
        (UPPER, DocumentLimits(), (Outcome.NOT_SUPPORTED, Reason.SPECIMEN)),
        ("A" + UPPER[1:], OURS, (Outcome.NOT_SUPPORTED, Reason.DOCUMENT_TYPE)),
        ("PD" + UPPER[2:], OURS, (Outcome.PASSED, Reason.OK)),
        (
            UPPER,
            DocumentLimits(supported_states=("D",), specimen_states=()),
            (Outcome.NOT_SUPPORTED, Reason.DOCUMENT_TYPE),
        ),
        ("P<D<<" + UPPER[5:], DocumentLimits(supported_states=("D",)), (Outcome.PASSED, Reason.OK)),
    ],
)
def test_only_documents_of_ours_are_supported(
    upper: str, limits: DocumentLimits, expected: tuple[Outcome, Reason]
) -> None:
    assert outcomes(check_mrz(zone(upper=upper), TODAY, limits))[Check.DOCUMENT_SUPPORTED] == expected


def test_a_full_name_field_may_be_cut() -> None:
    mrz = Mrz.from_lines(zone(upper="P<UTONILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K"))
    assert mrz.name_may_be_truncated


def test_a_name_may_have_one_part_only() -> None:
    mrz = Mrz.from_lines(zone(upper="P<UTOARKFREITH".ljust(44, "<")))
    assert (mrz.primary_identifier, mrz.secondary_identifier) == ("ARKFREITH", "")


def test_nothing_of_a_traveller_shows_in_a_repr_or_an_error() -> None:
    assert repr(Mrz.from_lines((UPPER, LOWER))) == "Mrz(TD3)"
    with pytest.raises(MrzError) as error:
        Mrz.from_lines((UPPER, LOWER[:-1] + "9"))
    assert not any(secret in str(error.value) for secret in ("ERIKSSON", "L898902C3", "740812"))


@pytest.mark.parametrize("bad", [{"min_age_years": -1}, {"expiry_window_years": 0}])
def test_limits_out_of_bounds_are_refused(bad: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must lie between"):
        DocumentLimits(**bad)


TD1 = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
TD2 = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")
VISA_A = ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C<3UTO6908061F9406236ZE184226B<<<<<<<")
VISA_B = ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L898902C<3UTO6908061F9406236ZE184226")


@pytest.mark.parametrize("lines", [TD1, TD2])
def test_a_lane_that_takes_cards_judges_them_like_passports(lines: tuple[str, ...]) -> None:
    cards = DocumentLimits(specimen_states=(), formats=(Format.TD1, Format.TD2))
    inspection = check_mrz(lines, TODAY, cards)
    assert inspection.mrz is not None
    assert {outcome for outcome, _ in outcomes(inspection).values()} == {Outcome.PASSED}
    late = check_mrz(lines, date(2012, 4, 16), cards)
    assert outcomes(late)[Check.DOCUMENT_EXPIRY] == (Outcome.FAILED, Reason.EXPIRED)
    assert outcomes(check_mrz(lines, TODAY, OURS))[Check.MRZ_READ] == (Outcome.NOT_SUPPORTED, Reason.DOCUMENT_TYPE)
    assert outcomes(check_mrz((UPPER, LOWER), TODAY, cards))[Check.MRZ_READ][1] is Reason.DOCUMENT_TYPE


def test_a_crew_member_certificate_is_no_identity_card() -> None:
    lines = ("AC" + TD1[0][2:], *TD1[1:])
    inspection = check_mrz(lines, TODAY, DocumentLimits(specimen_states=(), formats=(Format.TD1,)))
    assert outcomes(inspection)[Check.DOCUMENT_SUPPORTED] == (Outcome.NOT_SUPPORTED, Reason.DOCUMENT_TYPE)


@pytest.mark.parametrize("lines", [VISA_A, VISA_B])
def test_a_visa_alone_is_referred_with_advice(lines: tuple[str, ...]) -> None:
    every = DocumentLimits(specimen_states=(), formats=(Format.TD1, Format.TD2, Format.TD3))
    inspection = check_mrz(lines, TODAY, every)
    assert outcomes(inspection)[Check.MRZ_READ] == (Outcome.NOT_SUPPORTED, Reason.DOCUMENT_TYPE)
    assert "this is a visa" in inspection.refusal
    with pytest.raises(ValueError, match="visas lie in passports"):
        DocumentLimits(formats=(Format.MRV_A,))


def test_formats_and_assistance_are_settings_of_the_lane() -> None:
    limits = bind(DocumentLimits, {"formats": ["td1", "td3"], "assisted": True}, "document")
    assert limits == DocumentLimits(formats=(Format.TD1, Format.TD3), assisted=True)
    assert (DocumentLimits().formats, DocumentLimits().assisted) == ((Format.TD3,), False)


@pytest.mark.parametrize("form", [Format.TD1, Format.TD2, Format.TD3])
def test_the_size_of_dg1_is_known_beforehand(form: Format) -> None:
    layout = form.layout
    content = b"\x5f\x1f" + bytes([layout.characters]) + bytes(layout.characters)
    assert form.dg1_bytes == len(b"\x61" + bytes([len(content)]) + content)


def test_the_end_of_a_long_number_is_no_optional_data() -> None:
    """A difference in optional data alone is tolerated, so the number must not hide there."""
    upper = "I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<"
    ours = Mrz.from_lines((upper, "D23145890<UTO3407127M95071227349<<<8"))
    # Another number with the same check digits: 7 -> 0 and 3 -> 6 change both sums by nothing
    number = next(n for n in (f"D23145890{rest:03}" for rest in range(1000)) if n[9:] != "734" and same_digits(n))
    theirs = Mrz.from_lines((upper, f"{number[:9]}<UTO3407127M9507122{number[9:]}9<<<8"))
    assert ours.differs_from(theirs) == ("document_number",)
    assert ours.differs_from(Mrz.from_lines(TD1)) == ("format",)


def same_digits(number: str) -> bool:
    lower = f"{number[:9]}<3407127950712{check_digit('950712')}{number[9:]}9<<<"
    return check_digit(number) == "9" and check_digit(lower) == "8"


def test_a_number_without_a_check_digit_is_refused() -> None:
    for lower in ("D23145890<UTO3407127M9507122<<<<<<<8", "D23145890<UTO3407127M95071227349ABC8"):
        with pytest.raises(MrzError, match="document_number"):
            Mrz.from_lines(("I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<", lower))


@pytest.mark.parametrize(
    ("birth", "outcome"),
    [
        ("74<<<<", Outcome.UNDETERMINED),
        ("7402<<", Outcome.UNDETERMINED),
        ("<<0229", Outcome.UNDETERMINED),
        ("<<<<<<", Outcome.UNDETERMINED),
        ("7413<<", Outcome.FAILED),
        ("<<0230", Outcome.FAILED),
        ("74<<32", Outcome.FAILED),
    ],
)
def test_the_known_parts_of_a_date_of_birth_must_be_possible(birth: str, outcome: Outcome) -> None:
    result = outcomes(check_mrz(zone(birth=birth), TODAY, OURS))
    assert result[Check.AGE] == (outcome, Reason.DATE_INVALID)


@pytest.mark.parametrize("field", ["ERIKSSON<<ANNA<MARI4", "<ERIKSSON<<ANNA", ""])
def test_a_name_begins_with_a_letter_and_has_no_digits(field: str) -> None:
    with pytest.raises(MrzError, match="the name"):
        Mrz.from_lines(zone(upper=("P<UTO" + field).ljust(44, "<")))
