"""The groups in which PACE and Chip Authentication compute: the standardised domain parameters of Doc 9303-11, 9.5.

An element of a group is everywhere the bytes that travel: an uncompressed point, or an unsigned integer of the prime's
length. Whatever comes from outside is checked before anything is computed with it.
"""

import hashlib
import random
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ecdsa import BadSignatureError, VerifyingKey, curves
from ecdsa.ellipticcurve import PointJacobi
from ecdsa.util import MalformedSignature, sigdecode_string

_UNCOMPRESSED = b"\x04"


class GroupError(Exception):
    """The bytes are no element of the group, or one that gives nothing to agree on."""


@dataclass(frozen=True, slots=True)
class Group(ABC):
    """``parameter_id``: number of the standardised domain parameters; ``order``: of the generator."""

    parameter_id: int
    name: str
    order: int

    @property
    @abstractmethod
    def generator(self) -> bytes:
        """The generator of the standard."""

    @property
    @abstractmethod
    def field_bytes(self) -> int:
        """Length of the field's prime."""

    @abstractmethod
    def power(self, element: bytes, scalar: int) -> bytes:
        """The element combined with itself ``scalar`` times. Raises GroupError, also for the neutral element."""

    @abstractmethod
    def combine(self, left: bytes, right: bytes) -> bytes:
        """The group's operation. Raises GroupError."""

    @abstractmethod
    def shared_secret(self, element: bytes) -> bytes:
        """What key derivation takes of an agreed element: a point's x, or the integer (Doc 9303-11, 9.6)."""

    @abstractmethod
    def compressed(self, element: bytes) -> bytes:
        """What stands for a public key in Terminal Authentication (BSI TR-03110-3, A.2.2.3)."""

    def private_key(self, rng: random.Random) -> int:
        """A scalar between 1 and the order."""
        return int.from_bytes(rng.randbytes((self.order.bit_length() + 7) // 8), "big") % self.order or 1


@dataclass(frozen=True, slots=True)
class EcGroup(Group):
    """A curve over a prime field, of cofactor one."""

    curve: Any  # ecdsa is untyped

    @property
    def generator(self) -> bytes:
        return self._encoded(self.curve.generator)

    @property
    def field_bytes(self) -> int:
        return int(self.curve.verifying_key_length) // 2

    @property
    def prime(self) -> int:
        """The field's."""
        return int(self.curve.curve.p())

    @property
    def coefficients(self) -> tuple[int, int]:
        """a and b of the curve's equation."""
        return int(self.curve.curve.a()) % self.prime, int(self.curve.curve.b()) % self.prime

    def power(self, element: bytes, scalar: int) -> bytes:
        base = self.curve.generator if element == self.generator else self._point(element)
        return self._encoded(base * scalar)

    def combine(self, left: bytes, right: bytes) -> bytes:
        return self._encoded(self._point(left) + self._point(right))

    def shared_secret(self, element: bytes) -> bytes:
        return element[1 : 1 + self.field_bytes]

    def compressed(self, element: bytes) -> bytes:
        return self.shared_secret(element)

    def verify(self, public: bytes, signature: bytes, message: bytes, digest: str) -> None:
        """ECDSA, r and s side by side. Raises GroupError for the key, ecdsa.BadSignatureError for the signature."""
        key = VerifyingKey.from_public_point(self._point(public), self.curve)
        hashed = hashlib.new(digest, message, usedforsecurity=False).digest()
        try:
            key.verify_digest(signature, hashed, sigdecode_string, allow_truncate=True)
        except MalformedSignature as error:
            raise BadSignatureError("r and s do not have the order's length") from error

    def point(self, x: int, y: int) -> bytes:
        """Encode coordinates; nothing is checked."""
        return _UNCOMPRESSED + x.to_bytes(self.field_bytes, "big") + y.to_bytes(self.field_bytes, "big")

    def _point(self, element: bytes) -> Any:
        size = self.field_bytes
        if len(element) != 1 + 2 * size or not element.startswith(_UNCOMPRESSED):
            raise GroupError("no uncompressed point of this curve's length")
        x, y = int.from_bytes(element[1 : 1 + size], "big"), int.from_bytes(element[1 + size :], "big")
        if max(x, y) >= self.prime or not self.curve.curve.contains_point(x, y):
            raise GroupError("the point is not on the curve")
        return PointJacobi(self.curve.curve, x, y, 1, self.order)

    def _encoded(self, point: Any) -> bytes:
        affine = point.to_affine()
        if affine.x() is None:
            raise GroupError("the point at infinity")
        return self.point(int(affine.x()), int(affine.y()))


@dataclass(frozen=True, slots=True)
class DhGroup(Group):
    """A subgroup of prime order of the integers modulo a prime (RFC 5114)."""

    prime: int
    generating: int

    @property
    def generator(self) -> bytes:
        return self._encoded(self.generating)

    @property
    def field_bytes(self) -> int:
        return (self.prime.bit_length() + 7) // 8

    def power(self, element: bytes, scalar: int) -> bytes:
        return self._encoded(pow(self._integer(element), scalar, self.prime))

    def combine(self, left: bytes, right: bytes) -> bytes:
        return self._encoded(self._integer(left) * self._integer(right) % self.prime)

    def shared_secret(self, element: bytes) -> bytes:
        return element

    def compressed(self, element: bytes) -> bytes:
        return hashlib.sha1(element, usedforsecurity=False).digest()

    def _integer(self, element: bytes) -> int:
        """Leading zeros more or fewer are the same integer."""
        value = int.from_bytes(element, "big")
        if not 1 < value < self.prime - 1:
            raise GroupError("the integer is outside the group")
        return value

    def _encoded(self, value: int) -> bytes:
        if value == 1:
            raise GroupError("the neutral element")
        return value.to_bytes(self.field_bytes, "big")


_RFC5114_1024_160 = (
    int(
        "B10B8F96A080E01DDE92DE5EAE5D54EC52C99FBCFB06A3C69A6A9DCA52D23B616073E28675A23D189838EF1E2EE652C0"
        "13ECB4AEA906112324975C3CD49B83BFACCBDD7D90C4BD7098488E9C219A73724EFFD6FAE5644738FAA31A4FF55BCCC0"
        "A151AF5F0DC8B4BD45BF37DF365C1A65E68CFDA76D4DA708DF1FB2BC2E4A4371",
        16,
    ),
    int(
        "A4D1CBD5C3FD34126765A442EFB99905F8104DD258AC507FD6406CFF14266D31266FEA1E5C41564B777E690F5504F213"
        "160217B4B01B886A5E91547F9E2749F4D7FBD7D3B9A92EE1909D0D2263F80A76A6A24C087A091F531DBF0A0169B6A28A"
        "D662A4D18E73AFA32D779D5918D08BC8858F4DCEF97C2A24855E6EEB22B3B2E5",
        16,
    ),
    int(
        "F518AA8781A8DF278ABA4E7D64B7CB9D49462353",
        16,
    ),
)

_RFC5114_2048_224 = (
    int(
        "AD107E1E9123A9D0D660FAA79559C51FA20D64E5683B9FD1B54B1597B61D0A75E6FA141DF95A56DBAF9A3C407BA1DF15"
        "EB3D688A309C180E1DE6B85A1274A0A66D3F8152AD6AC2129037C9EDEFDA4DF8D91E8FEF55B7394B7AD5B7D0B6C12207"
        "C9F98D11ED34DBF6C6BA0B2C8BBC27BE6A00E0A0B9C49708B3BF8A317091883681286130BC8985DB1602E714415D9330"
        "278273C7DE31EFDC7310F7121FD5A07415987D9ADC0A486DCDF93ACC44328387315D75E198C641A480CD86A1B9E587E8"
        "BE60E69CC928B2B9C52172E413042E9B23F10B0E16E79763C9B53DCF4BA80A29E3FB73C16B8E75B97EF363E2FFA31F71"
        "CF9DE5384E71B81C0AC4DFFE0C10E64F",
        16,
    ),
    int(
        "AC4032EF4F2D9AE39DF30B5C8FFDAC506CDEBE7B89998CAF74866A08CFE4FFE3A6824A4E10B9A6F0DD921F01A70C4AFA"
        "AB739D7700C29F52C57DB17C620A8652BE5E9001A8D66AD7C17669101999024AF4D027275AC1348BB8A762D0521BC98A"
        "E247150422EA1ED409939D54DA7460CDB5F6C6B250717CBEF180EB34118E98D119529A45D6F834566E3025E316A330EF"
        "BB77A86F0C1AB15B051AE3D428C8F8ACB70A8137150B8EEB10E183EDD19963DDD9E263E4770589EF6AA21E7F5F2FF381"
        "B539CCE3409D13CD566AFBB48D6C019181E1BCFE94B30269EDFE72FE9B6AA4BD7B5A0F1C71CFFF4C19C418E1F6EC0179"
        "81BC087F2A7065B384B890D3191F2BFA",
        16,
    ),
    int(
        "801C0D34C58D93FE997177101F80535A4738CEBCBF389A99B36371EB",
        16,
    ),
)

_RFC5114_2048_256 = (
    int(
        "87A8E61DB4B6663CFFBBD19C651959998CEEF608660DD0F25D2CEED4435E3B00E00DF8F1D61957D4FAF7DF4561B2AA30"
        "16C3D91134096FAA3BF4296D830E9A7C209E0C6497517ABD5A8A9D306BCF67ED91F9E6725B4758C022E0B1EF4275BF7B"
        "6C5BFC11D45F9088B941F54EB1E59BB8BC39A0BF12307F5C4FDB70C581B23F76B63ACAE1CAA6B7902D52526735488A0E"
        "F13C6D9A51BFA4AB3AD8347796524D8EF6A167B5A41825D967E144E5140564251CCACB83E6B486F6B3CA3F7971506026"
        "C0B857F689962856DED4010ABD0BE621C3A3960A54E710C375F26375D7014103A4B54330C198AF126116D2276E11715F"
        "693877FAD7EF09CADB094AE91E1A1597",
        16,
    ),
    int(
        "3FB32C9B73134D0B2E77506660EDBD484CA7B18F21EF205407F4793A1A0BA12510DBC15077BE463FFF4FED4AAC0BB555"
        "BE3A6C1B0C6B47B1BC3773BF7E8C6F62901228F8C28CBB18A55AE31341000A650196F931C77A57F2DDF463E5E9EC144B"
        "777DE62AAAB8A8628AC376D282D6ED3864E67982428EBC831D14348F6F2F9193B5045AF2767164E1DFC967C1FB3F2E55"
        "A4BD1BFFE83B9C80D052B985D182EA0ADB2A3B7313D3FE14C8484B1E052588B9B7D2BBD2DF016199ECD06E1557CD0915"
        "B3353BBB64E0EC377FD028370DF92B52C7891428CDC67EB6184B523D1DB246C32F63078490F00EF8D647D148D4795451"
        "5E2327CFEF98C582664B4C0F6CC41659",
        16,
    ),
    int(
        "8CF83642A709A097B447997640129DA299B1A47D1EB3750BA308B0FE64F5FBD3",
        16,
    ),
)

_MODULAR = {0: ("1024/160", _RFC5114_1024_160), 1: ("2048/224", _RFC5114_2048_224), 2: ("2048/256", _RFC5114_2048_256)}
_CURVES = {
    8: ("secp192r1", curves.NIST192p),
    9: ("brainpoolP192r1", curves.BRAINPOOLP192r1),
    10: ("secp224r1", curves.NIST224p),
    11: ("brainpoolP224r1", curves.BRAINPOOLP224r1),
    12: ("secp256r1", curves.NIST256p),
    13: ("brainpoolP256r1", curves.BRAINPOOLP256r1),
    14: ("brainpoolP320r1", curves.BRAINPOOLP320r1),
    15: ("secp384r1", curves.NIST384p),
    16: ("brainpoolP384r1", curves.BRAINPOOLP384r1),
    17: ("brainpoolP512r1", curves.BRAINPOOLP512r1),
    18: ("secp521r1", curves.NIST521p),
}
PARAMETER_IDS = (*_MODULAR, *_CURVES)


@lru_cache
def group(parameter_id: int) -> Group:
    """The standardised domain parameters of that number. Raises KeyError where the standard has none."""
    if parameter_id in _MODULAR:
        name, (prime, generator, order) = _MODULAR[parameter_id]
        return DhGroup(parameter_id, name, order, prime, generator)
    name, curve = _CURVES[parameter_id]
    return EcGroup(parameter_id, name, int(curve.order), curve)


def curve_of_order(order: int) -> EcGroup:
    """The standardised curve of that order: what explicit domain parameters are recognised by. Raises GroupError."""
    for parameter_id in _CURVES:
        found = group(parameter_id)
        if isinstance(found, EcGroup) and found.order == order:
            return found
    raise GroupError("none of the standardised curves")
