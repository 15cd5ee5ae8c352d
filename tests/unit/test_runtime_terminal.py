"""Certificates and key of Terminal Authentication from files: what is taken, what is refused and why."""

import asyncio
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import gate_files
import pytest
from chip_exchanges import EXTENDED, channel_to_chip, run
from cryptography.hazmat.primitives import serialization as pem
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from document_samples import FOUNDED, passport, trust, utopia

from egate.commands.inspection.reading import Subject, read_chip
from egate.commands.inspection.words import Screen, figure_lines
from egate.config import TerminalConfig, read_config
from egate.document.chip.access import open_chip
from egate.document.chip.chip_auth import authenticate_chip, chip_authentication_offers
from egate.document.chip.credentials import Credentials
from egate.document.chip.file_reader import FileReader
from egate.document.chip.steps import Stage
from egate.document.chip.terminal_auth import Binding, authenticate_terminal, chip_identities, read_trust_points
from egate.document.crypto.signatures import verify
from egate.document.errors import AccessError, TrustError
from egate.document.inspection.protected import Terminal
from egate.document.lds.files import Ef
from egate.document.lds.security_infos import parse_dg14
from egate.document.mrz.zone import Mrz
from egate.document.pki.cvc.certificate import SCHEMES, parse_cv_certificate
from egate.faults import FAULTS
from egate.runtime.resources import Resources, why_missing
from egate.runtime.terminal_files import FileSigner, load_private_key, load_terminal
from egate_hal.errors import SettingsError
from egate_sim.passport.authority_keys import Algorithm, AuthorityKey, Ecdsa, Rsa, RsaKey
from egate_sim.passport.chip import Chip
from egate_sim.passport.contents import Passport, TerminalTrust
from egate_sim.passport.cvca import CardVerifiable, CvcaOffice, Rights, TerminalChain, protocol, terminal_chain
from egate_sim.passport.cvca import Role as HolderRole
from egate_sim.passport.lds import File
from egate_sim.passport.profiles import ActiveAuthentication, ChipAuthenticationPlan, Profile
from egate_sim.passport.rsa_pool import PUBLIC_EXPONENT
from egate_sim.passport.security_infos import ef_cvca

NOW = datetime.combine(FOUNDED, datetime.min.time(), UTC) + timedelta(days=10)
DAY = timedelta(days=1)
ALGORITHMS: tuple[Algorithm, ...] = (
    *(Ecdsa("brainpoolP256r1", digest) for digest in ("sha1", "sha224", "sha256", "sha384", "sha512")),
    *(Ecdsa(curve) for curve in ("secp224r1", "secp384r1", "secp521r1", "brainpoolP512r1")),
    *(Rsa(2048, digest, pss) for digest in ("sha1", "sha256", "sha512") for pss in (False, True)),
)


def chain(algorithm: Algorithm | None = None) -> TerminalChain:
    return terminal_chain(utopia().country, bytes(32), FOUNDED, algorithm)


def private_key(key: AuthorityKey) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key
    assert isinstance(key, RsaKey)
    p, q, d = key.primes.p, key.primes.q, key.primes.private_exponent
    public = rsa.RSAPublicNumbers(PUBLIC_EXPONENT, key.primes.modulus)
    numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public)
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)


@dataclass
class Drawer:
    """A folder with the terminal's files."""

    folder: Path
    now: datetime = NOW

    def put(self, name: str, content: bytes, mode: int = 0o600) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        path.chmod(mode)
        return path

    def put_key(self, key: AuthorityKey, encoding: pem.Encoding = pem.Encoding.PEM, mode: int = 0o600) -> Path:
        form = private_key(key).private_bytes(encoding, pem.PrivateFormat.PKCS8, pem.NoEncryption())
        return self.put("terminal.key", form, mode)

    def config(self, *certificates: bytes, key: Path) -> TerminalConfig:
        return TerminalConfig((self.put("terminal.cvcerts", b"".join(certificates)),), key)

    def whole(self, given: TerminalChain) -> TerminalConfig:
        return self.config(given.trust_point.certificate, *given.certificates, key=self.put_key(given.terminal.key))

    def load(self, config: TerminalConfig, *, allow_simulation: bool = True) -> Terminal:
        terminal = load_terminal(config, self.now, allow_simulation=allow_simulation)
        assert terminal is not None
        return terminal


