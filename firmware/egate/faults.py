"""Every fault of the gate, as data: stable code, severity, who raises and clears it, what the technician does.

Exceptions are for code; faults are for people. A fault that is active with ``blocks_lane`` keeps the lane closed.
"""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a fault asks for: INFO nothing now, WARNING a look this shift, ERROR a technician, CRITICAL at once."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of the list. ``raised_by`` is also the one who clears it."""

    code: str
    severity: Severity
    raised_by: str
    blocks_lane: bool
    meaning: str
    action: str


_E, _W, _C = Severity.ERROR, Severity.WARNING, Severity.CRITICAL

FAULTS: dict[str, Fault] = {
    f.code: f
    for f in (
        Fault("document_reader.lost", _E, "runtime.devices", True, "The document reader does not answer.",
               "Check its cable and power; the lane comes back by itself."),
        Fault("chip_reader.lost", _E, "runtime.devices", True, "The chip reader does not answer.",
               "Check its cable and power; the lane comes back by itself."),
        Fault("camera.lost", _E, "runtime.devices", True, "The camera delivers no pictures.",
               "Check the ribbon or USB cable; the lane comes back by itself."),
        Fault("face_light.lost", _E, "runtime.devices", True, "The lamp beside the camera cannot be switched.",
               "Check the GPIO wiring; the lane comes back by itself. A lane without such a lamp names none."),
        Fault("indicators.lost", _E, "runtime.devices", True, "The lamps cannot be switched.",
               "Check the GPIO wiring; the lane comes back by itself."),
        Fault("attendant.lost", _E, "runtime.devices", True, "The call button and key switch are not heard.",
               "Check the GPIO wiring; travellers cannot call for help until this is mended."),
        Fault("door.lost", _C, "runtime.devices", True, "The door controller's serial line is gone.",
               "Check its cable and power. The door controller keeps the way out free by itself."),
        Fault("door.silent", _C, "runtime.devices", True, "The door controller sends no heartbeat.",
               "Check the door controller's power and cable; look for its own fault lamp."),
        Fault("door.obstructed", _C, "door", True, "A leaf could not close after the permitted tries.",
               "Clear the leaf's path, then reset with the key switch."),
        Fault("door.emergency", _C, "door", True, "The emergency release acted; both leaves are free.",
               "Find the cause, reset the emergency input at the lane."),
        Fault("door.sensor", _E, "door", True, "A beam is stuck or contradicts another.",
               "Clean and align the beams of the leaf that the door controller names."),
        Fault("door.hardware", _C, "door", True, "The door controller reports a fault of its own.",
               "Read its fault code on the page or with the service tool; see docs/door-link.md."),
        Fault("door.log", _W, "door", False, "The door controller cannot keep its log of faults.",
               "Its flash is worn or full. The door stays safe; replace the board at the next visit."),
        Fault("document.left", _W, "transaction", False, "A document lies on the reader and nobody takes it.",
               "Take the document to the lost property desk; the lane goes on when the reader is empty."),
        Fault("lane.called", _W, "transaction", False, "A traveller pressed the call button.",
              "Go to the lane or speak to the traveller; turn the key switch to reset."),
        Fault("lane.person_inside", _C, "transaction", False, "A person has been between the leaves for too long.",
              "Go to the lane now and release the person forward or back with the key switch."),
        Fault("lane.not_clear", _C, "transaction", False, "After a start the lane is not empty, or a leaf not shut.",
              "Go to the lane; let whoever is inside out with the key switch, then reset."),
        Fault("clock.untrusted", _E, "runtime.clock", True, "The clock cannot be trusted; no validity can be judged.",
               "Check network time and the clock's battery."),
        Fault("trust.unusable", _E, "runtime.trust", True, "The trust bundle is missing, altered or too old.",
               "Install the agency's current bundle; `egate trust verify` says what is wrong with a file."),
        Fault("trust.rollback", _E, "runtime.trust", True, "The trust bundle is older than one already used here.",
               "Find out who installed the older bundle, then install the newest one."),
        Fault("trust.stale", _W, "runtime.trust", False, "The trust bundle is old; the lane closes at its highest age.",
               "Install the agency's current bundle."),
        Fault("terminal.unusable", _W, "runtime.terminal", False, "The terminal's certificates or key are not usable.",
               "Install current certificates and their key; travellers are not affected."),
        Fault("alert_list.unusable", _E, "runtime.border", True, "The alert list is missing, altered or too old.",
               "Install a current signed list."),
        Fault("models.unusable", _E, "runtime.face", True, "A face model is missing, altered or not vouched for.",
               "Install models, manifest and signature again; `egate models verify` says what is wrong."),
        Fault("outbox.unwritable", _C, "telemetry", True, "Events cannot be stored: disk full or broken.",
               "Free space or replace the storage. Nothing recorded is lost."),
        Fault("outbox.lost", _E, "telemetry", False, "The journal of events was damaged; a new one was begun.",
               "Keep the file set aside beside it and tell the operations centre: events may be missing."),
        Fault("broker.unreachable", _W, "telemetry", False, "The broker cannot be reached; events wait in the outbox.",
               "Check the network. Events are sent when it is back."),
        Fault("screen.unavailable", _W, "runtime.screen", False, "The traveller's screen cannot be served.",
               "Check that its port is free, then restart the controller."),
    )
}  # fmt: skip
