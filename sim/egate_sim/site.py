"""Prepares everything that a simulated lane needs to start: trust, alert list, keys, and its gate file.

A real site gets the same files from its border agency; here a simulated state makes them. All of them say SIMULATION,
and a lane that does not say ``simulation = true`` refuses them.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from egate.transaction.limits import Policy
from egate_sim.border import BorderAgency, Entry, found_border_agency
from egate_sim.model_office import ModelOffice
from egate_sim.passport.state import ANTARCTICA, UTOPIA, State, found_state
from egate_sim.people.cast import DEMO_MATCH_THRESHOLD
from egate_sim.trust_office import TrustOffice
from egate_sim.visitors import Cast, demo_cast

LANE = "demo"
LIST_VERSION = 1
GATE_FILE = "gate.toml"
MODELS = Path(__file__).resolve().parents[2] / "models"
REAL_MEMORY_S = Policy().document_memory_s

_GATE_FILE = """\
# A simulated lane, written by the simulator. On a real lane only [devices] and [lane] differ.
[lane]
id = "{lane}"
simulation = true

[trust]
bundle = "trust/bundle.egt"
verify_key = "trust/bundle.pub"
serial_file = "trust/serial"

[border]
alert_list = "border/alerts.list"
verify_key = "border/{verify}"
lookup_key = "border/{lookup}"

[face]
models = "{models}"
manifest = "models/manifest.toml"
verify_key = "models/manifest.pub"

[face.capture]
match_threshold = {match_threshold}

[policy]
document_memory_s = {document_memory_s}

[telemetry]
outbox = "outbox.db"

[telemetry.broker]
port = {broker_port}

[screen]
enabled = {screen}
port = {screen_port}

[technician]
{technician}
[devices.document_reader]
driver = "serial"
port = "{folder}/ocr"
profile = "stx-presence"

[devices.chip]
driver = "sim"
socket = "chip.sock"

[devices.camera]
driver = "sim"
socket = "camera.sock"

[devices.light]
driver = "sim"
socket = "light.sock"

[devices.indicators]
driver = "sim"
socket = "panel.sock"

[devices.attendant]
driver = "sim"
socket = "panel.sock"

[devices.door]
driver = "serial"
port = "{folder}/door"
"""


@dataclass(frozen=True, slots=True)
class Site:
    """A folder with everything in it, the people who will come, and who issued what they carry."""

    folder: Path
    gate_file: Path
    cast: Cast
    today: date
    state: State
    neighbour: State
    agency: BorderAgency
    office: TrustOffice


def prepare_site(
    folder: Path,
    seed: int,
    now: datetime,
    *,
    lane: str = LANE,
    broker_port: int = 1883,
    screen_port: int | None = 0,
    technician_port: int | None = None,
    document_memory_s: int = REAL_MEMORY_S,
) -> Site:
    """Write the files of one simulated lane into ``folder``. The same seed and time give the same files.

    ``screen_port``, ``technician_port`` None: no traveller's screen, no technician's page is served.
    ``document_memory_s``: less than by default where the same few people come again and again.
    """
    secret = hashlib.sha256(f"SIMULATION {seed}".encode()).digest()
    state, neighbour = (found_state(country, secret, now.date()) for country in (ANTARCTICA, UTOPIA))
    cast = demo_cast(state, now.date())
    office = TrustOffice(secret, state, (state, neighbour))
    office.write(folder / "trust", datetime.combine(now.date(), time.min, tzinfo=UTC))
    ModelOffice(secret).write(folder / "models", MODELS, now.date())
    agency = found_border_agency(secret)
    verify, lookup = _write_alert_list(folder / "border", agency, cast, now.date())
    gate_file = folder / GATE_FILE
    gate_file.write_text(
        _GATE_FILE.format(
            lane=lane,
            verify=verify,
            lookup=lookup,
            models=MODELS,
            match_threshold=DEMO_MATCH_THRESHOLD,
            broker_port=broker_port,
            screen=str(screen_port is not None).lower(),
            screen_port=screen_port or 0,
            technician="" if technician_port is None else f'listen = "127.0.0.1:{technician_port}"\n',
            document_memory_s=document_memory_s,
            folder=folder.resolve(),
        ),
        "utf-8",
    )
    return Site(folder, gate_file, cast, now.date(), state, neighbour, agency, office)


def _write_alert_list(folder: Path, agency: BorderAgency, cast: Cast, today: date) -> tuple[str, str]:
    folder.mkdir(parents=True, exist_ok=True)
    upper, lower = cast.wanted.mrz
    entry = Entry(upper[2:5], lower[:9].rstrip("<"))
    issued = datetime.combine(today, time.min, tzinfo=UTC)
    (folder / "alerts.list").write_bytes(agency.compile_list([entry], LIST_VERSION, issued))
    verify, lookup = agency.write_keys(folder)
    return verify.name, lookup.name
