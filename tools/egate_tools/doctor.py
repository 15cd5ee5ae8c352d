"""Examines a machine for a technician: is everything there that a gate needs, and if not, what is to be done.

Reads and looks only; it may run beside a gate that serves travellers. It opens no device and not the outbox, so it sees
nothing of a traveller.
"""

from datetime import UTC, datetime
from pathlib import Path

from egate.config import Config, read_config
from egate.face.networks.cards import packaged_models
from egate_hal.errors import DeviceUnavailable, HalError
from egate_hal.registry import examine as examine_device
from egate_tools import machine, site
from egate_tools.findings import Finding, Verdict, bad, faulty, good, write

__all__ = ["Finding", "Verdict", "examine", "write"]

# device port -> the fault that its absence raises
_FAULTS = {
    "document_reader": "document_reader.lost",
    "chip": "chip_reader.lost",
    "camera": "camera.lost",
    "light": "face_light.lost",
    "indicators": "indicators.lost",
    "attendant": "attendant.lost",
    "door": "door.lost",
}


def examine(gate_file: Path | None) -> list[Finding]:
    """The machine, and with a gate file everything that it names."""
    now = datetime.now(UTC)
    found = [machine.python(), *machine.packages(), machine.clock(now)]
    if gate_file is None:
        ports = machine.serial_ports()
        return [*found, *ports, machine.gpio(), machine.camera(), site.models(packaged_models(), threads=2)]
    try:
        config = read_config(gate_file)
    except HalError as error:
        remedy = "Correct the file; docs/settings.md lists every setting with its bounds."
        return [*found, bad("gate file", str(error), "The controller does not start with this file.", remedy)]
    return [*found, good("gate file", f"{gate_file}: lane {config.lane.id}"), *_gate(config, now)]


def _gate(config: Config, now: datetime) -> list[Finding]:
    devices = [_device(config, port) for port in config.devices]
    return [*devices, *site.files(config, now), site.outbox(config.telemetry.outbox), site.broker(config)]


def _device(config: Config, port: str) -> Finding:
    device = config.devices[port]
    what = f"device {port}"
    try:
        examine_device(device)
    except DeviceUnavailable as error:
        return faulty(what, f"{device.driver}: {error}", _FAULTS[port])
    return good(what, f"{device.driver}: what it needs is here")
