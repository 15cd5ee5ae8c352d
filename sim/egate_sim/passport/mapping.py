"""How PACE maps the nonce to the generator of an ephemeral group (Doc 9303-11, 4.4.3.3 and appendix B)."""

from egate_sim.passport import crypto
from egate_sim.passport.crypto import SessionCipher
from egate_sim.passport.groups import DhGroup, EcGroup, Group, GroupError

_SECURITY_BITS = 64  # surplus that makes the remainder modulo the prime close to uniform

# Constants of the pseudo-random function, by the nonce's length in bytes
_CONSTANTS = {
    16: (
        bytes.fromhex("a668892a7c41e3ca739f40b057d85904"),
        bytes.fromhex("a4e136ac725f738b01c1f60217c188ad"),
    ),
    32: (
        bytes.fromhex("d463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676"),
        bytes.fromhex("54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517"),
    ),
}


def nonce_bytes(cipher: SessionCipher) -> int:
    """Length of the nonce in integrated mapping: whole blocks, no shorter than the key."""
    return 16 if cipher.key_bytes == 16 else 32  # noqa: PLR2004  # the constants are made for these two


def generic_mapping(group: Group, nonce: bytes, agreed: bytes) -> bytes:
    """The generator to the power of the nonce, combined with the element that both sides have agreed on."""
    return group.combine(group.power(group.generator, int.from_bytes(nonce, "big")), agreed)


def integrated_mapping(group: Group, cipher: SessionCipher, nonce: bytes, terminal_nonce: bytes) -> bytes:
    """A generator that depends on both nonces, without any agreement. Raises GroupError."""
    match group:
        case EcGroup():
            number = pseudo_random_number(cipher, nonce, terminal_nonce, group.prime)
            return _encode_to_curve(group, number)
        case DhGroup():
            number = pseudo_random_number(cipher, nonce, terminal_nonce, group.prime)
            power = pow(number, (group.prime - 1) // group.order, group.prime)
            if power == 1:
                raise GroupError("the number leads to the neutral element")
            return power.to_bytes(group.field_bytes, "big")
    raise TypeError("a group is a curve or integers modulo a prime")


def pseudo_random_number(cipher: SessionCipher, nonce: bytes, terminal_nonce: bytes, prime: int) -> int:
    """R_p(s, t): a cascade of encryptions, modulo the prime."""
    first, second = _CONSTANTS[len(nonce)]
    rounds = -(-(prime.bit_length() + _SECURITY_BITS) // (8 * len(nonce)))
    key, output = crypto.encrypt(cipher, terminal_nonce, nonce), b""
    for _ in range(rounds):
        key = key[: cipher.key_bytes]
        output += crypto.encrypt(cipher, key, second)
        key = crypto.encrypt(cipher, key, first)
    return int.from_bytes(output, "big") % prime


def _encode_to_curve(group: EcGroup, number: int) -> bytes:
    """Appendix B.2: the simplified map of Brier, Coron, Icart, Madore, Randriam and Tibouchi for p = 3 mod 4."""
    p, (a, b) = group.prime, group.coefficients
    if p % 4 != 3 or not number:  # noqa: PLR2004
        raise GroupError("the point encoding is defined for primes that leave 3 modulo 4, and for numbers but 0")
    alpha = -number * number % p
    beta = (alpha + alpha * alpha) % p
    x2 = -b * (1 + beta) * pow(a * beta, -1, p) % p
    x3 = alpha * x2 % p
    h2 = (x2**3 + a * x2 + b) % p
    root_of_inverse = pow(h2, p - 1 - (p + 1) // 4, p)
    if root_of_inverse * root_of_inverse * h2 % p == 1:
        return group.point(x2, root_of_inverse * h2 % p)
    return group.point(x3, root_of_inverse * number**3 * h2 % p)
