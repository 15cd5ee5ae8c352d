"""SecurityInfos: every kind of entry, those that nobody knows, those that are broken, and real files."""

import json
from typing import Any

import pytest
from document_samples import shared_file

from egate.document import tlv
from egate.document.crypto.domain_parameters import STANDARDIZED
from egate.document.crypto.groups import AgreementKind
from egate.document.crypto.symmetric import BlockCipher
from egate.document.errors import FormatError, UnsupportedError
from egate.document.lds.security_infos import (
    ActiveAuthenticationInfo,
    ChipAuthenticationInfo,
    ChipAuthenticationPublicKeyInfo,
    EfDirInfo,
    Mapping,
    PaceDomainParameterInfo,
    PaceInfo,
    SecurityInfo,
    SecurityInfos,
    TerminalAuthenticationInfo,
    parse_card_access,
    parse_dg14,
    parse_security_infos,
)

BSI = "04007F00070202"
STANDARD_P256 = "300C060704007F000701020201 0D".replace(" ", "")


def entry(oid: str, *values: str) -> bytes:
    return tlv.encode(0x30, tlv.encode(0x06, bytes.fromhex(oid)) + b"".join(map(bytes.fromhex, values)))


def infos(*entries: bytes) -> SecurityInfos:
    return parse_security_infos(tlv.encode(0x31, b"".join(entries)))


def one(oid: str, *values: str) -> Any:
    (info,) = infos(entry(oid, *values)).infos
    return info


@pytest.mark.parametrize(
    ("method", "kind", "mapping"),
    [
        (1, AgreementKind.DH, Mapping.GM),
        (2, AgreementKind.ECDH, Mapping.GM),
        (3, AgreementKind.DH, Mapping.IM),
        (4, AgreementKind.ECDH, Mapping.IM),
        (6, AgreementKind.ECDH, Mapping.CAM),
    ],
)
@pytest.mark.parametrize(("number", "cipher"), list(enumerate(BlockCipher, 1)))
def test_every_variant_of_pace_is_read(
    method: int, kind: AgreementKind, mapping: Mapping, number: int, cipher: BlockCipher
) -> None:
    info = one(f"{BSI}04{method:02X}{number:02X}", "020102", "02010D")
    assert isinstance(info, PaceInfo)
    assert (info.kind, info.mapping, info.cipher) == (kind, mapping, cipher)
    assert (info.version, info.parameter_id) == (2, 13)
    assert info.protocol == f"0.4.0.127.0.7.2.2.4.{method}.{number}"


def test_domain_parameters_that_are_written_out_are_read() -> None:
    info = one(f"{BSI}0402", STANDARD_P256, "02010D")
    assert isinstance(info, PaceDomainParameterInfo)
    assert (info.kind, info.mapping, info.parameter_id) == (AgreementKind.ECDH, Mapping.GM, 13)
    assert info.group() is STANDARDIZED[13]


def test_chip_authentication_is_read() -> None:
    info = one(f"{BSI}030202", "020101", "020105")
    assert isinstance(info, ChipAuthenticationInfo)
    assert (info.kind, info.cipher) == (AgreementKind.ECDH, BlockCipher.AES_128)
    assert (info.version, info.key_id) == (1, 5)
    assert one(f"{BSI}030101", "020101").key_id is None


def test_a_key_of_chip_authentication_is_read_when_asked_for() -> None:
    public = STANDARDIZED[13].key_pair(77).public
    info = one(f"{BSI}0102", tlv.encode(0x30, bytes.fromhex(STANDARD_P256) + tlv.encode(3, b"\0" + public)).hex())
    assert isinstance(info, ChipAuthenticationPublicKeyInfo)
    assert (info.key().group, info.key().public, info.key_id) == (STANDARDIZED[13], public, None)
    of_the_wrong_kind = one(f"{BSI}0101", info.required.hex())
    with pytest.raises(FormatError, match="kind"):
        of_the_wrong_kind.key()


def test_terminal_authentication_is_read() -> None:
    info = one(f"{BSI}02", "020101", "30070402011A04011A")
    assert isinstance(info, TerminalAuthenticationInfo)
    assert (info.version, info.cvca_file_id, info.cvca_short_id) == (1, 0x011A, 0x1A)
    assert one(f"{BSI}02", "020101").cvca_file_id is None
    assert one(f"{BSI}02", "020101", "30040402011B").cvca_short_id is None


def test_active_authentication_is_read() -> None:
    info = one("678108010105", "020101", "060A04007F00070101040103")
    assert isinstance(info, ActiveAuthenticationInfo)
    assert (info.version, info.algorithm) == (1, "0.4.0.127.0.7.1.1.4.1.3")
    assert SecurityInfos((info,)).active_authentication_algorithm == info.algorithm


