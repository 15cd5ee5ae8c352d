"""The printed page and the chip: what is wrong with a document is found before the entry opens."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from egate.checks import Reason
from egate.telemetry.records import Resolution
from egate.transaction.state import Stage
from egate_hal.indicators import Signal
from egate_sim.ocr import OcrFault
from egate_sim.panel import Lamp
from egate_sim.passport.chip import Quirks
from egate_sim.passport.forgeries import FORGERIES
from egate_sim.scenarios import travellers as who
from egate_sim.scenarios.case import aborted, admitted, expect, scenario, turned_away
from egate_sim.scenarios.play import Play
from egate_sim.scenarios.travellers import Bearer
from egate_sim.site import Site

Choose = Callable[[Site], Bearer]
WENT_AWAY = aborted(Reason.NOBODY_ENTERED, Resolution.WALKED_AWAY)


def _with_chip(quirks: Quirks | None) -> Choose:
    return lambda site: replace(who.genuine(site), quirks=quirks)


def _turned_away(name: str, what: str, bearer: Choose, *reasons: Reason, attention: tuple[str, ...] = ()) -> None:
    @scenario(name, what, expect(turned_away(*reasons, attention=attention)))
    async def _(play: Play) -> None:
        await play.visit(bearer(play.site))


def _accepted(name: str, what: str, bearer: Choose) -> None:
    """The document opens the entry; then its bearer goes away, because the rest is not of this scenario."""

    @scenario(name, what, expect(WENT_AWAY))
    async def _(play: Play) -> None:
        await play.ready()
        play.lay_down(bearer(play.site))
        await play.world.panel.wait_signal(Lamp.ENTRANCE, Signal.GO)
        play.take_up()
        await play.reach(Stage.CLEAR_CHECK)


def _forged(forgery: str) -> Choose:
    return lambda site: who.forged(site, forgery)


# A key in a file that Passive Authentication does not vouch for proves nothing.
_KEY_UNPROVEN = {"ds_of_other_state", "self_made_csca", "revoked_ds", "truncated_sod"}

# One of each kind; docs/forgeries.md has them all, without a lane around them.
_ON_A_LANE = (
    "edited_dg1",
    "edited_print",
    "swapped_portrait",
    "self_made_csca",
    "cloned_chip",
    "revoked_ds",
    "truncated_sod",
    "withheld_dg15",
    "cloned_static_key",
    "cloned_mapping_key",
    "card_access_taken_away",
    "ds_of_other_state",
)

for _name in _ON_A_LANE:
    _reasons = (FORGERIES[_name].reason, *((Reason.AA_KEY,) if _name in _KEY_UNPROVEN else ()))
    _turned_away(f"forged_{_name}", f"the passport is a forgery: {_name.replace('_', ' ')}", _forged(_name), *_reasons)
_turned_away(
    "csca_unknown", "the master list does not name the issuing state", who.unlisted, Reason.CSCA_UNKNOWN, Reason.AA_KEY
)
_turned_away("expired", "the passport expired yesterday", who.expired, Reason.EXPIRED)
_turned_away("specimen", "the passport comes from Doc 9303's Utopia", who.specimen, Reason.SPECIMEN)
_turned_away("minor", "the holder is ten years old", who.child, Reason.UNDER_AGE)
_turned_away("mrz_check_digit", "one printed digit is wrong", who.misprinted, Reason.MRZ_CHECK_DIGIT)
_turned_away(
    "chip_missing", "there is no chip in the booklet", _with_chip(None), Reason.CHIP_ABSENT,
    attention=("suspicious_document",),
)  # fmt: skip
_turned_away(
    "chip_dead", "the chip announces itself and then says nothing", _with_chip(Quirks(silent_after=0)),
    Reason.CHIP_REMOVED,
)  # fmt: skip
_turned_away(
    "chip_silent", "the chip falls silent in the middle", _with_chip(Quirks(silent_after=20)), Reason.CHIP_REMOVED
)
_turned_away(
    "chip_too_slow", "the chip takes half a second an answer; reading is given up after 12 s",
    _with_chip(Quirks(delay_ms=500)), Reason.CHIP_TIMEOUT,
)  # fmt: skip
_accepted("chip_slow", "the chip takes its time, but comes to an end", _with_chip(Quirks(delay_ms=40)))
_accepted("chip_without_aa", "the chip offers no Active Authentication", who.without_active_authentication)
_accepted("chip_plain", "the chip is an early one without access control", who.without_access_control)


@scenario("mrz_noise", "garbage comes over the line before a good MRZ", expect(WENT_AWAY))
async def mrz_noise(play: Play) -> None:
    await play.ready()
    play.lay_down(who.genuine(play.site), OcrFault.NOISE)
    await play.world.panel.wait_signal(Lamp.ENTRANCE, Signal.GO)
    play.take_up()
    await play.reach(Stage.CLEAR_CHECK)


def _unreadable(fault: OcrFault, what: str) -> None:
    @scenario(f"mrz_{fault.value}", what, expect(turned_away(Reason.MRZ_UNREADABLE)))
    async def _(play: Play) -> None:
        await play.ready()
        play.lay_down(who.genuine(play.site), fault)
        await play.reach(Stage.REFERRED)
        play.take_up()
        await play.reach(Stage.IDLE)


_unreadable(OcrFault.HALF_LINE, "the reader's transfer stops in the middle of a line")
_unreadable(OcrFault.WRONG_FRAMING, "the reader sends its marks in the wrong order")
_unreadable(OcrFault.UNREADABLE, "the reader sees a document and no MRZ; nobody tries again")


@scenario(
    "mrz_second_try", "the MRZ cannot be read; laid down again as the screen asks, it can",
    expect(WENT_AWAY),
)  # fmt: skip
async def mrz_second_try(play: Play) -> None:
    await play.ready()
    play.lay_down(who.genuine(play.site), OcrFault.UNREADABLE)
    await asyncio.sleep(2)
    play.take_up()
    await asyncio.sleep(1)
    play.lay_down(who.genuine(play.site))
    await play.world.panel.wait_signal(Lamp.ENTRANCE, Signal.GO)
    play.take_up()
    await play.reach(Stage.CLEAR_CHECK)


async def _lift_while_reading(play: Play, after_s: float) -> None:
    await play.reach(Stage.READING_DOCUMENT)
    await asyncio.sleep(after_s)
    play.take_up()
    await play.reach(Stage.DOCUMENT_PRESENT, Stage.REFERRED)


@scenario(
    "document_lifted_once", "the document is lifted while the chip is read, and laid down again: a retry succeeds",
    expect(WENT_AWAY),
)  # fmt: skip
async def document_lifted_once(play: Play) -> None:
    await play.ready()
    play.lay_down(who.genuine(play.site))
    await _lift_while_reading(play, 0.8)
    await asyncio.sleep(1)
    play.lay_down(who.genuine(play.site))
    await play.world.panel.wait_signal(Lamp.ENTRANCE, Signal.GO)
    play.take_up()
    await play.reach(Stage.CLEAR_CHECK)


@scenario("document_lifted_twice", "the document is lifted twice", expect(turned_away(Reason.CHIP_REMOVED)))
async def document_lifted_twice(play: Play) -> None:
    await play.ready()
    for _ in range(2):
        play.lay_down(who.genuine(play.site))
        await _lift_while_reading(play, 0.8)
        await asyncio.sleep(1)


@scenario(
    "document_not_laid_again", "the document is lifted while the chip is read, and kept",
    expect(turned_away(Reason.CHIP_REMOVED)),
)  # fmt: skip
async def document_not_laid_again(play: Play) -> None:
    await play.ready()
    play.lay_down(who.genuine(play.site))
    await _lift_while_reading(play, 0.8)
    await play.reach(Stage.REFERRED)


@scenario(
    "document_taken_at_once", "the document is taken up before it was read", expect(aborted(Reason.DOCUMENT_REMOVED))
)
async def document_taken_at_once(play: Play) -> None:
    await play.ready()
    play.lay_down(who.genuine(play.site))
    await play.reach(Stage.DOCUMENT_PRESENT)
    await asyncio.sleep(0.2)
    play.take_up()
    await play.reach(Stage.WIPE)


@scenario(
    "passport_forgotten", "the passport stays on the reader: prompt, alarm, and nobody can start",
    expect(admitted("document_left"), faults=("document.left",)),
)  # fmt: skip
async def passport_forgotten(play: Play) -> None:
    await play.visit(replace(who.genuine(play.site), forgets_passport=True))
