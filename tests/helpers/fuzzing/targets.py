"""Everything that reads bytes of a stranger, in one table. Whoever writes a parser adds its line here."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from document_samples import NOW, passport, trust, utopia

from egate.checks import Reason
from egate.document import tlv
from egate.document.errors import DocumentError
from egate.document.lds.atr_info import parse_atr_info
from egate.document.lds.biometrics import parse_biometric_headers
from egate.document.lds.dg11 import parse_dg11
from egate.document.lds.dg12 import parse_dg12
from egate.document.lds.dg13 import parse_dg13
from egate.document.lds.dg16 import parse_dg16
from egate.document.lds.directory import parse_dir
from egate.document.lds.displayed_images import parse_dg5, parse_dg7
from egate.document.lds.face_image import parse_dg2
from egate.document.lds.files import Ef, parse_com, parse_dg1, parse_dg15
from egate.document.lds.security_infos import (
    ActiveAuthenticationInfo,
    ChipAuthenticationPublicKeyInfo,
    PaceDomainParameterInfo,
    SecurityInfos,
    parse_card_access,
    parse_dg14,
)
from egate.document.mrz.formats import Format
from egate.document.mrz.inspection import DocumentLimits, check_mrz
from egate.document.mrz.zone import Mrz
from egate.document.pki.certificates import Certificate
from egate.document.pki.cms import parse_signed_message
from egate.document.pki.passive_auth import passive_authentication
from egate.document.pki.sod import parse_sod
from egate.document.pki.trust import TrustStore
from egate_sim.passport.cms import signed_data
from egate_sim.passport.contents import MasterFile
from egate_sim.passport.lds import LDS_SECURITY_OBJECT, File
from egate_sim.passport.tlv import data_objects
from fuzzing import chips, seeds
from fuzzing.engine import Target

_LIMITS = DocumentLimits(formats=(Format.TD1, Format.TD2, Format.TD3), assisted=True)
_MASTER_LIST = "2.23.136.1.1.2"


def _judge(raw: bytes) -> None:
    """All of Passive Authentication, which never raises once the SOD is parsed."""
    groups = {int(file) & 0x1F: data for file, data in passport().data_groups.items()}
    passive_authentication(parse_sod(raw), groups, Mrz.from_lines(passport().mrz), trust(), NOW)


def _judge_signed(content: bytes) -> None:
    """An LDS security object that a genuine Document Signer signed, whatever it holds."""
    _judge(b"\x77\x83" + len(signed := _signed(LDS_SECURITY_OBJECT, content)).to_bytes(3) + signed)


def _read_master_list(raw: bytes) -> TrustStore:
    return TrustStore.from_master_list(raw, [utopia().csca.certificate_der], NOW)


def _read_signed_master_list(content: bytes) -> TrustStore:
    return _read_master_list(_signed(_MASTER_LIST, content))


def _signed(content_type: str, content: bytes) -> bytes:
    signer = utopia().master_list_signer if content_type == _MASTER_LIST else utopia().signer
    return signed_data(content_type, content, signer, datetime(2026, 1, 2, tzinfo=UTC))


def _contents(messages: Callable[[], list[bytes]]) -> list[bytes]:
    found = (parse_signed_message(raw, "a seed", Reason.SOD_FORMAT) for raw in messages())
    return [message.content for message in found]


def _sods_unwrapped() -> list[bytes]:
    return [next(data_objects(raw))[1] for raw in seeds.file(File.SOD)]


def _read_infos(parse: Callable[[bytes], SecurityInfos], raw: bytes) -> None:
    """The keys and groups of an entry are decoded when asked for; each may be wrong by itself."""
    for info in parse(raw).infos:
        try:
            match info:
                case ChipAuthenticationPublicKeyInfo():
                    info.key()
                case PaceDomainParameterInfo():
                    info.group()
                case ActiveAuthenticationInfo():
                    repr(info)
        except DocumentError:
            continue


def _read_certificate(raw: bytes) -> None:
    certificate = Certificate.from_der(raw)
    certificate.public_key()
    certificate.is_signed_by(certificate)


def _check_zone(raw: bytes) -> None:
    """Never raises, so any error is one of ours that leaked."""
    inspection = check_mrz(raw.decode("latin-1").split("\n"), NOW.date(), _LIMITS)
    if inspection.mrz is not None:
        inspection.mrz.differs_from(Mrz.from_lines(passport().mrz))


_TARGETS = (
    Target("tlv", lambda raw: list(tlv.read_all(raw)), seeds.objects, max_bytes=512),
    Target("mrz", _check_zone, seeds.zones, max_bytes=256, max_steps=2_000_000),
    # the chip's files
    Target("com", parse_com, partial(seeds.file, File.COM), max_bytes=512),
    Target("dg1", parse_dg1, partial(seeds.file, File.DG1), max_bytes=512),
    Target("dg2", parse_dg2, seeds.portraits),
    Target("dg3", lambda raw: parse_biometric_headers(raw, Ef.DG3), partial(seeds.file, File.DG3)),
    Target("dg4", lambda raw: parse_biometric_headers(raw, Ef.DG4), seeds.irises),
    Target("dg5", parse_dg5, seeds.displayed_portraits),
    Target("dg7", parse_dg7, partial(seeds.file, File.DG7)),
    Target("dg11", parse_dg11, seeds.personal_details),
    Target("dg12", parse_dg12, seeds.document_details),
    Target("dg13", parse_dg13, partial(seeds.file, File.DG13), max_bytes=256),
    Target("dg14", partial(_read_infos, parse_dg14), partial(seeds.file, File.DG14)),
    Target("dg15", parse_dg15, partial(seeds.file, File.DG15), max_bytes=1024),
    Target("dg16", parse_dg16, partial(seeds.file, File.DG16)),
    Target("atr_info", parse_atr_info, partial(seeds.master_file, MasterFile.ATR_INFO), max_bytes=256),
    Target("directory", parse_dir, partial(seeds.master_file, MasterFile.DIR), max_bytes=256),
    Target("card_access", partial(_read_infos, parse_card_access), partial(seeds.master_file, MasterFile.CARD_ACCESS)),
    # what is signed
    Target("sod", _judge, partial(seeds.file, File.SOD), max_bytes=8192, max_steps=500_000),
    Target("sod_content", _judge_signed, lambda: _contents(_sods_unwrapped), max_steps=500_000),
    Target("certificate", _read_certificate, seeds.certificates),
    Target("crl", trust().with_revocation_list, lambda: [utopia().crl]),
    Target("master_list", _read_master_list, seeds.master_lists, max_bytes=8192, max_steps=500_000),
    Target("master_list_content", _read_signed_master_list, lambda: _contents(seeds.master_lists), max_steps=500_000),
    # the chip's answers
    Target("secure_messaging", chips.open_answer, chips.answers, max_bytes=512),
    Target("plan", chips.inspect_hostile_chip, chips.edits, max_bytes=512, max_steps=5_000_000),
)
TARGETS = {target.name: target for target in _TARGETS}
