"""Groups for key agreement against the published PACE examples, another library, and keys that are none."""

import random
import tomllib
from pathlib import Path
from typing import Any

import ecdsa
import pytest
from asn1crypto.core import Any as AnyValue
from asn1crypto.core import Integer, ObjectIdentifier, OctetBitString, Sequence
from asn1crypto.keys import DSAParams
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from egate.document.crypto.domain_parameters import STANDARDIZED, agreement_key, known_group, standardized_group
from egate.document.crypto.elliptic import EcGroup, encode_point
from egate.document.crypto.groups import AgreementKind, Group, uniform_scalar
from egate.document.crypto.modular import DhGroup
from egate.document.errors import FormatError, UnsupportedError

VECTORS = Path(__file__).parents[1] / "vectors"
EXAMPLES: list[dict[str, Any]] = [
    example
    for appendix in "ghi"
    for example in tomllib.loads((VECTORS / f"pace_appendix_{appendix}.toml").read_text())["example"]
]
GENERIC = [example for example in EXAMPLES if "mapping_private" in example]
INTEGRATED = [example for example in EXAMPLES if "pseudo_random" in example]
every_group = pytest.mark.parametrize("group", STANDARDIZED.values(), ids=lambda group: group.name)
DH = STANDARDIZED[0]
P256 = STANDARDIZED[12]


def name_of(example: dict[str, Any]) -> str:
    return str(example["name"])


def exchanged(example: dict[str, Any], step: int) -> tuple[bytes, bytes]:
    """The keys in command and response of one step."""
    exchange = example["exchange"][step]
    sides = bytes.fromhex(exchange["command"])[5:-1], bytes.fromhex(exchange["response"])[:-2]
    width = 128 if example["parameter_id"] == 0 else 65
    return sides[0][-width:], sides[1][-width:]


def generator_of(group: Group) -> bytes:
    return group.key_pair(1).public


@pytest.mark.parametrize("example", GENERIC, ids=name_of)
def test_generic_mapping_gives_the_published_generator(example: dict[str, Any]) -> None:
    group = standardized_group(example["parameter_id"])
    ours, theirs = exchanged(example, 2)
    pair = group.key_pair(int(example["mapping_private"], 16))
    assert pair.public == ours
    if "shared_mapping" in example:
        assert group.multiply(pair.private, theirs).hex().upper() == example["shared_mapping"]
    mapped = group.map_generically(int(example["nonce"], 16), pair.private, theirs)
    assert generator_of(mapped).hex().upper() == example["mapped_generator"]


@pytest.mark.parametrize("example", INTEGRATED, ids=name_of)
def test_integrated_mapping_gives_the_published_generator(example: dict[str, Any]) -> None:
    mapped = standardized_group(example["parameter_id"]).map_integrated(int(example["pseudo_random"], 16))
    assert generator_of(mapped).hex().upper() == example["mapped_generator"]
    ours, theirs = exchanged(example, 3)
    pair = mapped.key_pair(int(example["private"], 16))
    assert pair.public == ours
    assert mapped.agree(pair.private, theirs).hex().upper() == example["shared_secret"]


@every_group
def test_two_sides_agree_on_one_secret_before_and_after_a_mapping(group: Group) -> None:
    draw = random.Random(group.name).randbytes
    for mapped in (group, group.map_generically(7, *_pair_with_other(group, draw))):
        ours, theirs = mapped.generate(draw), mapped.generate(draw)
        secret = mapped.agree(ours.private, theirs.public)
        assert secret == mapped.agree(theirs.private, ours.public)
        assert len(secret) == (group.size_bits + 7) // 8
        assert mapped.multiply(ours.private, theirs.public) == mapped.multiply(theirs.private, ours.public)


def _pair_with_other(group: Group, draw: Any) -> tuple[int, bytes]:
    return group.generate(draw).private, group.generate(draw).public


@every_group
def test_the_generator_has_the_stated_order(group: Group) -> None:
    """Twice the generator and its inverse give the generator again."""
    last = group.key_pair(group.order - 1)
    assert generator_of(group.map_generically(2, last.private, generator_of(group))) == generator_of(group)
    if group.kind is AgreementKind.ECDH:
        assert group.compress(last.public) == group.compress(generator_of(group))


@every_group
def test_generic_mapping_to_the_neutral_element_is_refused(group: Group) -> None:
    with pytest.raises(FormatError, match="neutral"):
        group.map_generically(1, group.order - 1, generator_of(group))


