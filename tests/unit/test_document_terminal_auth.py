"""Terminal Authentication against the simulated chip, from EF.CVCA to a data group behind it; refusals; bad bytes."""

import random
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

import pytest
from chip_exchanges import EXTENDED, SHORT, channel_to_chip, run
from document_samples import FOUNDED, passport, utopia
from hypothesis import given, settings
from hypothesis import strategies as st

from egate.checks import Reason
from egate.document.chip.access import Access, open_chip
from egate.document.chip.apdu import StatusError
from egate.document.chip.channel import Channel
from egate.document.chip.chip_auth import authenticate_chip, chip_authentication_offers
from egate.document.chip.credentials import Credentials
from egate.document.chip.file_reader import FileReader
from egate.document.chip.steps import ReaderCapacity
from egate.document.chip.terminal_auth import (
    Binding,
    TerminalAuthenticationError,
    TerminalStep,
    authenticate_terminal,
    chip_identities,
    read_trust_points,
)
from egate.document.errors import AccessError, DocumentError, FormatError, TrustError
from egate.document.lds.cvca import parse_cvca
from egate.document.lds.files import Ef
from egate.document.lds.security_infos import SecurityInfos, TerminalAuthenticationInfo, parse_dg14
from egate.document.mrz.zone import Mrz
from egate.document.pki.cvc.certificate import CvCertificate, Right, Role, parse_cv_certificate
from egate.document.pki.cvc.chain import TerminalCertificates
from egate_sim.passport.authority_keys import Algorithm, Ecdsa, Rsa
from egate_sim.passport.chip import Chip
from egate_sim.passport.contents import Passport, TerminalTrust
from egate_sim.passport.cvca import CardVerifiable, CvcaOffice, Rights, card_signature, protocol
from egate_sim.passport.cvca import Role as HolderRole
from egate_sim.passport.lds import File
from egate_sim.passport.profiles import ActiveAuthentication, ChipAuthenticationPlan, PacePlan, Profile
from egate_sim.passport.security_infos import ef_cvca

ALGORITHMS: tuple[Algorithm, ...] = (
    *(Ecdsa("brainpoolP256r1", digest) for digest in ("sha1", "sha224", "sha256", "sha384", "sha512")),
    *(Ecdsa(curve) for curve in ("brainpoolP224r1", "brainpoolP320r1", "secp384r1")),
    *(Rsa(2048, digest, pss) for digest in ("sha1", "sha256", "sha512") for pss in (False, True)),
)
BOTH = Rights.DG3 | Rights.DG4
LATER = FOUNDED + timedelta(days=10)


@dataclass(frozen=True)
class Hierarchy:
    """CVCA, document verifier and terminal, and how they sign."""

    office: CvcaOffice
    cvca: CardVerifiable
    verifier: CardVerifiable
    terminal: CardVerifiable

    def sign(self, algorithm: str, message: bytes) -> bytes:
        """As ``Signer`` has it."""
        assert algorithm == protocol(self.office.algorithm)
        return card_signature(self.terminal.key, self.office.algorithm, message)

    def certificates(self, *more: CardVerifiable) -> TerminalCertificates:
        holders = (self.terminal, self.cvca, *more, self.verifier)
        return TerminalCertificates(parse_cv_certificate(holder.certificate) for holder in holders)


@cache
def hierarchy(algorithm: Algorithm | None = None, rights: Rights = BOTH) -> Hierarchy:
    office = CvcaOffice(utopia().country, bytes(32), FOUNDED, algorithm or Ecdsa())
    return below(office, office.cvca(), rights)


def below(office: CvcaOffice, cvca: CardVerifiable, rights: Rights = BOTH) -> Hierarchy:
    verifier = office.certify(cvca, "DV", HolderRole.DV_OFFICIAL, rights)
    return Hierarchy(office, cvca, verifier, office.certify(verifier, "IS", HolderRole.INSPECTION_SYSTEM, rights))


def document(trusted: CardVerifiable, *, pace: bool = False, parameter_id: int = 13, atr_info: bool = True) -> Passport:
    """A passport with fingerprints whose chip trusts that CVCA."""
    issued = passport(
        Profile(
            ActiveAuthentication.NONE,
            pace=(PacePlan(),) if pace else (),
            chip_authentication=(ChipAuthenticationPlan(parameter_id),),
            protected=True,
            atr_info=atr_info,
        )
    )
    files = {**issued.files, File.CVCA: ef_cvca(trusted.reference)}
    return replace(issued, files=files, terminal_authentication=TerminalTrust((trusted.certificate,), FOUNDED))


