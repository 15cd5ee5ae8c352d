"""Repair with an officer beside: only what check digits prove, only where there is one way to do it."""

from datetime import date

import pytest

from egate.checks import Check, Outcome, Reason
from egate.document.errors import MrzError
from egate.document.mrz.formats import Field
from egate.document.mrz.inspection import DocumentLimits, check_mrz
from egate.document.mrz.repair import read_zone

TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
TD1 = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
LONG = ("I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<")
VISA = ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L898902C<3UTO6908061F9406236ZE184226")


def misread(lines: tuple[str, ...], *changes: tuple[int, int, str]) -> tuple[str, ...]:
    """``changes``: line and position from 1, and what was seen there."""
    text = [list(line) for line in lines]
    for line, position, char in changes:
        text[line - 1][position - 1] = char
    return tuple("".join(line) for line in text)


@pytest.mark.parametrize(
    ("lines", "changes", "fields"),
    [
        (TD3, ((2, 6, "O"),), (Field.DOCUMENT_NUMBER,)),
        (TD3, ((2, 17, "B"), (2, 44, "O")), (Field.BIRTH, Field.COMPOSITE)),
        (TD3, ((2, 20, "Z"), (2, 23, "Z"), (2, 43, "I")), (Field.BIRTH, Field.EXPIRY, Field.OPTIONAL_DATA)),
        (TD3, ((2, 27, "S"), (2, 6, "O")), (Field.DOCUMENT_NUMBER, Field.EXPIRY)),
        (TD1, ((1, 11, "S"), (2, 3, "D"), (2, 30, "G")), (Field.DOCUMENT_NUMBER, Field.BIRTH, Field.COMPOSITE)),
        (LONG, ((1, 14, "O"),), (Field.DOCUMENT_NUMBER,)),
        (VISA, ((2, 6, "O"), (2, 20, "L")), (Field.DOCUMENT_NUMBER, Field.BIRTH)),
    ],
)
def test_what_the_check_digits_prove_is_repaired(
    lines: tuple[str, ...], changes: tuple[tuple[int, int, str], ...], fields: tuple[Field, ...]
) -> None:
    seen = misread(lines, *changes)
    with pytest.raises(MrzError):
        read_zone(seen)
    reading = read_zone(seen, assisted=True)
    assert reading.mrz.text == "".join(lines)
    assert reading.repaired == fields


@pytest.mark.parametrize(
    "changes",
    [
        ((1, 6, "3"),),  # the name: under no check digit
        ((1, 12, "0"),),
        ((1, 3, "0"),),  # the issuing state
        ((2, 21, "7"),),  # the sex
        ((2, 6, "O"), (2, 2, "B")),  # two twins: chance would find others
        ((2, 15, "X"),),  # a letter that looks like no digit
        ((2, 2, "9"),),  # not a confusion between a letter and a digit
    ],
)
def test_what_nothing_proves_stays_refused(changes: tuple[tuple[int, int, str], ...]) -> None:
    with pytest.raises(MrzError):
        read_zone(misread(TD3, *changes), assisted=True)


def test_where_two_repairs_would_do_none_is_made() -> None:
    """Of LB98902C either B is an 8 or the 8 is a B: the number's digit fits both."""
    with pytest.raises(MrzError, match="more than one repair") as error:
        read_zone(misread(VISA, (2, 2, "B")), assisted=True)
    assert error.value.reason is Reason.MRZ_CHECK_DIGIT


def test_a_zone_in_order_needs_no_repair() -> None:
    assert read_zone(TD3, assisted=True).repaired == ()


def test_only_an_assisted_lane_repairs_and_says_which_fields() -> None:
    seen, today = misread(TD3, (2, 6, "O")), date(2010, 6, 1)
    alone = check_mrz(seen, today, DocumentLimits(specimen_states=()))
    assert (alone.mrz, alone.checks[1].reason) == (None, Reason.MRZ_CHECK_DIGIT)
    beside = check_mrz(seen, today, DocumentLimits(specimen_states=(), assisted=True))
    assert beside.mrz is not None
    read = next(result for result in beside.checks if result.check is Check.MRZ_READ)
    assert (read.outcome, read.details) == (Outcome.PASSED, ("repaired_document_number",))
