"""Card-verifiable certificates that others made: chains of BSI's worked example (RSA, ECDSA) and of another reader."""

import json
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest
from document_samples import shared_file

from egate.checks import Reason
from egate.document.crypto.domain_parameters import standardized_group
from egate.document.crypto.public_keys import EcKey
from egate.document.crypto.signatures import Kind, Scheme, verify
from egate.document.errors import DocumentError, FormatError, TrustError
from egate.document.pki.cvc.certificate import CvCertificate, Right, Role, parse_cv_certificate, parse_cv_certificates
from egate.document.pki.cvc.chain import TerminalCertificates, TerminalChain

CHAINS = {
    "ecdsa": ("tc_ecdh_cvca_cert", "openpace/dv_cert_19_ecdh.cvcert", "openpace/at_cert_19a_ecdh.cvcert"),
    "rsa": ("tc_dh_cvca", "openpace/dv_cert_19.cvcert", "openpace/at_cert_19a.cvcert"),
    "ecdsa224": ("jmrtd/certCVCA_orig.cvcert", "jmrtd/certDVD_orig.cvcert", "jmrtd/certIS_orig.cvcert"),
}


@cache
def arrays() -> dict[str, str]:
    content: dict[str, str] = json.loads(shared_file("tr03110_worked_example", "arrays.json"))
    return content


def raw_chain(name: str) -> list[bytes]:
    """CVCA, document verifier, terminal."""
    return [
        shared_file("cvc", *entry.split("/")) if "/" in entry else bytes.fromhex(arrays()[entry])
        for entry in CHAINS[name]
    ]


def parsed_chain(name: str) -> list[CvCertificate]:
    return [parse_cv_certificate(raw) for raw in raw_chain(name)]


def built(certificates: list[CvCertificate], today: date | None = None) -> TerminalChain:
    reference = certificates[0].holder_reference
    return TerminalCertificates(certificates).chain([reference], today or certificates[-1].effective)


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        ("ecdsa", Scheme(Kind.ECDSA_PLAIN, "sha512")),
        ("rsa", Scheme(Kind.RSA_PKCS1, "sha1")),
        ("ecdsa224", Scheme(Kind.ECDSA_PLAIN, "sha224")),
    ],
)
def test_a_published_chain_leads_from_the_trust_point_to_the_terminal(name: str, scheme: Scheme) -> None:
    cvca, verifier, terminal = parsed_chain(name)
    chain = built([cvca, terminal, verifier], terminal.effective)
    assert chain.certificates == (verifier, terminal)
    assert [item.role for item in (cvca, verifier, terminal)] == [Role.CVCA, Role.DOMESTIC_DV, Role.TERMINAL]
    assert cvca.is_self_signed
    assert cvca.public_key.scheme == scheme


@pytest.mark.parametrize("name", CHAINS)
@pytest.mark.parametrize("level", [0, 1, 2])
def test_an_altered_signature_or_body_is_refused(name: str, level: int) -> None:
    certificates = parsed_chain(name)
    genuine = certificates[level]
    for field, position in (("signature", -1), ("body", -1), ("body", 20)):
        altered = bytearray(getattr(genuine, field))
        altered[position] ^= 1
        certificates[level] = replace(genuine, **{field: bytes(altered)})
        with pytest.raises(TrustError) as error:
            built(certificates)
        assert error.value.reason is Reason.CERT_SIGNATURE


@pytest.mark.parametrize("name", CHAINS)
def test_every_altered_byte_of_a_terminal_certificate_is_noticed(name: str) -> None:
    """In whichever way: the parser, the chain or the signature says no."""
    raw = raw_chain(name)
    certificates = [parse_cv_certificate(item) for item in raw]
    for position in range(0, len(raw[2]), 5):
        altered = bytearray(raw[2])
        altered[position] ^= 0x04
        with pytest.raises(DocumentError):
            built([*certificates[:2], parse_cv_certificate(bytes(altered))], certificates[2].effective)


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_in_one_file_is_the_same_chain(name: str) -> None:
    assert list(parse_cv_certificates(b"".join(raw_chain(name)))) == parsed_chain(name)
    with pytest.raises(FormatError):
        parse_cv_certificate(b"".join(raw_chain(name)))


@pytest.mark.parametrize("name", CHAINS)
def test_an_expired_chain_is_not_sent(name: str) -> None:
    certificates = parsed_chain(name)
    last = min(item.expires for item in certificates[1:])
    assert built(certificates, last).terminal == certificates[2]
    for day in (last + timedelta(days=1), certificates[2].effective - timedelta(days=1)):
        with pytest.raises(TrustError) as error:
            built(certificates, day)
        assert error.value.reason is Reason.CERT_VALIDITY


def test_the_rights_of_an_inspection_system_are_read() -> None:
    assert parsed_chain("ecdsa224")[2].authorization.rights is Right.DG3
    assert parsed_chain("ecdsa")[2].authorization.rights is Right(0), "an authentication terminal has other rights"


def test_a_curve_is_inherited_from_the_cvca() -> None:
    cvca, verifier, _ = parsed_chain("ecdsa")
    curve = cvca.public_key.curve()
    assert curve is not None
    assert verifier.public_key.curve() is None
    key = verifier.public_key.resolve(curve)
    assert isinstance(key, EcKey)
    assert key.curve is curve
    with pytest.raises(FormatError, match="inherit"):
        verifier.public_key.resolve(None)


# Terminal Authentication of the worked example; its version 2 signs the same three parts as version 1 after PACE.


@pytest.mark.parametrize(("name", "run", "group_id"), [("ecdsa", "ecdh", 13), ("rsa", "dh", 0)])
def test_the_signature_of_the_worked_example_holds(name: str, run: str, group_id: int) -> None:
    numbers = {
        part: bytes.fromhex(arrays()[f"tc_{run}_{part}"])
        for part in ("picc_pub_key", "ta_nonce", "ca_pcd_pub_key", "ta_pcd_signature")
    }
    group = standardized_group(group_id)
    identity, ephemeral = (group.compress(numbers[part]) for part in ("picc_pub_key", "ca_pcd_pub_key"))
    message = identity + numbers["ta_nonce"] + ephemeral
    cvca, _, terminal = parsed_chain(name)
    key = terminal.public_key.resolve(cvca.public_key.curve())
    assert verify(key, terminal.public_key.scheme, numbers["ta_pcd_signature"], message)
    assert not verify(key, terminal.public_key.scheme, numbers["ta_pcd_signature"], message + b"\0")
