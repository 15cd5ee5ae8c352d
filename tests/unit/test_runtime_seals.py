"""Bar codes on their way from the document reader to a check of the transaction."""

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest
from document_desk import Desk
from document_samples import HOLDER, trust, utopia

from egate.checks import Outcome, Reason
from egate.document.pki.trust import TrustStore, decode_certificates
from egate.transaction import effects as fx
from egate.transaction import events as ev
from egate_hal.document_reader import BarCode
from egate_sim.passport import seals

SIGNER = seals.seal_signer(utopia(), "NC", vds_nc=True)
BOARDING_PASS = b"M1DOE/JANE            EABC123 FRAOSLXX 0123 100Y001A0001 100"


def authorisation(number: str = HOLDER.number) -> bytes:
    return seals.travel_authorisation(SIGNER, "UTO", number, HOLDER.birth, date(2027, 1, 1))


@dataclass
class SealDesk(Desk):
    """One whose trust names the signer of the seals here."""

    known: TrustStore | None = field(
        default_factory=lambda: replace(trust(), seal_signers=decode_certificates([SIGNER.certificate_der]))
    )

    def check(self) -> list[tuple[Outcome, Reason]]:
        self.executor.check_seals(fx.CheckSeals("tx"))
        return [(e.check.outcome, e.check.reason) for e in self.told if isinstance(e, ev.SealsChecked)]

    def arrived(self) -> int:
        return sum(isinstance(event, ev.SealArrived) for event in self.told)


def test_a_seal_goes_to_the_vault_and_the_lane_hears_that_one_came(tmp_path: Path) -> None:
    desk = SealDesk(tmp_path)
    desk.executor.deliver(BarCode(authorisation()))
    assert desk.told == [ev.SealArrived(0)]
    assert desk.check() == [], "the zone that it is bound to is not known yet"
    desk.read_mrz()
    assert desk.check() == [(Outcome.PASSED, Reason.OK)]


def test_a_seal_of_another_passport_does_not_pass_and_is_not_undone(tmp_path: Path) -> None:
    desk = SealDesk(tmp_path)
    desk.read_mrz()
    desk.executor.deliver(BarCode(authorisation("Z0000000")))
    assert desk.check() == [(Outcome.FAILED, Reason.SEAL_MISMATCH)]
    desk.executor.deliver(BarCode(authorisation()))
    assert desk.check()[-1] == (Outcome.FAILED, Reason.SEAL_MISMATCH)


def test_the_same_seal_again_is_no_news(tmp_path: Path) -> None:
    desk = SealDesk(tmp_path)
    for _ in range(5):
        desk.executor.deliver(BarCode(authorisation()))
    assert desk.arrived() == 1


@pytest.mark.parametrize("content", [BOARDING_PASS, b"9783161484100", b'{"flight":"XX 123"}', b""])
def test_ordinary_bar_codes_leave_no_trace(tmp_path: Path, content: bytes) -> None:
    desk = SealDesk(tmp_path)
    desk.read_mrz()
    before = list(desk.told)
    desk.executor.deliver(BarCode(content))
    assert desk.check() == []
    assert desk.told == before
    assert desk.vault.seals == ()


def test_without_trust_a_seal_stays_open(tmp_path: Path) -> None:
    desk = SealDesk(tmp_path, known=None)
    desk.read_mrz()
    desk.executor.deliver(BarCode(authorisation()))
    assert desk.check() == [(Outcome.UNDETERMINED, Reason.DEVICE_FAULT)]


def test_nothing_personal_is_in_what_the_lane_hears(tmp_path: Path) -> None:
    desk = SealDesk(tmp_path)
    desk.read_mrz()
    desk.executor.deliver(BarCode(authorisation()))
    desk.check()
    assert HOLDER.number not in repr(desk.told) + repr(BarCode(authorisation()))
