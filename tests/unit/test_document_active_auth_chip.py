"""Active Authentication against the simulated chip: sizes, hashes, curves and sessions, with readers long and short."""

import random
from dataclasses import replace

import pytest
from asn1crypto import keys as asn1_keys
from chip_exchanges import EXTENDED, SHORT, channel_to_chip, run
from cryptography.hazmat.primitives.asymmetric import ec
from document_samples import passport
from rsa_keys import SIZES_BITS, rsa_key

from egate.document.chip.access import open_chip
from egate.document.chip.active_auth import ActiveAuthentication, Proof, authenticate_actively
from egate.document.chip.credentials import Credentials
from egate.document.chip.steps import ReaderCapacity
from egate.document.crypto.public_keys import public_key
from egate.document.errors import UnsupportedError
from egate.document.mrz.zone import Mrz
from egate_sim.passport.chip import Chip, Quirks
from egate_sim.passport.keys import ActiveAuthenticationKey, EcdsaKey, RsaKey
from egate_sim.passport.profiles import ActiveAuthentication as Kind
from egate_sim.passport.profiles import PacePlan, Profile

DIGESTS = ("sha1", "sha224", "sha256", "sha384", "sha512")
CURVES = (
    ec.SECP224R1(), ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1(),
    ec.BrainpoolP256R1(), ec.BrainpoolP384R1(), ec.BrainpoolP512R1(),
)  # fmt: skip


def rsa_of(bits: int, digest: str) -> RsaKey:
    numbers = rsa_key(bits).private_numbers()
    return RsaKey(numbers.public_numbers.n, numbers.d, digest)


def authenticated(
    key: ActiveAuthenticationKey,
    *,
    pace: bool = False,
    atr_info: bool = True,
    capacity: ReaderCapacity = EXTENDED,
    quirks: Quirks | None = None,
    algorithm: str | None = None,
    published: ActiveAuthenticationKey | None = None,
) -> tuple[ActiveAuthentication, int]:
    """How it ended, and how many commands it took. ``published``: what DG15 says, if not the chip's own key."""
    issued = passport(Profile(Kind.NONE, pace=(PacePlan(),) if pace else (), atr_info=atr_info))
    chip = Chip(replace(issued, active_authentication=key), random.Random(4), quirks)
    channel, draw = channel_to_chip(capacity), random.Random(5).randbytes
    credentials = Credentials(Mrz.from_lines(issued.mrz).mrz_information)
    run(open_chip(channel, credentials, draw), chip.process, chip.reset)
    before = channel.apdu_count
    known = public_key(asn1_keys.PublicKeyInfo.load((published or key).public_key_info()))
    return run(authenticate_actively(channel, known, algorithm, draw), chip.process), channel.apdu_count - before


@pytest.mark.parametrize("pace", [True, False])
@pytest.mark.parametrize("digest", DIGESTS)
@pytest.mark.parametrize("bits", SIZES_BITS)
def test_rsa_of_every_size_and_hash(bits: int, digest: str, pace: bool) -> None:
    result, commands = authenticated(rsa_of(bits, digest), pace=pace)
    assert (result.proof, result.hash, result.key.name, commands) == (Proof.HOLDS, digest, f"rsa{bits}", 1)


@pytest.mark.parametrize("stated", [True, False])
@pytest.mark.parametrize("digest", DIGESTS[1:])
@pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.name)
def test_ecdsa_on_every_curve_and_with_every_hash(curve: ec.EllipticCurve, digest: str, stated: bool) -> None:
    key = EcdsaKey(ec.derive_private_key(4711, curve), digest)
    result, commands = authenticated(key, algorithm=key.algorithm if stated else None)
    assert (result.proof, result.hash, commands) == (Proof.HOLDS, digest, 1)


def test_a_chip_with_another_key_is_a_copy() -> None:
    genuine = rsa_of(1024, "sha256")
    copy = replace(genuine, private_exponent=genuine.private_exponent ^ 2)
    assert authenticated(copy, published=genuine)[0].proof is Proof.WRONG
    other = EcdsaKey(ec.derive_private_key(1, ec.SECP256R1()))
    assert authenticated(other, published=EcdsaKey(ec.derive_private_key(2, ec.SECP256R1())))[0].proof is Proof.WRONG


def test_a_signature_that_is_cut_off_is_told_from_a_wrong_one() -> None:
    result, commands = authenticated(rsa_of(2048, "sha256"), quirks=Quirks(signature_bytes=192))
    assert (result.proof, commands) == (Proof.TRUNCATED, 2)


def test_a_chip_that_is_mute_at_extended_lengths_is_asked_again() -> None:
    quirks = Quirks(mute_at_extended=True, get_response=True)
    result, commands = authenticated(rsa_of(2048, "sha256"), quirks=quirks)
    assert (result.proof, commands) == (Proof.HOLDS, 5), "GET RESPONSE once, then twice"


@pytest.mark.parametrize("atr_info", [True, False])
def test_a_reader_with_short_answers_says_that_it_is_the_reader(atr_info: bool) -> None:
    with pytest.raises(UnsupportedError, match="reader"):
        authenticated(rsa_of(2048, "sha256"), atr_info=atr_info, capacity=SHORT)
    assert authenticated(rsa_of(1536, "sha256"), atr_info=atr_info, capacity=SHORT)[0].proof is Proof.HOLDS
