"""Lays simulated documents before the gate's own reader, without a lane around it: one document, one inspection."""

import io
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from PIL import Image

from egate.checks import Check, CheckResult, Outcome
from egate.document.chip.steps import Reset, Transmit
from egate.document.errors import ChipTimedOut
from egate.document.inspection.known_documents import DocumentModel, Feature
from egate.document.inspection.plan import ChipInspection, Plan
from egate.document.inspection.reader import inspect_chip
from egate.document.mrz.inspection import DocumentLimits, check_mrz
from egate.document.pki.defect_list import read_defect_list
from egate.document.pki.trust import TrustStore, decode_certificates
from egate_sim.passport.chip import Chip, Quirks
from egate_sim.passport.contents import Passport
from egate_sim.passport.forgeries import Forgery, Known, TrustLists, Workshop
from egate_sim.passport.issue import issue
from egate_sim.passport.mrz import Holder, Sex
from egate_sim.passport.profiles import Profile
from egate_sim.passport.state import ANTARCTICA, State, found_state

FOUNDED = date(2026, 1, 1)
_SECRET = b"inspection bench"
_NOON = time(12, tzinfo=UTC)
_HOLDER = Holder("Tester", "Toni Maria", date(1990, 2, 3), Sex.FEMALE, "ATA", "T1234", date(2034, 5, 6))


@dataclass(frozen=True, slots=True)
class Findings:
    """All checks of one document, and how many commands its chip was asked."""

    checks: tuple[CheckResult, ...]
    apdu_count: int

    def result(self, check: Check) -> CheckResult | None:
        """One check; None where it was not reached."""
        return next((result for result in self.checks if result.check is check), None)

    @property
    def objections(self) -> tuple[CheckResult, ...]:
        """All that keeps the holder from passing."""
        good = (Outcome.PASSED, Outcome.NOT_SUPPORTED)
        return tuple(result for result in self.checks if result.outcome not in good)


@cache
def workshop() -> Workshop:
    """The state that issues the bench's documents, and the forger's portrait."""
    return Workshop(_state(), _portrait(2))


def forged(forgery: Forgery) -> Passport:
    """What the forger made of a genuine document."""
    return forgery.forge(genuine(forgery.profile), workshop())


@cache
def judge(forgery: Forgery) -> Findings:
    """Inspect a forgery as a gate does that was given the forgery's lists."""
    gate = Gate(forgery.lists(workshop()), FOUNDED + forgery.later, forgery.known)
    return inspect(forged(forgery), gate, forgery.quirks)


@cache
def genuine(profile: Profile) -> Passport:
    """A document as it was issued."""
    return issue(_state(), _HOLDER, _portrait(1), profile)


@dataclass(frozen=True, slots=True)
class Gate:
    """What a gate was given, and when: ``known`` is what all documents of this kind have."""

    lists: TrustLists
    day: date = FOUNDED + timedelta(days=31)
    known: tuple[Known, ...] = ()


def inspect(passport: Passport, gate: Gate | None = None, quirks: Quirks | None = None) -> Findings:
    """Page first, then chip; a page that cannot be used ends the inspection. By default the gate knows the state that
    issues the bench's documents."""
    gate = gate or Gate(workshop().lists())
    page = check_mrz(passport.mrz, gate.day, DocumentLimits())
    if page.mrz is None:
        return Findings(page.checks, 0)
    now = datetime.combine(gate.day, _NOON)
    plan = inspect_chip(
        page.mrz,
        trust=trust_store(gate.lists, now),
        now=now,
        random_bytes=random.Random(7).randbytes,
        model=_model(gate.known) if gate.known else None,
    )
    inspection = drive(plan, Chip(passport, random.Random(11), quirks))
    return Findings((*page.checks, *inspection.checks), inspection.apdu_count)


def trust_store(lists: TrustLists, now: datetime) -> TrustStore:
    """What a gate makes of the files that it was given."""
    store = TrustStore.from_master_list(lists.master_list, [lists.pinned], now)
    for crl in lists.crls:
        store = store.with_revocation_list(crl)
    for listed in lists.defects:
        anchors = (*store.cscas, *decode_certificates(lists.pinned_publishers))
        store = store.with_defects(read_defect_list(listed, anchors, now).entries)
    return store.with_links(lists.links)


def drive(plan: Plan, chip: Chip) -> ChipInspection:
    """Carry a plan to its end as the runtime does, without the radio. A chip that says nothing has timed out."""
    try:
        step = next(plan)
        while True:
            answer = b""
            match step:
                case Transmit(command):
                    answer = chip.process(command)
                    if not answer:
                        step = plan.throw(ChipTimedOut())
                        continue
                case Reset():
                    chip.reset()
            step = plan.send(answer)
    except StopIteration as end:
        inspection: ChipInspection = end.value
        return inspection


def _model(known: tuple[Known, ...]) -> DocumentModel:
    features = tuple(Feature(word.value) for word in known)
    return DocumentModel("bench", "P", (ANTARCTICA.code,), date(2000, 1, 1), 10, features, "the inspection bench")


@cache
def _state() -> State:
    return found_state(ANTARCTICA, _SECRET, FOUNDED)


@cache
def _portrait(seed: int) -> bytes:
    """Noise: nobody looks at it here."""
    stream = io.BytesIO()
    noise = random.Random(seed).randbytes(240 * 320 * 3)
    Image.frombytes("RGB", (240, 320), noise).save(stream, "JPEG", quality=20)
    return stream.getvalue()