def test_a_copy_of_ef_dir_is_read() -> None:
    info = one("67810801010D", "0403610100")
    assert isinstance(info, EfDirInfo)
    assert info.ef_dir == bytes.fromhex("610100")


@pytest.mark.parametrize(
    ("oid", "values"),
    [
        ("2A0304", ("0500",)),
        (f"{BSI}04", ("020102",)),
        (f"{BSI}0405", ("020102",)),
        (f"{BSI}040502", ("020102",)),
        (f"{BSI}040209", ("020102",)),
        (f"{BSI}04020202", ("020102",)),
        (f"{BSI}040202", ("0401FF",)),
        (f"{BSI}040202", ("020102", "0400")),
        (f"{BSI}0303", ("020102",)),
        (f"{BSI}0103", ("020102",)),
        (f"{BSI}0201", ("020102",)),
        (f"{BSI}02", ("020102", "0500")),
        ("678108010105", ("020101",)),
        ("67810801010D", ("020101",)),
    ],
)
def test_what_is_unknown_or_broken_is_kept_and_offers_nothing(oid: str, values: tuple[str, ...]) -> None:
    good = entry(f"{BSI}040202", "020102", "02010D")
    read = infos(entry(oid, *values), good)
    assert type(read.infos[0]) is SecurityInfo
    assert isinstance(read.infos[1], PaceInfo)
    assert read.infos[0].required == bytes.fromhex(values[0])


def test_what_the_unsigned_file_says_must_stand_in_the_signed_one() -> None:
    pace, key, other = (
        entry(f"{BSI}040202", "020102", "02010D"),
        entry(f"{BSI}030202", "020101"),
        entry(f"{BSI}040202", "020102", "02010C"),
    )
    signed = infos(key, pace)
    assert signed.contains(infos(pace))
    assert signed.contains(infos(pace, pace))
    assert signed.contains(infos())
    assert not signed.contains(infos(other))
    assert not signed.contains(infos(pace, other))
    assert not signed.contains(infos(entry(f"{BSI}040202", "020102")))


def test_padding_after_ef_card_access_is_ignored() -> None:
    raw = tlv.encode(0x31, entry(f"{BSI}040202", "020102", "02010D"))
    assert len(parse_card_access(raw + bytes(40)).of_kind(PaceInfo)) == 1


@pytest.mark.parametrize("raw", [b"", b"\x31", b"\x31\x80", b"\x30\x00", b"\x31\x02\x05\x00", b"\x31\x03\x30\x01\x06"])
def test_what_is_no_set_of_security_infos_is_refused(raw: bytes) -> None:
    for parse in (parse_card_access, parse_security_infos, parse_dg14):
        with pytest.raises(FormatError):
            parse(raw)


# Files that others made


def array(name: str) -> bytes:
    return bytes.fromhex(json.loads(shared_file("tr03110_worked_example", "arrays.json"))[name])


def test_the_files_of_real_cards_are_read() -> None:
    read = parse_card_access(array("ef_cardaccess_ca3"))
    assert [(info.mapping, info.parameter_id) for info in read.of_kind(PaceInfo)] == [
        (Mapping.GM, 13),
        (Mapping.CAM, 13),
    ]
    assert [info.key_id for info in read.of_kind(ChipAuthenticationInfo)] == [72, 79]
    terminal = parse_card_access(array("ef_cardaccess_slowenia")).of_kind(TerminalAuthenticationInfo)
    assert [(info.cvca_file_id, info.cvca_short_id) for info in terminal] == [(0x011A, 0x1A)]
    old = parse_card_access(array("ef_cardaccess_old_testcard")).of_kind(PaceDomainParameterInfo)
    with pytest.raises(UnsupportedError):
        old[0].group()


@pytest.mark.parametrize(
    ("folder", "file", "kind", "name"),
    [
        ("specimen_bsi2008", "Datagroup14.bin", AgreementKind.ECDH, "brainpoolp224r1"),
        ("part11_worked_examples", "spec_sample_encoded_dg14.bin", AgreementKind.DH, "modp1024"),
    ],
)
def test_the_keys_of_published_dg14s_are_read(folder: str, file: str, kind: AgreementKind, name: str) -> None:
    read = parse_dg14(shared_file(folder, file))
    (key,) = (info.key() for info in read.of_kind(ChipAuthenticationPublicKeyInfo))
    assert (key.group.kind, key.group.name) == (kind, name)
    assert read.offers_chip_authentication
    assert len(read.of_kind(ChipAuthenticationInfo)) == len(read.of_kind(TerminalAuthenticationInfo)) == 1


def test_a_crowd_of_entries_is_refused() -> None:
    """They may have to be compared with each other, and each came from a chip that nobody has authenticated."""
    one_entry = entry("2A03", "020101")
    assert len(infos(*[one_entry] * 128).infos) == 128
    with pytest.raises(FormatError, match="more"):
        infos(*[one_entry] * 129)
