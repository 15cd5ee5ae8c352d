"""The plan of one inspection: open the chip, read it in the order that saves round trips, judge what was read.

SOD comes first, because it says which data groups there are; DG2 late, because it is long and the face is captured
meanwhile. EF.COM, which nobody signed, is only noted: one round trip at the end, or in place of a SOD that is missing.
Active Authentication is last, because a chip that stumbles over it takes nothing with it.
"""

from collections.abc import Generator
from datetime import datetime

from egate.checks import Reason
from egate.document.chip.access import Access, open_chip
from egate.document.chip.active_auth import authenticate_actively
from egate.document.chip.channel import Channel, Exchange
from egate.document.chip.credentials import Credentials
from egate.document.chip.file_reader import FileReader
from egate.document.chip.steps import Progress, ReaderCapacity, ReadLimits, Stage, Step
from egate.document.crypto.public_keys import PublicKey
from egate.document.crypto.symmetric import RandomBytes
from egate.document.errors import DocumentError, FormatError, SecureMessagingError, TransportError, UnsupportedError
from egate.document.inspection.findings import Findings
from egate.document.inspection.known_documents import DocumentModel
from egate.document.inspection.plan import ChipInspection, Plan
from egate.document.lds.files import TD3_DG1_BYTES, Ef
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
_ORDER = (Ef.DG14, Ef.DG15, Ef.DG1, Ef.DG2)
_ALWAYS = (Ef.DG1, Ef.DG2)
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
) -> Plan:
    """The plan for one chip that has just been selected. Whatever chip or transport do, it ends with a result; a
    transport error that is thrown in ends it as aborted.

    ``mrz``: the printed zone; ``now``: trusted time, aware of its zone; ``random_bytes``: cryptographically strong;
    ``model``: what is known of documents of this kind.
    """
    findings = Findings(mrz)
    reading = _Reading(mrz, findings, random_bytes, Channel(capacity or ReaderCapacity(), limits or ReadLimits()))
    try:
        yield from reading.run()
    except TransportError as error:
        findings.interrupted(error)
    except DocumentError as error:
        findings.broken_off(error)
    yield from _announce(Stage.PASSIVE_AUTH)
    checks, algorithms = findings.conclude(trust, now, model)
    return ChipInspection(
        checks=checks,
        access=reading.access.protocol if reading.access else None,
        dg1=findings.dg1,
        portrait=findings.portrait,
        algorithms=algorithms,
        issuing_state=mrz.issuing_state,
        document_type=mrz.document_type,
        lds_version=findings.lds_version,
        apdu_count=reading.channel.apdu_count,
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

    def __init__(self, mrz: Mrz, findings: Findings, random_bytes: RandomBytes, channel: Channel) -> None:
        self._credentials = Credentials(mrz.mrz_information)
        self._findings = findings
        self._random_bytes = random_bytes
        self.channel = channel
        self.files = FileReader(channel, self._open_again)
        self.access: Access | None = None

    def run(self) -> Exchange[None]:
        """Raises TransportError and DocumentError where nothing more can be read."""
        yield Progress(Stage.ACCESS)
        self.access = yield from open_chip(self.channel, self._credentials, self._random_bytes)
        self._findings.opened(self.access.protocol)
        yield from self._read(Ef.SOD)
        if self._findings.sod is None:
            yield from self._read(Ef.COM)
        for ef in _ORDER:
            if ef in _ALWAYS or ef.value.data_group in self._findings.data_groups:
                yield from self._read(ef, TD3_DG1_BYTES if ef is Ef.DG1 else None)
        self._findings.complete = True
        if self._findings.sod is not None:
            yield from self._read(Ef.COM)
        if self._findings.key is not None:
            yield Progress(Stage.ACTIVE_AUTH)
            yield from self._authenticate(self._findings.key)

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
        yield from self.channel.reset()
        yield from open_chip(self.channel, self._credentials, self._random_bytes, self.access)

    def _authenticate(self, key: PublicKey) -> Exchange[None]:
        """What goes wrong here is said of the chip's authenticity, not of the whole chip."""
        try:
            algorithm = self._findings.active_authentication_algorithm
            signed = yield from authenticate_actively(self.channel, key, algorithm, self._random_bytes)
        except (FormatError, SecureMessagingError, UnsupportedError) as error:
            self._findings.chip_not_authenticated(error)
        else:
            self._findings.chip_signed(signed)
