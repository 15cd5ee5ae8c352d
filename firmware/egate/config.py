"""One lane: the whole gate file, checked when it is read. Unknown keys, wrong types and values out of bounds are
errors that name the key and what would be valid. Relative paths start at the file's own folder."""

import ipaddress
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from egate.document.errors import FormatError
from egate.document.inspection import known_documents
from egate.document.inspection.known_documents import KnownDocuments
from egate.document.mrz.inspection import DocumentLimits
from egate.document.pki.rules import TrustRules
from egate.face.limits import FaceLimits
from egate.face.networks.cards import packaged_models
from egate.telemetry.fields import check_gate
from egate.telemetry.link import LinkSettings
from egate.transaction.limits import Limits, Policy, Timeouts
from egate_hal.errors import SettingsError
from egate_hal.registry import DeviceConfig, read_device, stands_in
from egate_hal.settings import Bounds, bind


def packaged_known_documents() -> Path:
    """The list that comes with egate."""
    return Path(known_documents.__file__).with_suffix(".toml")


PORTS = ("document_reader", "chip", "camera", "indicators", "attendant", "door")
"""Devices that every lane has."""

OPTIONAL_PORTS = ("light",)
"""Devices that a lane may have: without a face light, nobody is put to the light challenge."""

_HIGHEST_PORT = 65535


@dataclass(frozen=True, slots=True)
class LaneConfig:
    """``simulation`` lets simulation keys and lists in; a lane that says so never serves a border."""

    id: str
    simulation: bool = False
    language: Annotated[str, Bounds(pattern="^[a-z]{2,3}$")] = "en"

    def __post_init__(self) -> None:
        check_gate(self.id)


@dataclass(frozen=True, slots=True)
class TrustConfig:
    """``bundle``: the agency's signed trust bundle; ``verify_key``: the public key that signed it, PEM;
    ``serial_file``: where the gate remembers the newest bundle that it has used, so that no older one comes back.
    Counted from the day on which the bundle was made: past ``warn_age_days`` a newer one is asked for, past
    ``max_age_days`` nothing in it is believed."""

    bundle: Path
    verify_key: Path
    serial_file: Path
    warn_age_days: Annotated[int, Bounds(ge=1, le=180)] = 14
    max_age_days: Annotated[int, Bounds(ge=1, le=365)] = 90
    rules: TrustRules = field(default_factory=TrustRules)

    def __post_init__(self) -> None:
        if self.warn_age_days > self.max_age_days:
            raise ValueError("warn_age_days is above max_age_days; warn before the lane closes")


@dataclass(frozen=True, slots=True)
class TerminalConfig:
    """Terminal Authentication: off where nothing is named here; no check of a lane depends on it. ``certificates``:
    files with card-verifiable certificates one after the other: those of the CVCAs with their links, of document
    verifiers, and the terminal's own; ``key``: the terminal's private key, PEM or DER, RSA or ECDSA, readable for the
    gate's user alone (mode 0600). Loaded anew at every self-test."""

    certificates: tuple[Path, ...] = ()
    key: Path | None = None

    def __post_init__(self) -> None:
        if bool(self.certificates) != (self.key is not None):
            raise ValueError("certificates and key go together; name both or neither")


@dataclass(frozen=True, slots=True)
class KnownDocumentsConfig:
    """``file``: what chips of which documents can do; by default what is publicly known."""

    file: Path = field(default_factory=packaged_known_documents)


@dataclass(frozen=True, slots=True)
class BorderConfig:
    """The offline alert list, the public key that signed it, and the secret that its hashes are keyed with."""

    alert_list: Path
    verify_key: Path
    lookup_key: Path


@dataclass(frozen=True, slots=True)
class FaceConfig:
    """``manifest``: the agency's list of the model files that its gates may run, with its signature beside it in a file
    that has ``.sig`` after the same name (`egate models sign` makes both); ``verify_key``: the public key that signed
    it, PEM; ``models``: the folder with model.toml, by default the one installed with egate; ``threads``: of the
    inference runtime. A lane may only be stricter than the models' cards."""

    manifest: Path
    verify_key: Path
    models: Path = field(default_factory=packaged_models)
    threads: Annotated[int, Bounds(ge=1, le=8)] = 2
    capture: FaceLimits = field(default_factory=FaceLimits)


@dataclass(frozen=True, slots=True)
class TelemetryConfig:
    """``outbox``: file that keeps every event until the centre has it."""

    outbox: Path
    broker: LinkSettings = field(default_factory=LinkSettings)


@dataclass(frozen=True, slots=True)
class ScreenConfig:
    """The traveller's screen is served on loopback only; ``port`` 0 takes any free one."""

    enabled: bool = True
    port: Annotated[int, Bounds(ge=0, le=65535)] = 8080


