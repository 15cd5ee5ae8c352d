"""Additional details: DG5, DG7, DG11, DG12, DG13 and DG16, as the standard has them and as issuers write them."""

from datetime import date, time

import pytest

from egate.document import tlv
from egate.document.errors import FormatError
from egate.document.lds.details import Defect, PartialDate, PersonName
from egate.document.lds.dg11 import parse_dg11
from egate.document.lds.dg12 import parse_dg12
from egate.document.lds.dg13 import parse_dg13
from egate.document.lds.dg16 import parse_dg16
from egate.document.lds.displayed_images import parse_dg5, parse_dg7
from egate.document.lds.images import ImageFormat
from egate.document.mrz.names import Name, names_agree

JPEG = bytes.fromhex("ffd8ffe0") + b"picture"


def file(tag: int, *objects: tuple[int, bytes], listed: tuple[int, ...] | None = None) -> bytes:
    """A file with its tag list; ``listed``: another list than the true one."""
    tags = tuple(number for number, _ in objects) if listed is None else listed
    tag_list = b"".join(number.to_bytes((number.bit_length() + 7) // 8) for number in tags)
    content = b"".join(tlv.encode(number, value) for number, value in objects)
    return tlv.encode(tag, tlv.encode(0x5C, tag_list) + content)


def dg11(*objects: tuple[int, bytes], listed: tuple[int, ...] | None = None) -> bytes:
    return file(0x6B, *objects, listed=listed)


def dg12(*objects: tuple[int, bytes], listed: tuple[int, ...] | None = None) -> bytes:
    return file(0x6C, *objects, listed=listed)


def counted(tag: int, *values: bytes, count: int | None = None) -> tuple[int, bytes]:
    items = b"".join(tlv.encode(tag, value) for value in values)
    return 0xA0, tlv.encode(0x02, bytes([len(values) if count is None else count])) + items


# DG11


def test_every_field_of_dg11_is_read() -> None:
    details = parse_dg11(
        dg11(
            (0x5F0E, "MÜLLER<LÜDENSCHEIDT<<ANNA<MARIA".encode()),
            (0x5F10, b"AB 12"),
            (0x5F2B, b"19640812"),
            (0x5F11, b"BERLIN<BE"),
            (0x5F42, b"WEG 1<<BERLIN<10115"),
            (0x5F12, b"+49 30 1"),
            (0x5F13, b"TRAVEL<AGENT"),
            (0x5F14, b"DR"),
            (0x5F15, b"NONE"),
            (0x5F16, JPEG),
            (0x5F17, b"X1<Y2"),
            (0x5F18, b"NOBODY"),
        )
    )
    assert details.full_name == PersonName("MÜLLER LÜDENSCHEIDT", "ANNA MARIA")
    assert (details.personal_number, details.telephone, details.title) == ("AB 12", "+49 30 1", "DR")
    assert details.birth == PartialDate(1964, 8, 12)
    assert (details.place_of_birth, details.address) == (("BERLIN", "BE"), ("WEG 1", "BERLIN", "10115"))
    assert (details.profession, details.summary, details.custody) == ("TRAVEL AGENT", "NONE", "NOBODY")
    assert details.proof_of_citizenship is not None
    assert details.proof_of_citizenship.format is ImageFormat.JPEG
    assert details.other_document_numbers == ("X1", "Y2")
    assert details.defects == ()


def test_an_empty_dg11_is_empty() -> None:
    details = parse_dg11(dg11())
    assert (details.full_name, details.birth, details.proof_of_citizenship) == (None, None, None)
    assert (details.other_names, details.address, details.personal_number) == ((), (), "")
    assert details.defects == ()


@pytest.mark.parametrize(
    ("objects", "listed", "names", "defects"),
    [
        ([counted(0x5F0F, b"A<<B", b"C<<D")], (0x5F0F,), ("A", "C"), ()),
        ([counted(0x5F0F, b"A<<B", b"C<<D")], (0xA0, 0x5F0F), ("A", "C"), ()),
        ([counted(0x5F0F, b"A<<B", count=3)], (0x5F0F,), ("A",), (Defect.COUNT,)),
        ([(0x5F0F, b"A<<B"), (0x5F0F, b"C<<D")], (0x5F0F,), ("A", "C"), (Defect.NESTING,)),
        ([(0xA0, tlv.encode(0x5F0F, b"A<<B"))], (0x5F0F,), ("A",), (Defect.COUNT,)),
        ([(0xA0, tlv.encode(0x02, b"\1") + tlv.encode(0x5F0F, b"A<<B") + b"\x5f")], (0x5F0F,), ("A",), ()),
        ([counted(0x5F0F, b"", b"<<")], (0x5F0F,), (), ()),
    ],
)
def test_other_names_come_in_every_nesting(
    objects: list[tuple[int, bytes]], listed: tuple[int, ...], names: tuple[str, ...], defects: tuple[Defect, ...]
) -> None:
    details = parse_dg11(dg11(*objects, listed=listed))
    assert tuple(name.primary for name in details.other_names) == names
    assert details.defects == defects


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("SMITH<<JOHN<J", PersonName("SMITH", "JOHN J")),
        ("SMITH<<JOHN<<J<<<<<", PersonName("SMITH", "JOHN J")),
        ("赵彬", PersonName("赵彬")),
        ("O’NEIL<<ÁINE", PersonName("O’NEIL", "ÁINE")),
        ("<<ANNA", PersonName("ANNA")),
        ("A\u202eB<<C\x07D", PersonName("A B", "C D")),
        ("می\u200cخواهم<<س", PersonName("می\u200cخواهم", "س")),
        ("", None),
        ("<<<", None),
    ],
)
def test_names_are_divided_by_fillers_and_hold_nothing_invisible(written: str, name: PersonName | None) -> None:
    assert parse_dg11(dg11((0x5F0E, written.encode()))).full_name == name


