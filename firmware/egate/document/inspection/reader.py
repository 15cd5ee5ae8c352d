"""The plan of one inspection: open the chip, read it in the order that decides earliest, judge what was read.

SOD comes first: it says which data groups there are, and its signature is judged while the chip is busy with the next
ones. Then what is short: DG14 and the proof that goes with it, DG1, DG15 and its proof. The portrait, four fifths of
all round trips, comes last, and not at all once it is certain that the traveller goes to an officer. EF.COM, which
nobody signed, is asked for only where SOD is missing.
"""

from collections.abc import Generator
from datetime import datetime

from egate.checks import Reason
from egate.document.chip.access import Access, open_chip
from egate.document.chip.card_security import read_card_security
from egate.document.chip.channel import Channel, Exchange
from egate.document.chip.credentials import Credentials
from egate.document.chip.file_reader import FileReader
from egate.document.chip.spare_time import SpareTime
from egate.document.chip.steps import Progress, ReaderCapacity, ReadLimits, Stage, Step
from egate.document.crypto.symmetric import RandomBytes
from egate.document.errors import DocumentError, SecureMessagingError, TransportError
from egate.document.inspection.findings import Context, Findings
from egate.document.inspection.known_documents import DocumentModel
from egate.document.inspection.plan import ChipInspection, Plan
from egate.document.inspection.protected import Session, Terminal, read_protected
from egate.document.inspection.proving import Prover
from egate.document.lds.files import Ef
from egate.document.mrz.zone import Mrz
from egate.document.pki.trust import TrustStore

_STAGES = {
    Ef.COM: Stage.COM,
    Ef.SOD: Stage.SOD,
    Ef.DG1: Stage.DG1,
    Ef.DG2: Stage.DG2,
    Ef.DG14: Stage.DG14,
    Ef.DG15: Stage.DG15,
}
# These say something about one file; any other error means that the session cannot go on.
_OF_ONE_FILE = (Reason.FILE_MISSING, Reason.FILE_FORMAT)


def inspect_chip(
    mrz: Mrz,
    *,
    trust: TrustStore,
    now: datetime,
    random_bytes: RandomBytes,
    capacity: ReaderCapacity | None = None,
    limits: ReadLimits | None = None,
    model: DocumentModel | None = None,
    can: str = "",
    read_to_the_end: bool = False,
    terminal: Terminal | None = None,
) -> Plan:
    """The plan for one chip that has just been selected. Whatever chip or transport do, it ends with a result; a
    transport error that is thrown in ends it as aborted.

    ``mrz``: the printed zone; ``can``: the card access number where it is known; ``now``: trusted time, aware of its
    zone; ``random_bytes``: cryptographically strong; ``model``: what is known of documents of this kind.
    ``read_to_the_end``: also the portrait of a document that has failed by then, for an officer who wants to see it;
    ``terminal``: for Terminal Authentication, on which no check depends.
    """
    spare_time = SpareTime()
    findings = Findings(Context(mrz, trust, now, model), spare_time)
    channel = Channel(capacity or ReaderCapacity(), limits or ReadLimits(), spare_time)
    credentials = Credentials(mrz.mrz_information, can)
    reading = _Reading(channel, credentials, findings, random_bytes, read_to_the_end=read_to_the_end, terminal=terminal)
    try:
        yield from reading.run()
    except TransportError as error:
        findings.interrupted(error)
    except DocumentError as error:
        findings.broken_off(error)
    yield from _announce(Stage.PASSIVE_AUTH)
    checks, algorithms = findings.conclude()
    return ChipInspection(
        checks=checks,
        access=findings.access.protocol if findings.access else None,
        dg1=findings.dg1,
        portrait=findings.portrait,
        algorithms=algorithms,
        protected=findings.protected,
        issuing_state=mrz.issuing_state,
        document_type=mrz.document_type,
        apdu_count=channel.apdu_count,
        bytes_read=reading.files.bytes_read,
        read_length=reading.files.length,
    )