@dataclass(frozen=True, slots=True)
class TechnicianConfig:
    """The technician's page: guidance, quality and the score of every cue of attack detection, live, in figures alone.
    Off where ``listen`` does not say where it is served: an IPv4 address of the loopback network and a port, such as
    "127.0.0.1:8081"; port 0 takes any free one. It is never served to a network, and must not be shown on the lane's
    own display. From another machine look through a tunnel, `ssh -L 8081:127.0.0.1:8081 GATE`, at
    http://127.0.0.1:8081/; whoever may log in at the gate may look."""

    listen: str | None = None

    def __post_init__(self) -> None:
        _ = self.address

    @property
    def address(self) -> tuple[str, int] | None:
        """Host and port; None: the page is off. Raises ValueError."""
        if self.listen is None:
            return None
        host, _, port = self.listen.rpartition(":")
        if not port.isascii() or not port.isdecimal() or int(port) > _HIGHEST_PORT:
            raise ValueError(f"listen: '{self.listen}' is not an address and a port, such as \"127.0.0.1:8081\"")
        try:
            loopback = ipaddress.IPv4Address(host).is_loopback
        except ValueError:
            loopback = False
        if not loopback:
            raise ValueError(
                f"listen: '{host}' is no IPv4 address of the loopback network; say \"127.0.0.1:{port}\" and look from "
                "other machines through an SSH tunnel"
            )
        return host, int(port)


@dataclass(frozen=True, slots=True)
class GateFile:
    """The gate file as it is written, devices still unread."""

    lane: LaneConfig
    trust: TrustConfig
    border: BorderConfig
    face: FaceConfig
    telemetry: TelemetryConfig
    devices: dict[str, dict[str, Any]]
    timeouts: Timeouts = field(default_factory=Timeouts)
    policy: Policy = field(default_factory=Policy)
    document: DocumentLimits = field(default_factory=DocumentLimits)
    terminal: TerminalConfig = field(default_factory=TerminalConfig)
    known_documents: KnownDocumentsConfig = field(default_factory=KnownDocumentsConfig)
    screen: ScreenConfig = field(default_factory=ScreenConfig)
    technician: TechnicianConfig = field(default_factory=TechnicianConfig)


@dataclass(frozen=True, slots=True)
class Config:
    """A whole lane, ready to be built."""

    lane: LaneConfig
    limits: Limits
    document: DocumentLimits
    known_documents: KnownDocuments
    trust: TrustConfig
    terminal: TerminalConfig
    border: BorderConfig
    face: FaceConfig
    telemetry: TelemetryConfig
    screen: ScreenConfig
    technician: TechnicianConfig
    devices: Mapping[str, DeviceConfig]


def read_config(path: Path) -> Config:
    """Read and check a gate file. Raises SettingsError; DeviceUnavailable where a driver cannot be imported here."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror}); name an existing file with --config") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: is not a TOML file: {error}") from None
    tables = bind(GateFile, table, "", path.parent.resolve())
    devices = _devices(tables.devices, path.parent.resolve())
    if not tables.lane.simulation:
        _refuse_simulated(devices)
    return Config(
        lane=tables.lane,
        limits=Limits(tables.timeouts, tables.policy),
        document=tables.document,
        known_documents=_known_documents(tables.known_documents.file),
        trust=tables.trust,
        terminal=tables.terminal,
        border=tables.border,
        face=tables.face,
        telemetry=tables.telemetry,
        screen=tables.screen,
        technician=tables.technician,
        devices=devices,
    )


def _known_documents(path: Path) -> KnownDocuments:
    try:
        return KnownDocuments.parse(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"known_documents.file: {path} cannot be read ({error.strerror}); name a file") from None
    except (FormatError, UnicodeDecodeError) as error:
        raise SettingsError(f"known_documents.file: {path}: {error}") from None


def _devices(tables: Mapping[str, Mapping[str, Any]], base: Path) -> dict[str, DeviceConfig]:
    known = PORTS + OPTIONAL_PORTS
    unknown = sorted(set(tables) - set(known))
    if unknown:
        raise SettingsError(f"devices.{unknown[0]}: no such device; valid: {', '.join(known)}")
    missing = [port for port in PORTS if port not in tables]
    if missing:
        raise SettingsError(f"devices.{missing[0]}: missing; every lane needs {', '.join(PORTS)}")
    return {port: read_device(port, tables[port], base) for port in known if port in tables}


def _refuse_simulated(devices: Mapping[str, DeviceConfig]) -> None:
    for port, device in devices.items():
        if stands_in(device):
            raise SettingsError(
                f"devices.{port}.driver = '{device.driver}': a lane that serves a border has no simulated device and "
                "no recording; name a real driver, or say lane.simulation = true"
            )
