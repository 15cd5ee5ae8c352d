"""What the simulated state issues is what Doc 9303 describes, and the same seed gives the same bytes."""

import hashlib
import io
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image

from egate_sim.passport import lds
from egate_sim.passport.forgeries import FORGERIES, Workshop
from egate_sim.passport.issue import ActiveAuthentication, Passport, Profile, issue
from egate_sim.passport.lds import File
from egate_sim.passport.mrz import Holder, Sex, check_digit, compose_td3
from egate_sim.passport.state import ANTARCTICA, UTOPIA, Country, State, found_state, master_list
from egate_sim.passport.tlv import data_objects

DAY = date(2026, 1, 2)
HASHES = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384()}


def jpeg(colour: tuple[int, int, int] = (200, 170, 150)) -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (120, 150), colour).save(picture, "JPEG")
    return picture.getvalue()


def holder(surname: str = "Eriksson", given_names: str = "Anna Maria") -> Holder:
    """The specimen of Doc 9303-4."""
    return Holder(
        surname, given_names, date(1974, 8, 12), Sex.FEMALE, "UTO", "L898902C3", date(2012, 4, 15), "ZE184226B"
    )


@pytest.fixture(scope="module")
def utopia() -> State:
    return found_state(UTOPIA, b"seed", DAY)


@pytest.fixture(scope="module")
def passport(utopia: State) -> Passport:
    return issue(utopia, holder(), jpeg())


def value(content: bytes, *path: int) -> bytes:
    """Descend through data objects by their tags."""
    for tag in path:
        content = dict(data_objects(content))[tag]
    return content


def verified_content(signed: bytes) -> tuple[str, bytes, list[x509.Certificate]]:
    """Check a CMS SignedData with the primitives alone; content type, content, certificates."""
    data = cms.ContentInfo.load(signed, strict=True)["content"]
    content = data["encap_content_info"]["content"].contents
    certificates = [x509.load_der_x509_certificate(choice.chosen.dump()) for choice in data["certificates"]]
    (info,) = data["signer_infos"]
    attributes = {a["type"].native: a["values"][0].native for a in info["signed_attrs"]}
    digest = info["digest_algorithm"]["algorithm"].native
    assert attributes["message_digest"] == hashlib.new(digest, content).digest()
    assert attributes["content_type"] == data["encap_content_info"]["content_type"].native
    assert attributes["signing_time"] == datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
    serial = info["sid"].chosen["serial_number"].native
    (signer,) = [c for c in certificates if c.serial_number == serial]
    key = signer.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    signed_attributes = b"\x31" + info["signed_attrs"].dump()[1:]
    key.verify(info["signature"].native, signed_attributes, ec.ECDSA(HASHES[digest]))
    return data["encap_content_info"]["content_type"].dotted, content, certificates


def test_the_specimen_of_doc_9303_4() -> None:
    assert compose_td3("UTO", holder()) == (
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    )


@pytest.mark.parametrize(
    ("surname", "given_names", "field"),
    [
        ("van der Müller", "Zoë", "VAN<DER<MUELLER<<ZOE"),
        ("Ørsted-Ångström", "Łukasz", "OERSTED<AANGSTROEM<<LUKASZ"),
        ("O’Connor", "Straße", "OCONNOR<<STRASSE"),
        ("Arkfreith", "", "ARKFREITH"),
        ("Nilavadhanananda", "Chayapa Dejthamrong Krasuang", "NILAVADHAN<<CHAYAPA<DEJTHAMRON<KRASUANG"),
    ],
)
def test_names_in_the_mrz(surname: str, given_names: str, field: str) -> None:
    upper, lower = compose_td3("UTO", holder(surname, given_names))
    assert upper == "P<UTO" + field.ljust(39, "<")
    assert len(lower) == 44


def test_an_empty_optional_field_has_no_check_digit_but_counts() -> None:
    plain = Holder("A", "B", date(2001, 2, 3), Sex.UNSPECIFIED, "D", "C1", date(2030, 1, 1))
    _, lower = compose_td3("D", plain)
    assert lower[:28] == f"C1<<<<<<<{check_digit('C1')}D<<0102030<3001019"
    assert lower[28:43] == "<" * 15
    assert lower[43] == check_digit(lower[0:10] + lower[13:20] + lower[21:43])


