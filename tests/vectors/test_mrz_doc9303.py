"""Every zone and every name that Doc 9303 prints as an example, by the numbers in mrz_doc9303.toml."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from egate.checks import Reason
from egate.document.errors import MrzError
from egate.document.mrz.characters import check_digit
from egate.document.mrz.formats import LAYOUTS, Field, Format
from egate.document.mrz.names import Name, is_name, names_agree
from egate.document.mrz.transliteration import components, spelling_is
from egate.document.mrz.zone import Mrz

PRINTED = tomllib.loads(Path(__file__).with_name("mrz_doc9303.toml").read_text("utf-8"))
NAMES = [(Format(form), field, name["full"]) for name in PRINTED["name"] for form, field in name["fields"].items()]


@pytest.mark.parametrize("example", PRINTED["check_digit"], ids=lambda example: example["data"])
def test_check_digits(example: dict[str, str]) -> None:
    assert check_digit(example["data"]) == example["digit"]


@pytest.mark.parametrize("example", PRINTED["zone"], ids=lambda example: example["source"])
def test_zones(example: dict[str, Any]) -> None:
    mrz = Mrz.from_lines(example["lines"])
    assert mrz == Mrz("".join(example["lines"])), "EF.DG1 holds the lines run together"
    shown = {name: getattr(mrz, name) for name in example if name not in {"source", "lines", "mrz_information"}}
    assert shown == {name: example[name] for name in shown}
    assert mrz.mrz_information.decode() == example["mrz_information"]
    assert mrz.issuing_state == "UTO"
    assert repr(mrz) == f"Mrz({mrz.format.name})"


@pytest.mark.parametrize("example", PRINTED["zone"], ids=lambda example: example["source"])
def test_no_other_check_digit_than_the_printed_one_is_taken(example: dict[str, Any]) -> None:
    mrz = Mrz.from_lines(example["lines"])
    layout = mrz.format.layout
    for name in {*layout.checked, Field.COMPOSITE} & set(layout.fields):
        at = layout.positions(name)[-1]
        if mrz.text[at] == "<":  # the digit of a long number stands elsewhere
            continue
        for digit in set("0123456789") - {mrz.text[at]}:
            with pytest.raises(MrzError) as error:
                Mrz(mrz.text[:at] + digit + mrz.text[at + 1 :])
            assert error.value.reason is Reason.MRZ_CHECK_DIGIT
            assert name.value in str(error.value)


@pytest.mark.parametrize("example", PRINTED["misprint"], ids=lambda example: example["lines"][0])
def test_misprints_of_the_standard_are_refused_for_their_composite_digit_alone(example: dict[str, Any]) -> None:
    with pytest.raises(MrzError, match="check digit wrong for composite:"):
        Mrz.from_lines(example["lines"])
    assert Mrz.from_lines(example["corrected"]).document_number == "L898902C"


@pytest.mark.parametrize(("form", "field", "full"), NAMES)
def test_names(form: Format, field: str, full: str) -> None:
    width = len(LAYOUTS[form].positions(Field.NAME))
    assert len(field) <= width
    padded = field.ljust(width, "<")
    name = Name.read(padded)
    assert is_name(padded)
    assert name.may_be_truncated == (len(field) == width)
    assert names_agree(name, full) is True
    assert names_agree(name, "X" + full) is False
    assert names_agree(name, full + " X") is name.may_be_truncated, "a cut name may lack its last component"


@pytest.mark.parametrize("example", PRINTED["transliteration"], ids=lambda example: example["zone"])
def test_transliterations(example: dict[str, str]) -> None:
    written, zone = components(example["written"]), example["zone"].split("<")
    assert len(written) == len(zone)
    assert all(map(spelling_is, written, zone))
