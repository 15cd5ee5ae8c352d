"""What a lane needs beside devices: trusted certificates, alert list, face models. Loaded at start and at self-test.

Each is either usable or its fault is raised; a lane with a raised fault stays closed and tries again.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from egate.border.keys import KeyFileError, Purpose, load_key
from egate.border.offline_list import AlertListError, OfflineAlertList
from egate.config import Config
from egate.document.errors import TrustError
from egate.document.pki.trust import TrustStore
from egate.face.errors import ModelError
from egate.face.pipeline import FacePipeline

log = logging.getLogger(__name__)

# Simulated states put this into every certificate's name; production refuses the lot.
_SIMULATION = b"EGATE SIMULATION"


@dataclass(slots=True)
class Resources:
    """None: not usable now."""

    trust: TrustStore | None = None
    alert_list: OfflineAlertList | None = None
    faces: FacePipeline | None = None


def load_missing(resources: Resources, config: Config, now: datetime) -> dict[str, bool]:
    """Try everything that is not usable. Returns fault code -> whether it is active. Reads files: not on the loop."""
    found = why_missing(resources, config, now)
    for code, cause in found.items():
        if cause is not None:
            log.error("%s: %s", code, cause)
    return {code: cause is not None for code, cause in found.items()}


def why_missing(resources: Resources, config: Config, now: datetime) -> dict[str, str | None]:
    """The same, but fault code -> cause, None where all is well. Nothing is logged."""
    attempts: tuple[tuple[str, Callable[[], None]], ...] = (
        ("trust.unusable", lambda: _load_trust(resources, config, now)),
        ("alert_list.unusable", lambda: _load_alert_list(resources, config, now)),
        ("models.unusable", lambda: _load_models(resources, config)),
    )
    found: dict[str, str | None] = {}
    for code, attempt in attempts:
        try:
            attempt()
            found[code] = None
        except OSError as error:
            found[code] = f"{error.filename}: cannot be read ({error.strerror})"
        except (TrustError, KeyFileError, AlertListError, ModelError) as error:
            found[code] = str(error)
    return found


def _load_trust(resources: Resources, config: Config, now: datetime) -> None:
    if resources.trust is not None:
        return
    raw, signer = config.trust.master_list.read_bytes(), config.trust.signer.read_bytes()
    if _SIMULATION in raw + signer and not config.lane.simulation:
        raise TrustError("the master list comes from a simulator; install the list of the border agency")
    trust = TrustStore.from_master_list(raw, [signer], now)
    for path in config.trust.crls:
        trust = trust.with_revocation_list(path.read_bytes())
    resources.trust = trust


def _load_alert_list(resources: Resources, config: Config, now: datetime) -> None:
    listed = resources.alert_list
    if listed is not None and listed.valid_until >= now:
        return
    resources.alert_list = None
    border, simulation = config.border, config.lane.simulation
    verify = load_key(border.verify_key, Purpose.VERIFY, allow_simulation=simulation)
    lookup = load_key(border.lookup_key, Purpose.LOOKUP, allow_simulation=simulation)
    resources.alert_list = OfflineAlertList.load(
        border.alert_list, verify.key, lookup.key, now, allow_simulation=simulation
    )


def _load_models(resources: Resources, config: Config) -> None:
    if resources.faces is not None:
        return
    faces = FacePipeline.load(config.face.models, config.face.threads)
    try:
        config.face.capture.effective_thresholds(faces.cards)
    except ValueError as error:
        raise ModelError(f"face.capture.{error}") from None
    resources.faces = faces
