"""From the Document Signer to an anchor: links, usage, strength, revocation of authorities, the times that count."""

import datetime as dt
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from document_samples import NOW, passport, utopia
from pki_samples import CSCA, YEAR, Form, authenticate, certificate, crl, end, key, signed_by, store_of

from egate.checks import Outcome, Reason
from egate.document.errors import FormatError, TrustError, UnsupportedError
from egate.document.mrz.zone import Mrz
from egate.document.pki.certificates import Certificate
from egate.document.pki.passive_auth import conclude, judge_data_group, judge_data_groups, judge_signature
from egate.document.pki.rules import TrustRules, Unproven, ValidityTime
from egate.document.pki.sod import parse_sod
from egate.document.pki.trust import TrustStore
from egate_sim.passport.cms import Signer
from egate_sim.passport.issue import sign_files
from egate_sim.passport.lds import File

FLAGS = x509.ReasonFlags
PASSED = (Outcome.PASSED, Reason.OK)
UNKNOWN = (Outcome.UNDETERMINED, Reason.CSCA_UNKNOWN)

OLD = certificate("csca", key(1), "csca", key(1), CSCA)
LINK = certificate("csca new", key(3), "csca", key(1), CSCA)
SIGNER = certificate("ds", key(9), "csca", key(1))
NEW_SIGNER = certificate("ds", key(9), "csca new", key(3))


def words(files: dict[File, bytes], store: TrustStore, now: dt.datetime = NOW) -> set[str]:
    return set(authenticate(files, store, now).result.details)


# Link certificates for which nobody vouched


def test_a_link_that_an_anchor_signed_carries_on() -> None:
    assert end(authenticate(signed_by(NEW_SIGNER), store_of(OLD, links=[LINK]))) == PASSED


def test_a_link_without_an_anchor_carries_nothing() -> None:
    assert end(authenticate(signed_by(NEW_SIGNER), store_of(links=[LINK, OLD]))) == UNKNOWN
    stranger = certificate("csca", key(7), "csca", key(7), CSCA)
    assert end(authenticate(signed_by(NEW_SIGNER), store_of(stranger, links=[LINK]))) == UNKNOWN


def test_a_chain_of_links_ends_somewhere() -> None:
    """Four links are followed, five are not; a circle of them ends too."""
    names = [f"csca {number}" for number in range(7)]
    anchor = certificate(names[0], key(20), names[0], key(20), CSCA)
    links = [
        certificate(names[n + 1], key(21 + n), names[n], key(20 + n), replace(CSCA, name_change=True)) for n in range(6)
    ]
    for length, expected in ((4, PASSED), (5, UNKNOWN)):
        signer = certificate("ds", key(9), names[length], key(20 + length))
        result = authenticate(signed_by(signer), store_of(anchor, links=links))
        assert end(result) == expected, length
    assert "csca_name_change:ok" in words(
        signed_by(certificate("ds", key(9), names[1], key(21))), store_of(anchor, links=links)
    )
    circle = [certificate("a", key(31), "b", key(32), CSCA), certificate("b", key(32), "a", key(31), CSCA)]
    assert end(authenticate(signed_by(certificate("ds", key(9), "a", key(31))), store_of(links=circle))) == UNKNOWN


@pytest.mark.parametrize("form", [Form(), Form(ca=False, usage="key_cert_sign"), Form(ca=True, usage="crl_sign")])
def test_a_link_must_be_a_certificate_of_an_authority(form: Form) -> None:
    link = certificate("csca new", key(3), "csca", key(1), form)
    result = authenticate(signed_by(NEW_SIGNER), store_of(OLD, links=[link]))
    assert end(result) == (Outcome.FAILED, Reason.CERT_USAGE)


def test_a_document_signer_among_the_links_issues_nothing() -> None:
    """Whoever holds the key of a genuine Document Signer must not become an authority by it."""
    rogue = certificate("ds of the rogue", key(40), "ds", key(9))
    result = authenticate(signed_by(rogue), store_of(OLD, links=[SIGNER]))
    assert result.result.outcome is Outcome.FAILED


