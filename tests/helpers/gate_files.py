"""A complete gate file for tests of the command lines; its devices are there on every machine."""

import re
from pathlib import Path

TEXT = """\
[lane]
id = "gate-1"
simulation = true
[trust]
bundle = "bundle.egt"
verify_key = "bundle.pub"
serial_file = "serial"
[border]
alert_list = "alerts.list"
verify_key = "verify.key"
lookup_key = "lookup.key"
[face]
manifest = "manifest.toml"
verify_key = "manifest.pub"
[telemetry]
outbox = "outbox/events.db"
[telemetry.broker]
port = 1
[screen]
enabled = false
[devices.document_reader]
driver = "serial"
port = "/dev/null"
[devices.chip]
driver = "sim"
socket = "chip.sock"
[devices.camera]
driver = "sim"
socket = "camera.sock"
[devices.indicators]
driver = "sim"
socket = "panel.sock"
[devices.attendant]
driver = "sim"
socket = "panel.sock"
[devices.door]
driver = "serial"
port = "/dev/null"
"""


def write(folder: Path, *changes: tuple[str, str]) -> Path:
    """The file in ``folder`` after replacements (pattern, text), each of which must hit once."""
    text = TEXT
    for pattern, new in changes:
        text, hits = re.subn(pattern, new, text, count=1)
        assert hits == 1, f"nothing to change: {pattern}"
    path = folder / "gate.toml"
    path.write_text(text, "utf-8")
    return path