@pytest.fixture
def drawer(tmp_path: Path) -> Drawer:
    return Drawer(tmp_path)


def protected(trusted: CardVerifiable) -> Passport:
    """A passport with fingerprints whose chip trusts this CVCA."""
    issued = passport(
        Profile(
            ActiveAuthentication.NONE, chip_authentication=(ChipAuthenticationPlan(),), protected=True, atr_info=True
        )
    )
    files = {**issued.files, File.CVCA: ef_cvca(trusted.reference)}
    return replace(issued, files=files, terminal_authentication=TerminalTrust((trusted.certificate,), FOUNDED))


def let_in(terminal: Terminal, trusted: CardVerifiable) -> bytes:
    """DG3 of such a chip, read after Terminal Authentication."""
    issued = protected(trusted)
    chip = Chip(issued, random.Random(5))
    channel, draw = channel_to_chip(EXTENDED), random.Random(6).randbytes
    credentials = Credentials(Mrz.from_lines(issued.mrz).mrz_information)
    access = run(open_chip(channel, credentials, draw), chip.process, chip.reset)
    reader = FileReader(channel, channel.reset)
    infos = parse_dg14(run(reader.read(Ef.DG14), chip.process, chip.reset))
    session = run(authenticate_chip(channel, chip_authentication_offers(infos), draw), chip.process)
    points = run(read_trust_points(channel, None), chip.process)
    certificates = terminal.certificates.chain(points, NOW.date()).certificates
    binding = Binding(chip_identities(access, credentials), session.compressed_key)
    run(authenticate_terminal(channel, certificates, terminal.signer, binding), chip.process)
    return run(reader.read(Ef.DG3), chip.process, chip.reset)


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=str)
def test_the_chip_takes_signatures_of_every_algorithm(algorithm: Algorithm, drawer: Drawer) -> None:
    given = chain(algorithm)
    assert let_in(drawer.load(drawer.whole(given)), given.trust_point)


def test_every_scheme_is_among_them() -> None:
    assert {protocol(algorithm) for algorithm in ALGORITHMS} == set(SCHEMES)


def test_what_is_signed_holds_and_nothing_else(drawer: Drawer) -> None:
    for algorithm in (Ecdsa(), Rsa(2048, "sha256", pss=True)):
        given = chain(algorithm)
        signature = drawer.load(drawer.whole(given)).signer.sign(protocol(algorithm), b"challenge")
        public = parse_cv_certificate(given.terminal.certificate).public_key
        curve = parse_cv_certificate(given.trust_point.certificate).public_key.curve() if algorithm == Ecdsa() else None
        assert verify(public.resolve(curve), public.scheme, signature, b"challenge")
        assert not verify(public.resolve(curve), public.scheme, signature, b"Challenge")


@pytest.mark.parametrize("encoding", [pem.Encoding.PEM, pem.Encoding.DER])
def test_a_key_in_either_encoding(encoding: pem.Encoding, drawer: Drawer) -> None:
    key = chain().terminal.key
    loaded = load_private_key(drawer.put_key(key, encoding))
    assert loaded.private_numbers() == private_key(key).private_numbers()


def test_nothing_is_configured() -> None:
    assert load_terminal(TerminalConfig(), NOW, allow_simulation=False) is None


def test_nobody_sees_the_key(drawer: Drawer) -> None:
    terminal = drawer.load(drawer.whole(chain()))
    assert (repr(terminal), repr(terminal.signer)) == ("Terminal(...)", "FileSigner(...)")


