"""Specimens, lists and certificates that others made, from the shared data; skipped where those are absent."""

from datetime import UTC, datetime

import pytest
from asn1crypto import pem
from document_samples import shared_data, shared_file

from egate.checks import Outcome, Reason
from egate.document.crypto.public_keys import RsaKey
from egate.document.crypto.signatures import Kind, Scheme
from egate.document.errors import MrzError, TrustError, UnsupportedError
from egate.document.lds.files import parse_com, parse_dg1, parse_dg15
from egate.document.lds.security_infos import parse_dg14
from egate.document.mrz.zone import Mrz
from egate.document.pki.certificates import Certificate
from egate.document.pki.cms import parse_signed_message
from egate.document.pki.passive_auth import passive_authentication
from egate.document.pki.sod import parse_sod
from egate.document.pki.trust import TrustStore

MASTER_LIST = ("trust", "DE_ML_2024-08-07-07-38-24.ml")
AUTUMN_2024 = datetime(2024, 9, 1, tzinfo=UTC)
BSI = ("specimen_bsi2008", "bsi_reference_set")


@pytest.mark.parametrize(
    ("folder", "groups", "scheme", "key"),
    [
        ("specimen_bsi2008", (1, 2, 3, 14), Scheme(Kind.ECDSA, "sha1"), "brainpoolp224r1"),
        ("bsi_reference_set", (1, 14), Scheme(Kind.RSA_PSS, "sha256", "sha256", 32), "rsa2048"),
    ],
)
def test_the_security_object_of_a_specimen_holds(
    folder: str, groups: tuple[int, ...], scheme: Scheme, key: str
) -> None:
    sod = parse_sod(shared_file(folder, "EF_SOD.bin"))
    signer = sod.message.signers[0]
    certificate = sod.message.certificate_of(signer)
    assert certificate is not None
    assert (signer.scheme(), certificate.public_key().name) == (scheme, key)
    assert sod.message.is_signed_by(signer, certificate)
    for group in groups:
        assert sod.matches(group, shared_file(folder, f"Datagroup{group}.bin"))
        assert not sod.matches(group, shared_file(folder, f"Datagroup{group}.bin") + b"\0")


@pytest.mark.parametrize("folder", BSI)
def test_the_files_of_a_specimen_are_read(folder: str) -> None:
    assert parse_dg1(shared_file(folder, "Datagroup1.bin")).issuing_state == "D"
    assert parse_com(shared_file(folder, "EF_COM.bin")).lds_version == "0107"
    assert parse_dg14(shared_file(folder, "Datagroup14.bin")).offers_chip_authentication
    assert isinstance(parse_dg15(shared_file(folder, "Datagroup15.bin")), RsaKey)


def test_a_specimen_below_an_unknown_csca_stays_open() -> None:
    groups = {number: shared_file(BSI[0], f"Datagroup{number}.bin") for number in (1, 2, 14)}
    result = passive_authentication(
        parse_sod(shared_file(BSI[0], "EF_SOD.bin")),
        groups,
        parse_dg1(groups[1]),
        TrustStore(()),
        datetime(2008, 6, 1, tzinfo=UTC),
    ).result
    assert {"dg1:ok", "dg2:ok", "dg14:ok", "sod:ok", "ds_validity:ok", "csca:csca_unknown"} <= set(result.details)
    # This test certificate's issuer has no country at all.
    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.CERT_COUNTRY)


def test_a_dg14_of_the_standard_is_read() -> None:
    raw = shared_file("part11_worked_examples", "spec_sample_encoded_dg14.bin")
    assert parse_dg14(raw).offers_chip_authentication


# The German master list of August 2024


def german_root() -> bytes:
    """The CSCA that issued the list's signer; the list carries it."""
    message = parse_signed_message(shared_file(*MASTER_LIST), "the list", Reason.CERT_SIGNATURE)
    signer = message.certificate_of(message.signers[0])
    assert signer is not None
    return next(item.der for item in message.certificates if item.may_have_issued(signer) and item.is_ca)


def test_the_german_master_list_verifies_to_its_root_and_every_key_loads() -> None:
    store = TrustStore.from_master_list(shared_file(*MASTER_LIST), [german_root()], AUTUMN_2024)
    assert (len(store.cscas), store.skipped) == (541, 0)
    assert len({csca.public_key().name for csca in store.cscas}) > 8


def test_real_lists_hold_self_issued_certificates_that_are_not_self_signed() -> None:
    store = TrustStore.from_master_list(shared_file(*MASTER_LIST), [german_root()], AUTUMN_2024)
    self_issued = [csca for csca in store.cscas if csca.subject == csca.issuer and csca.country == "DE"]
    assert not all(csca.is_signed_by(csca) for csca in self_issued)
    for csca in self_issued:
        assert any(csca.is_signed_by(issuer) for issuer in store.issuers_of(csca))


def test_the_german_master_list_is_refused_below_another_root() -> None:
    other = shared_file("trust", "DE_ROOT_CA_CSCA07.cer")
    with pytest.raises(TrustError, match="no pinned certificate"):
        TrustStore.from_master_list(shared_file(*MASTER_LIST), [other], AUTUMN_2024)


def test_a_real_revocation_list_verifies_below_the_master_list_and_nowhere_else() -> None:
    raw = shared_file("trust", "COL.crl")
    store = TrustStore.from_master_list(shared_file(*MASTER_LIST), [german_root()], AUTUMN_2024)
    assert len(store.with_revocation_list(raw).revocation_lists) == 1
    others = TrustStore(tuple(csca for csca in store.cscas if csca.country != "CO"))
    with pytest.raises(TrustError, match="no trusted CSCA"):
        others.with_revocation_list(raw)


# Forty combinations of signature, hash, curve and key length


def mock_certificates(kind: str) -> dict[str, Certificate]:
    folder = shared_data() / "mock_certs"
    if not folder.is_dir():
        pytest.skip("needs mock_certs of the shared eMRTD data, see EGATE_SHARED_DATA")
    paths = sorted(folder.glob(f"*/mock_{kind}.pem"))
    return {path.parent.name: Certificate.from_der(pem.unarmor(path.read_bytes())[2]) for path in paths}


def test_every_document_signer_leads_to_its_csca_and_to_no_other() -> None:
    """All of them bear the same name, so the key alone decides."""
    store = TrustStore(tuple(mock_certificates("csca").values()))
    signers = mock_certificates("dsc")
    assert len(signers) >= 40
    for name, signer in signers.items():
        first, *others = store.issuers_of(signer)
        assert signer.is_signed_by(first), name
        assert first.subject_key_id == signer.authority_key_id
        assert len(others) == len(store.cscas) - 1
        assert not any(_signed(signer, other) for other in others[:3])


def _signed(signer: Certificate, other: Certificate) -> bool:
    try:
        return signer.is_signed_by(other)
    except UnsupportedError:  # the other's key is of another kind
        return False


def test_zones_of_the_specimens_are_td3() -> None:
    for folder in BSI:
        zone = parse_dg1(shared_file(folder, "Datagroup1.bin"))
        assert Mrz(zone.text) == zone
        with pytest.raises(MrzError):
            Mrz(zone.text[:-1] + str((int(zone.text[-1]) + 1) % 10))
