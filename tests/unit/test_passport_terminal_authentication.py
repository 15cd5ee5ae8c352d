"""Terminal Authentication: fingers and irises are shown to whom a chain of certificates lets, and to nobody else."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from passport_terminal import OK, Refused, Terminal

from egate_sim.passport import crypto
from egate_sim.passport.authority_keys import Algorithm, Ecdsa, Rsa
from egate_sim.passport.chip import Chip
from egate_sim.passport.contents import (
    ChipAuthenticationOffer,
    PaceMapping,
    PaceOffer,
    Passport,
    SessionCipher,
    StaticKey,
    TerminalTrust,
)
from egate_sim.passport.cvc import Certificate, CvcError
from egate_sim.passport.cvca import (
    CardVerifiable,
    CvcaOffice,
    Rights,
    Role,
    TerminalChain,
    card_signature,
    terminal_chain,
)
from egate_sim.passport.groups import group
from egate_sim.passport.lds import File
from egate_sim.passport.state import UTOPIA
from egate_sim.passport.tlv import data_object, data_objects

SECRET = crypto.mrz_secret("L898902C<369080619406236")
DAY = date(2026, 1, 1)
LINES = ("P<" + 42 * "<", "L898902C<3UTO6908061F9406236ZE184226B<<<<<14")
FILES = {File.DG1: b"\x61\x01a", File.DG3: b"\x63\x01b", File.DG4: b"\x76\x01c"}
CHIP_KEY = ChipAuthenticationOffer(StaticKey(group(13), 0x1234567), (SessionCipher.AES_128,))
CAM = PaceOffer(PaceMapping.CHIP_AUTHENTICATION, group(13), SessionCipher.AES_128, StaticKey(group(13), 0x7654321))
GM = PaceOffer(PaceMapping.GENERIC, group(12), SessionCipher.AES_256)


def chain(algorithm: Algorithm | None = None, rights: Rights = Rights.DG3 | Rights.DG4) -> TerminalChain:
    return terminal_chain(UTOPIA, b"secret", DAY, algorithm, rights)


def chip(made: TerminalChain, today: date = DAY) -> Chip:
    passport = Passport(
        LINES,
        FILES,
        SECRET,
        None,
        pace=(CAM, GM),
        chip_authentication=(CHIP_KEY,),
        terminal_authentication=TerminalTrust((made.trust_point.certificate,), today),
    )
    return Chip(passport, random.Random(1))


def session(made: TerminalChain, today: date = DAY) -> Terminal:
    """A terminal that has run BAC and Chip Authentication."""
    terminal = Terminal(chip(made, today))
    assert terminal.authenticate(SECRET) == OK
    terminal.chip_identifier = LINES[1][:10].encode()
    terminal.authenticate_chip(CHIP_KEY, SessionCipher.AES_128)
    return terminal


def authenticate(terminal: Terminal, made: TerminalChain, signer: CardVerifiable | None = None) -> None:
    show(terminal, made.trust_point, made.verifier)
    show(terminal, made.verifier, made.terminal)
    prove(terminal, signer or made.terminal, made.terminal)


def show(terminal: Terminal, issuer: CardVerifiable, holder: CardVerifiable) -> None:
    """Name the key, then send the certificate in pieces, as a terminal with short lengths does."""
    terminal.do("2281B6", data_object(0x83, issuer.reference.encode()))
    ((_, content),) = data_objects(holder.certificate)
    for at in range(0, len(content), 200):
        piece = content[at : at + 200]
        terminal.do("2A00BE", piece, cla=0x0C if at + 200 >= len(content) else 0x1C)


def prove(terminal: Terminal, signer: CardVerifiable, named: CardVerifiable) -> None:
    terminal.do("2281A4", data_object(0x83, named.reference.encode()))
    challenge = terminal.do("840000", expected=8)
    message = terminal.chip_identifier + challenge + terminal.bound_key
    signature = card_signature(signer.key, signer.algorithm, message)
    for at in range(0, len(signature), 200):
        last = at + 200 >= len(signature)
        terminal.do("820000", signature[at : at + 200], cla=0x0C if last else 0x1C)


def trust_points(terminal: Terminal) -> list[str]:
    """The references in EF.CVCA."""
    content = terminal.read(File.CVCA, 36)
    assert len(content) == 36
    return [value.decode() for tag, value in data_objects(content.rstrip(b"\x00")) if tag == 0x42]


ALGORITHMS: list[Algorithm] = [
    *(Ecdsa("brainpoolP256r1", digest) for digest in ("sha1", "sha224", "sha256", "sha384", "sha512")),
    *(Ecdsa(curve) for curve in ("secp224r1", "brainpoolP320r1", "secp384r1", "brainpoolP512r1", "secp521r1")),
    *(Rsa(bits, digest) for bits, digest in ((1024, "sha1"), (2048, "sha256"), (3072, "sha512"))),
    *(Rsa(2048, digest, pss=True) for digest in ("sha1", "sha256", "sha512")),
]


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=str)
def test_the_whole_chain_opens_the_sensitive_files(algorithm: Algorithm) -> None:
    made = chain(algorithm)
    terminal = session(made)
    with pytest.raises(Refused, match="6982"):
        terminal.read(File.DG3, 3)
    authenticate(terminal, made)
    assert terminal.read(File.DG3, 3) == FILES[File.DG3]
    assert terminal.read(File.DG4, 3) == FILES[File.DG4]


def test_after_pace_the_chip_names_itself_by_its_ephemeral_key() -> None:
    made = chain()
    terminal = Terminal(chip(made))
    terminal.pace(GM, SECRET)
    assert terminal.references == [made.trust_point.reference.encode()]
    with pytest.raises(Refused, match="6985"):
        terminal.do("2281B6", data_object(0x83, made.trust_point.reference.encode()))
    terminal.do("A4040C", bytes.fromhex("A0000002471001"))
    terminal.authenticate_chip(CHIP_KEY, SessionCipher.AES_128)
    authenticate(terminal, made)
    assert terminal.read(File.DG3, 3) == FILES[File.DG3]


def test_after_pace_cam_chip_authentication_is_done() -> None:
    made = chain()
    terminal = Terminal(chip(made))
    terminal.pace(CAM, SECRET)
    terminal.do("A4040C", bytes.fromhex("A0000002471001"))
    authenticate(terminal, made)
    assert terminal.read(File.DG4, 3) == FILES[File.DG4]


@pytest.mark.parametrize("rights", [Rights.NONE, Rights.DG3, Rights.DG4])
def test_only_what_every_certificate_grants_is_shown(rights: Rights) -> None:
    made = chain(rights=rights)
    terminal = session(made)
    authenticate(terminal, made)
    for file, right in ((File.DG3, Rights.DG3), (File.DG4, Rights.DG4)):
        if rights & right:
            assert terminal.read(file, 3) == FILES[file]
        else:
            with pytest.raises(Refused, match="6982"):
                terminal.read(file, 3)


def test_rights_end_with_the_session() -> None:
    made = chain()
    terminal = session(made)
    authenticate(terminal, made)
    assert terminal.authenticate(SECRET) == OK
    with pytest.raises(Refused, match="6982"):
        terminal.read(File.DG3, 3)


def test_a_signature_of_another_terminal_is_refused_and_uses_up_the_challenge() -> None:
    made = chain()
    terminal = session(made)
    with pytest.raises(Refused, match="6300"):
        authenticate(terminal, made, signer=made.verifier)
    with pytest.raises(Refused, match="6985"):
        terminal.do("820000", bytes(64))


def test_who_has_no_certificate_of_the_state_is_refused() -> None:
    made, stranger = chain(), terminal_chain(UTOPIA, b"another secret", DAY)
    terminal = session(made)
    with pytest.raises(Refused, match="6300"):
        show(terminal, stranger.trust_point, stranger.verifier)
    with pytest.raises(Refused, match="6a88"):
        show(terminal, stranger.verifier, stranger.terminal)
    with pytest.raises(Refused, match="6a88"):
        terminal.do("2281A4", data_object(0x83, made.terminal.reference.encode()))


def test_a_terminal_certifies_nobody_and_a_verifier_is_no_terminal() -> None:
    made = chain()
    terminal = session(made)
    show(terminal, made.trust_point, made.verifier)
    show(terminal, made.verifier, made.terminal)
    with pytest.raises(Refused, match="6a88"):
        terminal.do("2281A4", data_object(0x83, made.verifier.reference.encode()))
    office = CvcaOffice(UTOPIA, b"secret", DAY, Ecdsa())
    below = office.certify(made.terminal, "XX", Role.INSPECTION_SYSTEM, Rights.DG3)
    with pytest.raises(Refused, match="6300"):
        show(terminal, made.terminal, below)


def test_an_expired_certificate_is_refused_by_the_date_that_the_chip_knows() -> None:
    made = chain()
    later = session(made, DAY + timedelta(days=60))
    show(later, made.trust_point, made.verifier)
    with pytest.raises(Refused, match="6300"):
        show(later, made.verifier, made.terminal)


def test_certificates_bring_the_chips_date_forward() -> None:
    made = chain()
    terminal = session(made)
    newer = CvcaOffice(UTOPIA, b"secret", DAY + timedelta(days=200), Ecdsa())
    show(terminal, made.trust_point, newer.certify(made.trust_point, "DW", Role.DV_OFFICIAL, Rights.NONE))
    with pytest.raises(Refused, match="6300"):
        show(terminal, made.trust_point, made.verifier)


def test_a_link_certificate_leads_to_a_new_trust_point() -> None:
    made = chain()
    terminal = session(made)
    office = CvcaOffice(UTOPIA, b"secret", DAY, Ecdsa())
    successor = office.cvca(2, made.trust_point)
    assert trust_points(terminal) == [made.trust_point.reference]
    show(terminal, made.trust_point, successor)
    assert trust_points(terminal) == [successor.reference, made.trust_point.reference]
    verifier = office.certify(successor, "DV", Role.DV_OFFICIAL, Rights.DG3)
    gate = office.certify(verifier, "IS", Role.INSPECTION_SYSTEM, Rights.DG3)
    renewed = replace(made, trust_point=successor, verifier=verifier, terminal=gate)
    authenticate(terminal, renewed)
    assert terminal.read(File.DG3, 3) == FILES[File.DG3]
    terminal.chip.reset()
    terminal.pace(GM, SECRET)
    assert terminal.references == [successor.reference.encode(), made.trust_point.reference.encode()]


def test_commands_out_of_order_are_refused() -> None:
    made = chain()
    terminal = session(made)
    for header, data, status in (
        ("2A00BE", b"\x7f\x4e\x00", "6985"),
        ("2A00AE", b"\x7f\x4e\x00", "6a86"),
        ("2281B6", b"", "6a80"),
        ("820000", bytes(64), "6985"),
    ):
        with pytest.raises(Refused, match=status):
            terminal.do(header, data)
    terminal.do("2281B6", data_object(0x83, made.trust_point.reference.encode()))
    with pytest.raises(Refused, match="6a80"):
        terminal.do("2A00BE", b"\x7f\x4e\x00")


@given(st.integers(0, 400), st.binary(max_size=4))
def test_damaged_certificates_parse_or_raise(at: int, damage: bytes) -> None:
    encoded = chain().trust_point.certificate
    genuine = Certificate.parse(encoded)
    try:
        parsed = Certificate.parse(encoded[:at] + damage + encoded[at + len(damage) :])
    except CvcError:
        return
    if genuine.key.verifies(parsed.signature, parsed.body):
        assert parsed.body == genuine.body
    assert parsed.key.verifies(b"", parsed.body) is False