@pytest.mark.parametrize(
    "wrong",
    [{"number": ""}, {"number": "TOOLONG1234"}, {"number": "low"}, {"optional": "X" * 15}, {"nationality": "UTOP"}],
)
def test_a_holder_that_no_td3_can_name_is_refused(wrong: dict[str, str]) -> None:
    arguments = {"number": "L898902C3", "optional": "", "nationality": "UTO"} | wrong
    with pytest.raises(ValueError, match=r"TD3|capital letters"):
        compose_td3("UTO", Holder("A", "B", date(2001, 2, 3), Sex.MALE, expiry=date(2030, 1, 1), **arguments))


def test_a_name_without_a_letter_is_refused() -> None:
    with pytest.raises(ValueError, match="primary identifier"):
        compose_td3("UTO", holder("'"))


def test_ef_com_and_dg1(passport: Passport) -> None:
    assert value(passport.files[File.COM], 0x60, 0x5C) == bytes.fromhex("61756E6F")
    assert value(passport.files[File.DG1], 0x61, 0x5F1F).decode() == "".join(passport.mrz)


def test_dg2_is_one_face_around_the_portrait() -> None:
    portrait = jpeg()
    dg2 = lds.dg2(portrait)
    assert value(dg2, 0x75, 0x7F61, 0x02) == b"\x01"
    header = value(dg2, 0x75, 0x7F61, 0x7F60, 0xA1)
    assert (value(header, 0x87), value(header, 0x88)) == (b"\x01\x01", b"\x00\x08")
    record = value(dg2, 0x75, 0x7F61, 0x7F60, 0x5F2E)
    assert record[:8] == b"FAC\x00010\x00"
    assert int.from_bytes(record[8:12], "big") == len(record)
    assert record[12:14] == b"\x00\x01"
    assert int.from_bytes(record[14:18], "big") == len(record) - 14
    assert record[34:36] == b"\x01\x00", "full frontal, JPEG"
    assert (int.from_bytes(record[36:38], "big"), int.from_bytes(record[38:40], "big")) == (120, 150)
    assert record[46:] == portrait


def test_dg2_is_laid_out_like_a_published_specimen() -> None:
    default = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"
    specimen = Path(os.environ.get("EGATE_SHARED_DATA", default)) / "emrtd" / "specimen_bsi2008" / "Datagroup2.bin"
    if not specimen.is_file():
        pytest.skip("the specimen's DG2 is not here; set EGATE_SHARED_DATA to the folder of test data")
    theirs = value(specimen.read_bytes(), 0x75, 0x7F61, 0x7F60, 0x5F2E)
    ours = lds.face_record(jpeg())
    assert (theirs[:8], theirs[12:14]) == (ours[:8], ours[12:14])
    assert int.from_bytes(theirs[14:18], "big") == len(theirs) - 14
    assert theirs[46:].startswith(b"\x00\x00\x00\x0cjP"), "the picture begins where ours does"


def test_a_portrait_must_be_a_jpeg(utopia: State) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (10, 10)).save(picture, "PNG")
    with pytest.raises(ValueError, match="JPEG"):
        issue(utopia, holder(), picture.getvalue())


@pytest.mark.parametrize(("country", "digest"), [(UTOPIA, "sha256"), (ANTARCTICA, "sha512")])
def test_ef_sod_vouches_for_every_data_group(country: Country, digest: str) -> None:
    state = found_state(country, b"seed", DAY)
    passport = issue(state, holder(), jpeg(), Profile(digest=digest))
    kind, content, (signer,) = verified_content(value(passport.files[File.SOD], 0x77))
    assert kind == "2.23.136.1.1.1"
    signer.verify_directly_issued_by(state.csca.certificate)
    table = value(content, 0x30, 0x30)  # the algorithm and the table are both SEQUENCEs; the later one stays
    listed = {value(entry, 0x02)[0]: value(entry, 0x04) for _, entry in data_objects(table)}
    assert listed == {
        file.data_group: hashlib.new(digest, data).digest() for file, data in passport.data_groups.items()
    }


