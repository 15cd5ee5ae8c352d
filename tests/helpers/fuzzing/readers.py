"""What the targets run where it is more than one parser: as far as the inspection itself would go with such bytes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import numpy as np
from document_samples import NOW, passport, trust, utopia

from egate.document.crypto.iso9796 import verify_representative
from egate.document.errors import DocumentError
from egate.document.inspection.seal import SealContext, judge_seal
from egate.document.lds.dg11 import parse_dg11
from egate.document.lds.security_infos import (
    ChipAuthenticationPublicKeyInfo,
    PaceDomainParameterInfo,
    SecurityInfos,
)
from egate.document.mrz.formats import Format
from egate.document.mrz.inspection import DocumentLimits, check_mrz
from egate.document.mrz.names import Name, names_agree
from egate.document.mrz.zone import Mrz
from egate.document.pki.bundle import Bundle, Section
from egate.document.pki.bundle_trust import BundleTrust, decode_entry, defect_item
from egate.document.pki.card_security import verify_card_security
from egate.document.pki.certificates import Certificate
from egate.document.pki.cvc.certificate import parse_cv_certificates
from egate.document.pki.cvc.chain import TerminalCertificates, TerminalChain
from egate.document.pki.defect_list import DEFECT_LIST, DEVIATION_LIST, decode_entries
from egate.document.pki.defects import Document, judge_defects
from egate.document.pki.passive_auth import passive_authentication
from egate.document.pki.path import judge_path
from egate.document.pki.sod import parse_sod
from egate.document.pki.trust import TrustStore
from egate.face.verification.portrait import decode
from egate_sim.passport.cms import signed_data
from egate_sim.passport.lds import LDS_SECURITY_OBJECT
from egate_sim.passport.seals import seal_signer
from fuzzing.seeds import CHALLENGE

_LIMITS = DocumentLimits(formats=(Format.TD1, Format.TD2, Format.TD3), assisted=True)
_KEPT_SIDE_PX = 1024
_MASTER_LIST = "2.23.136.1.1.2"


def judge_sod(raw: bytes) -> None:
    """All of Passive Authentication, which never raises once the SOD is parsed."""
    groups = {int(file) & 0x1F: data for file, data in passport().data_groups.items()}
    passive_authentication(parse_sod(raw), groups, Mrz.from_lines(passport().mrz), trust(), NOW)


def judge_signed_object(content: bytes) -> None:
    """An LDS security object that a genuine Document Signer signed, whatever it holds."""
    judge_sod(b"\x77\x83" + len(signed := _signed(LDS_SECURITY_OBJECT, content)).to_bytes(3) + signed)


def read_master_list(raw: bytes) -> TrustStore:
    return TrustStore.from_master_list(raw, [utopia().csca.certificate_der], NOW)


def read_signed_master_list(content: bytes) -> TrustStore:
    return read_master_list(_signed(_MASTER_LIST, content))


def _signed(content_type: str, content: bytes) -> bytes:
    signer = utopia().master_list_signer if content_type == _MASTER_LIST else utopia().signer
    return signed_data(content_type, content, signer, datetime(2026, 1, 2, tzinfo=UTC))


def read_infos(parse: Callable[[bytes], SecurityInfos], raw: bytes) -> None:
    """The keys and groups of an entry are decoded when asked for; each may be wrong by itself."""
    for info in parse(raw).infos:
        try:
            match info:
                case ChipAuthenticationPublicKeyInfo():
                    info.key()
                case PaceDomainParameterInfo():
                    info.group()
        except DocumentError:
            continue


def read_certificate(raw: bytes) -> None:
    certificate = Certificate.from_der(raw)
    certificate.public_key()
    certificate.is_signed_by(certificate)


def check_zone(raw: bytes) -> None:
    """Never raises, so any error is one of ours that leaked."""
    inspection = check_mrz(raw.decode("latin-1").split("\n"), NOW.date(), _LIMITS)
    if inspection.mrz is not None:
        inspection.mrz.differs_from(Mrz.from_lines(passport().mrz))


def compare_name(raw: bytes) -> None:
    """DG11's full name with the zone's, whole and cut."""
    full_name = parse_dg11(raw).full_name
    for field in ("DOE<<JANE".ljust(39, "<"), "AE" * 19 + "A"):
        if full_name is not None:
            names_agree(Name.read(field), full_name.divided)


def read_revocation_list(raw: bytes) -> None:
    trust().with_revocation_list(raw)


def read_defect_list(raw: bytes) -> None:
    """First byte: which kind of list."""
    kind = DEFECT_LIST if raw[:1] == b"\1" else DEVIATION_LIST
    certificate = _signer()
    document = Document("P", "X1", NOW)
    for entry in decode_entries(kind, raw[1:], "UT"):
        entry.concerns(certificate, document)
        decode_entry(defect_item(entry).content)
        judged = tuple(judge_defects(entry.defects))
        repr((entry, judged))


def read_card_security(raw: bytes) -> None:
    verify_card_security(raw, trust(), NOW, Mrz.from_lines(passport().mrz))


def read_bundle(raw: bytes) -> None:
    """As if its signature held: whoever builds one may err."""
    bundle = Bundle.open_unverified(raw)
    believed = BundleTrust(bundle=bundle)
    believed.crls()
    believed.seal_signers_of("UT")
    judge_path(_signer(), believed, NOW, NOW)
    believed.certificates_in(Section.CSCA)


@cache
def _signer() -> Certificate:
    return Certificate.from_der(utopia().signer.certificate_der)


def read_cv_certificates(raw: bytes) -> TerminalChain:
    """Certificates of a terminal, one after the other; the first names the trust point."""
    certificates = parse_cv_certificates(raw)
    references = [each.holder_reference for each in certificates[:1]]
    return TerminalCertificates(certificates).chain(references, NOW.date())


def recover_message(opened: bytes) -> str | None:
    return verify_representative(opened, CHALLENGE)


def decode_portrait(raw: bytes) -> None:
    """What comes is a picture that the networks can take."""
    pixels = decode(raw)
    height, width, colours = pixels.shape
    if pixels.dtype != np.uint8 or colours != 3 or not 0 < max(height, width) <= _KEPT_SIDE_PX:
        raise AssertionError(f"a picture of {pixels.shape}, {pixels.dtype}")


def judge_bar_code(raw: bytes) -> None:
    """Never raises."""
    judge_seal(raw, _seal_context())


@cache
def _seal_context() -> SealContext:
    signer = Certificate.from_der(seal_signer(utopia()).certificate_der)
    return SealContext(Mrz.from_lines(passport().mrz), replace(trust(), seal_signers=(signer,)), NOW)
