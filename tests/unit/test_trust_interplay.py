"""Lists, links and bundles of simulated states, whose writer shares no code with our reader."""

from datetime import date, timedelta

import pytest
from document_samples import HOLDER, NOW, passport, portrait_jpeg, utopia
from pki_samples import authenticate, end

from egate.checks import Outcome, Reason
from egate.document.pki.bundle import Bundle
from egate.document.pki.bundle_trust import BundleTrust
from egate.document.pki.defects import DefectKind
from egate_sim.passport.issue import issue
from egate_sim.passport.lists import (
    Deviation,
    DeviationEntry,
    KnownDefect,
    SignerNaming,
    crowd_of_cscas,
    defect_list,
    deviation_list,
)
from egate_sim.passport.state import renew_csca
from egate_sim.trust_office import Further, TrustOffice

PASSED = (Outcome.PASSED, Reason.OK)
OPEN = (Outcome.UNDETERMINED, Reason.KNOWN_DEFECT)
OFFICE = TrustOffice(bytes(32), utopia(), (utopia(),))


def bundled(further: Further) -> BundleTrust:
    key = OFFICE.signing_key.public_key().public_bytes_raw()
    return BundleTrust(bundle=Bundle.open(OFFICE.bundle(NOW, further=further), key))


@pytest.mark.parametrize("new_name", [False, True])
def test_a_renewed_csca_is_known_through_its_link_alone(new_name: bool) -> None:
    renewal = renew_csca(utopia(), new_name=new_name)
    document = issue(renewal.state, HOLDER, portrait_jpeg())
    without, linked = bundled(Further()), bundled(Further(links=(renewal.link,), crls=(renewal.state.crl,)))
    assert end(authenticate(dict(document.files), without, mrz=document.mrz)) == (
        Outcome.UNDETERMINED,
        Reason.CSCA_UNKNOWN,
    )
    assert end(authenticate(dict(document.files), linked, mrz=document.mrz)) == PASSED
    assert end(authenticate(store=linked)) == PASSED, "documents of the former key stay good"


def under_deviation(entry: DeviationEntry) -> BundleTrust:
    return bundled(Further(defect_lists=(deviation_list(utopia(), [entry]),)))


@pytest.mark.parametrize("naming", SignerNaming)
def test_a_deviation_is_found_however_it_names_the_signer(naming: SignerNaming) -> None:
    signer, altered = utopia().signer, {15: b"x"}
    trust = under_deviation(DeviationEntry(Deviation.DG_HASH_WRONG, signer, naming, data_group=15))
    assert end(authenticate(store=trust, altered=altered)) == OPEN
    other = under_deviation(DeviationEntry(Deviation.DG_HASH_WRONG, utopia().revoked_signer, naming, data_group=15))
    assert end(authenticate(store=other, altered=altered)) == (Outcome.FAILED, Reason.DG_HASH)


@pytest.mark.parametrize(
    ("kind", "days", "numbers", "meant"),
    [
        ("P", 1, (HOLDER.number,), True),
        ("C", 1, (HOLDER.number,), False),
        ("P", -1, (HOLDER.number,), False),
        ("P", 1, ("X7654321", "Y1"), False),
    ],
)
def test_a_deviation_means_documents_by_all_that_it_names(
    kind: str, days: int, numbers: tuple[str, ...], meant: bool
) -> None:
    period = date(2025, 12, 1), date(2026, 1, 1) + timedelta(days=days)
    entry = DeviationEntry(Deviation.DG_MALFORMED, document_type=kind, issued=period, numbers=numbers, data_group=15)
    outcome = end(authenticate(store=under_deviation(entry), altered={15: b"x"}))
    assert outcome == (OPEN if meant else (Outcome.FAILED, Reason.DG_HASH))


def under_defect(defect: KnownDefect, parameters: bytes = b"") -> BundleTrust:
    listed = defect_list(utopia(), [(utopia().signer, defect, parameters)])
    signer = utopia().master_list_signer.certificate_der
    return bundled(Further(defect_lists=(listed,), defect_list_signers=(signer,)))


@pytest.mark.parametrize(("status", "outcome"), [(1, Outcome.UNDETERMINED), (4, Outcome.FAILED)])
def test_a_defect_list_revokes_a_signer(status: int, outcome: Outcome) -> None:
    trust = under_defect(KnownDefect.CERTIFICATE_REVOKED, bytes([0x0A, 1, status]))
    assert end(authenticate(store=trust)) == (outcome, Reason.CERT_REVOKED)


@pytest.mark.parametrize(
    ("defect", "kind"),
    [
        (KnownDefect.CHIP_AUTHENTICATION_KEYS_COMPROMISED, DefectKind.CA_KEY_COMPROMISED),
        (KnownDefect.ACTIVE_AUTHENTICATION_KEYS_COMPROMISED, DefectKind.AA_KEY_COMPROMISED),
        (KnownDefect.CARD_SECURITY_MALFORMED, DefectKind.CARD_SECURITY),
    ],
)
def test_defects_of_a_chip_are_passed_on(defect: KnownDefect, kind: DefectKind) -> None:
    result = authenticate(store=under_defect(defect))
    assert end(result) == PASSED
    assert [each.kind for each in result.defects] == [kind]


def test_a_crowd_of_authorities_with_one_key_costs_no_more_than_a_bounded_search() -> None:
    """Fifty certificates bear the key that signed: whichever is asked first leads to the end."""
    crowd = tuple(crowd_of_cscas(utopia(), 50))
    trust = bundled(Further()).with_links(crowd)
    assert end(authenticate(store=trust)) == PASSED
    assert trust.decoded_count <= 2, "the anchor and its list"


def test_the_sample_is_the_one_that_the_lists_speak_of() -> None:
    assert passport().mrz[1].startswith(HOLDER.number)
