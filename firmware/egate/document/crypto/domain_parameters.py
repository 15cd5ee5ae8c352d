"""Groups that documents name by a number, or write out: the standardized domain parameters of Doc 9303-11, 9.5.1.

The numbers of the three groups modulo a prime are those of RFC 5114, 2.1 to 2.3.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from asn1crypto.core import Any as AnyValue
from asn1crypto.core import Integer, ObjectIdentifier, OctetBitString, Sequence
from asn1crypto.keys import ECDomainParameters

from egate.document.asn1 import well_formed
from egate.document.crypto.elliptic import EcGroup
from egate.document.crypto.groups import Group
from egate.document.crypto.modular import DhGroup
from egate.document.crypto.public_keys import CURVES, known_curve
from egate.document.errors import FormatError, UnsupportedError

_EC_PUBLIC_KEY = "1.2.840.10045.2.1"
_DH_PUBLIC_NUMBER = "1.2.840.10046.2.1"  # RFC 3279: p, g, q
_DH_KEY_AGREEMENT = "1.2.840.113549.1.3.1"  # PKCS #3: p, g, perhaps the length of private keys
_STANDARDIZED = "0.4.0.127.0.7.1.2"  # an INTEGER names the group (BSI TR-03110-3, A.2.1.1)
_MIN_DH_BITS, _MAX_DH_BITS = 1024, 4096
_MAX_PRIVATE_BITS = 512  # twice the strength of the largest such group; a longer key only costs time

_MODP1024_160 = DhGroup(
    "modp1024_160",
    int(
        "b10b8f96a080e01dde92de5eae5d54ec52c99fbcfb06a3c69a6a9dca52d23b616073e28675a23d189838ef1e2ee652c0"
        "13ecb4aea906112324975c3cd49b83bfaccbdd7d90c4bd7098488e9c219a73724effd6fae5644738faa31a4ff55bccc0"
        "a151af5f0dc8b4bd45bf37df365c1a65e68cfda76d4da708df1fb2bc2e4a4371",
        16,
    ),
    int(
        "a4d1cbd5c3fd34126765a442efb99905f8104dd258ac507fd6406cff14266d31266fea1e5c41564b777e690f5504f213"
        "160217b4b01b886a5e91547f9e2749f4d7fbd7d3b9a92ee1909d0d2263f80a76a6a24c087a091f531dbf0a0169b6a28a"
        "d662a4d18e73afa32d779d5918d08bc8858f4dcef97c2a24855e6eeb22b3b2e5",
        16,
    ),
    0xF518AA8781A8DF278ABA4E7D64B7CB9D49462353,
)
_MODP2048_224 = DhGroup(
    "modp2048_224",
    int(
        "ad107e1e9123a9d0d660faa79559c51fa20d64e5683b9fd1b54b1597b61d0a75e6fa141df95a56dbaf9a3c407ba1df15"
        "eb3d688a309c180e1de6b85a1274a0a66d3f8152ad6ac2129037c9edefda4df8d91e8fef55b7394b7ad5b7d0b6c12207"
        "c9f98d11ed34dbf6c6ba0b2c8bbc27be6a00e0a0b9c49708b3bf8a317091883681286130bc8985db1602e714415d9330"
        "278273c7de31efdc7310f7121fd5a07415987d9adc0a486dcdf93acc44328387315d75e198c641a480cd86a1b9e587e8"
        "be60e69cc928b2b9c52172e413042e9b23f10b0e16e79763c9b53dcf4ba80a29e3fb73c16b8e75b97ef363e2ffa31f71"
        "cf9de5384e71b81c0ac4dffe0c10e64f",
        16,
    ),
    int(
        "ac4032ef4f2d9ae39df30b5c8ffdac506cdebe7b89998caf74866a08cfe4ffe3a6824a4e10b9a6f0dd921f01a70c4afa"
        "ab739d7700c29f52c57db17c620a8652be5e9001a8d66ad7c17669101999024af4d027275ac1348bb8a762d0521bc98a"
        "e247150422ea1ed409939d54da7460cdb5f6c6b250717cbef180eb34118e98d119529a45d6f834566e3025e316a330ef"
        "bb77a86f0c1ab15b051ae3d428c8f8acb70a8137150b8eeb10e183edd19963ddd9e263e4770589ef6aa21e7f5f2ff381"
        "b539cce3409d13cd566afbb48d6c019181e1bcfe94b30269edfe72fe9b6aa4bd7b5a0f1c71cfff4c19c418e1f6ec0179"
        "81bc087f2a7065b384b890d3191f2bfa",
        16,
    ),
    0x801C0D34C58D93FE997177101F80535A4738CEBCBF389A99B36371EB,
)
_MODP2048_256 = DhGroup(
    "modp2048_256",
    int(
        "87a8e61db4b6663cffbbd19c651959998ceef608660dd0f25d2ceed4435e3b00e00df8f1d61957d4faf7df4561b2aa30"
        "16c3d91134096faa3bf4296d830e9a7c209e0c6497517abd5a8a9d306bcf67ed91f9e6725b4758c022e0b1ef4275bf7b"
        "6c5bfc11d45f9088b941f54eb1e59bb8bc39a0bf12307f5c4fdb70c581b23f76b63acae1caa6b7902d52526735488a0e"
        "f13c6d9a51bfa4ab3ad8347796524d8ef6a167b5a41825d967e144e5140564251ccacb83e6b486f6b3ca3f7971506026"
        "c0b857f689962856ded4010abd0be621c3a3960a54e710c375f26375d7014103a4b54330c198af126116d2276e11715f"
        "693877fad7ef09cadb094ae91e1a1597",
        16,
    ),
    int(
        "3fb32c9b73134d0b2e77506660edbd484ca7b18f21ef205407f4793a1a0ba12510dbc15077be463fff4fed4aac0bb555"
        "be3a6c1b0c6b47b1bc3773bf7e8c6f62901228f8c28cbb18a55ae31341000a650196f931c77a57f2ddf463e5e9ec144b"
        "777de62aaab8a8628ac376d282d6ed3864e67982428ebc831d14348f6f2f9193b5045af2767164e1dfc967c1fb3f2e55"
        "a4bd1bffe83b9c80d052b985d182ea0adb2a3b7313d3fe14c8484b1e052588b9b7d2bbd2df016199ecd06e1557cd0915"
        "b3353bbb64e0ec377fd028370df92b52c7891428cdc67eb6184b523d1db246c32f63078490f00ef8d647d148d4795451"
        "5e2327cfef98c582664b4c0f6cc41659",
        16,
    ),
    0x8CF83642A709A097B447997640129DA299B1A47D1EB3750BA308B0FE64F5FBD3,
)

_CURVES = {curve.name: EcGroup(curve) for curve in CURVES}
_DH_GROUPS = (_MODP1024_160, _MODP2048_224, _MODP2048_256)
STANDARDIZED: dict[int, Group] = {
    0: _MODP1024_160,
    1: _MODP2048_224,
    2: _MODP2048_256,
    8: _CURVES["NIST192p"],
    9: _CURVES["BRAINPOOLP192r1"],
    10: _CURVES["NIST224p"],
    11: _CURVES["BRAINPOOLP224r1"],
    12: _CURVES["NIST256p"],
    13: _CURVES["BRAINPOOLP256r1"],
    14: _CURVES["BRAINPOOLP320r1"],
    15: _CURVES["NIST384p"],
    16: _CURVES["BRAINPOOLP384r1"],
    17: _CURVES["BRAINPOOLP512r1"],
    18: _CURVES["NIST521p"],
}


class _AlgorithmIdentifier(Sequence):  # type: ignore[misc] # asn1crypto has no types
    _fields: ClassVar[list[tuple[object, ...]]] = [("algorithm", ObjectIdentifier), ("parameters", AnyValue)]


class _SubjectPublicKeyInfo(Sequence):  # type: ignore[misc] # asn1crypto has no types
    _fields: ClassVar[list[tuple[object, ...]]] = [("algorithm", _AlgorithmIdentifier), ("public_key", OctetBitString)]


class _DhParameters(Sequence):  # type: ignore[misc] # asn1crypto has no types
    """Both kinds: what follows g is an order or a length, told apart by the algorithm."""

    _fields: ClassVar[list[tuple[object, ...]]] = [
        ("p", Integer),
        ("g", Integer),
        ("third", Integer, {"optional": True}),
        ("fourth", AnyValue, {"optional": True}),
        ("fifth", AnyValue, {"optional": True}),
    ]


@dataclass(frozen=True, slots=True)
class AgreementKey:
    """Another's static public key with its group, validated."""

    group: Group
    public: bytes = field(repr=False)


