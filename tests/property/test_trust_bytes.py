"""Arbitrary and damaged bytes at everything that an office or a gate takes in as trust."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from damage import damage, ends_cleanly
from document_samples import NOW, trust, utopia
from hypothesis import given, settings
from hypothesis import strategies as st
from pki_samples import (
    CSCA,
    SIGNING_KEY,
    VERIFY_KEY,
    Form,
    certificate,
    crl,
    description,
    deviation,
    deviation_list,
    issuer_and_serial,
    key,
    oid,
)

from egate.checks import Outcome
from egate.document import tlv
from egate.document.errors import DocumentError
from egate.document.pki.bundle import Bundle, By, Header, Item, Section, seal
from egate.document.pki.bundle_builder import BundleBuilder, SourceFile
from egate.document.pki.bundle_trust import decode_entry, defect_item
from egate.document.pki.card_security import SECURITY_OBJECT, verify_card_security
from egate.document.pki.certificates import Certificate, der_of
from egate.document.pki.defect_list import DEFECT_LIST, DEVIATION_LIST, decode_entries, read_defect_list
from egate.document.pki.defects import Document
from egate.document.pki.path import judge_path
from egate.document.pki.revocation import RevocationList
from egate.document.pki.trust import TrustStore
from egate_sim.passport.cms import signed_data

Parser = Callable[[bytes], Any]
ANCHOR = certificate("csca", key(1), "csca", key(1), CSCA)
SIGNER = certificate("ds", key(9), "csca", key(1))
ENTRY = deviation(issuer_and_serial(SIGNER) + tlv.encode(0xA5, tlv.encode(0x13, b"X")), description("2.2", 12))
DEFECT = tlv.encode(0x30, oid(f"{DEFECT_LIST}.1.1") + b"\x0a\x01\x03")


def read_resealed(raw: bytes) -> Bundle:
    """Bytes that the right key has signed: only then they are taken apart at all."""
    return Bundle.open(raw + SIGNING_KEY.sign(raw), VERIFY_KEY)


@cache
def samples() -> dict[str, tuple[Parser, bytes]]:
    anchors = [Certificate.from_der(ANCHOR.certificate_der)]
    builder = BundleBuilder(NOW)
    builder.add_csca(SourceFile("it", ANCHOR.certificate_der))
    defects = tlv.encode(0x30, issuer_and_serial(SIGNER, 0x30) + tlv.encode(0x31, DEFECT))
    sha256 = oid("2.16.840.1.101.3.4.2.1")
    defect_list = tlv.encode(0x30, b"\x02\x01\x00" + sha256 + tlv.encode(0x31, defects))
    list_signer = certificate("dl", key(5), "csca", key(1), Form(purpose="2.23.136.1.1.8"))
    card = signed_data(SECURITY_OBJECT, b"\x31\x00", utopia().signer, NOW)
    item = Item(Section.CVCA, b"x", ((By.COUNTRY, b""),))
    header = Header(1, 1, "", NOW, NOW, NOW, False)
    entry = decode_entries(DEVIATION_LIST, deviation_list(ENTRY), "UT")[0]
    return {
        "bundle": (lambda raw: Bundle.open(raw, VERIFY_KEY), seal(header, [], SIGNING_KEY)),
        "signed bundle": (read_resealed, seal(header, [item], SIGNING_KEY)[:-64]),
        "crl": (RevocationList.from_der, crl(ANCHOR, [(5, None), (6, None)])),
        "deviations": (lambda raw: decode_entries(DEVIATION_LIST, raw, ""), deviation_list(ENTRY)),
        "defects": (lambda raw: decode_entries(DEFECT_LIST, raw, ""), defect_list),
        "signed deviations": (
            lambda raw: read_defect_list(raw, anchors, NOW),
            signed_data(DEVIATION_LIST, deviation_list(ENTRY), list_signer, NOW),
        ),
        "entry": (decode_entry, defect_item(entry).content),
        "card security": (lambda raw: verify_card_security(raw, trust(), NOW), card),
        "certificate file": (lambda raw: Certificate.from_der(der_of(raw)), ANCHOR.certificate_der),
    }


NAMES = ["bundle", "signed bundle", "crl", "deviations", "defects", "signed deviations", "entry", "card security",
         "certificate file"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@given(raw=st.binary(max_size=200))
@settings(max_examples=60, deadline=None)
def test_arbitrary_bytes_are_read_or_refused(name: str, raw: bytes) -> None:
    assert ends_cleanly(samples()[name][0], raw)


@pytest.mark.parametrize("name", NAMES)
@given(harm=damage())
@settings(max_examples=80, deadline=None)
def test_damaged_files_are_read_or_refused(name: str, harm: Callable[[bytes], bytes]) -> None:
    parser, genuine = samples()[name]
    assert ends_cleanly(parser, harm(genuine))


@given(harm=damage())
@settings(max_examples=150, deadline=None)
def test_a_damaged_signers_certificate_is_judged_and_never_gains(harm: Callable[[bytes], bytes]) -> None:
    """Whatever a chip offers as its signer's certificate: the way to an anchor is judged without an error."""
    damaged = harm(SIGNER.certificate_der)
    try:
        signer = Certificate.from_der(damaged)
    except DocumentError:
        return
    store = TrustStore.from_certificates([ANCHOR.certificate_der])
    path = judge_path(signer, store, NOW, NOW)
    store.defects_of(signer, Document("P", "X", NOW))
    if all(step.outcome is Outcome.PASSED for step in path.steps):
        assert signer.has_key_of(Certificate.from_der(SIGNER.certificate_der))