@pytest.mark.parametrize(
    ("written", "agrees"),
    [("MÜLLER<SMITH<<ANNA<MARIA", True), ("MUELLER<SMITH<<ANNA", False), ("赵彬", None)],
)
def test_a_full_name_is_compared_with_the_zone(written: str, agrees: bool | None) -> None:
    name = parse_dg11(dg11((0x5F0E, written.encode()))).full_name
    assert name is not None
    assert names_agree(Name.read("MUELLER<SMITH<<ANNA<MARIA".ljust(39, "<")), name.divided) is agrees


@pytest.mark.parametrize(
    ("written", "day", "defects"),
    [
        (b"19640812", PartialDate(1964, 8, 12), ()),
        (bytes.fromhex("19640812"), PartialDate(1964, 8, 12), ()),
        (b"19640800", PartialDate(1964, 8), ()),
        (b"1964<<<<", PartialDate(1964), ()),
        (b"19641312", None, (Defect.DATE,)),
        (b"19640012", None, (Defect.DATE,)),
        (b"00000000", None, (Defect.DATE,)),
        (b"640812", None, (Defect.DATE,)),
        (bytes.fromhex("1964081f"), None, (Defect.DATE,)),
        ("１９６４０８１２".encode(), None, (Defect.DATE,)),
        (b"", None, ()),
    ],
)
def test_dates_come_in_digits_and_in_bcd(written: bytes, day: PartialDate | None, defects: tuple[Defect, ...]) -> None:
    details = parse_dg11(dg11((0x5F2B, written)))
    assert (details.birth, details.defects) == (day, defects)


def test_a_date_is_a_day_only_where_all_of_it_is_known() -> None:
    assert PartialDate(2024, 2, 29).day_of_calendar == date(2024, 2, 29)
    assert PartialDate(2024, 2).day_of_calendar is None
    with pytest.raises(ValueError, match="without its month"):
        PartialDate(2024, 0, 1)


@pytest.mark.parametrize("listed", [(), (0x5F0E, 0x5F10), (0x5F10,), (0x5F,)])
def test_a_tag_list_that_names_others_is_told_and_not_believed(listed: tuple[int, ...]) -> None:
    details = parse_dg11(dg11((0x5F0E, b"A<<B"), listed=listed))
    assert details.full_name == PersonName("A", "B")
    assert details.defects == (Defect.TAG_LIST,)


def test_a_missing_tag_list_is_told() -> None:
    assert parse_dg11(tlv.encode(0x6B, tlv.encode(0x5F0E, b"A<<B"))).defects == (Defect.TAG_LIST,)


def test_unknown_tags_keep_out_of_the_way() -> None:
    details = parse_dg11(dg11((0x5F0E, b"A<<B"), (0x5F7F, b"secret")))
    assert details.full_name == PersonName("A", "B")
    assert details.defects == (Defect.UNKNOWN_TAG,)


def test_text_that_is_not_utf8_is_shown_and_told() -> None:
    details = parse_dg11(dg11((0x5F0E, "MÜLLER<<JÖRG".encode("latin-1"))))
    assert details.full_name == PersonName("MÜLLER", "JÖRG")
    assert details.defects == (Defect.TEXT,)


@pytest.mark.parametrize("raw", [b"", b"\x6b", tlv.encode(0x6C, b""), dg11((0x5F0E, b"A"))[:-1]])
def test_what_is_no_dg11_is_refused(raw: bytes) -> None:
    with pytest.raises(FormatError):
        parse_dg11(raw)


def test_more_objects_than_fields_are_refused() -> None:
    with pytest.raises(FormatError, match="more data objects"):
        parse_dg11(dg11(*[(0x5F0F, b"A")] * 300))


# DG12


