"""The proof that chip authentication mapping leaves, and the file that holds its key."""

from dataclasses import replace

import pytest
from asn1crypto import cms
from chip_terminal import AES, CAM, GM, terminal
from document_samples import passport

from egate.checks import Reason
from egate.document.chip.access import Access
from egate.document.chip.apdu import StatusError
from egate.document.chip.card_security import proven_key, read_card_security
from egate.document.chip.pace import MappingProof
from egate.document.crypto.groups import AgreementKind
from egate.document.lds.security_infos import (
    ChipAuthenticationPublicKeyInfo,
    SecurityInfos,
    parse_dg14,
    parse_security_infos,
)
from egate_sim.passport.contents import MasterFile, PaceOffer, Passport, StaticKey
from egate_sim.passport.groups import group
from egate_sim.passport.lds import File
from egate_sim.passport.profiles import ChipAuthenticationPlan, PacePlan, Profile


def cam_document() -> Passport:
    return passport(Profile(pace=(PacePlan(CAM), PacePlan(GM))))


def proof_of(access: Access) -> MappingProof:
    assert access.pace is not None
    assert access.pace.proof is not None
    return access.pace.proof


def security_infos_of(card_security: bytes) -> SecurityInfos:
    content = cms.ContentInfo.load(card_security)["content"]["encap_content_info"]["content"]
    return parse_security_infos(bytes(content))


def test_the_signed_key_is_read_from_the_master_file_and_proven() -> None:
    given = cam_document()
    reader = terminal(given)
    access, _ = reader.open()
    content, talk = reader.do(read_card_security(reader.channel, reader.channel.reset))
    assert content == given.master_files[MasterFile.CARD_SECURITY]
    assert len(talk.commands) == 2 + -(-len(content) // reader.read_length)
    assert proven_key(proof_of(access), security_infos_of(content)) is not None
    assert reader.reads_the_sod(given)


def test_the_same_key_in_dg14_saves_that_file() -> None:
    given = passport(Profile(pace=(PacePlan(CAM),), chip_authentication=(ChipAuthenticationPlan(),)))
    access, _ = terminal(given).open()
    assert proven_key(proof_of(access), parse_dg14(given.files[File.DG14])) is not None


def test_a_crowd_of_keys_is_not_looked_at_in_full() -> None:
    """Each costs a multiplication on the curve; no chip has so many."""
    given = cam_document()
    access, _ = terminal(given).open()
    proof, infos = proof_of(access), security_infos_of(given.master_files[MasterFile.CARD_SECURITY])
    (right,) = infos.of_kind(ChipAuthenticationPublicKeyInfo)
    wrong = replace(right, required=right.required[:-1] + bytes([right.required[-1] ^ 1]))
    assert proven_key(proof, SecurityInfos((wrong,) * 3 + (right,))) == right
    assert proven_key(proof, SecurityInfos((wrong,) * 4 + (right,))) is None


def test_a_copy_without_the_private_key_proves_nothing() -> None:
    """It brings EF.CardSecurity along, and another key than the one that stands there."""
    given = cam_document()
    forged = replace(given, pace=(PaceOffer(CAM, group(13), AES, StaticKey(group(13), 4242)),))
    access, _ = terminal(forged).open()
    assert proven_key(proof_of(access), security_infos_of(given.master_files[MasterFile.CARD_SECURITY])) is None


def test_without_the_file_the_application_is_selected_again() -> None:
    given = cam_document()
    files = {ef: content for ef, content in given.master_files.items() if ef is not MasterFile.CARD_SECURITY}
    reader = terminal(replace(given, master_files=files))
    reader.open()
    with pytest.raises(StatusError) as error:
        reader.do(read_card_security(reader.channel, reader.channel.reset))
    assert error.value.reason is Reason.FILE_MISSING
    assert reader.reads_the_sod(given)


def test_a_key_that_cannot_be_read_proves_nothing() -> None:
    access, _ = terminal(cam_document()).open()
    broken = ChipAuthenticationPublicKeyInfo("0.4.0.127.0.7.2.2.1.2", b"\x05\x00", None, AgreementKind.ECDH, None)
    assert proven_key(proof_of(access), SecurityInfos((broken,))) is None