def _announce(stage: Stage) -> Generator[Step, bytes, None]:
    """A transport error at a mere marker changes nothing of what was read."""
    try:
        yield Progress(stage)
    except TransportError:
        return


class _Reading:
    """Everything that needs the chip."""

    def __init__(
        self,
        channel: Channel,
        credentials: Credentials,
        findings: Findings,
        random_bytes: RandomBytes,
        *,
        read_to_the_end: bool,
        terminal: Terminal | None,
    ) -> None:
        self._channel, self._credentials = channel, credentials
        self._findings, self._random_bytes = findings, random_bytes
        self._read_to_the_end, self._terminal = read_to_the_end, terminal
        self._access: Access | None = None
        self.files = FileReader(channel, self._open_again)
        self._prover = Prover(channel, findings, random_bytes, self.files.lose_session)

    def run(self) -> Exchange[None]:
        """Raises TransportError and DocumentError where nothing more can be read."""
        yield Progress(Stage.ACCESS)
        self._access = yield from open_chip(self._channel, self._credentials, self._random_bytes)
        self._findings.opened(self._access)
        yield from self._read(Ef.SOD)
        if self._findings.sod is None:
            yield from self._read(Ef.COM)
        yield from self._read_if_listed(Ef.DG14)
        yield from self._prover.by_static_key()
        yield from self._read_zone()
        if self._prover.needs_more and self._findings.mapping_proof is not None:
            yield from self._prove_by_card_security()
        if self._prover.needs_more:
            yield from self._read_if_listed(Ef.DG15)
            yield from self._prover.by_active_authentication()
        yield from self._read_portrait()

    def _read_zone(self) -> Exchange[None]:
        """After Chip Authentication its first bytes are the proof; who fails it is read once more without."""
        size = self._findings.mrz.format.dg1_bytes
        try:
            yield from self._read(Ef.DG1, size)
        except SecureMessagingError:
            if not self._prover.awaits_answer:
                raise
            self.files.lose_session()
        self._prover.settle()
        if not self._findings.has_asked_for(Ef.DG1):
            yield from self._read(Ef.DG1, size)

    def _prove_by_card_security(self) -> Exchange[None]:
        """A chip that does not give the file may have another proof."""
        yield Progress(Stage.CARD_SECURITY)
        try:
            self._prover.by_card_security((yield from read_card_security(self._channel, self._open_again)))
        except DocumentError as error:
            if error.reason not in _OF_ONE_FILE:
                raise

    def _read_portrait(self) -> Exchange[None]:
        self._findings.finish_work()
        if self._findings.refusal_is_certain and not self._read_to_the_end:
            return  # what is missing now is told as not done
        yield from self._read(Ef.DG2)
        self._findings.complete = True
        yield from self._read_protected()

    def _read_protected(self) -> Exchange[None]:
        session, terminal = self._prover.session, self._terminal
        if terminal is None or session is None or self._access is None or self._channel.secure is not session.secure:
            return
        yield Progress(Stage.TERMINAL_AUTH)
        findings = self._findings
        began = Session(self._access, self._credentials, session, findings.security_infos)
        groups, today = findings.data_groups, findings.today
        findings.protected = yield from read_protected(self._channel, terminal, began, groups, today)

    def _read_if_listed(self, ef: Ef) -> Exchange[None]:
        if ef.value.data_group in self._findings.data_groups:
            yield from self._read(ef)

    def _read(self, ef: Ef, expected_bytes: int | None = None) -> Exchange[None]:
        """A file that the chip does not give, or not in its form, is noted, and reading goes on."""
        yield Progress(_STAGES[ef])
        try:
            self._findings.take(ef, (yield from self.files.read(ef, expected_bytes)))
        except DocumentError as error:
            if error.reason not in _OF_ONE_FILE:
                raise
            self._findings.miss(ef, error)

    def _open_again(self) -> Exchange[None]:
        yield Progress(Stage.ACCESS)
        yield from self._channel.reset()
        yield from open_chip(self._channel, self._credentials, self._random_bytes, self._access)
