"""Makes one input from others: bytes altered, cut, put in, and data objects altered with the lengths around them."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_INTERESTING = b"\x00\x01\x02\x1f\x20\x2f\x30\x31\x3c\x3f\x5f\x60\x7f\x80\x81\x82\x83\x84\x85\xa0\xfe\xff"
_LENGTHS = (0, 1, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0xFFFFFFFF)
_MAX_DEPTH = 24
_CONSTRUCTED = 0x20
_MOST_MUTATIONS = 4


def mutate(parent: bytes, others: Sequence[bytes], rng: random.Random, max_bytes: int) -> bytes:
    """A child of ``parent``, at most ``max_bytes`` long; ``others`` lend parts of themselves."""
    child = parent
    for _ in range(rng.randint(1, _MOST_MUTATIONS)):
        child = rng.choice(_MUTATIONS)(child, rng.choice(others), rng)
    return child[:max_bytes]


def _flip(data: bytes, _: bytes, rng: random.Random) -> bytes:
    return _altered(data, rng, lambda byte: byte ^ 1 << rng.randrange(8))


def _interesting(data: bytes, _: bytes, rng: random.Random) -> bytes:
    return _altered(data, rng, lambda _: rng.choice(_INTERESTING))


def _any_byte(data: bytes, _: bytes, rng: random.Random) -> bytes:
    return _altered(data, rng, lambda _: rng.randrange(256))


def _count(data: bytes, _: bytes, rng: random.Random) -> bytes:
    return _altered(data, rng, lambda byte: (byte + rng.choice((-1, 1))) % 256)


def _altered(data: bytes, rng: random.Random, change: Callable[[int], int]) -> bytes:
    if not data:
        return bytes([change(0)])
    at = rng.randrange(len(data))
    return data[:at] + bytes([change(data[at])]) + data[at + 1 :]


def _cut(data: bytes, _: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:start] + data[end:]


def _shorten(data: bytes, _: bytes, rng: random.Random) -> bytes:
    return data[: rng.randint(0, len(data))]


def _double(data: bytes, _: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:end] + data[start:]


def _insert(data: bytes, _: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + rng.randbytes(rng.randint(1, 8)) + data[at:]


def _splice(data: bytes, other: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    first, last = _span(other, rng)
    return data[:start] + other[first:last] + data[end:]


def _cross(data: bytes, other: bytes, rng: random.Random) -> bytes:
    return data[: rng.randint(0, len(data))] + other[rng.randint(0, len(other)) :]


def _write_length(data: bytes, _: bytes, rng: random.Random) -> bytes:
    width = rng.choice((1, 2, 4))
    number = (rng.choice(_LENGTHS) % (1 << 8 * width)).to_bytes(width)
    at = rng.randint(0, len(data))
    return data[:at] + number + data[at + width :]


def _span(data: bytes, rng: random.Random) -> tuple[int, int]:
    start = rng.randint(0, len(data))
    return start, min(len(data), start + rng.choice((1, 2, 4, 16, 64, 256)))


@dataclass
class _Object:
    """A data object: its children where its value consists of some, else its value. Also, as a root, a row of them."""

    tag: bytes
    value: bytes
    children: list["_Object"]

    def encoded(self) -> bytes:
        content = b"".join(child.encoded() for child in self.children) if self.children else self.value
        return self.tag + _length(len(content)) + content if self.tag else content


def _objects(data: bytes, rng: random.Random) -> bytes:
    """Change one data object; the lengths of those around it follow, so that the damage is met where it was done."""
    root = _Object(b"", data, _parsed(data, 0) or [])
    parents = [item for item in _walk(root) if item.children]
    if not parents:
        return _flip(data, b"", rng)
    parent = rng.choice(parents)
    at = rng.randrange(len(parent.children))
    child = parent.children[at]
    match rng.randrange(7):
        case 0:
            del parent.children[at]
        case 1:
            parent.children.insert(at, child)
        case 2:
            rng.shuffle(parent.children)
        case 3:
            child.value, child.children = rng.choice((b"", rng.randbytes(rng.randint(1, 40)))), []
        case 4:
            child.value, child.children = _any_byte(child.value, b"", rng) if child.value else b"\0", []
        case 5:
            child.tag = rng.choice([item.tag for item in _walk(root) if item.tag])
        case 6:
            parent.children.insert(at, rng.choice([item for item in _walk(root) if not item.children]))
    return root.encoded()


def _walk(item: _Object) -> list[_Object]:
    found = [item]
    for child in item.children:
        found += _walk(child)
    return found


def _parsed(data: bytes, depth: int) -> list[_Object] | None:
    """The objects of which ``data`` consists; None where it does not. Values that look like objects are taken apart."""
    found, at = [], 0
    while at < len(data):
        header = _header(data, at)
        if header is None:
            return None
        start, end = header
        value = data[start:end]
        nested = data[at] & _CONSTRUCTED or (len(value) > 4 and value[0] in b"\x30\x31\x04\x03")
        children = _parsed(value, depth + 1) if nested and depth < _MAX_DEPTH else None
        found.append(_Object(_tag(data, at), value, children or []))
        at = end
    return found


def _tag(data: bytes, at: int) -> bytes:
    end = at + 1
    if data[at] & 0x1F == 0x1F:
        while end < len(data) and data[end] & 0x80:
            end += 1
        end += 1
    return data[at:end]


def _header(data: bytes, at: int) -> tuple[int, int] | None:
    """(start, end) of the value at ``at``; None where it is not all there."""
    start = at + len(_tag(data, at))
    if start >= len(data):
        return None
    length = data[start]
    start += 1
    if length >= 0x80:
        width = length & 0x7F
        if not 1 <= width <= 4 or start + width > len(data):
            return None
        length, start = int.from_bytes(data[start : start + width]), start + width
    return (start, start + length) if start + length <= len(data) else None


def _length(number: int) -> bytes:
    if number < 0x80:
        return bytes([number])
    digits = number.to_bytes((number.bit_length() + 7) // 8)
    return bytes([0x80 | len(digits)]) + digits


def _structure(data: bytes, _: bytes, rng: random.Random) -> bytes:
    return _objects(data, rng)


_MUTATIONS: tuple[Callable[[bytes, bytes, random.Random], bytes], ...] = (
    _flip,
    _interesting,
    _any_byte,
    _count,
    _cut,
    _shorten,
    _double,
    _insert,
    _splice,
    _cross,
    _write_length,
    *(_structure,) * 6,  # as often as all that tear the structure apart
)
