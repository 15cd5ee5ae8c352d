"""Inputs to begin with: files of simulated documents of every generation, and what the simulator does not write, by
hand. They make the corpora; runs and tests read those from tests/fuzz/corpus."""

import hashlib
import io
from datetime import UTC, datetime, timedelta
from functools import cache

from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from document_samples import HOLDER, NOW, utopia
from PIL import Image

from egate.document.pki.bundle_builder import BundleBuilder, SourceFile
from egate.document.pki.defect_list import DEFECT_LIST, DEVIATION_LIST
from egate_sim.passport import der, lds
from egate_sim.passport.authority_keys import Rsa
from egate_sim.passport.contents import MasterFile, Passport
from egate_sim.passport.cvca import terminal_chain
from egate_sim.passport.issue import issue
from egate_sim.passport.lds import File
from egate_sim.passport.profiles import PROFILES
from egate_sim.passport.seals import seal_signer, travel_authorisation, visa_seal
from egate_sim.passport.security_infos import ef_cvca
from egate_sim.passport.state import master_list, renew_csca
from egate_sim.passport.tlv import data_object, data_objects

CHALLENGE = bytes(range(8))
_JP2_HEADER = bytes.fromhex("0000000c6a5020200d0a870a")
_CODESTREAM = bytes.fromhex("ff4fff51002f00000000003c00000050") + bytes(8)


@cache
def small_portrait() -> bytes:
    """A JPEG of few bytes, so that what is around it is most of the file."""
    stream = io.BytesIO()
    Image.new("RGB", (24, 32), (90, 120, 60)).save(stream, "JPEG", quality=20)
    return stream.getvalue()


@cache
def passports() -> tuple[Passport, ...]:
    return tuple(issue(utopia(), HOLDER, small_portrait(), profile) for profile in PROFILES.values())


def file(name: File) -> list[bytes]:
    """Every form in which the simulated generations write this file."""
    return sorted({passport.files[name] for passport in passports() if name in passport.files})


def master_file(name: MasterFile) -> list[bytes]:
    return sorted({passport.master_files[name] for passport in passports() if name in passport.master_files})


def card_accesses() -> list[bytes]:
    return master_file(MasterFile.CARD_ACCESS)


def trust_points() -> list[bytes]:
    return [ef_cvca("UTSIMCVCA00001"), ef_cvca("UTSIMCVCA00002", "UTSIMCVCA00001")]


def objects() -> list[bytes]:
    """Data objects of every form of tag and length."""
    return [
        bytes.fromhex(raw) for raw in ("0400", "5f1f01aa", "7f49810155", "04820001aa", "0484000000 01aa", "a0020500")
    ]


def portraits() -> list[bytes]:
    jpeg2000 = _JP2_HEADER + _CODESTREAM
    several = lds.dg2(small_portrait())
    return [*file(File.DG2), several.replace(small_portrait(), jpeg2000.ljust(len(small_portrait()), b"\0"))]


def irises() -> list[bytes]:
    return [lds.dg4(b"random"), _retagged(file(File.DG3)[0], 0x76)]


def displayed_portraits() -> list[bytes]:
    return [data_object(0x65, data_object(0x02, b"\x01"), data_object(0x5F40, small_portrait()))]


def personal_details() -> list[bytes]:
    """Names in both nestings, dates in both forms."""
    names = data_object(0x5F0F, b"ROE<<RICHARD")
    nested = data_object(0xA0, data_object(0x02, b"\x02"), names, names)
    listed = data_object(0x5C, bytes.fromhex("5f0e5f0f5f105f2b5f115f425f125f165f17"))
    fields = (
        (0x5F0E, "DÖ<<JANE".encode()),
        (0x5F10, b"1"),
        (0x5F2B, bytes.fromhex("19900203")),
        (0x5F11, b"A<B"),
        (0x5F42, b"WAY 1<CITY"),
        (0x5F12, b"+1"),
        (0x5F16, small_portrait()),
        (0x5F17, b"X1<X2"),
    )
    rest = b"".join(data_object(tag, value) for tag, value in fields)
    return [*file(File.DG11), data_object(0x6B, listed, nested, rest), data_object(0x6B, listed, names, names)]


def full_names() -> list[bytes]:
    """Letters with one and with several spellings, in a row, and those that nobody transliterates."""
    names = ("DOE<<JANE", "DOË, JÅNE", "Ä" * 20 + "A<<Ö", "ÆÞÑ<ß<<Ü", "赵彬", "Иванов<<Щ", "علي<<")
    listed = data_object(0x5C, bytes.fromhex("5f0e"))
    return [data_object(0x6B, listed, data_object(0x5F0E, name.encode())) for name in names]


def document_details() -> list[bytes]:
    listed = data_object(0x5C, bytes.fromhex("5f1a5f1b5f265f1d5f555f56"))
    persons = data_object(0xA0, data_object(0x02, b"\x01"), data_object(0x5F1A, b"ROE<<ANN"))
    moments = data_object(0x5F55, b"20260101120000"), data_object(0x5F55, bytes.fromhex("20260101120000"))
    front = data_object(0x5F1D, small_portrait())
    whole = [data_object(0x6C, listed, persons, data_object(0x5F1B, b"SEE"), moment, front) for moment in moments]
    return [*file(File.DG12), *whole]


