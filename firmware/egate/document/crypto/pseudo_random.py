"""The pseudo-random number of integrated mapping (Doc 9303-11, 4.4.3.3.2)."""

from egate.document.crypto.symmetric import BlockCipher

_EXTRA_BITS = 64  # so many more than the prime, that the remainder is as good as uniform
# c0 and c1 by the length of the nonces in bytes.
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


def nonce_bytes(cipher: BlockCipher) -> int:
    """Length of the chip's nonce: the least whole number of 16 bytes that is not shorter than a key."""
    return -(-cipher.key_bytes // 16) * 16


def pseudo_random_number(cipher: BlockCipher, chip_nonce: bytes, our_nonce: bytes, prime: int) -> int:
    """Below ``prime``. ``chip_nonce``: s, ``nonce_bytes`` long; ``our_nonce``: t, as long as a key.

    Each round encrypts c1 for the output and c0 for the next key, which is cut to the length of a key.
    """
    c0, c1 = _CONSTANTS[len(chip_nonce)]
    rounds = -(-(prime.bit_length() + _EXTRA_BITS) // (8 * len(chip_nonce)))
    state, output = cipher.encrypt(our_nonce, chip_nonce), b""
    for _ in range(rounds):
        key = state[: cipher.key_bytes]
        output += cipher.encrypt(key, c1)
        state = cipher.encrypt(key, c0)
    return int.from_bytes(output) % prime
