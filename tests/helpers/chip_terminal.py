"""A reader with one simulated chip in its field, and passports that offer PACE."""

import random
from dataclasses import replace
from typing import Any

from chip_script import Talk, run_exchange
from document_samples import passport

from egate.document.chip import apdu
from egate.document.chip.access import Access, open_chip
from egate.document.chip.channel import Channel, Exchange
from egate.document.chip.credentials import Credentials
from egate.document.chip.steps import ReaderCapacity, ReadLimits
from egate.document.mrz.zone import Mrz
from egate_sim.passport import master_files
from egate_sim.passport.chip import Chip
from egate_sim.passport.chip.quirks import Quirks
from egate_sim.passport.contents import MasterFile, PaceMapping, PaceOffer, Passport, SessionCipher, StaticKey
from egate_sim.passport.groups import group
from egate_sim.passport.lds import File

GM, IM, CAM = PaceMapping.GENERIC, PaceMapping.INTEGRATED, PaceMapping.CHIP_AUTHENTICATION
AES = SessionCipher.AES_128
CAN = "314159"


def offer(mapping: PaceMapping = GM, number: int = 13, cipher: SessionCipher = AES) -> PaceOffer:
    key = StaticKey(group(number), 1234567) if mapping is CAM else None
    return PaceOffer(mapping, group(number), cipher, key)


def document(*offers: PaceOffer, **changes: Any) -> Passport:
    """A passport whose chip offers PACE, and BAC unless told otherwise."""
    files = {MasterFile.CARD_ACCESS: master_files.card_access(offers)} if offers else {}
    return replace(passport(), **{"pace": offers, "can": CAN, "master_files": files, **changes})


def with_extended_length(given: Passport) -> Passport:
    atr_info = {MasterFile.ATR_INFO: master_files.atr_info(4096, 4096)}
    return replace(given, master_files={**given.master_files, **atr_info})


def credentials(can: str = "") -> Credentials:
    return Credentials(Mrz.from_lines(passport().mrz).mrz_information, can)


class Terminal:
    """One reader with one chip in its field."""

    def __init__(self, chip: Chip, capacity: ReaderCapacity | None = None) -> None:
        self.chip = chip
        self.channel = Channel(capacity or ReaderCapacity(), ReadLimits())
        self._random = random.Random(7)

    def do(self, exchange: Exchange[Any]) -> tuple[Any, Talk]:
        return run_exchange(exchange, self.chip.process, self.chip.reset)

    def open(self, known: Credentials | None = None, before: Access | None = None) -> tuple[Access, Talk]:
        exchange = open_chip(self.channel, known or credentials(), self._random.randbytes, before)
        return self.do(exchange)

    def reads_the_sod(self, given: Passport | None = None) -> bool:
        """Whether the session that was opened carries data."""
        response, _ = self.do(self.channel.exchange(apdu.read_binary_sfi(0x1D, 200)))
        return bool(response.data == (given or passport()).files[File.SOD][:200])

    @property
    def read_length(self) -> int:
        assert self.channel.secure is not None
        return self.channel.secure.max_response_data(self.channel.max_response_bytes)


def terminal(given: Passport, quirks: Quirks | None = None, capacity: ReaderCapacity | None = None) -> Terminal:
    return Terminal(Chip(given, random.Random(11), quirks), capacity)