class Visit:
    """One chip in the field, up to the end of Chip Authentication."""

    def __init__(self, issued: Passport, capacity: ReaderCapacity = EXTENDED) -> None:
        self.chip = Chip(issued, random.Random(5))
        self.channel: Channel = channel_to_chip(capacity)
        self.credentials = Credentials(Mrz.from_lines(issued.mrz).mrz_information)
        draw = random.Random(6).randbytes
        self.access: Access = run(open_chip(self.channel, self.credentials, draw), self.chip.process, self.chip.reset)
        self.infos: SecurityInfos = parse_dg14(self.read(Ef.DG14))
        offers = chip_authentication_offers(self.infos)
        self.authenticated = run(authenticate_chip(self.channel, offers, draw), self.chip.process)

    def read(self, ef: Ef) -> bytes:
        return run(FileReader(self.channel, self.channel.reset).read(ef), self.chip.process, self.chip.reset)

    @property
    def trust_points(self) -> tuple[bytes, ...]:
        (info,) = self.infos.of_kind(TerminalAuthenticationInfo)
        return run(read_trust_points(self.channel, info), self.chip.process)

    @property
    def binding(self) -> Binding:
        return Binding(chip_identities(self.access, self.credentials), self.authenticated.compressed_key)

    def authenticate(self, certificates: tuple[CvCertificate, ...], signer: Hierarchy) -> int:
        """How many commands it took."""
        before = self.channel.apdu_count
        run(authenticate_terminal(self.channel, certificates, signer, self.binding), self.chip.process)
        return self.channel.apdu_count - before


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=str)
def test_a_terminal_of_every_algorithm_is_let_in(algorithm: Algorithm) -> None:
    terminal = hierarchy(algorithm)
    visit = Visit(document(terminal.cvca))
    with pytest.raises(StatusError):
        visit.read(Ef.DG3)
    chain = terminal.certificates().chain(visit.trust_points, LATER)
    assert [item.role for item in chain.certificates] == [Role.DOMESTIC_DV, Role.TERMINAL]
    assert chain.terminal.authorization.rights == Right.DG3 | Right.DG4
    assert visit.authenticate(chain.certificates, terminal) == 7
    assert visit.read(Ef.DG3)
    assert visit.authenticated.is_proven


@pytest.mark.parametrize("parameter_id", [2, 12])
@pytest.mark.parametrize("pace", [True, False])
def test_the_session_is_named_as_chip_and_terminal_both_know_it(pace: bool, parameter_id: int) -> None:
    """By the chip's key in PACE or its number after BAC, and by our key in Chip Authentication, by DH and by ECDH."""
    terminal = hierarchy()
    visit = Visit(document(terminal.cvca, pace=pace, parameter_id=parameter_id))
    assert len(visit.binding.identities) == (2 if pace else 1)
    visit.authenticate(terminal.certificates().chain(visit.trust_points, LATER).certificates, terminal)
    assert visit.read(Ef.DG3)


def test_a_document_that_calls_itself_by_its_number_after_pace_is_let_in_at_the_second_try() -> None:
    terminal = hierarchy()
    visit = Visit(document(terminal.cvca, pace=True))
    visit.chip._card.session.chip_identifier = visit.binding.identities[1]  # as an early chip does
    chain = terminal.certificates().chain(visit.trust_points, LATER)
    assert visit.authenticate(chain.certificates, terminal) == 10
    assert visit.read(Ef.DG3)


def test_a_link_certificate_leads_from_an_old_trust_point_to_the_new_key() -> None:
    office = hierarchy().office
    old = office.cvca()
    link = office.cvca(2, former=old)
    terminal = below(office, link)
    visit = Visit(document(old))
    chain = TerminalCertificates(
        parse_cv_certificate(holder.certificate) for holder in (old, link, terminal.verifier, terminal.terminal)
    ).chain(visit.trust_points, LATER)
    assert [item.role for item in chain.certificates] == [Role.CVCA, Role.DOMESTIC_DV, Role.TERMINAL]
    assert visit.authenticate(chain.certificates, terminal) == 9
    assert visit.read(Ef.DG3)
    # The next terminal finds both keys, and needs the link no more.
    assert chain.trust_point == old.reference.encode()


def test_a_chip_that_knows_the_new_key_gets_no_link() -> None:
    office = hierarchy().office
    old = office.cvca()
    link = office.cvca(2, former=old)
    terminal = below(office, link)
    certificates = terminal.certificates(old)
    references = [link.reference.encode(), old.reference.encode()]
    assert len(certificates.chain(references, LATER).certificates) == 2
    assert len(certificates.chain(references[1:], LATER).certificates) == 3


