"""What proves to chips that their state trusts this gate: certificates and private key of Terminal Authentication.

Everything is verified when it is loaded: a chip that refuses a terminal says only that it does.
"""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from ecdsa.curves import Curve

from egate.checks import Reason
from egate.config import TerminalConfig
from egate.document.crypto.public_keys import CURVES, NATIVE_CURVES, EcKey, PublicKey, RsaKey
from egate.document.crypto.signatures import HASHES, Kind, Scheme
from egate.document.errors import AccessError, DocumentError, FormatError, TrustError
from egate.document.inspection.protected import Terminal
from egate.document.pki.cvc.certificate import ID_IS, SCHEMES, CvCertificate, Role, parse_cv_certificates
from egate.document.pki.cvc.chain import TerminalCertificates
from egate.runtime.secret_files import read_secret

SIMULATED_NAME = b"SIM"  # with it begin the mnemonics of simulated holders, behind the two letters of their country
_COUNTRY_LETTERS = 2
_MAX_FILE_BYTES = 65_536
_ADVICE = "install the key that was made for the terminal's certificate"

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class FileSigner:
    """The private key in this process's memory; see ``chip.terminal_auth.Signer``."""

    def __init__(self, key: PrivateKey) -> None:
        self._key = key

    def __repr__(self) -> str:
        return "FileSigner(...)"

    def sign(self, algorithm: str, message: bytes) -> bytes:
        """Raises AccessError where this key cannot sign that way."""
        scheme, key = SCHEMES.get(algorithm), self._key
        try:
            if scheme is not None and scheme.kind is Kind.ECDSA_PLAIN and isinstance(key, ec.EllipticCurvePrivateKey):
                return _sign_plain(key, scheme, message)
            if scheme is not None and scheme.kind is not Kind.ECDSA_PLAIN and isinstance(key, rsa.RSAPrivateKey):
                return key.sign(message, _padding(scheme), HASHES[scheme.hash])
        except UnsupportedAlgorithm:
            raise AccessError(f"this machine's OpenSSL does not sign with {algorithm}") from None
        except ValueError:  # a key that is too short for the padding
            raise AccessError(f"the terminal's key is too short for {algorithm}") from None
        raise AccessError(f"the terminal's key does not sign by {algorithm}, which its certificate names")


def load_terminal(config: TerminalConfig, now: datetime, *, allow_simulation: bool) -> Terminal | None:
    """None where none is configured. At least one trust point must lead to the terminal today; certificates of other
    keys than this one are left aside, as those of the time before the last renewal.

    Raises OSError; TrustError with what is wrong, what it means and what to do.
    """
    if config.key is None:
        return None
    certificates = [each for path in config.certificates for each in _certificates(path)]
    if not allow_simulation and any(map(_is_simulated, certificates)):
        raise TrustError("terminal.certificates: they come from a simulator; install those of the border agency")
    key = load_private_key(config.key)
    signer = FileSigner(key)
    own = [each for each in certificates if each.role is Role.TERMINAL and _belongs(each, key)]
    if not own:
        raise TrustError(_why_no_certificate(certificates, config.key))
    if any(each.authorization.terminal_type != ID_IS for each in own):
        raise TrustError("terminal.certificates: the terminal's is not one for inspection systems; ask for another")
    _try(signer, own)
    known = TerminalCertificates([*own, *(each for each in certificates if each.role is not Role.TERMINAL)])
    _check_chain(known, certificates, now.date())
    return Terminal(known, signer)


def load_private_key(path: Path) -> PrivateKey:
    """RSA or ECDSA, PEM or DER, unencrypted. Raises OSError, TrustError."""
    raw = read_secret(path)
    load = serialization.load_pem_private_key if b"-----BEGIN" in raw else serialization.load_der_private_key
    try:
        key = load(raw, None)
    except TypeError:
        raise TrustError(f"{path}: is encrypted, and nobody types a password at a gate; decrypt it there") from None
    except UnsupportedAlgorithm:
        raise TrustError(f"{path}: is on a curve that no inspection system signs with here; ask for another") from None
    except ValueError:
        raise TrustError(f"{path}: is no private key in PEM or DER; {_ADVICE}") from None
    if not isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey)):
        raise TrustError(f"{path}: is neither an RSA nor an ECDSA key; {_ADVICE}")
    return key


