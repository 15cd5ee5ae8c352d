"""What trust costs: making a bundle in the office, opening it on the gate, finding a CSCA in it.

The list has as many certificates as a national one.
"""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers"))

from cryptography.hazmat.primitives.asymmetric import ec
from document_samples import NOW, utopia
from figures import Figure, publish
from pki_samples import CSCA, SIGNING_KEY, VERIFY_KEY, authenticate, certificate, crl, signed_by

from egate.document import tlv
from egate.document.pki.bundle import Bundle
from egate.document.pki.bundle_builder import BundleBuilder, SourceFile
from egate.document.pki.bundle_trust import BundleTrust
from egate.document.pki.revocation import RevocationList
from egate.document.pki.trust import TrustStore
from egate_sim.passport.cms import Signer, signed_data

CERTIFICATES = 588
REVOKED = 10_000
ROUNDS = 7
_ANCHOR_KEY = ec.derive_private_key(4711, ec.SECP256R1())


def median_ms(work: Callable[[], Any]) -> float:
    """Processor time of one call, the median of ROUNDS."""
    samples = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        samples.append(1000 * (time.process_time() - begun))
    return round(statistics.median(samples), 2)


@cache
def authorities() -> tuple[Signer, ...]:
    keys = [ec.derive_private_key(10_000 + number, ec.SECP256R1()) for number in range(CERTIFICATES)]
    return tuple(certificate(f"csca {n}", key, f"csca {n}", key, CSCA) for n, key in enumerate(keys))


@cache
def published() -> bytes:
    """A master list of CERTIFICATES authorities, signed by the simulated state."""
    entries = tlv.encode(0x31, b"".join(sorted(each.certificate_der for each in authorities())))
    content = tlv.encode(0x30, b"\x02\x01\x00" + entries)
    return signed_data("2.23.136.1.1.2", content, utopia().master_list_signer, NOW)


def build() -> bytes:
    builder = BundleBuilder(NOW)
    builder.add_master_list(SourceFile("list.ml", published()), [utopia().csca.certificate_der])
    return builder.seal(SIGNING_KEY, 1, "bench", timedelta(days=90))


def first_document(sealed: bytes, files: Any) -> None:
    """From the file to the verdict on one document: open, look up, decode, verify."""
    trust = BundleTrust(bundle=Bundle.open(sealed, VERIFY_KEY))
    assert "csca:ok" in authenticate(files, trust).result.details


def figures() -> list[Figure]:
    anchors, sealed = [utopia().csca.certificate_der], build()
    issuer = authorities()[CERTIFICATES // 2]
    signer = certificate("ds", _ANCHOR_KEY, f"csca {CERTIFICATES // 2}", issuer.key)
    files = signed_by(signer)
    loading = median_ms(lambda: TrustStore.from_master_list(published(), anchors, NOW))
    opening = median_ms(lambda: Bundle.open(sealed, VERIFY_KEY))
    revocations = crl(issuer, [(number + 1, None) for number in range(REVOKED)], datetime(2026, 1, 1, tzinfo=UTC))
    return [
        Figure(
            f"Trust bundle of {CERTIFICATES} CSCA certificates, opened and verified", opening, "ms", at_most=50,
            beside=f"loading the same master list takes {loading:,.0f} ms",
        ),
        Figure(
            "  and the first document judged by it", median_ms(lambda: first_document(sealed, files)), "ms",
            beside="one certificate of the bundle is decoded",
        ),
        Figure(
            f"Trust bundle of {CERTIFICATES} certificates, made from a master list", median_ms(build), "ms",
            at_most=1000,
        ),
        Figure(
            f"Revocation list of {REVOKED:,} entries, decoded", median_ms(lambda: RevocationList.from_der(revocations)),
            "ms", beside="once, when first asked for",
        ),
    ]  # fmt: skip


if __name__ == "__main__":
    publish(figures())