def test_certificates_say_that_they_are_simulated_and_chain(utopia: State) -> None:
    csca = utopia.csca.certificate
    csca.verify_directly_issued_by(csca)
    for signer in (utopia.signer, utopia.revoked_signer, utopia.master_list_signer):
        signer.certificate.verify_directly_issued_by(csca)
    for signer in (utopia.csca, utopia.signer, utopia.revoked_signer, utopia.master_list_signer):
        name = signer.certificate.subject.rfc4514_string()
        assert "O=EGATE SIMULATION" in name
        assert "CN=SIMULATION Utopia" in name
        assert signer.certificate.not_valid_before_utc.date() < DAY < signer.certificate.not_valid_after_utc.date()


def test_the_crl_names_the_revoked_signer_alone(utopia: State) -> None:
    crl = x509.load_der_x509_crl(utopia.crl)
    key = utopia.csca.key.public_key()
    assert crl.is_signature_valid(key)
    assert [entry.serial_number for entry in crl] == [utopia.revoked_signer.certificate.serial_number]


def test_the_master_list_holds_every_csca(utopia: State) -> None:
    antarctica = found_state(ANTARCTICA, b"seed", DAY)
    kind, content, (signer, publisher) = verified_content(master_list(utopia, [antarctica, utopia]))
    assert kind == "2.23.136.1.1.2"
    assert publisher == utopia.csca.certificate
    signer.verify_directly_issued_by(publisher)
    usage = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert [oid.dotted_string for oid in usage.value] == ["2.23.136.1.1.3"]
    listed = value(content, 0x30, 0x31)
    assert len(listed) == len(utopia.csca.certificate_der) + len(antarctica.csca.certificate_der)
    assert utopia.csca.certificate_der in listed
    assert antarctica.csca.certificate_der in listed


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(utopia: State, passport: Passport) -> None:
    again = found_state(UTOPIA, b"seed", DAY)
    assert issue(again, holder(), jpeg()).files == passport.files
    assert (again.crl, master_list(again, [again])) == (utopia.crl, master_list(utopia, [utopia]))
    other = found_state(UTOPIA, b"other seed", DAY)
    assert issue(other, holder(), jpeg()).files[File.SOD] != passport.files[File.SOD]
    rsa = [issue(state, holder(), jpeg(), Profile(ActiveAuthentication.RSA)).files for state in (utopia, again)]
    assert rsa[0] == rsa[1]


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("edited_dg1", {File.DG1}),
        ("edited_print", set()),
        ("swapped_portrait", {File.DG2}),
        ("self_made_csca", {File.SOD}),
        ("cloned_chip", set()),
        ("revoked_ds", {File.SOD}),
        ("truncated_sod", {File.SOD}),
        ("withheld_dg15", {File.COM, File.DG15}),
        ("pasted_signature", {File.DG2, File.SOD}),
        ("turned_bit", {File.DG2}),
        ("group_listed_twice", {File.SOD}),
    ],
)
def test_a_forgery_changes_what_it_says_and_no_more(
    utopia: State, passport: Passport, name: str, changed: set[File]
) -> None:
    forged = FORGERIES[name].forge(passport, Workshop(utopia, jpeg((10, 20, 30))))
    files = set(passport.files) | set(forged.files)
    assert {file for file in files if passport.files.get(file) != forged.files.get(file)} == changed
    assert (forged.mrz != passport.mrz) == name.startswith("edited")
    assert forged.access_seed == passport.access_seed, "the chip still opens to its printed MRZ"
    assert forged != passport


def test_nothing_personal_shows(utopia: State, passport: Passport) -> None:
    shown = f"{holder()!r} {passport!r} {utopia!r} {Workshop(utopia, jpeg())!r} {passport.active_authentication!r}"
    for secret in ("ERIKSSON", "Eriksson", "L898902C3", "seed"):
        assert secret not in shown
