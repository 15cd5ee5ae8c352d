"""Read the chip in the PC/SC reader as a gate does. Arguments: [--extended] number birth expiry csca.der."""

import asyncio
import secrets
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from egate.checks import Outcome
from egate.document.inspection.plan import ChipInspection
from egate.document.inspection.reader import inspect_chip
from egate.document.mrz.inspection import DocumentLimits, check_mrz
from egate.document.pki.trust import TrustStore
from egate.runtime.chip_session import ChipSession, capacity_of
from egate_hal.drivers.chip_pcsc import PcscChip, PcscSettings
from egate_sim.passport.mrz import Holder, Sex, compose_td3


async def read(number: str, birth: str, expiry: str, trust: TrustStore, *, extended: bool) -> ChipInspection:
    holder = Holder("WANDERER", "ADA", _day(birth, 1900), Sex.FEMALE, "UTO", number, _day(expiry, 2000))
    now = datetime.now(UTC)
    page = check_mrz(compose_td3("UTO", holder), now.date(), DocumentLimits(specimen_states=()))
    if page.mrz is None:
        raise SystemExit("these fields make no zone")
    chip = PcscChip(PcscSettings(extended_length=extended, search_ms=5000))
    await chip.open()
    try:
        await chip.connect()
        plan = inspect_chip(
            page.mrz,
            trust=trust,
            now=now,
            random_bytes=secrets.token_bytes,
            capacity=capacity_of(chip),
        )
        return await ChipSession(chip, lambda _: None, print).run(plan)
    finally:
        await chip.close()


def _day(yymmdd: str, century: int) -> date:
    return date(century + int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:]))


def main() -> None:
    arguments = sys.argv[1:]
    extended = "--extended" in arguments
    number, birth, expiry, csca = (each for each in arguments if each != "--extended")
    trust = TrustStore.from_certificates([Path(csca).read_bytes()])
    found = asyncio.run(read(number, birth, expiry, trust, extended=extended))
    passed = [check.check.name for check in found.checks if check.outcome is Outcome.PASSED]
    others = [f"{check.check.name} {check.outcome.name} {check.reason}" for check in found.checks
              if check.outcome is not Outcome.PASSED]  # fmt: skip
    print(found.access, "; passed:", *passed, "; not:", *others)


if __name__ == "__main__":
    main()