# What goes wrong before anything is sent


def test_a_terminal_without_certificates_of_that_state_says_so() -> None:
    with pytest.raises(TrustError) as error:
        hierarchy().certificates().chain([b"XXOTHER00001"], LATER)
    assert error.value.reason is Reason.ACCESS_UNSUPPORTED


def test_a_chain_below_a_key_that_we_do_not_have_cannot_be_verified() -> None:
    held = hierarchy()
    certificates = TerminalCertificates(
        parse_cv_certificate(holder.certificate) for holder in (held.verifier, held.terminal)
    )
    with pytest.raises(TrustError, match="lacks its CVCA") as error:
        certificates.chain([held.cvca.reference.encode()], LATER)
    assert error.value.reason is Reason.ACCESS_UNSUPPORTED


@pytest.mark.parametrize("today", [FOUNDED - timedelta(days=1), FOUNDED + timedelta(days=400)])
def test_an_expired_certificate_is_not_sent(today: date) -> None:
    held = hierarchy()
    with pytest.raises(TrustError) as error:
        held.certificates().chain([held.cvca.reference.encode()], today)
    assert error.value.reason is Reason.CERT_VALIDITY


def test_a_terminal_cannot_issue_a_terminal() -> None:
    held = hierarchy()
    lower = held.office.certify(held.terminal, "XX", HolderRole.INSPECTION_SYSTEM, BOTH)
    certificates = TerminalCertificates(
        parse_cv_certificate(holder.certificate) for holder in (held.cvca, held.verifier, held.terminal, lower)
    )
    shortest = certificates.chain([held.cvca.reference.encode()], LATER)
    assert shortest.terminal.holder_reference == held.terminal.reference.encode()
    with pytest.raises(TrustError) as error:
        certificates.chain([held.verifier.reference.encode()], LATER)
    assert error.value.reason is Reason.ACCESS_UNSUPPORTED, "a document verifier is no trust point"
    with pytest.raises(TrustError) as error:
        TerminalCertificates(
            parse_cv_certificate(holder.certificate) for holder in (held.cvca, lower, held.verifier)
        ).chain([held.cvca.reference.encode()], LATER)
    assert error.value.reason is Reason.ACCESS_UNSUPPORTED


# What goes wrong with the chip


def test_a_chip_of_another_state_refuses_our_certificates() -> None:
    stranger = below(replace(hierarchy().office, secret=b"\x01" * 32), hierarchy().cvca)
    visit = Visit(document(hierarchy().cvca))
    chain = [parse_cv_certificate(holder.certificate) for holder in (stranger.verifier, stranger.terminal)]
    altered = replace(chain[0], signature=bytes(len(chain[0].signature)))
    with pytest.raises(TerminalAuthenticationError) as error:
        visit.authenticate((altered, chain[1]), stranger)
    assert (error.value.step, error.value.reason) == (TerminalStep.VERIFY_CERTIFICATE, Reason.ACCESS_DENIED)
    assert visit.read(Ef.DG14), "the session goes on"


def test_a_wrong_signature_is_refused_for_every_name_of_the_chip() -> None:
    terminal = hierarchy()
    visit = Visit(document(terminal.cvca, pace=True))
    chain = terminal.certificates().chain(visit.trust_points, LATER)
    thief = replace(terminal, terminal=terminal.verifier)
    with pytest.raises(TerminalAuthenticationError) as error:
        visit.authenticate(chain.certificates, thief)
    assert error.value.step is TerminalStep.AUTHENTICATE
    with pytest.raises(StatusError):
        visit.read(Ef.DG3)


def test_rights_that_the_state_did_not_grant_are_not_there() -> None:
    terminal = hierarchy(rights=Rights.DG4)
    visit = Visit(document(terminal.cvca))
    chain = terminal.certificates().chain(visit.trust_points, LATER)
    assert chain.terminal.authorization.rights is Right.DG4
    visit.authenticate(chain.certificates, terminal)
    with pytest.raises(StatusError):
        visit.read(Ef.DG3)


@pytest.mark.parametrize(("atr_info", "capacity"), [(True, SHORT), (False, EXTENDED), (False, SHORT)])
def test_long_certificates_go_in_pieces_where_reader_or_chip_have_short_commands(
    atr_info: bool, capacity: ReaderCapacity
) -> None:
    terminal = hierarchy(Rsa(2048))
    visit = Visit(document(terminal.cvca, atr_info=atr_info), capacity)
    chain = terminal.certificates().chain(visit.trust_points, LATER)
    assert visit.authenticate(chain.certificates, terminal) > 7
    assert visit.read(Ef.DG3)


