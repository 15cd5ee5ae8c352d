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
from egate.document.inspection.protected import Terminal
from egate.document.pki.bundle_trust import BundleTrust
from egate.face.errors import ModelError
from egate.face.pipeline import FacePipeline
from egate.runtime.model_files import load_models
from egate.runtime.terminal_files import load_terminal
from egate.runtime.trust_files import RollbackError, load_trust, remember_serial, why_stale

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Resources:
    """None: not usable now; ``terminal``: or not configured."""

    trust: BundleTrust | None = None
    terminal: Terminal | None = None
    alert_list: OfflineAlertList | None = None
    faces: FacePipeline | None = None


def load_missing(resources: Resources, config: Config, now: datetime) -> dict[str, bool]:
    """Try everything that is not usable. Returns fault code -> whether it is active. Reads files, and writes down the
    trust bundle's serial: not on the loop."""
    found = why_missing(resources, config, now)
    if resources.trust is not None:
        found |= _causes("trust.unusable", lambda: _remember(resources, config))
    for code, cause in found.items():
        if cause is not None:
            log.error("%s: %s", code, cause)
    return {code: cause is not None for code, cause in found.items()}


def why_missing(resources: Resources, config: Config, now: datetime) -> dict[str, str | None]:
    """The same, but fault code -> cause, None where all is well. Nothing is logged or written."""
    found: dict[str, str | None] = {"trust.rollback": None, "trust.stale": None}
    found |= _causes("trust.unusable", lambda: _load_trust(resources, config, now))
    if config.terminal.key is not None:
        found |= _causes("terminal.unusable", lambda: _load_terminal(resources, config, now))
    found |= _causes("alert_list.unusable", lambda: _load_alert_list(resources, config, now))
    found |= _causes("models.unusable", lambda: _load_models(resources, config))
    if resources.trust is not None:
        found["trust.stale"] = why_stale(resources.trust.bundle.header, config.trust, now)
    return found


def _causes(code: str, attempt: Callable[[], None]) -> dict[str, str | None]:
    """What an attempt says about its fault."""
    try:
        attempt()
    except RollbackError as error:
        return {code: None, "trust.rollback": str(error)}
    except OSError as error:
        return {code: f"{error.filename}: cannot be read or written ({error.strerror})"}
    except (TrustError, KeyFileError, AlertListError, ModelError) as error:
        return {code: str(error)}
    return {code: None}


def _load_trust(resources: Resources, config: Config, now: datetime) -> None:
    """Anew each time: a file that was exchanged counts at once, and what was good may be too old now."""
    current, resources.trust = resources.trust, None
    resources.trust = load_trust(config.trust, now, current, allow_simulation=config.lane.simulation)


def _remember(resources: Resources, config: Config) -> None:
    """A serial that cannot be written down does not count: without it an older bundle could come back."""
    trust, resources.trust = resources.trust, None
    if trust is not None:
        remember_serial(config.trust, trust.bundle)
    resources.trust = trust


def _load_terminal(resources: Resources, config: Config, now: datetime) -> None:
    """Anew each time: its certificates are valid for weeks."""
    resources.terminal = None
    resources.terminal = load_terminal(config.terminal, now, allow_simulation=config.lane.simulation)


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
    faces = load_models(config.face, allow_simulation=config.lane.simulation)
    try:
        config.face.capture.effective_thresholds(faces.cards)
    except ValueError as error:
        raise ModelError(f"face.capture.{error}") from None
    resources.faces = faces
