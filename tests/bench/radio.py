"""How long APDUs take over the air (ISO/IEC 14443): a model, in milliseconds.

Every byte is nine bits, with its parity (14443-3, type A). An APDU travels in blocks of at most 256 bytes with three
bytes of frame each; a block that continues is acknowledged by one of three bytes. The chip's own time comes on top.
"""

from collections.abc import Iterable

_BITS_A_BYTE = 9
_CARRIER_HZ = 13_560_000
_FRAME_BYTES = 3
_BLOCK_BYTES = 256
_DIVISORS = {106: 128, 424: 32, 848: 16}
SPEEDS_KBIT_S = tuple(_DIVISORS)


def air_ms(exchanges: Iterable[tuple[bytes, bytes]], kbit_s: int, chip_ms: float) -> float:
    """Of (command, response) pairs. ``chip_ms``: what the chip takes for each."""
    total = 0.0
    for command, response in exchanges:
        on_air = sum(map(_on_air_bytes, (command, response)))
        total += chip_ms + 1000 * on_air * _BITS_A_BYTE * _DIVISORS[kbit_s] / _CARRIER_HZ
    return total


def _on_air_bytes(apdu: bytes) -> int:
    blocks = -(-len(apdu) // (_BLOCK_BYTES - _FRAME_BYTES))
    return len(apdu) + blocks * _FRAME_BYTES + (blocks - 1) * _FRAME_BYTES