def standardized_group(parameter_id: int) -> Group:
    """Raises UnsupportedError for a number that nobody has given a meaning."""
    if parameter_id not in STANDARDIZED:
        raise UnsupportedError(f"there are no standardized domain parameters {parameter_id}")
    return STANDARDIZED[parameter_id]


def known_group(algorithm_identifier: bytes) -> Group:
    """The group of a DER AlgorithmIdentifier, which must be a known one however it is written, because nobody has
    vouched for any other. Raises FormatError, UnsupportedError."""
    with well_formed("domain parameters"):
        return _group(_AlgorithmIdentifier.load(algorithm_identifier, strict=True), vouched_for=False)


def agreement_key(subject_public_key_info: bytes) -> AgreementKey:
    """A key of Chip Authentication, from a DER SubjectPublicKeyInfo.

    The issuer's signature vouches for a Diffie-Hellman group that is not a known one; a curve must be known.
    Raises FormatError, UnsupportedError.
    """
    with well_formed("a public key for key agreement"):
        info = _SubjectPublicKeyInfo.load(subject_public_key_info, strict=True)
        group = _group(info["algorithm"], vouched_for=True)
        public = bytes(info["public_key"])
        if isinstance(group, DhGroup):
            element = Integer.load(public, strict=True).native
            if not 0 < element < group.prime:
                raise FormatError("a public key is no number of its group's range")
            public = group.encode(element)
        group.validate(public)
        return AgreementKey(group, public)


