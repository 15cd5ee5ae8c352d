"""The trust bundle: what goes in is verified, what comes out is the same, and no bit can change unseen."""

import datetime as dt
from collections.abc import Callable

import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from document_samples import NOW, utopia
from pki_samples import (
    CSCA,
    SIGNING_KEY,
    VERIFY_KEY,
    YEAR,
    Form,
    authenticate,
    certificate,
    crl,
    description,
    deviation,
    deviation_list,
    end,
    issuer_and_serial,
    key,
    signed_by,
    store_of,
)

from egate.checks import Outcome, Reason
from egate.document.errors import TrustError
from egate.document.pki.bundle import Bundle, By, Header, Item, Section, seal
from egate.document.pki.bundle_builder import BundleBuilder, SourceFile
from egate.document.pki.bundle_trust import BundleTrust
from egate.document.pki.certificates import Certificate
from egate.document.pki.rules import TrustRules, Unproven
from egate_sim.passport.cms import Signer, signed_data
from egate_sim.passport.state import master_list

DAYS = dt.timedelta(days=90)
ANCHOR = certificate("csca", key(1), "csca", key(1), CSCA)
LINK = certificate("csca new", key(3), "csca", key(1), CSCA)
SIGNER = certificate("ds", key(9), "csca", key(1))
NEW_SIGNER = certificate("ds", key(9), "csca new", key(3))
DEVIATION_SIGNER = certificate("dl", key(5), "csca", key(1), Form(purpose="2.23.136.1.1.8"))
SEAL_SIGNER = certificate("UT01", key(6), "csca", key(1))


def file(content: bytes | Signer, name: str = "a file") -> SourceFile:
    return SourceFile(name, content.certificate_der if isinstance(content, Signer) else content)


def builder(*cscas: Signer) -> BundleBuilder:
    made = BundleBuilder(NOW)
    for each in cscas or (ANCHOR,):
        made.add_csca(file(each))
    return made


def sealed(made: BundleBuilder, serial: int = 1) -> bytes:
    return made.seal(SIGNING_KEY, serial, "an office", DAYS)


def opened(made: BundleBuilder) -> BundleTrust:
    return BundleTrust(bundle=Bundle.open(sealed(made), VERIFY_KEY))


def deviations() -> bytes:
    content = deviation_list(deviation(issuer_and_serial(SIGNER), description("2.2", 15)))
    return signed_data("2.23.136.1.1.7", content, DEVIATION_SIGNER, NOW)


# In and out


def test_everything_that_goes_in_is_found() -> None:
    made = builder()
    made.add_link(file(LINK))
    made.add_crl(file(crl(ANCHOR, [])))
    made.add_defect_list(file(deviations()))
    made.add_seal_signer(file(SEAL_SIGNER))
    made.add_cvca(file(b"a card-verifiable certificate"))
    trust = opened(made)
    assert {section: trust.bundle.count(section) for section in Section} == dict.fromkeys(Section, 1)
    assert end(authenticate(signed_by(SIGNER), trust)) == (Outcome.PASSED, Reason.OK)
    assert end(authenticate(signed_by(NEW_SIGNER), trust)) == (Outcome.PASSED, Reason.OK)
    assert end(authenticate(signed_by(SIGNER), trust, altered={15: b"x"})) == (
        Outcome.UNDETERMINED,
        Reason.KNOWN_DEFECT,
    )
    assert [each.der for each in trust.seal_signers_of("UT")] == [SEAL_SIGNER.certificate_der]
    assert trust.seal_signers_of("AQ") == ()
    assert trust.cvca_certificates() == (b"a card-verifiable certificate",)


def test_a_bundle_judges_as_the_memory_does() -> None:
    revoked = crl(ANCHOR, [(SIGNER.certificate.serial_number, None)])
    made = builder()
    made.add_crl(file(revoked))
    memory, trust = store_of(ANCHOR).with_revocation_list(revoked), opened(made)
    for signer in (
        SIGNER,
        NEW_SIGNER,
        certificate("ds", key(9), "csca", key(2)),
        certificate("x", key(9), "y", key(4)),
    ):
        assert authenticate(signed_by(signer), trust) == authenticate(signed_by(signer), memory)


def test_a_certificate_is_decoded_only_when_asked_for_and_then_kept() -> None:
    others = [certificate(f"other {n}", key(50 + n), f"other {n}", key(50 + n), CSCA) for n in range(5)]
    trust, signer = opened(builder(ANCHOR, *others)), Certificate.from_der(SIGNER.certificate_der)
    assert trust.decoded_count == 0
    first = trust.issuers_of(signer)
    assert [each.der for each in first] == [ANCHOR.certificate_der]
    assert trust.decoded_count == 1
    assert trust.issuers_of(signer)[0] is first[0]


def test_rules_travel_with_the_trust() -> None:
    strict = opened(builder()).under(TrustRules(missing_crl=Unproven.UNDETERMINED))
    assert end(authenticate(signed_by(SIGNER), strict)) == (Outcome.UNDETERMINED, Reason.TRUST_STALE)


def test_the_header_says_from_what_it_was_made() -> None:
    state = utopia()
    made = BundleBuilder(NOW)
    found = made.add_master_list(file(master_list(state, [state]), "ut.ml"), [state.csca.certificate_der])
    assert found == (1, 0)
    made.add_crl(file(state.crl, "ut.crl"))
    bundle = Bundle.open(sealed(made, 7), VERIFY_KEY)
    assert [(each.kind, each.name, each.items) for each in bundle.header.sources] == [
        ("master list", "ut.ml", 1),
        ("revocation list", "ut.crl", 1),
    ]
    assert bundle.header.simulation, "the state says so in its certificates"
    assert (bundle.header.serial, bundle.header.valid_until) == (7, NOW + DAYS)


