"""Signatures that a careless verifier would take: each is known from somebody's broken implementation."""

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from document_samples import NOW, passport, utopia
from pki_samples import authenticate, certificate, end, key, oid

from egate.checks import Outcome, Reason
from egate.document import tlv
from egate.document.crypto.public_keys import CURVES, EcKey, RsaKey
from egate.document.crypto.signatures import Kind, Scheme, digest, verify
from egate_sim.passport.cms import Signer, signed_data
from egate_sim.passport.lds import LDS_SECURITY_OBJECT, File

MESSAGE = b"the hashes of somebody else's data groups"
BY_CURVE = {curve.name: curve for curve in CURVES}


def cube_root(number: int) -> int:
    """The least integer whose cube is not below ``number``."""
    low, high = 0, 1 << number.bit_length() // 3 + 2
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**3 < number else (low, middle)
    return low


def test_a_cube_that_begins_like_a_signature_is_none() -> None:
    """With exponent 3 whoever overlooks what follows the digest can be served by a cube root."""
    info = tlv.encode(0x30, oid("2.16.840.1.101.3.4.2.1") + b"\x05\x00")
    begins = b"\x00\x01\xff\xff\xff\xff\xff\xff\xff\xff\x00"
    begins += tlv.encode(0x30, info + tlv.encode(0x04, digest("sha256", MESSAGE)))
    forged = cube_root(int.from_bytes(begins.ljust(256, b"\0")))
    assert (forged**3).to_bytes(256).startswith(begins)
    public = RsaKey((1 << 2047) + (1 << 2000) + 1, 3)
    assert not verify(public, Scheme(Kind.RSA_PKCS1, "sha256"), forged.to_bytes(256), MESSAGE)


@pytest.mark.parametrize("salt_bytes", [0, 31, 33, 200, 1024])
def test_the_salt_is_as_long_as_it_says(salt_bytes: int) -> None:
    private = rsa.generate_private_key(65537, 2048)
    numbers = private.public_key().public_numbers()
    signature = private.sign(MESSAGE, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    public = RsaKey(numbers.n, numbers.e)
    assert verify(public, Scheme(Kind.RSA_PSS, "sha256", "sha256", 32), signature, MESSAGE)
    assert not verify(public, Scheme(Kind.RSA_PSS, "sha256", "sha256", salt_bytes), signature, MESSAGE)


@pytest.mark.parametrize("name", ["NIST256p", "BRAINPOOLP256r1", "BRAINPOOLP320r1"])
@pytest.mark.parametrize(("r", "s"), [(0, 0), (0, 1), (1, 0), (-1, 1)])
def test_zero_signs_nothing(name: str, r: int, s: int) -> None:
    """With r = s = 0 every message is signed where nobody looks at the range; the same for the order itself."""
    curve = BY_CURVE[name]
    public = EcKey(curve, int(curve.generator.x()), int(curve.generator.y()))
    order, width = int(curve.order), public.order_bytes
    for first, second in ((r, s), (r % order or order, s % order or order)):
        pair = b"".join(tlv.encode(0x02, number.to_bytes(width + 1, signed=True)) for number in (first, second))
        assert not verify(public, Scheme(Kind.ECDSA, "sha256"), tlv.encode(0x30, pair), MESSAGE)
        plain = b"".join((number % (1 << 8 * width)).to_bytes(width) for number in (first, second))
        assert not verify(public, Scheme(Kind.ECDSA_PLAIN, "sha256"), plain, MESSAGE)


# Several signers of one message


def with_signers(*signers: Signer) -> bytes:
    """EF.SOD of the passport, signed by each of them, in this order, with all their certificates."""
    content = bytes(message_of(tlv.find(passport().files[File.SOD], 0x77))["encap_content_info"]["content"])
    alone = [message_of(signed_data(LDS_SECURITY_OBJECT, content, signer, NOW)) for signer in signers]
    certificates = b"".join(each["certificates"].contents for each in alone)
    infos = b"".join(each["signer_infos"].contents for each in alone)
    parts = [alone[0][name].dump() for name in ("version", "digest_algorithms", "encap_content_info")]
    data = tlv.encode(0x30, b"".join(parts) + tlv.encode(0xA0, certificates) + tlv.encode(0x31, infos))
    return tlv.encode(0x77, tlv.encode(0x30, oid("1.2.840.113549.1.7.2") + tlv.encode(0xA0, data)))


def message_of(raw: bytes) -> cms.SignedData:
    return cms.ContentInfo.load(raw)["content"]


def test_one_signer_is_verified_and_the_same_one_is_judged() -> None:
    """A second signer neither lends its certificate to the first nor is it taken in the first one's place."""
    forger = certificate("ds", key(77), "csca", key(78))
    genuine, forged = ({**passport().files, File.SOD: with_signers(*order)} for order in (
        (utopia().signer, forger), (forger, utopia().signer)
    ))  # fmt: skip
    assert end(authenticate(genuine)) == (Outcome.PASSED, Reason.OK)
    assert end(authenticate(forged)) == (Outcome.UNDETERMINED, Reason.CSCA_UNKNOWN)


def test_a_signature_by_one_key_is_not_that_of_another_certificate() -> None:
    """The forger signs in the name of the genuine signer, whose certificate comes along."""
    named = Signer(utopia().signer.certificate, key(77))
    files = {**passport().files, File.SOD: with_signers(named)}
    assert end(authenticate(files)) == (Outcome.FAILED, Reason.SOD_SIGNATURE)
