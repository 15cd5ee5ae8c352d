"""States that sign with every algorithm of Doc 9303-12, and what the reader makes of their certificates and lists."""

from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from asn1crypto.cms import ContentInfo
from asn1crypto.x509 import Certificate
from cryptography import x509
from document_samples import FOUNDED, HOLDER, NOW, inspect, portrait_jpeg

from egate.checks import Check, Outcome, Reason
from egate.document.pki.trust import TrustStore
from egate_sim.passport import rsa_pool
from egate_sim.passport.authority_keys import CURVES, Algorithm, Ecdsa, Rsa
from egate_sim.passport.certificates import RevocationReason, Revoked
from egate_sim.passport.cms import signature_of, signed_data
from egate_sim.passport.issue import issue
from egate_sim.passport.registry import midnight
from egate_sim.passport.state import UTOPIA, State, found_state, master_list, renew_csca

_DIGESTS = ("sha1", "sha224", "sha256", "sha384", "sha512")
ALGORITHMS: list[Algorithm] = [
    *(Ecdsa(curve, _DIGESTS[number % len(_DIGESTS)]) for number, curve in enumerate(CURVES)),
    *(Ecdsa(curve, explicit=True) for curve in CURVES),
    *(Rsa(2048, digest) for digest in _DIGESTS),
    *(Rsa(2048, digest, pss=True) for digest in _DIGESTS),
    *(Rsa(bits, pss=pss) for bits in (3072, 4096) for pss in (False, True)),
]


@cache
def state(algorithm: Algorithm, signer_algorithm: Algorithm | None = None) -> State:
    return found_state(replace(UTOPIA, algorithm=algorithm, signer_algorithm=signer_algorithm), b"seed", FOUNDED)


def passive(issuer: State, store: TrustStore) -> tuple[Outcome, Reason]:
    inspection, _ = inspect(issue(issuer, HOLDER, portrait_jpeg()), store=store)
    result = inspection.result(Check.PASSIVE_AUTHENTICATION)
    return result.outcome, result.reason


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=str)
def test_the_reader_verifies_every_algorithm(algorithm: Algorithm) -> None:
    issuer = state(algorithm)
    store = TrustStore.from_master_list(master_list(issuer, [issuer]), [issuer.csca.certificate_der], NOW)
    weak = algorithm.digest == "sha1"
    expected = (Outcome.UNDETERMINED, Reason.ALGORITHM_WEAK) if weak else (Outcome.PASSED, Reason.OK)
    assert passive(issuer, store.with_revocation_list(issuer.crl)) == expected


def test_a_document_signer_may_sign_otherwise_than_its_csca() -> None:
    issuer = state(Rsa(3072, "sha512", pss=True), Ecdsa("secp256r1"))
    store = TrustStore.from_certificates([issuer.csca.certificate_der])
    assert passive(issuer, store) == (Outcome.PASSED, Reason.OK)


def test_explicit_parameters_are_written_out() -> None:
    key = Certificate.load(state(Ecdsa(explicit=True)).csca.certificate_der).public_key
    assert key["algorithm"]["parameters"].name == "specified"


def test_an_unknown_curve_is_refused() -> None:
    with pytest.raises(ValueError, match="none of"):
        Ecdsa("secp192r1")


def test_the_same_secret_writes_the_same_certificates() -> None:
    for algorithm in (Ecdsa("brainpoolP320r1"), Rsa(2048, pss=True)):
        country = replace(UTOPIA, algorithm=algorithm)
        first, second = (found_state(country, b"seed", FOUNDED) for _ in range(2))
        assert first.signer.certificate_der == second.signer.certificate_der
        assert first.crl == second.crl


@pytest.mark.parametrize("bits", [1024, 2048])
@pytest.mark.parametrize("slot", rsa_pool.Slot)
def test_the_pool_remembers_where_the_primes_lie(bits: int, slot: rsa_pool.Slot) -> None:
    primes = rsa_pool.rsa_primes(bits, slot)
    assert rsa_pool.is_probable_prime(primes.p)
    assert rsa_pool.is_probable_prime(primes.q)
    assert primes.modulus.bit_length() == bits
    if bits == min(b for b in (1024, 2048)):
        offsets = rsa_pool.search(bits, slot)
        assert rsa_pool.rsa_primes(bits, slot) == primes
        assert offsets == rsa_pool.OFFSETS[bits, slot]


# The next CSCA key


@pytest.mark.parametrize("new_name", [False, True])
def test_the_next_key_is_believed_by_its_own_certificate_or_by_the_link(new_name: bool) -> None:
    former = state(Ecdsa())
    renewal = renew_csca(former, new_name=new_name)
    renewed = renewal.state
    assert (renewed.csca.certificate.subject != former.csca.certificate.subject) is new_name
    for anchor in (renewed.csca.certificate_der, renewal.link):
        store = TrustStore.from_certificates([former.csca.certificate_der, anchor])
        assert passive(renewed, store) == (Outcome.PASSED, Reason.OK)
    store = TrustStore.from_certificates([former.csca.certificate_der])
    assert passive(renewed, store) == (Outcome.UNDETERMINED, Reason.CSCA_UNKNOWN)


@pytest.mark.parametrize("new_name", [False, True])
def test_a_link_certificate_says_whether_the_name_changed(new_name: bool) -> None:
    former = state(Ecdsa())
    renewal = renew_csca(former, new_name=new_name)
    link = x509.load_der_x509_certificate(renewal.link)
    link.verify_directly_issued_by(former.csca.certificate)
    assert link.subject == renewal.state.csca.certificate.subject
    assert link.public_key() == renewal.state.csca.certificate.public_key()
    kinds = {extension.oid.dotted_string for extension in link.extensions}
    assert ("2.23.136.1.1.6.1" in kinds) is new_name


# Revocation lists


@pytest.mark.parametrize("reason", RevocationReason)
def test_a_revocation_list_gives_its_reasons(reason: RevocationReason) -> None:
    issuer = state(Ecdsa())
    entry = Revoked(issuer.signer.certificate.serial_number, midnight(FOUNDED), reason)
    crl = x509.load_der_x509_crl(issuer.registry.crl(issuer.csca, [entry]))
    assert crl.is_signature_valid(issuer.csca.certificate.public_key())  # type: ignore[arg-type]
    (revoked,) = crl
    stated = [extension.value.reason.name for extension in revoked.extensions]
    assert stated == ([] if reason is RevocationReason.UNSPECIFIED else [reason.name.lower()])


def test_an_empty_list_has_no_entries_and_a_stale_one_says_so() -> None:
    issuer = state(Ecdsa())
    empty = x509.load_der_x509_crl(issuer.registry.crl(issuer.csca, [], FOUNDED - timedelta(days=400)))
    assert len(empty) == 0
    assert empty.next_update_utc is not None
    assert empty.next_update_utc < NOW


def test_a_card_signer_signs_no_passports() -> None:
    signer = state(Ecdsa()).signer_of("I")
    assert signer is state(Ecdsa()).signer_of("AC")
    assert signer != state(Ecdsa()).signer_of("PD")


def test_a_signature_can_be_taken_out_of_a_message() -> None:
    issuer = state(Ecdsa())
    signed = signed_data("1.2.840.113549.1.7.1", b"content", issuer.signer, midnight(FOUNDED))
    info = ContentInfo.load(signed)["content"]["signer_infos"][0]
    assert signature_of(signed) == info["signature"].native
