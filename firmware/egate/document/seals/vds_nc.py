"""Visible digital seals for non-constrained environments (VDS-NC): signed JSON in a bar code (Doc 9303-13, part B).

The signer's certificate travels within. What is signed is ``data`` in canonical form (RFC 8785).
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from egate.checks import Reason
from egate.document.errors import FormatError
from egate.document.seals.features import SealKind

MAX_SEAL_BYTES = 16 * 1024
_MAX_DEPTH = 16
_VERSION = 1
_KINDS = {
    "icao.vacc": SealKind.HEALTH_PROOF,
    "icao.test": SealKind.HEALTH_PROOF,
    "icao.dta": SealKind.TRAVEL_AUTHORISATION,
}
_HASHES = {"ES256": "sha256", "ES384": "sha384", "ES512": "sha512"}


@dataclass(frozen=True, slots=True, repr=False)
class NcSeal:
    """``issuer``: code of the issuing state; ``document_number``, ``birth``: of the holder, "" and None where the seal
    is silent; ``valid_from``, ``valid_until``: of a travel authorisation. ``signature``: r and s side by side, or DER.
    """

    kind: SealKind
    issuer: str
    document_number: str
    birth: date | None
    valid_from: date | None
    valid_until: date | None
    hash: str
    certificate_der: bytes
    signature: bytes
    signed_bytes: bytes

    def __repr__(self) -> str:
        return f"NcSeal({self.issuer}, {self.kind})"


def is_nc_seal(content: bytes) -> bool:
    """Whether a bar code's content may be one."""
    return content.lstrip()[:1] == b"{"


def parse_nc_seal(content: bytes) -> NcSeal:
    """Raises FormatError (SEAL_FORMAT)."""
    if len(content) > MAX_SEAL_BYTES:
        raise _bad("is longer than a bar code can be")
    try:
        seal = json.loads(content, parse_float=_refuse, parse_constant=_refuse, object_pairs_hook=_without_repeats)
        if isinstance(seal, list):  # some issuers wrap it; of several nobody knows which one is meant
            (seal,) = seal
        signed = canonical(seal["data"])
        return _read(seal["data"], seal["sig"], signed)
    except FormatError:
        raise
    # json raises UnicodeDecodeError and JSONDecodeError, both ValueErrors; the rest is what wrong shapes lead to.
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise _bad(f"is not signed JSON as it should be ({type(error).__name__})") from None


def canonical(value: Any, depth: int = 0) -> bytes:
    """RFC 8785 for what seals consist of: texts, whole numbers, lists, objects. Raises FormatError for all else."""
    if depth > _MAX_DEPTH:
        raise _bad("is nested too deeply")
    match value:
        case str() | bool() | None:
            return json.dumps(value, ensure_ascii=False).encode("utf-8")
        case int() if abs(value) < 1 << 53:
            return str(value).encode("ascii")
        case list():
            return b"[" + b",".join(canonical(item, depth + 1) for item in value) + b"]"
        case dict():
            # Sorted by UTF-16 code units, RFC 8785, 3.2.3.
            keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
            return b"{" + b",".join(canonical(k) + b":" + canonical(value[k], depth + 1) for k in keys) + b"}"
    raise _bad("holds a number that seals have not")


def _read(data: Mapping[str, Any], sig: Mapping[str, Any], signed: bytes) -> NcSeal:
    header, message = data["hdr"], data["msg"]
    if header["v"] != _VERSION or sig["alg"] not in _HASHES:
        raise _bad("has a version or an algorithm that is not known")
    person = message.get("pid", {})
    return NcSeal(
        kind=_KINDS.get(_text(header["t"]), SealKind.OTHER),
        issuer=_text(header["is"]),
        document_number=_text(person.get("i") or person.get("dn") or ""),
        birth=_day(person.get("dob")),
        valid_from=_day(message.get("vf")),
        valid_until=_day(message.get("vu")),
        hash=_HASHES[sig["alg"]],
        certificate_der=_decoded(sig["cer"]),
        signature=_decoded(sig["sigvl"]),
        signed_bytes=signed,
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _bad("has something else where a text should be")
    return value


def _day(value: Any) -> date | None:
    return None if value is None else date.fromisoformat(_text(value))


def _decoded(value: Any) -> bytes:
    """Base64url, with or without padding."""
    text = _text(value).rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise _bad("has a certificate or signature that is no base64url") from None


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a repeated name different readers would take different values."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _bad("has a name twice in one object")
    return found


def _refuse(_: str) -> Any:
    raise _bad("holds a number that seals have not")


def _bad(what: str) -> FormatError:
    return FormatError(f"the seal {what}", Reason.SEAL_FORMAT)
