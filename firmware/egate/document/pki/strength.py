"""Whether an algorithm is strong enough to prove anything. A signature that holds with a weak one shows nothing."""

from datetime import datetime

from egate.checks import Reason
from egate.document.crypto.public_keys import EcKey, PublicKey, RsaKey
from egate.document.crypto.signatures import Scheme
from egate.document.pki.rules import TrustRules
from egate.document.pki.steps import Step, step

_SHA1 = "sha1"


def judge_hash(subject: str, hash_name: str, since: datetime, rules: TrustRules) -> Step:
    """``since``: from when the signer's certificate is valid, which its issuer fixed and no holder of its key can
    move. An accepted SHA-1 stays visible in the step's word. (MD5 and older are refused where they are decoded.)"""
    if hash_name != _SHA1:
        return step(f"{subject}_strength")
    word = f"{subject}_{_SHA1}"
    return step(word, Reason.OK if since.year < rules.sha1_before_year else Reason.ALGORITHM_WEAK)


def judge_signature_strength(subject: str, how: Scheme, key: PublicKey, since: datetime, rules: TrustRules) -> Step:
    """Hash and key of one signature."""
    if not _is_long_enough(key, rules):
        return step(f"{subject}_{key.name}", Reason.ALGORITHM_WEAK)
    return judge_hash(subject, how.hash, since, rules)


def _is_long_enough(key: PublicKey, rules: TrustRules) -> bool:
    if isinstance(key, RsaKey):
        return key.modulus.bit_length() >= rules.min_rsa_bits
    assert isinstance(key, EcKey)  # noqa: S101 - the other half of the union
    return int(key.curve.order).bit_length() >= rules.min_ec_bits