def test_the_better_of_two_ways_counts() -> None:
    expired = certificate("csca new", key(3), "csca", key(1), replace(CSCA, around=dt.timedelta(hours=1)))
    later = NOW + dt.timedelta(days=1)
    assert end(authenticate(signed_by(NEW_SIGNER), store_of(OLD, links=[expired]), later))[1] is Reason.CERT_VALIDITY
    assert end(authenticate(signed_by(NEW_SIGNER), store_of(OLD, links=[expired, LINK]), later)) == PASSED


# Usage


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        (Form(usage="crl_sign", ca=True), Reason.CERT_USAGE),
        (Form(usage="digital_signature"), Reason.CERT_USAGE),
        (Form(usage="key_cert_sign", ca=False), Reason.OK),  # some listed CSCAs are so
        (Form(), Reason.OK),
    ],
)
def test_an_anchor_must_be_for_certificates_as_far_as_it_says(form: Form, reason: Reason) -> None:
    anchor = certificate("csca", key(1), "csca", key(1), form)
    assert f"csca_usage:{reason}" in words(signed_by(SIGNER), store_of(anchor))


@pytest.mark.parametrize(
    "form", [Form(usage="key_cert_sign"), Form(ca=True), Form(purpose="2.23.136.1.1.8"), Form(usage="key_agreement")]
)
def test_a_document_signer_signs_documents_only(form: Form) -> None:
    signer = certificate("ds", key(9), "csca", key(1), form)
    assert end(authenticate(signed_by(signer), store_of(OLD))) == (Outcome.FAILED, Reason.CERT_USAGE)


def test_the_authority_is_of_the_signers_country() -> None:
    foreign = certificate("csca", key(1), "csca", key(1), replace(CSCA, country="AQ"))
    result = authenticate(signed_by(SIGNER), store_of(foreign))
    assert end(result) == (Outcome.FAILED, Reason.CERT_COUNTRY)
    assert "csca_country:cert_country" in result.result.details


def test_countries_compare_without_regard_to_case() -> None:
    small = replace(CSCA, country="ut")
    anchor = certificate("csca", key(1), "csca", key(1), small)
    signer = certificate("ds", key(9), "csca", key(1), Form(country="ut"))
    assert end(authenticate(signed_by(signer), store_of(anchor))) == PASSED


# Strength


@pytest.mark.parametrize(("year", "outcome"), [(2017, Outcome.PASSED), (2018, Outcome.UNDETERMINED)])
def test_sha1_counts_by_the_age_of_the_signers_certificate(year: int, outcome: Outcome) -> None:
    begun = dt.datetime(year, 6, 1, tzinfo=dt.UTC)
    form = Form(middle=begun + 10 * YEAR, around=10 * YEAR)
    signer = certificate("ds", key(9), "csca", key(1), form)
    old = Signer(signer.certificate, signer.key, "sha1")
    result = authenticate(signed_by(old), store_of(OLD))
    assert result.result.outcome is outcome
    assert {word.partition(":")[0] for word in result.result.details} >= {"sod_sha1"}, "it stays on record"


def test_a_short_rsa_key_shows_nothing() -> None:
    short = rsa.generate_private_key(65537, 1024)
    anchor = certificate("csca", short, "csca", short, CSCA)
    signer = certificate("ds", key(9), "csca", short)
    store = store_of(anchor)
    assert end(authenticate(signed_by(signer), store)) == (Outcome.UNDETERMINED, Reason.ALGORITHM_WEAK)
    assert end(authenticate(signed_by(signer), store.under(TrustRules(min_rsa_bits=1024)))) == PASSED


def test_a_short_curve_shows_nothing() -> None:
    store = store_of(OLD).under(TrustRules(min_ec_bits=384))
    result = authenticate(signed_by(SIGNER), store)
    assert end(result) == (Outcome.UNDETERMINED, Reason.ALGORITHM_WEAK)
    assert {"sod_nist256p:algorithm_weak", "ds_nist256p:algorithm_weak"} <= set(result.result.details)


