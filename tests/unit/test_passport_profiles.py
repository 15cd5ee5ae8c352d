"""Documents of each generation: what is in them follows their profile, and each file can be read for what it is."""

import hashlib
import io
from dataclasses import replace
from datetime import date

import pytest
from asn1crypto import cms, core
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from document_samples import FOUNDED, HOLDER, portrait_jpeg, utopia
from PIL import Image

from egate.checks import Reason
from egate.document.lds.dg11 import parse_dg11
from egate.document.lds.dg12 import parse_dg12
from egate.document.lds.face_image import parse_dg2
from egate.document.lds.images import ImageFormat
from egate.document.pki.sod import parse_sod
from egate_sim.inspection_bench import genuine, inspect
from egate_sim.passport import lds
from egate_sim.passport.authority_keys import Algorithm, Ecdsa, Rsa
from egate_sim.passport.contents import MasterFile, PaceMapping
from egate_sim.passport.cvca import CvcaOffice, Rights, Role, terminal_chain
from egate_sim.passport.issue import Passport, issue
from egate_sim.passport.lds import File, PortraitFormat, Version
from egate_sim.passport.mrz import Format
from egate_sim.passport.profiles import PROFILES, ActiveAuthentication, ChipAuthenticationPlan, PacePlan, Profile
from egate_sim.passport.state import UTOPIA
from egate_sim.passport.tlv import data_object, data_objects


def issued(profile: Profile) -> Passport:
    return issue(utopia(), HOLDER, portrait_jpeg(), profile)


def value(content: bytes, *path: int) -> bytes:
    for tag in path:
        content = dict(data_objects(content))[tag]
    return content


def protocols(infos: bytes) -> list[str]:
    """Object identifiers of a SET OF SecurityInfo."""
    return [core.ObjectIdentifier.load(info).dotted for _, info in data_objects(value(infos, 0x31))]


@pytest.mark.parametrize("name", PROFILES)
def test_every_generation_is_signed_and_reproducible(name: str) -> None:
    profile = PROFILES[name]
    document = issued(profile)
    again = issued(profile)
    assert (again.files, again.master_files, again.can) == (document.files, document.master_files, document.can)
    sod = parse_sod(document.files[File.SOD])
    signed = {file: data for file, data in document.data_groups.items() if file is not File.DG16}
    assert dict(sod.hashes) == {
        file.data_group: hashlib.new(profile.digest, data).digest() for file, data in signed.items()
    }
    assert sod.version == (profile.version is Version.LDS_1_8)
    (signer,) = sod.message.signers
    assert sod.message.is_signed_by(signer, sod.message.certificates[0])
    assert parse_dg2(document.files[File.DG2]).image == portrait_jpeg()


@pytest.mark.parametrize("name", PROFILES)
def test_the_gate_reads_every_generation(name: str) -> None:
    """Booklets of recent signers pass; a recent SHA-1 proves nothing, and cards are not what the bench's gate takes."""
    profile = PROFILES[name]
    reasons = {result.reason for result in inspect(genuine(profile)).objections}
    if profile.form is not Format.TD3:
        assert Reason.NOT_DONE in reasons
    elif profile.digest == "sha1":
        assert Reason.ALGORITHM_WEAK in reasons
        assert reasons <= {Reason.ALGORITHM_WEAK, Reason.AA_KEY, Reason.CA_KEY}
    else:
        assert not reasons


@pytest.mark.parametrize("name", PROFILES)
def test_the_files_tell_what_the_chip_speaks(name: str) -> None:
    profile, document = PROFILES[name], issued(PROFILES[name])
    assert (MasterFile.CARD_ACCESS in document.master_files) == bool(profile.pace)
    stated = protocols(value(document.files[File.DG14], 0x6E)) if File.DG14 in document.files else []
    assert {offer.protocol for offer in document.pace} <= set(stated)
    assert sum(oid.startswith("0.4.0.127.0.7.2.2.1.") for oid in stated) == len(profile.chip_authentication)
    assert ("0.4.0.127.0.7.2.2.2" in stated) is profile.protected is (document.terminal_authentication is not None)
    assert (File.DG3 in document.files) is profile.protected
    assert profile.details <= set(document.files)
    assert (document.can is not None) is profile.can


def test_ef_card_security_is_signed_by_the_document_signer() -> None:
    document = issued(PROFILES["2020 PACE-CAM"])
    data = cms.ContentInfo.load(document.master_files[MasterFile.CARD_SECURITY], strict=True)["content"]
    assert data["encap_content_info"]["content_type"].dotted == "0.4.0.127.0.7.3.2.1"
    assert data["certificates"][0].chosen.dump() == utopia().signer.certificate_der
    stated = protocols(data["encap_content_info"]["content"].contents)
    assert "0.4.0.127.0.7.2.2.1.2" in stated
    assert {offer.protocol for offer in document.pace} <= set(stated)
    assert document.pace[0].mapping is PaceMapping.CHIP_AUTHENTICATION


