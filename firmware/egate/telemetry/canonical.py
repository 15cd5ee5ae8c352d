"""JSON Canonicalization Scheme (RFC 8785): one value, one sequence of bytes, whoever writes it.

The hash chain needs that: a verifier in any language gets the same bytes from the same event.
"""

import json
import math
from collections.abc import Mapping, Sequence

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]

_EXACT = 2**53 - 1
_DECIMAL_FROM, _DECIMAL_BELOW = 1e-6, 1e21  # ECMAScript writes numbers in this range without an exponent


class NotCanonical(ValueError):
    """The value cannot be written in canonical form: a number that JSON does not hold exactly, or half a character."""


def canonical(value: Json) -> bytes:
    """The canonical UTF-8 bytes of ``value``. Raises NotCanonical."""
    try:
        return _text(value).encode()
    except UnicodeEncodeError:
        raise NotCanonical("a string holds a lone surrogate") from None


def _text(value: Json) -> str:
    if isinstance(value, str):
        return _string(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value) if abs(value) <= _EXACT else number_text(_as_double(value))
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, Mapping):
        # 3.2.3: members are ordered by the UTF-16 code units of their names
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{_string(name)}:{_text(value[name])}" for name in names) + "}"
    return "[" + ",".join(_text(item) for item in value) + "]"


_string = json.JSONEncoder(ensure_ascii=False).encode  # escapes exactly what 3.2.2.2 asks for


def _as_double(value: int) -> float:
    """JSON's numbers are doubles, and the shortest text of a large one is no exact whole number."""
    try:
        return float(value)
    except OverflowError:
        raise NotCanonical("a whole number is too large") from None


def number_text(value: float) -> str:
    """``value`` as ECMAScript's Number.prototype.toString writes it (3.2.2.3). Raises NotCanonical."""
    if not math.isfinite(value):
        raise NotCanonical("a number is not finite")
    if value == 0:
        return "0"  # minus zero too
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    point = len(whole) + int(exponent or 0)  # where the decimal point stands within the digits
    digits = (whole + fraction).lstrip("0")
    point -= len(whole + fraction) - len(digits)
    digits = digits.rstrip("0")
    if not _DECIMAL_FROM <= abs(value) < _DECIMAL_BELOW:
        tail = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{tail}e{point - 1:+d}"
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if point >= len(digits):
        return f"{sign}{digits}{'0' * (point - len(digits))}"
    return f"{sign}{digits[:point]}.{digits[point:]}"