def test_a_worthless_algorithm_is_weak_and_not_only_unknown() -> None:
    sha256_with_rsa, md5_with_rsa = (bytes.fromhex(f"06092a864886f70d0101{last}") for last in ("0b", "04"))
    long = rsa.generate_private_key(65537, 2048)
    signer = certificate("ds", key(9), "csca", long)
    weak = Certificate.from_der(signer.certificate_der.replace(sha256_with_rsa, md5_with_rsa))
    with pytest.raises(UnsupportedError) as error:
        weak.scheme()
    assert error.value.reason is Reason.ALGORITHM_WEAK


# Revocation of authorities


@pytest.mark.parametrize(
    ("flag", "outcome"),
    [
        (None, Outcome.FAILED),
        (FLAGS.ca_compromise, Outcome.FAILED),
        (FLAGS.superseded, Outcome.FAILED),
        (FLAGS.key_compromise, Outcome.UNDETERMINED),
        (FLAGS.cessation_of_operation, Outcome.UNDETERMINED),
    ],
)
def test_a_revoked_authority_takes_its_signers_with_it(flag: x509.ReasonFlags | None, outcome: Outcome) -> None:
    store = store_of(OLD).with_revocation_list(crl(OLD, [(OLD.certificate.serial_number, flag)]))
    assert end(authenticate(signed_by(SIGNER), store)) == (outcome, Reason.CERT_REVOKED)


def test_a_revoked_link_breaks_the_chain() -> None:
    store = store_of(OLD, links=[LINK])
    store = store.with_revocation_list(crl(OLD, [(LINK.certificate.serial_number, FLAGS.superseded)]))
    assert end(authenticate(signed_by(NEW_SIGNER), store)) == (Outcome.FAILED, Reason.CERT_REVOKED)


def test_a_superseded_certificate_leaves_the_others_of_its_key_alone() -> None:
    other = certificate("csca", key(1), "csca", key(1), CSCA)
    store = store_of(OLD, other)
    superseded = store.with_revocation_list(crl(OLD, [(OLD.certificate.serial_number, FLAGS.superseded)]))
    assert end(authenticate(signed_by(SIGNER), superseded)) == PASSED
    compromised = store.with_revocation_list(crl(OLD, [(OLD.certificate.serial_number, FLAGS.ca_compromise)]))
    assert end(authenticate(signed_by(SIGNER), compromised)) == (Outcome.FAILED, Reason.CERT_REVOKED)


def test_a_list_of_the_renewed_key_speaks_for_the_same_name() -> None:
    renewed = certificate("csca", key(2), "csca", key(1), CSCA)
    store = store_of(OLD, renewed)
    store = store.with_revocation_list(crl(renewed, [(SIGNER.certificate.serial_number, None)]))
    assert end(authenticate(signed_by(SIGNER), store)) == (Outcome.FAILED, Reason.CERT_REVOKED)


def test_the_newest_list_counts() -> None:
    serial = SIGNER.certificate.serial_number
    older, newer = crl(OLD, [(serial, FLAGS.certificate_hold)], NOW - YEAR / 2), crl(OLD, [], NOW - YEAR / 4)
    for lists in ((older, newer), (newer, older)):
        store = store_of(OLD)
        for each in lists:
            store = store.with_revocation_list(each)
        assert end(authenticate(signed_by(SIGNER), store)) == PASSED


def test_missing_and_stale_lists_count_by_the_rules() -> None:
    store = store_of(OLD)
    strict = TrustRules(missing_crl=Unproven.UNDETERMINED, stale_crl=Unproven.UNDETERMINED)
    stale = store.with_revocation_list(crl(OLD, [], NOW - 2 * YEAR))
    for lenient, word in ((store, "revocation_no_list"), (stale, "revocation_stale_list")):
        assert end(authenticate(signed_by(SIGNER), lenient)) == PASSED
        result = authenticate(signed_by(SIGNER), lenient.under(strict))
        assert end(result) == (Outcome.UNDETERMINED, Reason.TRUST_STALE)
        assert f"{word}:trust_stale" in result.result.details


def test_a_part_of_a_list_is_no_list() -> None:
    with pytest.raises(TrustError, match="a part of one"):
        store_of(OLD).with_revocation_list(crl(OLD, [], critical=x509.DeltaCRLIndicator(1)))


