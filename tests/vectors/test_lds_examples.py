"""The files of Doc 9303-10's examples, and biometric groups and portraits that others made."""

import tomllib
from pathlib import Path

import pytest
from document_samples import shared_file

from egate.document import tlv
from egate.document.lds.biometrics import BiometricFormat, BiometricType, parse_biometric_headers
from egate.document.lds.details import PartialDate, PersonName
from egate.document.lds.dg11 import parse_dg11
from egate.document.lds.dg16 import parse_dg16
from egate.document.lds.directory import Application, parse_dir
from egate.document.lds.face_image import ImageFormat, parse_dg2
from egate.document.lds.files import Ef
from egate.face.verification.portrait import decode

EXAMPLES = tomllib.loads(Path(__file__).with_name("lds_examples.toml").read_text())
BSI = "specimen_bsi2008"


def example(name: str) -> bytes:
    return bytes.fromhex(EXAMPLES[name])


def test_the_directory_names_the_applications_of_the_standard() -> None:
    assert tuple(map(Application, parse_dir(example("directory")))) == tuple(Application)


def test_the_personal_details_of_the_standard() -> None:
    details = parse_dg11(example("dg11"))
    assert details.full_name == PersonName("SMITH", "JOHN J")
    assert (details.place_of_birth, details.address) == (("ANYTOWN", "MN"), ("123 MAPLE RD", "ANYTOWN", "MN"))
    assert (details.telephone, details.profession) == ("16125551212", "TRAVEL AGENT")
    assert details.defects == ()


def test_the_persons_to_notify_of_the_standard() -> None:
    found = parse_dg16(example("dg16"))
    assert [person.name for person in found.persons] == [
        PersonName("SMITH", "CHARLES R"),
        PersonName("BROWN", "MARY J"),
    ]
    assert [person.recorded for person in found.persons] == [PartialDate(2002, 1, 1), PartialDate(2002, 3, 15)]
    assert [person.telephone for person in found.persons] == ["19525551212", "14155551212"]
    assert found.persons[1].address == ("49 REDWOOD LN", "OCEAN BREEZE", "CA", "94000")
    assert found.defects == ()


@pytest.mark.parametrize(
    ("ef", "kind", "named", "subtypes"),
    [
        (Ef.DG3, BiometricType.FINGER, BiometricFormat.FINGER_IMAGE_19794_4, [9, 10]),
        (Ef.DG4, BiometricType.IRIS, BiometricFormat.IRIS_IMAGE_19794_6, [1, 2]),
    ],
)
def test_the_biometrics_of_a_specimen_are_counted(
    ef: Ef, kind: BiometricType, named: BiometricFormat, subtypes: list[int]
) -> None:
    group = parse_biometric_headers(shared_file(BSI, f"Datagroup{ef.value.data_group}.bin"), ef)
    assert group.announced == len(group.headers) == 2
    assert {(header.type, header.format) for header in group.headers} == {(kind, named)}
    assert [header.subtype for header in group.headers] == subtypes


def test_the_portrait_of_a_specimen_is_jpeg_2000() -> None:
    portrait = parse_dg2(shared_file(BSI, "Datagroup2.bin"))
    assert portrait.format is ImageFormat.JPEG2000
    assert len(portrait.image) > 10_000
    assert portrait.width < portrait.height
    assert decode(portrait.image).shape == (portrait.height, portrait.width, 3)


@pytest.mark.parametrize("name", ["dg2_silver_mandatory_fields.bin", "dg2_silver_all_fields.bin"])
def test_the_silver_samples_of_the_successor_format_are_read_and_decode(name: str) -> None:
    """One of them announces 572 x 731 pixels: the image itself knows better."""
    portrait = parse_dg2(shared_file("dg2_samples", name))
    assert (portrait.format, portrait.width, portrait.height) == (ImageFormat.JPEG2000, 413, 531)
    assert decode(portrait.image).shape == (531, 413, 3)


def test_the_standards_sample_of_the_successor_format_is_read_and_decodes() -> None:
    block = shared_file("dg2_samples", "sample-39794-5-ed-1-v1.der")
    portrait = parse_dg2(tlv.encode(0x75, tlv.encode(0x7F61, tlv.encode(0x7F60, tlv.encode(0x7F2E, block)))))
    assert (portrait.format, portrait.width, portrait.height) == (ImageFormat.JPEG, 1024, 1024)
    assert decode(portrait.image).shape == (1024, 1024, 3)