def test_without_a_name_of_the_chip_nothing_is_signed() -> None:
    terminal = hierarchy()
    chain = terminal.certificates().chain([terminal.cvca.reference.encode()], LATER)
    exchange = authenticate_terminal(channel_to_chip(EXTENDED), chain.certificates, terminal, Binding((), b"2"))
    with pytest.raises(AccessError, match="name"):
        run(exchange, lambda _: b"\x90\x00")


@pytest.mark.parametrize("length", [0, 7, 9])
def test_a_challenge_of_another_length_is_not_signed(length: int) -> None:
    terminal = hierarchy()
    chain = terminal.certificates().chain([terminal.cvca.reference.encode()], LATER)
    exchange = authenticate_terminal(channel_to_chip(EXTENDED), chain.certificates, terminal, Binding((b"1",), b"2"))
    with pytest.raises(AccessError) as error:
        run(exchange, lambda command: (bytes(length) if command[1] == 0x84 else b"") + b"\x90\x00")
    assert error.value.reason is Reason.CHIP_PROTOCOL


# EF.CVCA


def test_two_references_come_newest_first() -> None:
    assert parse_cvca(ef_cvca("UTSIMCVCA00002", "UTSIMCVCA00001")) == (b"UTSIMCVCA00002", b"UTSIMCVCA00001")


@pytest.mark.parametrize("raw", [b"", bytes(36), b"\x42\x00", b"\x43\x02AA", b"\x42\x11" + b"A" * 17, b"\x42\x01A" * 3])
def test_what_is_no_list_of_references_is_refused(raw: bytes) -> None:
    with pytest.raises(FormatError):
        parse_cvca(raw)


def info_with(file_id: int | None, short_id: int | None) -> TerminalAuthenticationInfo:
    return TerminalAuthenticationInfo("", b"", None, version=1, cvca_file_id=file_id, cvca_short_id=short_id)


@pytest.mark.parametrize(
    ("info", "commands"),
    [
        (None, ["00B09C0024"]),
        (info_with(None, None), ["00B09C0024"]),
        (info_with(0x0120, 0x05), ["00B0850024"]),
        (info_with(0x0120, None), ["00A4020C020120", "00B0000024"]),
        (info_with(0x0120, 0xFF), ["00A4020C020120", "00B0000024"]),
    ],
)
def test_the_file_is_looked_for_where_the_chip_says(
    info: TerminalAuthenticationInfo | None, commands: list[str]
) -> None:
    seen: list[str] = []

    def respond(command: bytes) -> bytes:
        seen.append(command.hex().upper())
        return (ef_cvca("UTSIMCVCA00001") if command[1] == 0xB0 else b"") + b"\x90\x00"

    assert run(read_trust_points(channel_to_chip(), info), respond) == (b"UTSIMCVCA00001",)
    assert seen == commands


def test_a_file_that_is_not_filled_up_is_read() -> None:
    shorter = ef_cvca("UTSIMCVCA00001").rstrip(b"\0")
    points = run(read_trust_points(channel_to_chip(), None), lambda _: shorter + b"\x62\x82")
    assert points == (b"UTSIMCVCA00001",)


def test_a_chip_without_the_file_lacks_it() -> None:
    with pytest.raises(StatusError) as error:
        run(read_trust_points(channel_to_chip(), None), lambda _: b"\x6a\x82")
    assert error.value.reason is Reason.FILE_MISSING


ANSWERS = st.binary(max_size=60) | st.builds(lambda data: data + b"\x90\x00", st.binary(max_size=40))


@given(st.lists(ANSWERS, max_size=14))
@settings(deadline=None, max_examples=150)
def test_any_answers_end_with_an_error_of_ours_or_none(answers: list[bytes]) -> None:
    terminal = hierarchy()
    chain = terminal.certificates().chain([terminal.cvca.reference.encode()], LATER)
    left = iter([*answers, *[b"\x6f\x00"] * 20])
    with suppress(DocumentError):
        run(read_trust_points(channel_to_chip(), None), lambda _: next(left))
    exchange = authenticate_terminal(
        channel_to_chip(EXTENDED), chain.certificates, terminal, Binding((b"1", b"2"), b"3")
    )
    with suppress(DocumentError):
        run(exchange, lambda _: next(left))
