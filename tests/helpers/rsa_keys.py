"""RSA keys of every size that a document may have; making them anew would take longer than all the tests."""

import math
import tomllib
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa

_KEYS = tomllib.loads((Path(__file__).parents[1] / "vectors" / "rsa_keys.toml").read_text())
_EXPONENT = 65537
SIZES_BITS = tuple(int(bits) for bits in _KEYS)


@cache
def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    """One of SIZES_BITS."""
    p, q = (int(_KEYS[str(bits)][name], 16) for name in ("p", "q"))
    d = pow(_EXPONENT, -1, math.lcm(p - 1, q - 1))
    public = rsa.RSAPublicNumbers(_EXPONENT, p * q)
    numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public)
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)
