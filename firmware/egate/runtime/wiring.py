"""Connects effects with executors and devices with their keepers: the one place where it is read who does what."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from egate.config import Config
from egate.document.inspection.reuse import DocumentMemory
from egate.runtime.devices import Keeper
from egate.runtime.executors.border import Border
from egate.runtime.executors.document import DocumentExecutor
from egate.runtime.executors.door import DoorExecutor
from egate.runtime.executors.face import Eye, FaceExecutor
from egate.runtime.executors.record import Recorder
from egate.runtime.executors.self_test import SelfTest
from egate.runtime.executors.show import Showing
from egate.runtime.executors.timers import Timers
from egate.runtime.fault_board import FaultBoard
from egate.runtime.lane import Handler
from egate.runtime.resources import Resources
from egate.runtime.screen.server import ScreenServer
from egate.runtime.shared import Shared
from egate.runtime.technician import TechnicianServer
from egate.runtime.workers import Worker
from egate.transaction import effects as fx
from egate.transaction import events as ev


@dataclass(frozen=True, slots=True)
class Parts:
    """What the gate has built before it connects it. ``devices``: port name -> driver; ``memory`` None: no document is
    remembered."""

    config: Config
    devices: Mapping[str, Any]
    resources: Resources
    memory: DocumentMemory | None
    recorder: Recorder
    board: FaultBoard
    screen: ScreenServer | None
    technician: TechnicianServer | None
    face_worker: Worker
    list_worker: Worker


def connect(shared: Shared, parts: Parts) -> tuple[dict[type[fx.Effect], Handler], tuple[Keeper, ...]]:
    """(kind of effect -> who carries it out, the keepers that hold the devices open)."""
    devices, resources, set_fault = parts.devices, parts.resources, shared.set_fault
    chip = Keeper(devices["chip"], "chip_reader.lost", set_fault)
    camera = Keeper(devices["camera"], "camera.lost", set_fault)
    lamps = Keeper(devices["indicators"], "indicators.lost", set_fault)
    showing = Showing(shared, parts.screen, devices["indicators"], lamps.lost)
    lamps.on_open(showing.again)
    document = DocumentExecutor(
        shared,
        devices["chip"],
        chip.lost,
        lambda: resources.trust,
        parts.config,
        memory=parts.memory,
        terminal=lambda: resources.terminal,
    )
    door = DoorExecutor(shared, devices["door"], parts.config.limits.timeouts, parts.recorder.settled)
    light = None if "light" not in devices else Keeper(devices["light"], "face_light.lost", set_fault)
    eye = Eye(devices["camera"], camera.lost, lambda: resources.faces, parts.face_worker)
    if light is not None:
        eye = replace(eye, light=devices["light"], light_lost=light.lost)
    face = FaceExecutor(shared, eye, parts.config.face.capture, parts.screen, parts.technician)
    border = Border(shared, lambda: resources.alert_list, parts.list_worker)
    self_test = SelfTest(shared, parts.config, resources, parts.list_worker)
    timers, recorder = Timers(shared), parts.recorder

    def open_transaction(effect: fx.OpenTransaction) -> None:
        shared.vault.begin(effect.transaction)
        recorder.open_transaction(effect)

    def pressed(press: Any) -> None:
        shared.put(ev.Pressed(shared.now_ms(), ev.Press(press.value), shared.ids.token()))

    handlers: dict[type[fx.Effect], Handler] = {
        fx.OpenTransaction: open_transaction,
        fx.CheckMrz: document.check_mrz,
        fx.CheckSeals: document.check_seals,
        fx.ReadChip: document.read_chip,
        fx.RememberDocument: document.remember,
        fx.AskBorder: border.ask,
        fx.CaptureFace: face.capture,
        fx.StopWork: lambda effect: shared.work.stop(effect.transaction),
        fx.GrantPassage: door.grant,
        fx.CloseLeaf: door.close,
        fx.ClearDoor: door.clear,
        fx.Show: showing.show,
        fx.StartTimer: timers.start,
        fx.RunSelfTest: self_test.start,
        fx.SetFault: parts.board.set_by_lane,
        fx.RecordTransition: recorder.transition,
        fx.RecordStep: recorder.step,
        fx.CloseTransaction: recorder.close_transaction,
        fx.Wipe: lambda effect: shared.vault.wipe(),
    }
    reader, attendant = devices["document_reader"], devices["attendant"]
    listening = (
        Keeper(reader, "document_reader.lost", set_fault).listen_to(reader.next_event, document.deliver),
        Keeper(attendant, "attendant.lost", set_fault).listen_to(attendant.next_press, pressed),
        Keeper(devices["door"], "door.lost", set_fault).listen_to(devices["door"].next_event, door.deliver),
    )
    return handlers, (*listening, chip, camera, lamps, *((light,) if light is not None else ()))