def refusal(drawer: Drawer, config: TerminalConfig, *, allow_simulation: bool = True) -> str:
    with pytest.raises(TrustError) as refused:
        drawer.load(config, allow_simulation=allow_simulation)
    return str(refused.value)


def test_simulated_certificates_have_no_place_at_a_border(drawer: Drawer) -> None:
    text = refusal(drawer, drawer.whole(chain()), allow_simulation=False)
    assert text == "terminal.certificates: they come from a simulator; install those of the border agency"


def test_the_key_of_another_terminal(drawer: Drawer) -> None:
    given, other = chain(), chain(Ecdsa("secp256r1"))
    for key in (other.terminal.key, given.verifier.key, chain(Rsa(2048)).terminal.key):
        config = drawer.config(given.trust_point.certificate, *given.certificates, key=drawer.put_key(key))
        assert "terminal.key is not the key of any terminal's certificate" in refusal(drawer, config)


def test_the_certificate_of_the_former_key_is_left_aside(drawer: Drawer) -> None:
    given = chain()
    office = CvcaOffice(utopia().country, bytes(32), FOUNDED, Ecdsa())
    former = office.certify(given.verifier, "OL", HolderRole.INSPECTION_SYSTEM, Rights.DG3)
    key = drawer.put_key(given.terminal.key)
    config = drawer.config(given.trust_point.certificate, former.certificate, *given.certificates, key=key)
    assert let_in(drawer.load(config), given.trust_point)


@pytest.mark.parametrize(
    ("later", "names"),
    [
        (-DAY - timedelta(days=10), ("UTSIMDV00001", "UTSIMIS00001")),
        (30 * DAY, ("UTSIMIS00001",)),
        (100 * DAY, ("UTSIMDV00001", "UTSIMIS00001")),
    ],
)
def test_certificates_that_are_not_valid_are_named(later: timedelta, names: tuple[str, ...], drawer: Drawer) -> None:
    drawer.now = NOW + later
    text = refusal(drawer, drawer.whole(chain()))
    assert "is not valid today; ask for a new one (" in text
    assert [name for name in ("UTSIMCVCA00001", "UTSIMDV00001", "UTSIMIS00001") if f"{name} is valid from" in text] == [
        *names
    ]


def without_point(given: TerminalChain) -> tuple[bytes, ...]:
    return given.certificates


def without_terminal(given: TerminalChain) -> tuple[bytes, ...]:
    return given.trust_point.certificate, given.verifier.certificate


def without_verifier(given: TerminalChain) -> tuple[bytes, ...]:
    return given.trust_point.certificate, given.terminal.certificate


def altered(given: TerminalChain) -> tuple[bytes, ...]:
    verifier = bytearray(given.verifier.certificate)
    verifier[-1] ^= 1
    return given.trust_point.certificate, bytes(verifier), given.terminal.certificate


def cut(given: TerminalChain) -> tuple[bytes, ...]:
    return (given.trust_point.certificate[:-1],)


@pytest.mark.parametrize(
    ("select", "text"),
    [
        (without_point, "the CVCA's certificate is missing; add it"),
        (without_terminal, "the terminal's own is missing; add it to its document verifier's"),
        (without_verifier, "no certificates for the trust point that the chip names; ask for them"),
        (altered, "is not signed by its CVCA"),
        (cut, "holds no card-verifiable certificates"),
        (lambda given: (b"",), "is empty; install the certificates again"),
        (lambda given: (bytes(70_000),), "too large for card-verifiable certificates"),
    ],
)
def test_certificates_that_lead_nowhere(
    select: Callable[[TerminalChain], tuple[bytes, ...]], text: str, drawer: Drawer
) -> None:
    given = chain()
    assert text in refusal(drawer, drawer.config(*select(given), key=drawer.put_key(given.terminal.key)))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_may_read(mode: int, drawer: Drawer) -> None:
    given = chain()
    key = drawer.put_key(given.terminal.key, mode=mode)
    text = refusal(drawer, drawer.config(given.trust_point.certificate, *given.certificates, key=key))
    assert text == f"{key}: others on this machine may use this key; run: chmod 600 {key}"


