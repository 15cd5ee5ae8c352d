"""The verdict on a visible digital seal: is it whole, who made it, is it valid now, does it go with this document?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time

from egate.checks import Check, CheckResult, Outcome, Reason, combined
from egate.document.crypto.public_keys import EcKey, PublicKey
from egate.document.crypto.signatures import Kind, Scheme, verify
from egate.document.errors import DocumentError, FormatError
from egate.document.mrz.zone import Mrz
from egate.document.pki.certificates import Certificate
from egate.document.pki.countries import certificate_countries
from egate.document.pki.path import judge_path
from egate.document.pki.seal_signers import SealSigners
from egate.document.pki.steps import Step, broken, step
from egate.document.pki.trust import TrustStore
from egate.document.seals.features import SealedDocument, read_features
from egate.document.seals.vds import Seal, is_seal, parse_seal
from egate.document.seals.vds_nc import NcSeal, is_nc_seal, parse_nc_seal

VDS_NC_SIGNER = "2.23.136.1.1.14.2"  # extended key usage of its signers
# Doc 9303-13: the hash is about as long as the curve's order.
_HASH_BY_BITS = ((224, "sha224"), (256, "sha256"), (384, "sha384"), (640, "sha512"))


@dataclass(frozen=True, slots=True)
class SealContext:
    """What a seal is judged against. ``mrz``: the printed zone of the document that is presented with it; ``now``:
    trusted time, aware."""

    mrz: Mrz
    trust: TrustStore
    signers: SealSigners
    now: datetime


def judge_seal(content: bytes, context: SealContext) -> CheckResult:
    """``content``: a bar code's bytes. Never raises; a bar code that is no seal is one that cannot be decoded."""
    try:
        if is_seal(content):
            steps = tuple(_judge_vds(parse_seal(content), context))
        elif is_nc_seal(content):
            steps = tuple(_judge_vds_nc(parse_nc_seal(content), context))
        else:
            raise FormatError("the bar code is no digital seal", Reason.SEAL_FORMAT)
    except DocumentError as error:
        return CheckResult(Check.DIGITAL_SEAL, Outcome.FAILED, Reason.SEAL_FORMAT, (error.reason,))
    worst = combined(each.outcome for each in steps)
    reason = next(each.reason for each in steps if each.outcome is worst)
    return CheckResult(Check.DIGITAL_SEAL, worst, reason, tuple(each.word for each in steps))


def _judge_vds(seal: Seal, context: SealContext) -> Iterator[Step]:
    document = read_features(seal)
    header = seal.header
    signer = context.signers.find(header.signer, header.certificate_reference)
    if signer is None:
        yield step("seal_signer", Reason.SEAL_SIGNER_UNKNOWN, Outcome.UNDETERMINED)
    else:
        yield _signature(signer, None, seal.signature, seal.signed_bytes)
        yield from _signer(signer, header.issuer, datetime.combine(header.signed, time.max, tzinfo=UTC), context)
    yield _binding(document, context.mrz)


def _judge_vds_nc(seal: NcSeal, context: SealContext) -> Iterator[Step]:
    signer = Certificate.from_der(seal.certificate_der, Reason.SEAL_FORMAT)
    yield _signature(signer, seal.hash, seal.signature, seal.signed_bytes)
    usage = signer.usage.extended
    yield step("seal_signer_usage", Reason.OK if VDS_NC_SIGNER in usage else Reason.CERT_USAGE)
    yield from _signer(signer, seal.issuer, context.now, context)
    today = context.now.date()
    early, late = seal.valid_from and today < seal.valid_from, seal.valid_until and today > seal.valid_until
    yield step("seal_validity", Reason.SEAL_VALIDITY if early or late else Reason.OK)
    yield _nc_binding(seal, context)


def _signature(signer: Certificate, hash_name: str | None, signature: bytes, signed: bytes) -> Step:
    """``hash_name`` None: the one that goes with the key."""
    try:
        key = signer.public_key()
        width = 2 * key.order_bytes if isinstance(key, EcKey) else 0
        kind = Kind.ECDSA_PLAIN if len(signature) == width else Kind.ECDSA
        holds = verify(key, Scheme(kind, hash_name or _hash_for(key)), signature, signed)
    except DocumentError as error:
        return broken("seal", error)
    return step("seal", Reason.OK if holds else Reason.SEAL_SIGNATURE)


def _hash_for(key: PublicKey) -> str:
    bits = int(key.curve.order).bit_length() if isinstance(key, EcKey) else 256
    return next(name for limit, name in _HASH_BY_BITS if bits <= limit)


def _signer(signer: Certificate, issuer: str, when: datetime, context: SealContext) -> Iterator[Step]:
    """Valid when it signed, of the state that the seal names, and that state vouches for it."""
    yield step("seal_signer_validity", Reason.OK if signer.is_valid_at(when) else Reason.SEAL_VALIDITY)
    allowed = certificate_countries(issuer)
    yield step("seal_country", Reason.OK if signer.country in allowed else Reason.CERT_COUNTRY)
    yield from judge_path(signer, context.trust, when, context.now).steps


def _binding(document: SealedDocument, mrz: Mrz) -> Step:
    """The sealed zone is the printed one, or the sealed passport number is that of this passport."""
    width = mrz.format.layout.width
    printed = mrz.text[:width], mrz.text[width : 2 * width]
    sealed = document.lines
    same_zone = bool(document.zone) and sealed[0] == printed[0] and printed[1].startswith(sealed[1])
    same_number = document.passport_number != "" and document.passport_number == mrz.document_number
    return step("seal_binding", Reason.OK if same_zone or same_number else Reason.SEAL_MISMATCH)


def _nc_binding(seal: NcSeal, context: SealContext) -> Step:
    """The number of the document; where the seal has none, the day of birth alone does not bind it."""
    same_number = seal.document_number != "" and seal.document_number == context.mrz.document_number
    try:
        birth = context.mrz.birth_date(context.now.date())
    except DocumentError:
        birth = None
    same_birth = seal.birth is None or seal.birth == birth
    return step("seal_binding", Reason.OK if same_number and same_birth else Reason.SEAL_MISMATCH)
