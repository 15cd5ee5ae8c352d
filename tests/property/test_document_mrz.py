"""Zones of every format: composed by the simulator, read by the reader, damaged by chance."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from egate.checks import Check
from egate.document.errors import MrzError
from egate.document.mrz.characters import value
from egate.document.mrz.formats import Field, Format
from egate.document.mrz.inspection import DocumentLimits, check_mrz
from egate.document.mrz.names import names_agree
from egate.document.mrz.repair import read_zone
from egate.document.mrz.transliteration import Untransliterable, components, spelling_begins, spelling_is, transliterate
from egate.document.mrz.zone import Mrz
from egate_sim.passport import mrz as sim
from egate_sim.passport.mrz_names import TRANSLITERATION

TODAY = date(2026, 3, 4)
LEGAL = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NATIONAL = LETTERS + "ÀÉÎÕÚÝĂČĎĘĞĻŇŐŘŞŤŮŹ" + "".join(TRANSLITERATION)
# (format of the simulator, longest number, room for optional data behind a number of nine characters at most)
FORMATS = {
    sim.Format.TD1: (22, 15),
    sim.Format.TD2: (14, 7),
    sim.Format.TD3: (9, 14),
    sim.Format.MRV_A: (9, 16),
    sim.Format.MRV_B: (9, 8),
}

components_ = st.text(NATIONAL, min_size=2, max_size=14)
identifiers = st.lists(components_, min_size=1, max_size=5).map(" ".join)
codes = st.text(LETTERS, min_size=1, max_size=3)
days = st.dates(date(1930, 1, 1), TODAY)


@st.composite
def documents(draw: st.DrawFn) -> tuple[sim.Format, str, sim.Holder]:
    """A format, an issuing state and a holder whom that format can name."""
    form = draw(st.sampled_from(list(FORMATS)))
    longest, room = FORMATS[form]
    number = draw(st.text("0123456789" + LETTERS, min_size=1, max_size=longest))
    taken = max(0, len(number) - 9 + 2) if len(number) > 9 else 0
    holder = sim.Holder(
        surname=draw(identifiers),
        given_names=draw(st.just("") | identifiers),
        birth=draw(days),
        sex=draw(st.sampled_from(sim.Sex)),
        nationality=draw(codes),
        number=number,
        expiry=TODAY + timedelta(draw(st.integers(-3000, 5000))),
        optional=draw(st.text("0123456789" + LETTERS, max_size=room - taken)),
        more_optional=draw(st.text("0123456789" + LETTERS, max_size=11)) if form is sim.Format.TD1 else "",
    )
    return form, draw(codes), holder


def composed(document: tuple[sim.Format, str, sim.Holder]) -> tuple[str, ...]:
    form, issuer, holder = document
    try:
        return sim.compose(form, issuer, holder)
    except ValueError as error:  # some long names cannot fill a field exactly, however they are cut
        assume("no way to cut" not in str(error))
        raise


@given(documents())
@settings(max_examples=150, deadline=None)
def test_what_the_simulator_composes_is_read_as_it_was_meant(document: tuple[sim.Format, str, sim.Holder]) -> None:
    form, issuer, holder = document
    lines = composed(document)
    mrz = Mrz.from_lines(lines)
    assert mrz.format is Format[form.name]
    assert (mrz.issuing_state, mrz.nationality, mrz.sex.replace("X", "<")) == (issuer, holder.nationality, holder.sex)
    assert mrz.document_number == holder.number
    assert (mrz.optional_data, mrz.more_optional_data) == (holder.optional, holder.more_optional)
    assert mrz.birth_date(TODAY) == holder.birth
    assert mrz.expiry_date(TODAY, 15) == holder.expiry
    assert mrz.mrz_information.decode() == sim.access_information(lines)
    assert names_agree(mrz.name, f"{holder.surname}<<{holder.given_names}")
    assert mrz.differs_from(Mrz(mrz.text)) == ()


@given(documents(), documents())
@settings(max_examples=60, deadline=None)
def test_zones_differ_where_their_fields_do(
    one: tuple[sim.Format, str, sim.Holder], other: tuple[sim.Format, str, sim.Holder]
) -> None:
    ours, theirs = Mrz.from_lines(composed(one)), Mrz.from_lines(composed(other))
    different = ours.differs_from(theirs)
    assert (different == ()) == (ours == theirs)
    if ours.format is theirs.format and ours.document_number != theirs.document_number:
        assert "document_number" in different


@given(documents(), st.data())
@settings(max_examples=200, deadline=None)
def test_one_other_character_under_a_check_digit_is_refused_or_cannot_be_seen(
    document: tuple[sim.Format, str, sim.Holder], data: st.DataObject
) -> None:
    mrz = Mrz.from_lines(composed(document))
    layout = mrz.format.layout
    covered = {
        at for name in (*layout.checked, Field.COMPOSITE) if name in layout.fields for at in layout.positions(name)
    }
    at = data.draw(st.sampled_from(sorted(covered)))
    char = data.draw(st.sampled_from(LEGAL))
    assume(char != mrz.text[at])
    try:
        Mrz(mrz.text[:at] + char + mrz.text[at + 1 :])
    except MrzError:
        return
    # The sum runs modulo 10; and behind an empty field of TD3 the digit may be 0 or the filler
    assert (value(char) - value(mrz.text[at])) % 10 == 0


@given(documents(), st.data())
@settings(max_examples=150, deadline=None)
def test_a_repair_of_a_confusion_restores_the_zone_or_is_not_made(
    document: tuple[sim.Format, str, sim.Holder], data: st.DataObject
) -> None:
    lines = composed(document)
    mrz = Mrz.from_lines(lines)
    layout = mrz.format.layout
    twins = {"0": "O", "1": "I", "2": "Z", "5": "S", "8": "B", "O": "0", "I": "1", "Z": "2", "S": "5", "B": "8"}
    places = [at for name in layout.checked for at in layout.positions(name) if mrz.text[at] in twins]
    assume(places)
    at = data.draw(st.sampled_from(places))
    seen = mrz.text[:at] + twins[mrz.text[at]] + mrz.text[at + 1 :]
    width = len(lines[0])
    try:
        reading = read_zone([seen[i : i + width] for i in range(0, len(seen), width)], assisted=True)
    except MrzError as refused:
        reading, refusal = None, str(refused)
    if reading is None:
        assert "more than one repair" in refusal
    else:
        assert reading.mrz == mrz
        assert len(reading.repaired) == 1


ZONES = st.sampled_from([90, 72, 88]).flatmap(lambda n: st.text(LEGAL, min_size=n, max_size=n))


@given(st.text(max_size=100) | ZONES)
@example("")
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_zone_or_refused(text: str) -> None:
    try:
        mrz, refusal = Mrz(text), ""
    except MrzError as refused:
        mrz, refusal = None, str(refused)
    if mrz is None:
        assert refusal.endswith("call an officer if it stays so")
    else:
        assert mrz.format is Format.of_text(text)


@given(
    st.lists(st.text(LEGAL, max_size=45), max_size=4),
    st.booleans(),
    st.sets(st.sampled_from(["td1", "td2", "td3"]), min_size=1),
)
@settings(max_examples=150, deadline=None)
def test_any_lines_end_as_five_checks_on_any_lane(lines: list[str], assisted: bool, formats: set[str]) -> None:
    limits = DocumentLimits(formats=tuple(map(Format, sorted(formats))), assisted=assisted)
    page = check_mrz(lines, TODAY, limits)
    assert len(page.checks) == 5
    assert page.checks[0].check is Check.MRZ_READ
    assert bool(page.refusal) == (page.mrz is None)


@given(st.text(max_size=30))
@settings(max_examples=200, deadline=None)
def test_any_name_is_spelled_in_letters_or_has_no_transliteration(name: str) -> None:
    try:
        spelled, parts = transliterate(name), components(name)
    except Untransliterable:
        return
    assert set(spelled) <= set(LETTERS + "<")
    written = [part for part in spelled.split("<") if part]
    assert len(written) == len(parts)
    for component, text in zip(parts, written, strict=True):
        assert spelling_is(component, text)
        assert all(spelling_begins(component, text[:end]) for end in range(1, len(text) + 1))


@pytest.mark.parametrize("form", list(FORMATS))
@given(primary=identifiers, secondary=st.just("") | identifiers)
@settings(max_examples=60, deadline=None)
def test_a_cut_name_fills_its_field_and_agrees(form: sim.Format, primary: str, secondary: str) -> None:
    holder = sim.Holder(primary, secondary, TODAY, sim.Sex.FEMALE, "UTO", "X1", TODAY)
    name = Mrz.from_lines(composed((form, "UTO", holder))).name
    assert names_agree(name, f"{primary}<<{secondary}")
    shown = sum(map(len, (*name.primary, *name.secondary)))
    if not name.may_be_truncated:
        assert shown == sum(len(transliterate(identifier).replace("<", "")) for identifier in (primary, secondary))