# Times


def test_certificates_may_be_judged_by_the_day_of_signing() -> None:
    """The simulated state's signing time is its founding day, a month before NOW."""
    month = dt.timedelta(days=20)
    form = Form(middle=NOW - dt.timedelta(days=31), around=month)
    signer = certificate("ds", key(9), "csca", key(1), form)
    store = store_of(OLD)
    assert end(authenticate(signed_by(signer), store)) == (Outcome.FAILED, Reason.CERT_VALIDITY)
    at_signing = store.under(TrustRules(validity_at=ValidityTime.SIGNING))
    assert end(authenticate(signed_by(signer), at_signing)) == PASSED


def test_a_signing_time_in_the_future_is_not_believed() -> None:
    rules = TrustRules(validity_at=ValidityTime.SIGNING)
    assert rules.moment(NOW, NOW + YEAR) == NOW
    assert rules.moment(NOW, None) == NOW


@pytest.mark.parametrize(("days", "reason"), [(-40, Reason.OK), (-10, Reason.CERT_VALIDITY)])
def test_the_private_key_was_in_use_when_it_signed(days: int, reason: Reason) -> None:
    """Signed a month before NOW, with a key whose use began on that day."""
    form = Form(period=(NOW + dt.timedelta(days=days), NOW + YEAR))
    signer = certificate("ds", key(9), "csca", key(1), form)
    assert f"ds_key_period:{reason}" in words(signed_by(signer), store_of(OLD))


def test_a_known_day_of_issue_goes_before_the_signing_time() -> None:
    form = Form(period=(NOW - YEAR, NOW - YEAR / 2))
    sod = parse_sod(signed_by(certificate("ds", key(9), "csca", key(1), form))[File.SOD])
    zone, store = Mrz.from_lines(passport().mrz), store_of(OLD)
    assert judge_signature(sod, zone, store, NOW).outcome is Outcome.FAILED
    assert judge_signature(sod, zone, store, NOW, issued=NOW - 0.7 * YEAR).outcome is Outcome.PASSED


def test_times_that_name_no_zone_are_utc_and_years_out_of_reach_are_malformed() -> None:
    signer = certificate("ds", key(9), "csca", key(1), Form(middle=dt.datetime(2051, 1, 1, tzinfo=dt.UTC)))
    der, written = signer.certificate_der, b"20500101000000Z"
    assert written in der, "from 2050 on, X.509 writes the century"
    local = Certificate.from_der(der.replace(written, b"2050010100.0000"))
    assert not local.is_valid_at(NOW)
    with pytest.raises(FormatError):
        Certificate.from_der(der.replace(written, b"00000101000000Z"))


# In parts


def test_the_parts_together_are_the_whole() -> None:
    files = dict(passport().files)
    sod, zone = parse_sod(files[File.SOD]), Mrz.from_lines(passport().mrz)
    whole = authenticate(store=store_of(OLD))
    signature = judge_signature(sod, zone, store_of(OLD), NOW)
    assert signature.outcome is Outcome.UNDETERMINED, "no data group is needed to know it"
    judged = {
        int(file) & 0xFF: judge_data_group(sod, int(file) & 0xFF, raw) for file, raw in passport().data_groups.items()
    }
    assert conclude(signature, judge_data_groups(sod, judged)) == whole


def test_only_planned_groups_can_be_withheld() -> None:
    groups = dict(passport().data_groups)
    sod = parse_sod(sign_files(groups, SIGNER, utopia())[File.SOD])
    judged = {1: judge_data_group(sod, 1, groups[File.DG1]), 2: judge_data_group(sod, 2, groups[File.DG2])}
    missing = [
        step.word for step in judge_data_groups(sod, judged, planned=(1, 2, 14)) if step.outcome is Outcome.FAILED
    ]
    assert missing == ["dg14:dg_withheld"], "DG15 is listed, but nobody planned to read it"


def test_a_group_that_nobody_planned_counts_when_it_was_read() -> None:
    sod = parse_sod(passport().files[File.SOD])
    assert judge_data_group(sod, 11, b"another person's details").reason is Reason.DG_HASH