@every_group
def test_a_nonce_of_zero_maps_to_the_shared_element(group: Group) -> None:
    assert generator_of(group.map_generically(0, 5, generator_of(group))) == group.key_pair(5).public


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.BrainpoolP384R1(), ec.SECP521R1()], ids=lambda curve: curve.name)
def test_agreement_equals_that_of_another_library(curve: ec.EllipticCurve) -> None:
    theirs = ec.derive_private_key(12345678987654321, curve)
    public = theirs.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    group = next(
        group
        for group in STANDARDIZED.values()
        if isinstance(group, EcGroup) and group.curve.openssl_name in (curve.name, "prime256v1")
        if group.size_bits == curve.key_size
    )
    ours = group.generate(random.Random(1).randbytes)
    peer = ec.EllipticCurvePublicKey.from_encoded_point(curve, ours.public)
    assert group.agree(ours.private, public) == theirs.exchange(ec.ECDH(), peer)
    assert group.multiply(ours.private, public)[1 : 1 + len(theirs.exchange(ec.ECDH(), peer))] == theirs.exchange(
        ec.ECDH(), peer
    )


@every_group
def test_keys_that_are_none_are_refused(group: Group) -> None:
    good = generator_of(group)
    altered = good[:-1] + bytes([good[-1] ^ 1])
    hybrid = bytes([good[0] + 2]) + good[1:] if group.kind is AgreementKind.ECDH else bytes(len(good))
    for wrong in (b"", b"\0", good + b"\0\0", altered, hybrid, b"\x04" + b"\xff" * (len(good) - 1), bytes(len(good))):
        for use in (group.validate, lambda key: group.agree(2, key), lambda key: group.multiply(2, key)):
            with pytest.raises(FormatError):
                use(wrong)


@pytest.mark.parametrize("group", [STANDARDIZED[number] for number in (0, 1, 2)], ids=lambda group: group.name)
def test_an_element_outside_of_the_subgroup_is_refused(group: DhGroup) -> None:
    for element in (1, group.prime - 1, group.prime - group.generator):
        with pytest.raises(FormatError):
            group.validate(group.encode(element))


def test_leading_zeros_of_a_number_do_not_matter() -> None:
    key = generator_of(DH)
    assert DH.agree(3, b"\0" + key) == DH.agree(3, key)


def test_private_keys_stay_within_the_order() -> None:
    assert uniform_scalar(11, lambda count: b"\xff" * count) in range(1, 11)
    assert uniform_scalar(11, bytes) == 1
    assert {uniform_scalar(5, random.Random(seed).randbytes) for seed in range(64)} == {1, 2, 3, 4}


def test_no_private_key_is_shown() -> None:
    pair = P256.generate(random.Random(3).randbytes)
    assert str(pair.private) not in repr(pair)
    assert pair.public.hex() not in repr(pair)


@pytest.mark.parametrize("number", [0, 1, -1])
def test_integrated_mapping_of_a_number_that_maps_nowhere_is_refused(number: int) -> None:
    for group in (STANDARDIZED[13], DH):
        assert isinstance(group, EcGroup | DhGroup)
        with pytest.raises(FormatError):
            group.map_integrated(number % group.prime)


def test_p224_cannot_be_mapped_integrated() -> None:
    with pytest.raises(UnsupportedError, match="integrated"):
        STANDARDIZED[10].map_integrated(2)


@pytest.mark.parametrize("number", [8, 9, 11, 12, 13, 14, 15, 16, 17, 18])
def test_the_point_encoding_always_ends_on_the_curve(number: int) -> None:
    group = STANDARDIZED[number]
    assert isinstance(group, EcGroup)
    for seed in range(8):
        x, y = encode_point(group.curve, random.Random(seed).randrange(2, group.prime - 1))
        assert group.curve.curve.contains_point(x, y)


@pytest.mark.parametrize("number", [3, 7, 19, -1, 1 << 70])
def test_numbers_without_a_meaning_are_refused(number: int) -> None:
    with pytest.raises(UnsupportedError):
        standardized_group(number)


# Groups that are written out


class Identifier(Sequence):  # type: ignore[misc] # asn1crypto has no types
    _fields = [("algorithm", ObjectIdentifier), ("parameters", AnyValue)]  # noqa: RUF012 - as asn1crypto wants it


class KeyInfo(Sequence):  # type: ignore[misc] # asn1crypto has no types
    _fields = [("algorithm", Identifier), ("public_key", OctetBitString)]  # noqa: RUF012 - as asn1crypto wants it


class Numbers(Sequence):  # type: ignore[misc] # asn1crypto has no types
    _fields = [("p", Integer), ("g", Integer), ("q", Integer, {"optional": True})]  # noqa: RUF012 - as above


EC_KEY, X942, PKCS3, STANDARD = "1.2.840.10045.2.1", "1.2.840.10046.2.1", "1.2.840.113549.1.3.1", "0.4.0.127.0.7.1.2"


def identifier(algorithm: str, parameters: Any) -> Any:
    return Identifier({"algorithm": algorithm, "parameters": parameters})


def explicit(curve: ecdsa.curves.Curve) -> AnyValue:
    return AnyValue.load(curve.to_der("explicit"))


