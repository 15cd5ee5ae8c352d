"""Cables are pulled and put back, the disk fills, the controller starts again: the lane closes and comes back."""

import asyncio

from egate.checks import Reason
from egate.transaction.state import Stage
from egate_sim.disk import full_disk
from egate_sim.scenarios import travellers as who
from egate_sim.scenarios.case import aborted, admitted, expect, led_back, scenario, turned_away
from egate_sim.scenarios.play import Play


@scenario("ocr_unplugged", "the document reader is unplugged and comes back", expect(faults=("document_reader.lost",)))
async def ocr_unplugged(play: Play) -> None:
    await play.ready()
    play.world.ocr.unplug()
    await play.fault("document_reader.lost")
    play.world.ocr.plug()
    await play.fault("document_reader.lost", active=False)


@scenario(
    "ocr_unplugged_reading", "the document reader is unplugged while the chip is read",
    expect(turned_away(Reason.DEVICE_FAULT), faults=("document_reader.lost",)),
)  # fmt: skip
async def ocr_unplugged_reading(play: Play) -> None:
    await play.bring(who.genuine(play.site), Stage.READING_DOCUMENT)
    play.world.ocr.unplug()
    await play.reach(Stage.REFERRED)
    play.take_up()
    await play.reach(Stage.OUT_OF_SERVICE)
    play.world.ocr.plug()


@scenario(
    "chip_reader_unplugged", "the chip reader is unplugged while the chip is read",
    expect(turned_away(Reason.CHIP_REMOVED), faults=("chip_reader.lost",)),
)  # fmt: skip
async def chip_reader_unplugged(play: Play) -> None:
    await play.bring(who.genuine(play.site), Stage.READING_DOCUMENT)
    await asyncio.sleep(0.5)
    await play.world.chips.stop()
    await play.fault("chip_reader.lost")
    await play.reach(Stage.REFERRED)
    play.take_up()
    await play.reach(Stage.OUT_OF_SERVICE)
    await play.world.chips.start()


@scenario(
    "panel_unplugged", "lamps, call button and key switch are unplugged and come back",
    expect(faults=("attendant.lost", "indicators.lost")),
)  # fmt: skip
async def panel_unplugged(play: Play) -> None:
    await play.ready()
    await play.world.panel.stop()
    await play.fault("attendant.lost")
    await play.fault("indicators.lost")
    await play.world.panel.start()
    await play.fault("attendant.lost", active=False)
    await play.fault("indicators.lost", active=False)


@scenario("broker_lost", "the broker cannot be reached: the lane goes on, events wait", expect(admitted()))
async def broker_lost(play: Play) -> None:
    await play.fault("broker.unreachable")
    await play.visit(who.genuine(play.site))


@scenario(
    "disk_full", "the disk is full: nobody is let in, until there is room",
    expect(turned_away(Reason.DEVICE_FAULT), faults=("outbox.unwritable",)),
)  # fmt: skip
async def disk_full(play: Play) -> None:
    await play.ready()
    with full_disk(play.site.folder):
        play.lay_down(who.genuine(play.site))
        await play.reach(Stage.REFERRED)
        play.take_up()
        await play.reach(Stage.OUT_OF_SERVICE)
        await asyncio.sleep(10)
        await play.stays_closed()


@scenario(
    "disk_full_inside", "the disk fills while a traveller is inside: the exit opens for nobody who is not on record",
    expect(led_back(Reason.DEVICE_FAULT), faults=("outbox.unwritable",)),
)  # fmt: skip
async def disk_full_inside(play: Play) -> None:
    bearer = who.genuine(play.site)
    await play.bring(bearer, Stage.CAPTURING_FACE)
    with full_disk(play.site.folder):
        play.show(bearer.presents())
        await play.reach(Stage.REFERRED)
        await play.go_back()
        await play.reach(Stage.OUT_OF_SERVICE)


@scenario(
    "controller_restart", "the controller starts again with a traveller inside: the transaction is over",
    expect(aborted(Reason.CONTROLLER_RESTART), faults=("lane.not_clear",)),
)  # fmt: skip
async def controller_restart(play: Play) -> None:
    await play.bring(who.genuine(play.site), Stage.CAPTURING_FACE)
    await play.stop_controller()
    await asyncio.sleep(2)
    await play.start_controller()
    await play.fault("lane.not_clear")
    await play.go_back()
