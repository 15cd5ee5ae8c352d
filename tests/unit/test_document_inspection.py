"""The plan over every generation of documents: how each is opened and proves itself, what that costs, when to stop."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

import pytest
from document_samples import FOUNDED, Trip, drive, inspect, passport, plan_for, portrait_jpeg, trust, utopia

from egate.checks import Check, Outcome, Reason
from egate.document.chip.steps import AccessProtocol, Progress, ReaderCapacity, Stage, Transmit
from egate.document.errors import ChipRemoved
from egate.document.inspection.plan import CHIP_CHECKS, ChipInspection
from egate.document.inspection.protected import Terminal
from egate.document.inspection.reader import inspect_chip
from egate.document.mrz.zone import Mrz
from egate.document.pki.cvc.certificate import parse_cv_certificate
from egate.document.pki.cvc.chain import TerminalCertificates
from egate.document.pki.rules import TrustRules
from egate_sim.passport.chip import Chip
from egate_sim.passport.contents import MasterFile
from egate_sim.passport.cvca import TerminalChain, card_signature, terminal_chain
from egate_sim.passport.forgeries import FORGERIES, Workshop
from egate_sim.passport.issue import Passport
from egate_sim.passport.lds import File
from egate_sim.passport.profiles import PROFILES
from egate_sim.passport.security_infos import ef_cvca

# How each generation is opened, and by which proof it shows that it is no copy.
GENERATIONS: dict[str, tuple[str, str]] = {
    "2005 open": ("plain", ""),
    "2006 BAC": ("bac", ""),
    "2006 BAC+AA": ("bac", "active_authentication"),
    "2009 EAC": ("bac", "chip_authentication"),
    "2010 EAC, DH": ("bac", "chip_authentication"),
    "2014 SAC": ("pace gm", "active_authentication"),
    "2015 PACE-IM": ("pace im", "active_authentication"),
    "2016 PACE, DH": ("pace gm", "active_authentication"),
    "2017 PACE-GM+CA": ("pace gm", "chip_authentication"),
    "2018 several offers": ("pace gm", "chip_authentication"),
    "2020 PACE-CAM": ("pace cam", "pace_cam"),
    "2022 PACE only": ("pace gm", "chip_authentication"),
    "2024 everything": ("pace cam", "pace_cam"),
    "2021 identity card": ("pace gm", "chip_authentication"),
}
# A terminal's certificate lives a month.
SOON = datetime.combine(FOUNDED + timedelta(days=10), time(12), tzinfo=UTC)
LONG = ReaderCapacity(4096, 4096)
LENIENT = trust().under(TrustRules(sha1_before_year=2100))
MODERN = "2017 PACE-GM+CA"


def read(
    document: Passport, capacity: ReaderCapacity | None = None, terminal: Terminal | None = None
) -> tuple[ChipInspection, Trip]:
    chip = Chip(document, random.Random(11))
    plan = inspect_chip(
        Mrz.from_lines(document.mrz),
        trust=LENIENT, now=SOON, random_bytes=random.Random(7).randbytes, capacity=capacity, terminal=terminal,
    )  # fmt: skip
    return drive(plan, chip.process, chip.reset)


def generation(name: str) -> Passport:
    return passport(PROFILES[name])


def ends(inspection: ChipInspection) -> dict[Check, tuple[Outcome, Reason]]:
    return {result.check: (result.outcome, result.reason) for result in inspection.checks}


def test_every_generation_is_told_of() -> None:
    assert GENERATIONS.keys() == PROFILES.keys()


@pytest.mark.parametrize("name", GENERATIONS)
def test_every_generation_passes(name: str) -> None:
    access, proof = GENERATIONS[name]
    inspection, trip = read(generation(name), LONG)
    found = ends(inspection)
    authenticity = inspection.result(Check.CHIP_AUTHENTICITY)
    if proof:
        assert authenticity.details[0] == proof
    else:
        assert found.pop(Check.CHIP_AUTHENTICITY) == (Outcome.NOT_SUPPORTED, Reason.NOT_OFFERED)
    assert set(found.values()) == {(Outcome.PASSED, Reason.OK)}
    assert " ".join(inspection.result(Check.CHIP_ACCESS).details).startswith(access)
    assert trip.resets == 0


@pytest.mark.parametrize("name", [name for name in GENERATIONS if "DH" not in name])
def test_short_apdus_are_enough(name: str) -> None:
    found = ends(read(generation(name))[0])
    assert {outcome for outcome, _ in found.values()} <= {Outcome.PASSED, Outcome.NOT_SUPPORTED}


def test_a_group_too_long_for_the_reader_falls_back_to_bac() -> None:
    inspection, _ = read(generation("2016 PACE, DH"))
    assert inspection.access is AccessProtocol.BAC


# What it costs


def test_a_full_inspection_takes_no_round_trip_more_than_its_bytes_ask_for() -> None:
    """EF.CardAccess, MSE, four of GENERAL AUTHENTICATE, SELECT; SOD, DG14, MSE and GENERAL AUTHENTICATE, DG1, DG2."""
    document = generation(MODERN)
    inspection, trip = read(document)
    read_files = (File.SOD, File.DG14, File.DG1, File.DG2)
    pieces = sum(-(-len(document.files[file]) // inspection.read_length) for file in read_files)
    assert inspection.read_length == 223
    assert len(trip.commands) == 7 + 2 + pieces


def test_extended_length_saves_most_round_trips() -> None:
    assert len(read(generation(MODERN), LONG)[1].commands) < 20


def test_a_mapping_that_dg14_confirms_needs_no_further_proof() -> None:
    _, trip = read(generation("2024 everything"))
    assert not {Stage.CHIP_AUTH, Stage.CARD_SECURITY, Stage.ACTIVE_AUTH} & set(trip.stages)


def test_the_signature_is_judged_while_the_radio_is_busy() -> None:
    """The driver does the work; then nothing of it is left for the end."""
    document, chip = generation(MODERN), Chip(generation(MODERN), random.Random(11))
    plan, done_in = plan_for(document), []
    step, stage = next(plan), Stage.ACCESS
    while not (isinstance(step, Progress) and step.stage is Stage.DG2):
        match step:
            case Transmit(command, meanwhile):
                if meanwhile is not None:
                    meanwhile()
                    done_in.append(stage)
                step = plan.send(chip.process(command))
            case Progress(stage):
                step = plan.send(b"")
    assert done_in == [Stage.DG14]
    plan.close()


# When to stop


def test_the_portrait_of_a_document_that_failed_is_not_read() -> None:
    forged = FORGERIES["edited_dg1"].forge(passport(), Workshop(utopia(), portrait_jpeg(3)))
    inspection, trip = inspect(forged)
    assert Stage.DG2 not in trip.stages
    assert ends(inspection)[Check.PORTRAIT] == (Outcome.ABORTED, Reason.NOT_DONE)
    whole, longer = inspect(forged, read_to_the_end=True)
    assert whole.portrait is not None
    assert len(longer.commands) > 3 * len(trip.commands)
    assert ends(whole)[Check.PASSIVE_AUTHENTICATION] == ends(inspection)[Check.PASSIVE_AUTHENTICATION]


def test_an_unknown_issuer_is_read_to_the_end() -> None:
    """Undetermined is not failed: Passive Authentication runs to its end."""
    chip = Chip(passport(), random.Random(11))
    stranger = replace(trust(), cscas=())
    inspection, trip = drive(plan_for(passport(), stranger), chip.process, chip.reset)
    assert ends(inspection)[Check.PASSIVE_AUTHENTICATION] == (Outcome.UNDETERMINED, Reason.CSCA_UNKNOWN)
    assert inspection.portrait is not None
    assert Stage.DG2 in trip.stages


def test_what_failed_before_the_chip_left_stays_failed() -> None:
    forged = FORGERIES["edited_dg1"].forge(passport(), Workshop(utopia(), portrait_jpeg(3)))
    chip, seen = Chip(forged, random.Random(11)), []

    def respond(command: bytes) -> bytes:
        seen.append(command)
        if len(seen) > 20:
            raise ChipRemoved
        return chip.process(command)

    inspection, _ = drive(plan_for(forged, read_to_the_end=True), respond, chip.reset)
    assert ends(inspection)[Check.PASSIVE_AUTHENTICATION] == (Outcome.FAILED, Reason.DG_HASH)
    assert ends(inspection)[Check.PORTRAIT] == (Outcome.ABORTED, Reason.CHIP_REMOVED)


# Copies and downgrades

Change = Callable[[Passport], Passport]


def without_master_file(file: MasterFile) -> Change:
    return lambda document: replace(
        document, master_files={name: data for name, data in document.master_files.items() if name is not file}
    )


def with_other_keys(document: Passport) -> Passport:
    """Every file copied; the secrets of Chip Authentication stayed in the genuine chip."""
    other = passport(replace(PROFILES[MODERN], can=True)).chip_authentication
    strangers = tuple(replace(offer, key=replace(offer.key, private=offer.key.private + 1)) for offer in other)
    return replace(document, chip_authentication=strangers)


def test_a_copied_chip_fails_chip_authentication() -> None:
    inspection, trip = read(with_other_keys(generation(MODERN)))
    assert ends(inspection)[Check.CHIP_AUTHENTICITY] == (Outcome.FAILED, Reason.CA_FAILED)
    assert ends(inspection)[Check.MRZ_DG1_CONSISTENCY] == (Outcome.PASSED, Reason.OK)
    assert Stage.DG2 not in trip.stages


def test_a_chip_that_hides_its_pace_is_a_downgrade() -> None:
    hidden = without_master_file(MasterFile.CARD_ACCESS)(generation(MODERN))
    inspection, _ = read(hidden)
    assert inspection.access is AccessProtocol.BAC
    assert ends(inspection)[Check.CHIP_ACCESS] == (Outcome.FAILED, Reason.ACCESS_DOWNGRADED)


def test_an_offer_that_nobody_signed_is_a_mismatch() -> None:
    """EF.CardAccess of a chip with other parameters than DG14 names."""
    other = generation("2015 PACE-IM").master_files[MasterFile.CARD_ACCESS]
    document = generation(MODERN)
    files = {**document.master_files, MasterFile.CARD_ACCESS: other}
    forged = replace(document, master_files=files, pace=generation("2015 PACE-IM").pace)
    assert ends(read(forged)[0])[Check.CHIP_ACCESS] == (Outcome.FAILED, Reason.SECURITY_INFOS_MISMATCH)


# Terminal Authentication


@dataclass(frozen=True)
class Inspector:
    """A terminal of the simulated state."""

    chain: TerminalChain
    certificates: TerminalCertificates

    def sign(self, algorithm: str, message: bytes) -> bytes:
        del algorithm  # all certificates of this chain have the same
        return card_signature(self.chain.terminal.key, self.chain.terminal.algorithm, message)


def protected_passport() -> Passport:
    document, chain = generation(MODERN), terminal_chain(utopia().country, utopia().secret, FOUNDED)
    return replace(document, files={**document.files, File.CVCA: ef_cvca(chain.trust_point.reference)})


def inspector() -> Terminal:
    chain = terminal_chain(utopia().country, utopia().secret, FOUNDED)
    links = (chain.trust_point, chain.verifier, chain.terminal)
    certificates = TerminalCertificates(parse_cv_certificate(link.certificate) for link in links)
    return Terminal(certificates, Inspector(chain, certificates))


def test_without_a_terminal_nothing_protected_is_asked_for() -> None:
    inspection, trip = read(protected_passport())
    assert inspection.protected == ()
    assert Stage.TERMINAL_AUTH not in trip.stages


def test_a_terminal_learns_how_many_fingers_there_are_and_no_more() -> None:
    inspection, trip = read(protected_passport(), terminal=inspector())
    assert inspection.protected == ("dg3:0",)  # a simulated holder's fingers were not taken
    assert inspection.result(Check.CHIP_ACCESS).details[-1] == "dg3:0"
    assert trip.stages[-2] is Stage.TERMINAL_AUTH
    assert {outcome for outcome, _ in ends(inspection).values()} == {Outcome.PASSED}


def test_a_terminal_without_rights_spoils_nothing() -> None:
    stranger = Terminal(TerminalCertificates(()), inspector().signer)
    inspection, _ = read(protected_passport(), terminal=stranger)
    assert inspection.protected == ("terminal_authentication:access_unsupported",)
    assert tuple(ends(inspection)) == CHIP_CHECKS
    assert {outcome for outcome, _ in ends(inspection).values()} == {Outcome.PASSED}
