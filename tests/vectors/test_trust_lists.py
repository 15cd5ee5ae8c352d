"""Lists that states published: the German master list as a bundle, a Colombian CRL, a German deviation list."""

import tomllib
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from document_samples import shared_file
from pki_samples import SIGNING_KEY, VERIFY_KEY

from egate.checks import Outcome, Reason
from egate.document.pki.bundle import Bundle, Section
from egate.document.pki.bundle_builder import BundleBuilder, SourceFile
from egate.document.pki.bundle_trust import BundleTrust
from egate.document.pki.certificates import Certificate
from egate.document.pki.cms import parse_signed_message
from egate.document.pki.defect_list import DEVIATION_LIST, decode_entries
from egate.document.pki.defects import Defect, DefectKind
from egate.document.pki.path import judge_path
from egate.document.pki.revocation import Revocation
from egate.document.pki.trust import TrustStore

AUTUMN_2024 = datetime(2024, 9, 1, tzinfo=UTC)
MASTER_LIST = ("trust", "DE_ML_2024-08-07-07-38-24.ml")
DEVIATIONS = Path(__file__).with_name("deviation_list.toml")


@cache
def german() -> tuple[TrustStore, BundleTrust]:
    """The same trust in memory and as a bundle."""
    raw = shared_file(*MASTER_LIST)
    message = parse_signed_message(raw, "the list", Reason.CERT_SIGNATURE)
    signer = message.certificate_of(message.signers[0])
    assert signer is not None
    root = next(each.der for each in message.certificates if each.may_have_issued(signer) and each.is_ca)
    builder = BundleBuilder(AUTUMN_2024)
    assert builder.add_master_list(SourceFile("DE.ml", raw), [root]) == (541, 0)
    crl = builder.add_crl(SourceFile("COL.crl", shared_file("trust", "COL.crl")))
    sealed = builder.seal(SIGNING_KEY, 1, "an office", timedelta(days=90))
    memory = TrustStore(builder.trust.cscas, (crl,))
    return memory, BundleTrust(bundle=Bundle.open(sealed, VERIFY_KEY))


def test_the_bundle_of_the_german_list_answers_as_the_list_does() -> None:
    memory, bundle = german()
    assert (bundle.bundle.count(Section.CSCA), bundle.bundle.header.simulation) == (541, False)
    for csca in memory.cscas[::7]:
        expected, found = memory.issuers_of(csca), bundle.issuers_of(csca)
        assert {each.der for each in found} == {each.der for each in expected}
        assert [each.subject_key_id for each in found] == [each.subject_key_id for each in expected]
        assert bundle.is_anchor(csca)


def test_most_listed_certificates_lead_to_a_listed_one() -> None:
    """Link certificates whose former CSCA has left the list do not; no real one is refused for its usage."""
    memory, _ = german()
    paths = [judge_path(csca, memory, AUTUMN_2024, AUTUMN_2024) for csca in memory.cscas]
    reasons = {step.reason for path in paths for step in path.steps if step.outcome is Outcome.FAILED}
    assert sum(not path.issuers for path in paths) == 7
    assert reasons == {Reason.CERT_VALIDITY}


def test_the_colombian_list_is_read_and_belongs_to_its_country() -> None:
    _, trust = german()
    (crl,) = trust.crls()
    assert len(crl.revoked) == 15
    assert set(crl.revoked.values()) <= set(Revocation)
    assert {csca.subject_country for csca in trust.possible_signers(crl)} == {"CO"}
    assert crl.is_stale_at(AUTUMN_2024)
    issuer = trust.possible_signers(crl)[0]
    assert trust.lists_of(issuer, None)


def test_a_published_deviation_list_is_read() -> None:
    example = tomllib.loads(DEVIATIONS.read_text("utf-8"))
    (entry,) = decode_entries(DEVIATION_LIST, bytes.fromhex(example["content"]), example["country"])
    assert entry.defects == (Defect(DefectKind.DS_ENCODING),)
    assert entry.serial == example["serial"]
    assert all(part in entry.issuer for part in example["issuer"])


def test_keys_of_an_old_certificate_are_compared_by_their_bits() -> None:
    memory, _ = german()
    twins = [memory.twins_of(csca) for csca in memory.cscas if csca.country == "DE"]
    assert max(map(len, twins)) > 1, "self-signed and link certificates of one key"
    assert all(isinstance(each, Certificate) for group in twins for each in group)