def zones() -> list[bytes]:
    """One line a line: a booklet's, a card's of each size, a visa's."""
    td1 = b"I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
    td2 = b"I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
    visa = b"V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<"
    return [*{"\n".join(passport.mrz).encode() for passport in passports()}, td1, td2, visa]


def certificates() -> list[bytes]:
    state = utopia()
    signers = (state.csca, state.signer, state.revoked_signer, state.master_list_signer, state.signer_of("I"))
    return [renew_csca(state, new_name=True).link, *(signer.certificate_der for signer in signers)]


def master_lists() -> list[bytes]:
    renewal = renew_csca(utopia(), new_name=True)
    return [master_list(utopia(), [utopia()]), master_list(utopia(), [utopia(), renewal.state], [renewal.link])]


def revocation_lists() -> list[bytes]:
    return [utopia().crl]


def security_objects() -> list[bytes]:
    """What the Document Signers sign."""
    return [_content(next(data_objects(raw))[1]) for raw in file(File.SOD)]


def master_list_contents() -> list[bytes]:
    return [_content(raw) for raw in master_lists()]


def card_verifiable_certificates() -> list[bytes]:
    """A chain with its trust point, on curves and with RSA; and single certificates."""
    state = utopia()
    chains = [terminal_chain(state.country, state.secret, state.founded, kind) for kind in (None, Rsa())]
    whole = [b"".join((chain.trust_point.certificate, *chain.certificates)) for chain in chains]
    return [*whole, *chains[0].certificates]


def seals() -> list[bytes]:
    zone = "V<UTODOE<<JANE".ljust(44, "<"), "L8988901C4UTO9002031F2605063".ljust(44, "<")
    return [visa_seal(seal_signer(utopia()), "UTO", zone, HOLDER.number, utopia().founded)]


def seals_in_json() -> list[bytes]:
    signer = seal_signer(utopia(), "NC", vds_nc=True)
    return [travel_authorisation(signer, "UTO", HOLDER.number, HOLDER.birth, HOLDER.expiry)]


def recovered_messages() -> list[bytes]:
    """What RSA opens of a signature with message recovery: header, message, hash, trailer (ISO/IEC 9796-2)."""
    message = b"nonce" + CHALLENGE
    with_trailer = (("sha1", b"\xbc"), ("sha1", b"\x33\xcc"), ("sha256", b"\x34\xcc"), ("sha512", b"\x35\xcc"))
    partial = [b"\x6a" + b"nonce" + hashlib.new(name, message).digest() + end for name, end in with_trailer]
    return [*partial, b"\x4b\xba" + message + hashlib.sha1(message).digest() + b"\xbc"]


def defect_lists() -> list[bytes]:
    """First byte: 0 for a deviation list, 1 for a defect list; then what it signs."""
    signer = utopia().signer.certificate
    named = signer.issuer.public_bytes(), der.integer(signer.serial_number)
    by_key = der.implicit(2, bytes(20))
    day = datetime(2026, 1, 1, tzinfo=UTC)
    period = data_object(0xA4, der.generalized_time(day), der.generalized_time(day))
    numbers = data_object(0xA5, der.printable_string("X1"), der.printable_string("X2"))
    criteria = data_object(0xA1, *named), by_key, der.implicit(3, bytes(32))
    documents = [der.sequence(der.implicit(0, b"P"), each, period, numbers) for each in criteria]
    kinds = [der.sequence(der.oid(f"{DEVIATION_LIST}.2.1"), der.explicit(0, der.set_of(der.integer(2))))]
    kinds += [der.sequence(der.printable_string("it"), der.oid(f"{DEVIATION_LIST}.1.1"))]
    algorithm = der.sequence(der.oid("2.16.840.1.101.3.4.2.1"))
    deviations = der.set_of(*(der.sequence(each, der.set_of(*kinds)) for each in documents))
    known = der.sequence(der.oid(f"{DEFECT_LIST}.1.1"), der.enumerated(1))
    defects = der.set_of(der.sequence(der.sequence(*named), der.octet_string(bytes(32)), der.set_of(known)))
    return [
        b"\0" + der.sequence(der.integer(0), algorithm, deviations),
        b"\1" + der.sequence(der.integer(0), der.oid("2.16.840.1.101.3.4.2.1"), defects),
    ]


def card_securities() -> list[bytes]:
    return master_file(MasterFile.CARD_SECURITY)


def bundles() -> list[bytes]:
    """One with each kind of item that the simulator has."""
    state = utopia()
    builder = BundleBuilder(NOW, simulation=True)
    builder.add_csca(SourceFile("csca", state.csca.certificate_der))
    builder.add_crl(SourceFile("crl", state.crl))
    builder.add_seal_signer(SourceFile("seal signer", seal_signer(state).certificate_der))
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    return [builder.seal(key, 1, "Utopia", timedelta(days=90))]


def _content(message: bytes) -> bytes:
    """What a CMS message signs."""
    content: bytes = cms.ContentInfo.load(message)["content"]["encap_content_info"]["content"].parsed.dump()
    return content


def _retagged(raw: bytes, tag: int) -> bytes:
    return bytes([tag]) + raw[1:]
