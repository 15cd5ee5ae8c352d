"""The verdict on a visible digital seal: is it whole, who made it, is it valid now, does it go with this document?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from egate.checks import Check, CheckResult, Outcome, Reason, combined
from egate.document.crypto.public_keys import EcKey, PublicKey
from egate.document.crypto.signatures import Kind, Scheme, verify
from egate.document.errors import DocumentError, FormatError, MrzError
from egate.document.mrz import dates
from egate.document.mrz.zone import Mrz
from egate.document.pki.certificates import Certificate
from egate.document.pki.countries import certificate_countries
from egate.document.pki.path import judge_path
from egate.document.pki.seal_signers import find_seal_signer, seal_signer_name
from egate.document.pki.steps import Step, broken, step
from egate.document.pki.trust import TrustStore
from egate.document.seals.features import SealedDocument, SealKind, read_features
from egate.document.seals.vds import Seal, is_seal, parse_seal
from egate.document.seals.vds_nc import NcSeal, is_nc_seal, parse_nc_seal

VDS_NC_SIGNER = "2.23.136.1.1.14.2"  # extended key usage of its signers
_WINDOW_YEARS = 15  # how far ahead what is sealed may expire
# Doc 9303-13: the hash is about as long as the curve's order.
_HASH_BY_BITS = ((224, "sha224"), (256, "sha256"), (384, "sha384"), (640, "sha512"))


@dataclass(frozen=True, slots=True)
class SealContext:
    """What a seal is judged against. ``mrz``: the printed zone of the document that is presented with it; ``now``:
    trusted time, aware."""

    mrz: Mrz
    trust: TrustStore
    now: datetime


@dataclass(frozen=True, slots=True, repr=False)
class SealInspection:
    """What a seal shows by itself, whatever document it comes with. ``issuer``: code of the issuing state; ``signer``:
    how the seal names who signed it; ``sealed``: what is personal in it."""

    kind: SealKind
    issuer: str
    signer: str
    steps: tuple[Step, ...]
    sealed: SealedDocument | NcSeal

    def __repr__(self) -> str:
        return f"SealInspection({self.issuer}, {self.kind})"


def judge_seals(contents: Iterable[bytes], context: SealContext) -> CheckResult:
    """The worst verdict on several seals, at least one: nobody chooses which of them counts."""
    results = [judge_seal(content, context) for content in contents]
    worst = combined(result.outcome for result in results)
    return next(result for result in results if result.outcome is worst)


def judge_seal(content: bytes, context: SealContext) -> CheckResult:
    """``content``: a bar code's bytes. Never raises; a bar code that is no seal is one that cannot be decoded."""
    try:
        inspection = inspect_seal(content, context.trust, context.now)
    except DocumentError as error:
        return CheckResult(Check.DIGITAL_SEAL, Outcome.FAILED, Reason.SEAL_FORMAT, (error.reason,))
    steps = (*inspection.steps, bind_seal(inspection, context.mrz, context.now.date()))
    worst = combined(each.outcome for each in steps)
    reason = next(each.reason for each in steps if each.outcome is worst)
    return CheckResult(Check.DIGITAL_SEAL, worst, reason, tuple(each.word for each in steps))


def inspect_seal(content: bytes, trust: TrustStore, now: datetime) -> SealInspection:
    """Everything but whether it goes with the document presented. Raises DocumentError where it cannot be decoded."""
    if is_seal(content):
        seal = parse_seal(content)
        document, header = read_features(seal), seal.header
        name = f"{header.signer} {header.certificate_reference}"
        return SealInspection(
            document.kind, header.issuer, name, tuple(_judge_vds(seal, document, trust, now)), document
        )
    if is_nc_seal(content):
        nc_seal = parse_nc_seal(content)
        signer = Certificate.from_der(nc_seal.certificate_der, Reason.SEAL_FORMAT)
        steps = tuple(_judge_vds_nc(nc_seal, signer, trust, now))
        return SealInspection(nc_seal.kind, nc_seal.issuer, seal_signer_name(signer), steps, nc_seal)
    raise FormatError("the bar code is no digital seal", Reason.SEAL_FORMAT)


def bind_seal(inspection: SealInspection, mrz: Mrz, today: date) -> Step:
    """Whether the seal goes with the document that bears this zone."""
    sealed = inspection.sealed
    bound = _nc_bound(sealed, mrz, today) if isinstance(sealed, NcSeal) else _bound(sealed, mrz)
    return step("seal_binding", Reason.OK if bound else Reason.SEAL_MISMATCH)


def _judge_vds(seal: Seal, document: SealedDocument, trust: TrustStore, now: datetime) -> Iterator[Step]:
    header = seal.header
    if document.zone:
        yield step("seal_period", _zone_period(document.expiry, now.date()))
    signer = find_seal_signer(trust, header.signer, header.certificate_reference)
    if signer is None:
        yield step("seal_signer", Reason.SEAL_SIGNER_UNKNOWN, Outcome.UNDETERMINED)
        return
    yield _signature(signer, None, seal.signature, seal.signed_bytes)
    signed = datetime.combine(header.signed, time.max, tzinfo=UTC)
    yield from _signer(signer, header.issuer, signed, trust, now)


def _zone_period(expiry: str, today: date) -> Reason:
    """The last day itself still counts."""
    if not dates.is_expiry(expiry):
        return Reason.SEAL_FORMAT
    try:
        return Reason.SEAL_VALIDITY if dates.expiry_date(expiry, today, _WINDOW_YEARS) < today else Reason.OK
    except MrzError:
        return Reason.SEAL_FORMAT


def _judge_vds_nc(seal: NcSeal, signer: Certificate, trust: TrustStore, now: datetime) -> Iterator[Step]:
    yield _signature(signer, seal.hash, seal.signature, seal.signed_bytes)
    usage = signer.usage.extended
    yield step("seal_signer_usage", Reason.OK if VDS_NC_SIGNER in usage else Reason.CERT_USAGE)
    yield from _signer(signer, seal.issuer, now, trust, now)
    today = now.date()
    early, late = seal.valid_from and today < seal.valid_from, seal.valid_until and today > seal.valid_until
    yield step("seal_period", Reason.SEAL_VALIDITY if early or late else Reason.OK)


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


def _signer(signer: Certificate, issuer: str, when: datetime, trust: TrustStore, now: datetime) -> Iterator[Step]:
    """Valid when it signed, of the state that the seal names, and that state vouches for it."""
    yield step("seal_signer_period", Reason.OK if signer.is_valid_at(when) else Reason.SEAL_VALIDITY)
    allowed = certificate_countries(issuer)
    yield step("seal_country", Reason.OK if signer.country in allowed else Reason.CERT_COUNTRY)
    yield from judge_path(signer, trust, when, now).steps


def _bound(document: SealedDocument, mrz: Mrz) -> bool:
    """The sealed zone is the printed one, or the sealed passport number is that of this passport."""
    width = mrz.format.layout.width
    printed = mrz.text[:width], mrz.text[width : 2 * width]
    sealed = document.lines
    same_zone = bool(document.zone) and sealed[0] == printed[0] and printed[1].startswith(sealed[1])
    return same_zone or (document.passport_number != "" and document.passport_number == mrz.document_number)


def _nc_bound(seal: NcSeal, mrz: Mrz, today: date) -> bool:
    """The number of the document; where the seal has none, the day of birth alone does not bind it."""
    try:
        birth = mrz.birth_date(today)
    except DocumentError:
        birth = None
    same_number = seal.document_number != "" and seal.document_number == mrz.document_number
    return same_number and (seal.birth is None or seal.birth == birth)