def test_the_same_certificate_twice_is_one() -> None:
    assert opened(builder(ANCHOR, ANCHOR)).bundle.count(Section.CSCA) == 1


def test_the_same_sources_give_the_same_bytes() -> None:
    assert sealed(builder()) == sealed(builder())
    assert not Bundle.open(sealed(builder()), VERIFY_KEY).header.simulation


def test_pem_is_taken_as_well() -> None:
    made = BundleBuilder(NOW)
    made.add_csca(file(ANCHOR.certificate.public_bytes(Encoding.PEM)))
    assert opened(made).bundle.content(0) == ANCHOR.certificate_der


# What does not go in

STRANGER = certificate("csca", key(8), "csca", key(8), CSCA)


@pytest.mark.parametrize(
    ("add", "text"),
    [
        (lambda made: made.add_csca(file(b"nothing", "x.der")), "x.der: .*PEM or DER"),
        (lambda made: made.add_csca(file(b"-----BEGIN CERTIFICATE-----\nnonsense", "x.pem")), "x.pem"),
        (lambda made: made.add_link(file(certificate("a", key(2), "b", key(8)), "l.der")), "l.der: no trusted CSCA"),
        (lambda made: made.add_crl(file(crl(STRANGER, []), "x.crl")), "x.crl: no trusted CSCA signed"),
        (lambda made: made.add_crl(file(b"", "x.crl")), "x.crl: the revocation list cannot be used"),
        (lambda made: made.add_defect_list(file(b"", "x.dl")), "x.dl: the defect list cannot be used"),
        (lambda made: made.add_master_list(file(b"", "x.ml"), []), "x.ml: the master list cannot be used"),
    ],
)
def test_what_cannot_be_believed_stays_out(add: Callable[[BundleBuilder], object], text: str) -> None:
    with pytest.raises(TrustError, match=text):
        add(builder())


def test_a_link_may_sign_revocations_once_it_leads_to_an_anchor() -> None:
    made = builder()
    made.add_link(file(LINK))
    made.add_crl(file(crl(LINK, [(NEW_SIGNER.certificate.serial_number, None)])))
    assert end(authenticate(signed_by(NEW_SIGNER), opened(made))) == (Outcome.FAILED, Reason.CERT_REVOKED)


def test_an_empty_bundle_is_not_made() -> None:
    with pytest.raises(TrustError, match="no CSCA certificate"):
        sealed(BundleBuilder(NOW))


# Alterations


def test_every_single_bit_counts() -> None:
    raw = bytearray(sealed(builder()))
    Bundle.open(bytes(raw), VERIFY_KEY)
    believed = []
    for bit in range(8 * len(raw)):
        raw[bit // 8] ^= 1 << bit % 8
        try:
            Bundle.open(bytes(raw), VERIFY_KEY)
            believed.append(bit)
        except TrustError:
            raw[bit // 8] ^= 1 << bit % 8
    assert believed == []


def test_bytes_more_or_less_and_other_keys_are_noticed() -> None:
    raw = sealed(builder())
    for altered in (raw[:-1], raw + b"\0", raw[1:], b"", raw[:40]):
        with pytest.raises(TrustError):
            Bundle.open(altered, VERIFY_KEY)
    with pytest.raises(TrustError, match="another key signed it"):
        Bundle.open(raw, bytes(31) + b"\1")
    with pytest.raises(TrustError, match="another key signed it"):
        Bundle.open(raw, b"short")


HEADER = Header(1, 1, "", NOW, NOW, NOW + YEAR, False)
ITEM = Item(Section.CVCA, b"content", ((By.COUNTRY, b""),))


def resealed(change: Callable[[bytearray], None]) -> bytes:
    """Signed by the right key, but malformed."""
    raw = bytearray(seal(HEADER, [ITEM], SIGNING_KEY)[:-64])
    change(raw)
    return bytes(raw) + SIGNING_KEY.sign(bytes(raw))


def put(at: int, value: bytes) -> Callable[[bytearray], None]:
    def change(raw: bytearray) -> None:
        raw[at : at + len(value)] = value

    return change


HEADER_BYTES = len(msgspec.json.encode(HEADER))


@pytest.mark.parametrize(
    "change",
    [
        put(8, b"\xff\xff\xff\xff"),  # length of the header
        put(12, b"\x00\x01\x00\x00"),  # number of items
        put(16, b"\x00\x01\x00\x00"),  # number of index entries
        put(20, b"["),  # the header
        put(20 + HEADER_BYTES + 1, b"\x00\x00\x00\x00"),  # an item's offset, in the header
        put(20 + HEADER_BYTES + 5, b"\x00\x00\xff\xff"),  # an item's length
        put(20 + HEADER_BYTES + 9 + 16, b"\x00\x00\x00\x01"),  # an item's number in the index
    ],
)
def test_a_signed_but_malformed_bundle_is_refused(change: Callable[[bytearray], None]) -> None:
    with pytest.raises(TrustError, match="malformed"):
        Bundle.open(resealed(change), VERIFY_KEY)


def test_a_later_format_is_not_guessed() -> None:
    later = seal(msgspec.structs.replace(HEADER, format=2), [ITEM], SIGNING_KEY)
    with pytest.raises(TrustError, match="format 2 is unknown"):
        Bundle.open(later, VERIFY_KEY)
