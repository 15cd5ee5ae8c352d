"""What a gate file names beside devices: trust, alert list and keys, models, the outbox's folder, the broker."""

import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from egate.config import Config
from egate.face.errors import ModelError
from egate.face.pipeline import FacePipeline
from egate.runtime.resources import Resources, why_missing
from egate.telemetry.mqtt_session import Session, SessionLost, SessionSettings, Waker
from egate.telemetry.outbox import Limits
from egate_tools.findings import Finding, Verdict, bad, faulty, good

_NAMES = {
    "trust.unusable": "trust bundle",
    "trust.rollback": "trust bundle's serial",
    "trust.stale": "trust bundle's age",
    "terminal.unusable": "terminal's certificates",
    "alert_list.unusable": "alert list",
    "models.unusable": "models",
}
_ROOM_BYTES = (
    2 * Limits().max_bytes
)  # the journal at its largest, and as much again for its log and for set-aside files


def files(config: Config, now: datetime) -> list[Finding]:
    """Load what the gate loads at its start, by the gate's own code."""
    causes = why_missing(Resources(), config, now)
    return [
        good(_NAMES[code], "usable") if cause is None else faulty(_NAMES[code], cause, code)
        for code, cause in causes.items()
    ]


def models(folder: Path, threads: int) -> Finding:
    """The models' hashes, and whether the inference runtime takes them."""
    try:
        FacePipeline.load(folder, threads)
    except ModelError as error:
        return faulty("models", str(error), "models.unusable")
    return good("models", f"{folder}: as their card says")


def outbox(path: Path) -> Finding:
    """Whether events could be written beside ``path``. A journal that is there is not opened: a gate may hold it."""
    what, folder = "outbox", _first_existing(path.parent)
    if path.is_dir():
        return _no_outbox(f"{path} is a folder, not a file", "Name a file in telemetry.outbox.")
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"\0")
            probe.flush()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return _no_outbox(f"{folder} cannot be written ({error.strerror})", "Give the gate's user this folder.")
    room = f"{folder}: {free // 1_000_000} MB free"
    if free < _ROOM_BYTES:
        text = f"{room}, {_ROOM_BYTES // 1_000_000} MB wanted"
        meaning = "When the disk is full the lane closes."
        return Finding(what, Verdict.NOTE, text, meaning, "Free space, or name a larger disk in telemetry.outbox.")
    return good(what, room)


def _first_existing(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if each.exists())


def _no_outbox(result: str, remedy: str) -> Finding:
    return bad("outbox", result, "Events cannot be stored; the controller does not start.", remedy)


def broker(config: Config) -> Finding:
    """Greet the broker as MQTT 5 wants it, under a name of our own so that a running gate keeps its session."""
    settings = config.telemetry.broker
    waker = Waker()
    session = Session(
        SessionSettings(
            host=settings.host,
            port=settings.port,
            client_id=f"egate-doctor-{config.lane.id}",
            subscriptions=(f"egate-doctor/{config.lane.id}",),
            connect_timeout_s=settings.connect_timeout_s,
        ),
        waker,
    )
    try:
        session.open()
        session.close(timeout_s=1.0)
    except SessionLost as error:
        return faulty("broker", str(error), "broker.unreachable")
    finally:
        session.cut()
        waker.close()
    return good("broker", f"{settings.host}:{settings.port} takes MQTT 5 sessions")
