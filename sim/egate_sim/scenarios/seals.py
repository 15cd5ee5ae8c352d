"""Digital seals that come with a passport: a visa's, or a travel authorisation on a sheet of paper or a telephone."""

from dataclasses import replace
from datetime import date, timedelta

from egate.checks import Reason
from egate.transaction.state import Stage
from egate_hal.indicators import Signal
from egate_sim.panel import Lamp
from egate_sim.passport.mrz import Format, Holder, Sex, compose
from egate_sim.passport.seals import SealSigner, seal_signer, travel_authorisation, visa_seal
from egate_sim.passport.state import found_state
from egate_sim.scenarios import travellers as who
from egate_sim.scenarios.case import admitted, expect, scenario, turned_away
from egate_sim.scenarios.document import WENT_AWAY
from egate_sim.scenarios.play import Play
from egate_sim.scenarios.travellers import Bearer
from egate_sim.site import Site

_STAY = timedelta(days=90)
_OTHER_NUMBER = "AQ9999999"
_BOARDING_PASS = b"M1LINDQVIST/ADA       EEG4T7X SPMEVGEG 0042 213Y017A0007 100"  # IATA Resolution 792


def _with(site: Site, bar_code: bytes) -> Bearer:
    return replace(who.genuine(site), bar_codes=(bar_code,))


def _authorisation(site: Site, number: str = who.NUMBER, until: date | None = None) -> bytes:
    """Of the neighbouring state, for the holder of the genuine passport."""
    signer = seal_signer(site.neighbour, "NC", vds_nc=True)
    return travel_authorisation(
        signer, site.neighbour.code, number, who.adult_birth(site.today), until or site.today + _STAY
    )


def _visa(site: Site, signer: SealSigner) -> bytes:
    visa = Holder("Lindqvist", "Ada", who.adult_birth(site.today), Sex.FEMALE, "ATA", "V10000001", site.today + _STAY)
    upper, lower = compose(Format.MRV_A, site.neighbour.code, visa)
    return visa_seal(signer, site.neighbour.code, (upper, lower), who.NUMBER, site.today)


@scenario(
    "travel_authorisation", "a travel authorisation lies beside the passport and goes with it", expect(admitted())
)
async def travel_authorisation_genuine(play: Play) -> None:
    await play.visit(_with(play.site, _authorisation(play.site)))


@scenario(
    "travel_authorisation_of_another", "the travel authorisation is that of another passport",
    expect(turned_away(Reason.SEAL_MISMATCH)),
)  # fmt: skip
async def travel_authorisation_of_another(play: Play) -> None:
    await play.visit(_with(play.site, _authorisation(play.site, _OTHER_NUMBER)))


@scenario(
    "travel_authorisation_expired", "the travel authorisation ran out yesterday",
    expect(turned_away(Reason.SEAL_VALIDITY)),
)  # fmt: skip
async def travel_authorisation_expired(play: Play) -> None:
    yesterday = play.site.today - timedelta(days=1)
    await play.visit(_with(play.site, _authorisation(play.site, until=yesterday)))


@scenario(
    "visa_forged", "a forger who names a genuine signer has sealed a visa; its bar code comes after the MRZ",
    expect(turned_away(Reason.SEAL_SIGNATURE)),
)  # fmt: skip
async def visa_forged(play: Play) -> None:
    forger = seal_signer(found_state(play.site.neighbour.country, b"a forger's own keys".ljust(32), play.site.today))
    play.world.ocr.bar_codes_first = False
    await play.visit(_with(play.site, _visa(play.site, forger)))


@scenario("boarding_pass", "a boarding pass lies in the passport: its bar code is nobody's business", expect(WENT_AWAY))
async def boarding_pass(play: Play) -> None:
    await play.ready()
    play.lay_down(_with(play.site, _BOARDING_PASS))
    await play.world.panel.wait_signal(Lamp.ENTRANCE, Signal.GO)
    play.take_up()
    await play.reach(Stage.CLEAR_CHECK)