def key_info(algorithm: Any, public: bytes) -> bytes:
    return bytes(KeyInfo({"algorithm": algorithm, "public_key": public}).dump())


@pytest.mark.parametrize("curve", [ecdsa.BRAINPOOLP224r1, ecdsa.NIST256p, ecdsa.BRAINPOOLP320r1], ids=str)
def test_a_curve_that_is_written_out_is_the_known_one(curve: ecdsa.curves.Curve) -> None:
    group = known_group(identifier(EC_KEY, explicit(curve)).dump())
    assert group in STANDARDIZED.values()
    assert group.name == curve.name.lower()


@pytest.mark.parametrize("algorithm", [X942, PKCS3])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_dh_group_that_is_written_out_is_the_known_one(algorithm: str, number: int) -> None:
    group = STANDARDIZED[number]
    assert isinstance(group, DhGroup)
    numbers = Numbers({"p": group.prime, "g": group.generator, **({"q": group.order} if algorithm == X942 else {})})
    assert known_group(identifier(algorithm, numbers).dump()) is group


def test_a_group_that_nobody_knows_is_no_group_for_pace() -> None:
    assert isinstance(DH, DhGroup)
    other = Numbers({"p": DH.prime, "g": pow(DH.generator, 2, DH.prime), "q": DH.order})
    with pytest.raises(UnsupportedError):
        known_group(identifier(X942, other).dump())
    with pytest.raises(UnsupportedError):
        known_group(identifier("1.2.3", other).dump())
    with pytest.raises(UnsupportedError):
        known_group(identifier(STANDARD, Integer(5)).dump())


def test_an_issuer_may_vouch_for_a_dh_group_of_its_own() -> None:
    assert isinstance(DH, DhGroup)
    generator = pow(DH.generator, 2, DH.prime)
    public = pow(generator, 77, DH.prime)
    for algorithm, third, known in ((X942, DH.order, True), (X942, None, False), (PKCS3, 160, False)):
        numbers = Numbers({"p": DH.prime, "g": generator, **({} if third is None else {"q": third})})
        key = agreement_key(key_info(identifier(algorithm, numbers), Integer(public).dump()))
        assert isinstance(key.group, DhGroup)
        assert key.group.order_known is known
        ours = key.group.generate(random.Random(5).randbytes)
        assert key.group.agree(ours.private, key.public) == key.group.agree(77, ours.public)


def test_a_stated_order_that_is_wrong_is_refused() -> None:
    assert isinstance(DH, DhGroup)
    numbers = Numbers({"p": DH.prime, "g": pow(DH.generator, 2, DH.prime), "q": DH.order + 2})
    with pytest.raises(FormatError, match="order"):
        agreement_key(key_info(identifier(X942, numbers), Integer(4).dump()))


def test_a_long_order_is_not_raised_to() -> None:
    """It bounds nothing that the range of keys does not, and with a long prime each use of it costs a lane its time."""
    assert isinstance(DH, DhGroup)
    numbers = Numbers({"p": DH.prime, "g": pow(DH.generator, 2, DH.prime), "q": DH.prime - 1})
    key = agreement_key(key_info(identifier(X942, numbers), Integer(4).dump()))
    assert isinstance(key.group, DhGroup)
    assert (key.group.order_known, key.group.order.bit_length()) == (False, 513)


@pytest.mark.parametrize("bits", [512, 5000])
def test_dh_groups_out_of_bounds_are_refused(bits: int) -> None:
    numbers = Numbers({"p": (1 << bits - 1) + 1, "g": 2})
    with pytest.raises(UnsupportedError, match="bits"):
        agreement_key(key_info(identifier(PKCS3, numbers), Integer(4).dump()))


def test_a_key_of_a_named_or_numbered_curve_is_read() -> None:
    public = P256.key_pair(99).public
    for parameters in (
        identifier(EC_KEY, explicit(ecdsa.NIST256p)),
        identifier(EC_KEY, ObjectIdentifier("1.2.840.10045.3.1.7")),
        identifier(STANDARD, Integer(12)),
    ):
        key = agreement_key(key_info(parameters, public))
        assert (key.group, key.public) == (P256, public)
        assert public.hex() not in repr(key)


@pytest.mark.parametrize("public", [b"", b"\x02\x01\x00", Integer(-5).dump(), Integer(1 << 1100).dump(), b"\x04" * 65])
def test_a_key_that_is_none_is_refused(public: bytes) -> None:
    for parameters in (identifier(STANDARD, Integer(0)), identifier(STANDARD, Integer(12))):
        with pytest.raises(FormatError):
            agreement_key(key_info(parameters, public))


def test_a_key_of_another_algorithm_is_refused() -> None:
    with pytest.raises(UnsupportedError):
        agreement_key(key_info(identifier("1.2.840.10040.4.1", DSAParams({"p": 7, "q": 3, "g": 2})), b"\0"))