def _certificates(path: Path) -> tuple[CvCertificate, ...]:
    if path.stat().st_size > _MAX_FILE_BYTES:
        raise TrustError(f"{path}: too large for card-verifiable certificates; is it the right file?")
    try:
        found = parse_cv_certificates(path.read_bytes())
    except FormatError as error:
        raise TrustError(f"{path}: holds no card-verifiable certificates: {error}") from None
    if not found:
        raise TrustError(f"{path}: is empty; install the certificates again")
    return found


def _is_simulated(certificate: CvCertificate) -> bool:
    return certificate.holder_reference[_COUNTRY_LETTERS:].startswith(SIMULATED_NAME)


def _belongs(certificate: CvCertificate, key: PrivateKey) -> bool:
    """Whether ``key`` is the private half. A certificate that names no curve is asked about that of the key."""
    try:
        return _public_half(key) == certificate.public_key.resolve(_curve_of(key))
    except DocumentError:
        return False


def _public_half(key: PrivateKey) -> PublicKey:
    if isinstance(key, rsa.RSAPrivateKey):
        rsa_numbers = key.public_key().public_numbers()
        return RsaKey(rsa_numbers.n, rsa_numbers.e)
    curve, numbers = _curve_of(key), key.public_key().public_numbers()
    if curve is None:
        raise FormatError("the key's curve is not one for documents")
    return EcKey(curve, numbers.x, numbers.y)


def _curve_of(key: PrivateKey) -> Curve | None:
    """None for RSA, and for a curve that no document has."""
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        return None
    name = key.curve.name
    return next((c for c in CURVES if c.name in NATIVE_CURVES and NATIVE_CURVES[c.name].name == name), None)


def _why_no_certificate(certificates: Iterable[CvCertificate], key: Path) -> str:
    if any(each.role is Role.TERMINAL for each in certificates):
        return f"terminal.key: {key} is not the key of any terminal's certificate among those given; {_ADVICE}"
    return "terminal.certificates: the terminal's own is missing; add it to its document verifier's"


def _try(signer: FileSigner, own: Iterable[CvCertificate]) -> None:
    """Sign once, so that what this machine cannot do shows now."""
    for certificate in own:
        try:
            signer.sign(certificate.algorithm, b"")
        except AccessError as error:
            raise TrustError(f"terminal.key: {error}; ask for a certificate of another kind") from None


def _check_chain(known: TerminalCertificates, certificates: Iterable[CvCertificate], today: date) -> None:
    """One trust point is enough: those of other states may come and go."""
    certificates = tuple(certificates)
    failures: list[DocumentError] = []
    for point in dict.fromkeys(each.holder_reference for each in certificates if each.role is Role.CVCA):
        try:
            known.chain([point], today)
        except DocumentError as error:
            failures.append(error)
        else:
            return
    if not failures:
        raise TrustError("terminal.certificates: the CVCA's certificate is missing; add it")
    # That a trust point leads nowhere says less than that the way from it was open once.
    failure = next((each for each in failures if each.reason is Reason.CERT_VALIDITY), failures[0])
    raise TrustError(f"terminal.certificates: {failure}{_expired(certificates, today)}", failure.reason)


def _expired(certificates: Iterable[CvCertificate], today: date) -> str:
    """Which certificates are not valid today, by name; they are the agency's, not a traveller's."""
    names = [
        f"{each.holder_reference.decode('iso-8859-1')} is valid from {each.effective} to {each.expires}"
        for each in certificates
        if each.role is not Role.CVCA and not each.effective <= today <= each.expires
    ]
    return f" ({'; '.join(names)})" if names else ""


def _padding(scheme: Scheme) -> padding.PKCS1v15 | padding.PSS:
    if scheme.kind is Kind.RSA_PSS:
        return padding.PSS(padding.MGF1(HASHES[scheme.mgf_hash]), scheme.salt_bytes)
    return padding.PKCS1v15()


def _sign_plain(key: ec.EllipticCurvePrivateKey, scheme: Scheme, message: bytes) -> bytes:
    """r and s side by side, each as long as the order (BSI TR-03111)."""
    curve = _curve_of(key)
    if curve is None:
        raise AccessError("the terminal's key is on a curve that no document has")
    size = (int(curve.order).bit_length() + 7) // 8
    numbers = decode_dss_signature(key.sign(message, ec.ECDSA(HASHES[scheme.hash])))
    return b"".join(number.to_bytes(size, "big") for number in numbers)