def test_every_field_of_dg12_is_read() -> None:
    details = parse_dg12(
        dg12(
            (0x5F19, b"UTOPIA"),
            (0x5F26, b"20210915"),
            counted(0x5F1A, b"SMITH<<BRENDA<P"),
            (0x5F1B, b"SEE PAGE 51"),
            (0x5F1C, b"NONE"),
            (0x5F1D, JPEG),
            (0x5F1E, bytes.fromhex("ff4fff51")),
            (0x5F55, b"20161115013612"),
            (0x5F56, b"N-4962"),
            listed=(0x5F19, 0x5F26, 0x5F1A, 0x5F1B, 0x5F1C, 0x5F1D, 0x5F1E, 0x5F55, 0x5F56),
        )
    )
    assert (details.issuing_authority, details.endorsements) == ("UTOPIA", "SEE PAGE 51")
    assert (details.tax_or_exit_requirements, details.personalisation_system) == ("NONE", "N-4962")
    assert details.date_of_issue == PartialDate(2021, 9, 15)
    assert details.other_persons == (PersonName("SMITH", "BRENDA P"),)
    assert details.image_of_front is not None
    assert details.image_of_rear is not None
    assert (details.image_of_front.format, details.image_of_rear.format) == (ImageFormat.JPEG, ImageFormat.JPEG2000)
    assert (details.personalised_on, details.personalised_at) == (PartialDate(2016, 11, 15), time(1, 36, 12))
    assert details.defects == ()


@pytest.mark.parametrize(
    ("written", "day", "clock", "defects"),
    [
        (bytes.fromhex("20161115013612"), PartialDate(2016, 11, 15), time(1, 36, 12), ()),
        (b"20161115", PartialDate(2016, 11, 15), None, ()),
        (b"20161115256199", PartialDate(2016, 11, 15), None, (Defect.DATE,)),
        (b"yesterday", None, None, (Defect.DATE,)),
        (b"", None, None, ()),
    ],
)
def test_the_moment_of_personalisation_comes_in_several_forms(
    written: bytes, day: PartialDate | None, clock: time | None, defects: tuple[Defect, ...]
) -> None:
    details = parse_dg12(dg12((0x5F55, written)))
    assert (details.personalised_on, details.personalised_at, details.defects) == (day, clock, defects)


def test_an_image_of_another_format_is_left_out_and_told() -> None:
    details = parse_dg12(dg12((0x5F1D, b"GIF89a")))
    assert (details.image_of_front, details.defects) == (None, (Defect.IMAGE,))


# DG5, DG7, DG13, DG16


def test_displayed_images_are_read() -> None:
    signatures = parse_dg7(tlv.encode(0x67, tlv.encode(0x02, b"\2") + 2 * tlv.encode(0x5F43, JPEG)))
    assert [image.data for image in signatures.images] == [JPEG, JPEG]
    assert signatures.defects == ()
    assert len(parse_dg5(tlv.encode(0x65, tlv.encode(0x02, b"\1") + tlv.encode(0x5F40, JPEG))).images) == 1


def test_displayed_images_that_are_none_are_told() -> None:
    found = parse_dg7(tlv.encode(0x67, tlv.encode(0x02, b"\3") + tlv.encode(0x5F43, b"BM") + tlv.encode(0x99, b"")))
    assert found.images == ()
    assert set(found.defects) == {Defect.COUNT, Defect.IMAGE, Defect.UNKNOWN_TAG}


def test_optional_details_are_kept_as_they_are() -> None:
    assert parse_dg13(bytes.fromhex("6d03010203")).content == b"\1\2\3"
    with pytest.raises(FormatError):
        parse_dg13(b"\x6d\x03\x01")


def contact(name: bytes) -> bytes:
    return tlv.encode(0x5F50, b"20020101") + tlv.encode(0x5F51, name) + tlv.encode(0x5F53, b"ROAD 1<TOWN")


def test_persons_to_notify_are_read_and_counted() -> None:
    people = tlv.encode(0xA1, contact(b"SMITH<<CHARLES")) + tlv.encode(0xA2, contact(b"BROWN<<MARY"))
    found = parse_dg16(tlv.encode(0x70, tlv.encode(0x02, b"\3") + people))
    assert [person.name for person in found.persons] == [PersonName("SMITH", "CHARLES"), PersonName("BROWN", "MARY")]
    assert [person.address for person in found.persons] == [("ROAD 1", "TOWN")] * 2
    assert found.defects == (Defect.COUNT,)


def test_nothing_personal_is_printed() -> None:
    details = parse_dg11(dg11((0x5F0E, b"SMITH<<JOHN"), (0x5F2B, b"19640812"), (0x5F16, JPEG)))
    person = parse_dg16(tlv.encode(0x70, tlv.encode(0x02, b"\1") + tlv.encode(0xA1, contact(b"SMITH<<JOHN"))))
    for value in (details, details.full_name, details.birth, details.proof_of_citizenship, person, person.persons):
        assert not {"SMITH", "JOHN", "1964", "2002", "ROAD", "picture"} & set(repr(value).replace("'", " ").split())
    assert repr(details) == "PersonalDetails(...)"
