"""Active Authentication (Doc 9303-11, 6.1): the chip signs our challenge with a key that it never gives away.

This proves that the chip is not a copy, provided that Passive Authentication has bound the key in DG15 to the issuer.

An answer is as long as the key, so with larger keys it does not fit into a short APDU. Chips handle that in every way:
some announce extended length, some have it and do not say so, some cut the answer off and report success, some answer
nothing at all. So the other length is tried before a proof is called missing, each time with a fresh challenge.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from egate.document.chip.apdu import SHORT_LE, Response, internal_authenticate
from egate.document.chip.channel import Channel, Exchange
from egate.document.chip.steps import ReaderCapacity
from egate.document.crypto import iso9796
from egate.document.crypto.public_keys import EcKey, PublicKey, RsaKey
from egate.document.crypto.signatures import HASHES, Kind, Scheme, scheme_for_oid, verify
from egate.document.crypto.symmetric import RandomBytes
from egate.document.errors import SecureMessagingError, UnsupportedError

CHALLENGE_BYTES = 8
_MAX_DER_OVERHEAD_BYTES = 9
_SW_BYTES = 2
_TOO_LONG = "the signature is longer than this reader can carry"


class Proof(StrEnum):
    """How INTERNAL AUTHENTICATE ended. TRUNCATED and EMPTY: the chip reported success, with less than a signature."""

    HOLDS = "holds"
    WRONG = "wrong"
    TRUNCATED = "truncated"
    EMPTY = "empty"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ActiveAuthentication:
    """``hash``: with which the signature holds, "" where it does not; ``status``: the chip's last status word."""

    proof: Proof
    key: PublicKey
    status: int
    hash: str = ""

    def __post_init__(self) -> None:
        if (self.proof is Proof.HOLDS) != bool(self.hash):
            raise ValueError("a signature holds with a hash, and only then")

    def __repr__(self) -> str:
        return f"ActiveAuthentication({self.proof}, {self.key.name})"


def authenticate_actively(
    channel: Channel, key: PublicKey, algorithm: str | None, random_bytes: RandomBytes
) -> Exchange[ActiveAuthentication]:
    """One round trip, a second one where the length of the answer was the trouble.

    ``key``: from DG15; ``algorithm``: see ``verify_response``. Raises UnsupportedError (algorithm, or an answer longer
    than the reader carries), SecureMessagingError, ProtocolError.
    """
    for extended in _lengths(channel, key):
        challenge = random_bytes(CHALLENGE_BYTES)
        response = yield from _internal_authenticate(channel, challenge, key, extended)
        result = judge_response(key, algorithm, challenge, response)
        if not _length_was_the_trouble(result, response):
            break
    if response.is_length_error and not _fits(channel, key, channel.capacity.max_response_bytes):
        raise UnsupportedError(_TOO_LONG)
    return result


def _lengths(channel: Channel, key: PublicKey) -> Iterator[bool]:
    """Whether to ask with extended length: what is likelier to go well, then the other where the reader has it."""
    short = ReaderCapacity().max_response_bytes
    fits = _fits(channel, key, short)
    can_extend = (
        _fits(channel, key, channel.capacity.max_response_bytes) and channel.capacity.max_response_bytes > short
    )
    announced = channel.max_response_bytes > short
    if fits or not (can_extend and announced):
        yield False
        if can_extend:
            yield True
    else:
        yield True
        yield False


def _fits(channel: Channel, key: PublicKey, response_bytes: int) -> bool:
    secure = channel.secure
    room = response_bytes - _SW_BYTES if secure is None else secure.max_response_data(response_bytes)
    return max_signature_bytes(key) <= room


def _internal_authenticate(channel: Channel, challenge: bytes, key: PublicKey, extended: bool) -> Exchange[Response]:
    le = max(max_signature_bytes(key), SHORT_LE) if extended else SHORT_LE
    try:
        return (yield from channel.exchange(internal_authenticate(challenge, le, extended)))
    except SecureMessagingError:
        if extended or _fits(channel, key, ReaderCapacity().max_response_bytes):
            raise
        # Cut short on its way: that says nothing about the chip.
        raise UnsupportedError(_TOO_LONG) from None


def _length_was_the_trouble(result: ActiveAuthentication, response: Response) -> bool:
    return result.proof in (Proof.TRUNCATED, Proof.EMPTY) or (
        result.proof is Proof.REFUSED and response.is_length_error
    )


def max_signature_bytes(key: PublicKey) -> int:
    """How long an answer with this key can be; an ECDSA signature may come as a DER sequence."""
    return key.size_bytes if isinstance(key, RsaKey) else 2 * key.order_bytes + _MAX_DER_OVERHEAD_BYTES


def judge_response(key: PublicKey, algorithm: str | None, challenge: bytes, response: Response) -> ActiveAuthentication:
    """What the chip's answer to INTERNAL AUTHENTICATE is worth. Raises UnsupportedError."""
    if not response.ok:
        return ActiveAuthentication(Proof.REFUSED, key, response.status)
    name = verify_response(key, algorithm, challenge, response.data)
    if name is not None:
        return ActiveAuthentication(Proof.HOLDS, key, response.status, name)
    if not response.data:
        return ActiveAuthentication(Proof.EMPTY, key, response.status)
    short = isinstance(key, RsaKey) and len(response.data) < key.size_bytes
    return ActiveAuthentication(Proof.TRUNCATED if short else Proof.WRONG, key, response.status)


def verify_response(key: PublicKey, algorithm: str | None, challenge: bytes, signature: bytes) -> str | None:
    """The hash with which ``signature`` is the chip's over ``challenge``; None where it is not.

    ``algorithm``: object identifier in DG14's ActiveAuthenticationInfo, None where there is none; RSA states its hash
    in the signature itself. Raises UnsupportedError.
    """
    if isinstance(key, RsaKey):
        return iso9796.verify(key, signature, challenge)
    return _verify_ecdsa(key, algorithm, challenge, signature)


def _verify_ecdsa(key: EcKey, algorithm: str | None, challenge: bytes, signature: bytes) -> str | None:
    """Doc 9303-11 wants r and s side by side (BSI TR-03111); some chips send a DER sequence.

    Without a stated hash those come first that are no longer than the key, as Doc 9303-11 wants them; a chip that
    takes a longer one has proven the same.
    """
    kinds = (Kind.ECDSA_PLAIN, Kind.ECDSA) if len(signature) == 2 * key.order_bytes else (Kind.ECDSA,)
    names = (scheme_for_oid(algorithm).hash,) if algorithm is not None else _hashes_for(key)
    candidates = (Scheme(kind, name) for kind in kinds for name in names)
    return next((scheme.hash for scheme in candidates if verify(key, scheme, signature, challenge)), None)


def _hashes_for(key: EcKey) -> list[str]:
    by_size = sorted(HASHES, key=lambda name: HASHES[name].digest_size, reverse=True)
    return sorted(by_size, key=lambda name: HASHES[name].digest_size > key.order_bytes)