def encrypted() -> bytes:
    key, protection = ec.generate_private_key(ec.SECP256R1()), pem.BestAvailableEncryption(b"secret")
    return key.private_bytes(pem.Encoding.PEM, pem.PrivateFormat.PKCS8, protection)


def edwards() -> bytes:
    key = ed25519.Ed25519PrivateKey.generate()
    return key.private_bytes(pem.Encoding.DER, pem.PrivateFormat.PKCS8, pem.NoEncryption())


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "is no private key in PEM or DER"),
        (b"-----BEGIN NONSENSE-----", "is no private key in PEM or DER"),
        (bytes(20_000), "too large for a key file"),
        (encrypted(), "is encrypted, and nobody types a password at a gate"),
        (edwards(), "is neither an RSA nor an ECDSA key"),
    ],
)
def test_files_that_are_no_usable_key(content: bytes, text: str, drawer: Drawer) -> None:
    with pytest.raises(TrustError, match=text):
        load_private_key(drawer.put("some.key", content))


def test_a_key_is_asked_for_an_algorithm_that_it_lacks() -> None:
    for key in (chain().terminal.key, chain(Rsa(2048)).terminal.key):
        signer, oid = FileSigner(private_key(key)), protocol(Ecdsa() if isinstance(key, RsaKey) else Rsa())
        for algorithm in (oid, "1.2.3"):
            with pytest.raises(AccessError, match="does not sign by"):
                signer.sign(algorithm, b"")


class Field:
    """A chip transport without a radio."""

    max_command_bytes, max_response_bytes = 65_544, 65_538

    def __init__(self, chip: Chip) -> None:
        self._chip = chip

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def disconnect(self) -> None: ...

    async def connect(self) -> bytes:
        self._chip.reset()
        return self._chip.atr

    async def transceive(self, command: bytes) -> bytes:
        return self._chip.process(command)


def test_a_whole_inspection_tells_what_the_terminal_was_shown(drawer: Drawer) -> None:
    given = chain()
    terminal, issued = drawer.load(drawer.whole(given)), protected(given.trust_point)
    for allowed in (terminal, None):
        subject = Subject(Mrz.from_lines(issued.mrz), trust(), NOW, None, "", allowed)
        field, screen = Field(Chip(issued, random.Random(5))), Screen(io.StringIO())
        reading = asyncio.run(read_chip(field, subject, screen, lambda: 0.0))
        told = "  Behind Terminal Authentication: DG3: 0"  # a simulated holder's fingers were not taken
        assert (told in figure_lines(reading)) == (allowed is not None)
        assert (Stage.TERMINAL_AUTH in [each.stage for each in reading.stages]) == (allowed is not None)


# In the gate file


def gate_file(folder: Path, table: str) -> Path:
    return gate_files.write(folder, (r"\[screen\]", f"[terminal]\n{table}\n[screen]"))


def test_a_lane_that_has_them_and_one_that_has_not(drawer: Drawer) -> None:
    drawer.whole(chain())
    table = 'certificates = ["terminal.cvcerts"]\nkey = "terminal.key"'
    resources = Resources()
    found = why_missing(resources, read_config(gate_file(drawer.folder, table)), NOW)
    assert found["terminal.unusable"] is None
    assert resources.terminal is not None
    later = why_missing(resources, read_config(gate_file(drawer.folder, table)), NOW + 100 * DAY)
    assert "is not valid today" in (later["terminal.unusable"] or "")
    assert resources.terminal is None
    assert not FAULTS["terminal.unusable"].blocks_lane
    assert "terminal.unusable" not in why_missing(Resources(), read_config(gate_files.write(drawer.folder)), NOW)


def test_one_of_the_two_alone_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="certificates and key go together; name both or neither"):
        read_config(gate_file(tmp_path, 'key = "terminal.key"'))