@pytest.mark.parametrize(("form", "lines", "size"), [(Format.TD1, 3, 95), (Format.TD2, 2, 77)])
def test_cards_are_signed_by_the_signer_of_cards(form: Format, lines: int, size: int) -> None:
    document = issued(replace(PROFILES["2021 identity card"], form=form))
    assert len(document.mrz) == lines
    assert len(document.files[File.DG1]) == size
    signer = parse_sod(document.files[File.SOD]).message.certificates[0]
    assert signer.der == utopia().signer_of("I").certificate_der
    assert signer.document_types == ("A", "C", "I")


def test_details_can_be_read() -> None:
    document = issued(PROFILES["2024 everything"])
    details = parse_dg11(document.files[File.DG11])
    assert details.defects == ()
    assert details.birth is not None
    assert parse_dg12(document.files[File.DG12]).defects == ()


@pytest.mark.parametrize("portrait_format", PortraitFormat)
def test_both_record_formats_announce_their_size(portrait_format: PortraitFormat) -> None:
    portrait = parse_dg2(lds.dg2(portrait_jpeg(), portrait_format))
    assert (portrait.width, portrait.height) == (240, 320)
    assert portrait.image == portrait_jpeg()


def test_a_portrait_may_be_a_jpeg_2000() -> None:
    picture = io.BytesIO()
    Image.new("RGB", (240, 320), (120, 90, 70)).save(picture, "JPEG2000")
    for portrait_format in PortraitFormat:
        portrait = parse_dg2(lds.dg2(picture.getvalue(), portrait_format))
        assert (portrait.format, portrait.image) == (ImageFormat.JPEG2000, picture.getvalue())


@pytest.mark.parametrize(
    "wrong",
    [
        {"access_control": False, "pace": (PacePlan(),)},
        {"bac": False},
        {"protected": True},
        {"form": Format.MRV_A},
        {"details": frozenset({File.DG4})},
    ],
)
def test_profiles_that_no_chip_could_have_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"access control|Terminal|visa|irises"):
        Profile(**wrong)


@pytest.mark.parametrize("kind", [ActiveAuthentication.RSA_SHA256, ActiveAuthentication.ECDSA_SHA384])
def test_dg14_names_the_hash_of_ecdsa_alone(kind: ActiveAuthentication) -> None:
    files = issued(Profile(kind, chip_authentication=(ChipAuthenticationPlan(),))).files
    stated = protocols(value(files[File.DG14], 0x6E))
    assert ("2.23.136.1.1.5" in stated) is (kind is ActiveAuthentication.ECDSA_SHA384)


# Card-verifiable certificates


def verify(certificate: bytes, issuer: bytes) -> bool:
    """The signature of a card-verifiable certificate, by the primitives alone."""
    ((_, body), (_, signature)) = data_objects(value(certificate, 0x7F21))
    signed = data_object(0x7F4E, body)
    fields = dict(data_objects(value(issuer, 0x7F21, 0x7F4E, 0x7F49)))
    if 0x86 not in fields:
        key = rsa.RSAPublicNumbers(int.from_bytes(fields[0x82]), int.from_bytes(fields[0x81])).public_key()
        key.verify(signature, signed, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
        return True
    half = len(signature) // 2
    numbers = int.from_bytes(signature[:half]), int.from_bytes(signature[half:])
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.BrainpoolP256R1(), fields[0x86])
    public.verify(encode_dss_signature(*numbers), signed, ec.ECDSA(hashes.SHA256()))
    return True


@pytest.mark.parametrize("algorithm", [Ecdsa(), Rsa(2048, pss=True)], ids=str)
def test_a_terminal_is_certified_step_by_step(algorithm: Algorithm) -> None:
    chain = terminal_chain(UTOPIA, b"seed", FOUNDED, algorithm, Rights.DG3)
    anchor, (verifier, terminal) = chain.trust_point.certificate, chain.certificates
    for certificate, issuer in ((anchor, anchor), (verifier, anchor), (terminal, verifier)):
        assert verify(certificate, issuer)
        assert value(certificate, 0x7F21, 0x7F4E, 0x42) == value(issuer, 0x7F21, 0x7F4E, 0x5F20)
    roles = [value(each, 0x7F21, 0x7F4E, 0x7F4C, 0x53)[0] for each in (anchor, verifier, terminal)]
    assert roles == [Role.CVCA | 3, Role.DV_OFFICIAL | 1, Role.INSPECTION_SYSTEM | 1]


def test_a_link_certificate_leads_to_the_next_trust_point() -> None:
    office = CvcaOffice(UTOPIA, b"seed", date(2026, 1, 1), Ecdsa())
    former = office.cvca()
    latter = office.cvca(2, former)
    assert verify(latter.certificate, former.certificate)
    assert latter.reference == "UTSIMCVCA00002"