def _group(identifier: _AlgorithmIdentifier, vouched_for: bool) -> Group:
    algorithm, parameters = identifier["algorithm"].dotted, identifier["parameters"]
    if algorithm == _STANDARDIZED:
        return standardized_group(parameters.parse(Integer).native)
    if algorithm == _EC_PUBLIC_KEY:
        return _CURVES[known_curve(parameters.parse(ECDomainParameters)).name]
    if algorithm in (_DH_PUBLIC_NUMBER, _DH_KEY_AGREEMENT):
        return _dh_group(parameters.parse(_DhParameters), algorithm == _DH_PUBLIC_NUMBER, vouched_for)
    raise UnsupportedError(f"key agreement by the algorithm {algorithm} is not supported")


def _dh_group(numbers: _DhParameters, third_is_order: bool, vouched_for: bool) -> DhGroup:
    p, g, third = (numbers[name].native for name in ("p", "g", "third"))
    known = next((group for group in _DH_GROUPS if (group.prime, group.generator) == (p, g)), None)
    if known is not None:
        return known
    if not vouched_for:
        raise UnsupportedError("the Diffie-Hellman group is not one of those that Doc 9303-11 names")
    if not _MIN_DH_BITS <= p.bit_length() <= _MAX_DH_BITS or p % 2 == 0 or not 1 < g < p - 1:
        raise UnsupportedError(f"Diffie-Hellman primes have between {_MIN_DH_BITS} and {_MAX_DH_BITS} bits")
    name = f"modp{p.bit_length()}"
    # A longer order is passed over: with 4096 bits each use of it costs half a second.
    if third_is_order and third is not None and third.bit_length() <= _MAX_PRIVATE_BITS:
        if third <= 1 or pow(g, third, p) != 1:
            raise FormatError("a Diffie-Hellman generator has not the order that is stated")
        return DhGroup(name, p, g, third)
    return DhGroup(name, p, g, 1 << min(p.bit_length() - 1, _MAX_PRIVATE_BITS), order_known=False)
