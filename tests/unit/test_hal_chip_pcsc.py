"""The PC/SC driver's words and mappings, on a service that answers what the test wants; the real service is in
tests/contract."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

from egate_hal.chip import ChipAbsent, ChipLost
from egate_hal.drivers import chip_pcsc
from egate_hal.drivers.chip_pcsc import PcscChip, PcscSettings, choose_reader
from egate_hal.drivers.device_thread import DeviceThread
from egate_hal.errors import DeviceLost, DeviceTimeout, DeviceUnavailable, HalError, ProtocolError

READER = "ACME Contactless 00 00"
SELECT = bytes.fromhex("00A4040C07A0000002471001")


class Scard:
    """The calls that the driver makes. ``results``: by call, what it says instead of success."""

    SCARD_S_SUCCESS = 0
    SCARD_STATE_UNAWARE, SCARD_STATE_UNKNOWN, SCARD_STATE_UNAVAILABLE, SCARD_STATE_PRESENT = 0, 4, 8, 32
    SCARD_E_TIMEOUT = 0x8010000A

    def __init__(self) -> None:
        self.results: dict[str, int] = {}
        self.state = self.SCARD_STATE_PRESENT
        self.answer = [0x90, 0x00]
        self.hang = threading.Event()
        self.hang.set()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("SCARD_"):
            return name  # a constant that is equal to itself alone
        raise AttributeError(name)

    def SCardEstablishContext(self, scope: object) -> tuple[object, int]:  # noqa: N802 # PC/SC's names
        return self.results.get("establish", 0), 1

    def SCardListReaders(self, context: int, groups: list[str]) -> tuple[object, list[str]]:  # noqa: N802
        return self.results.get("list", 0), [READER]

    def SCardGetStatusChange(self, context: int, ms: int, states: Any) -> tuple[object, Any]:  # noqa: N802
        if states[0][1] == self.state:
            return self.SCARD_E_TIMEOUT, []
        return self.results.get("status", 0), [(READER, self.state, [])]

    def SCardConnect(self, *_: object) -> tuple[object, int, int]:  # noqa: N802
        return self.results.get("connect", 0), 7, 2

    def SCardStatus(self, card: int) -> tuple[object, str, int, int, list[int]]:  # noqa: N802
        return self.results.get("atr", 0), READER, 0, 2, [0x3B, 0x80, 0x80, 0x01, 0x01]

    def SCardTransmit(self, card: int, pci: object, command: list[int]) -> tuple[object, list[int]]:  # noqa: N802
        self.hang.wait()
        return self.results.get("transmit", 0), self.answer

    def SCardDisconnect(self, card: int, disposition: object) -> int:  # noqa: N802
        return 0

    def SCardReleaseContext(self, context: int) -> int:  # noqa: N802
        return 0

    def SCardGetErrorMessage(self, result: object) -> str:  # noqa: N802
        return f"{result}."


@pytest.fixture
def scard() -> Iterator[Scard]:
    fake = Scard()
    with patch.object(chip_pcsc, "load_scard", lambda: fake):
        yield fake
    fake.hang.set()


def failure(scard: Scard, *, timeout_ms: int = 5000) -> HalError:
    """What the driver raises on the way to the answer of one command."""

    async def scene() -> None:
        driver = PcscChip(PcscSettings(search_ms=0, timeout_ms=timeout_ms))
        try:
            await driver.open()
            await driver.connect()
            await driver.transceive(SELECT)
        finally:
            await driver.close()

    with pytest.raises(HalError) as caught:
        asyncio.run(scene())
    return caught.value


@pytest.mark.parametrize(
    ("call", "result", "kind", "advice"),
    [
        ("establish", "SCARD_E_NO_SERVICE", DeviceUnavailable, "systemctl start pcscd"),
        ("establish", "SCARD_W_SECURITY_VIOLATION", DeviceUnavailable, "polkit"),
        ("list", "SCARD_E_NO_READERS_AVAILABLE", DeviceUnavailable, "plug it in"),
        ("status", "SCARD_E_UNKNOWN_READER", DeviceLost, "has gone"),
        ("connect", "SCARD_E_NO_SMARTCARD", ChipAbsent, "lay the document"),
        ("connect", "SCARD_W_UNRESPONSIVE_CARD", ChipAbsent, "lay the document"),
        ("connect", "SCARD_E_SHARING_VIOLATION", DeviceLost, "another program"),
        ("connect", "SCARD_E_READER_UNAVAILABLE", DeviceLost, "has gone"),
        ("atr", "SCARD_W_REMOVED_CARD", ChipAbsent, "lay the document"),
        ("transmit", "SCARD_W_REMOVED_CARD", ChipLost, "leave the document"),
        ("transmit", "SCARD_E_NOT_TRANSACTED", ChipLost, "leave the document"),
        ("transmit", "SCARD_E_READER_UNAVAILABLE", DeviceLost, "has gone"),
    ],
)
def test_what_the_service_says_becomes_an_error_of_the_port(
    scard: Scard, call: str, result: int, kind: type[HalError], advice: str
) -> None:
    scard.results[call] = result
    error = failure(scard)
    assert type(error) is kind
    assert advice in str(error)


def test_a_reader_that_vanishes_while_a_chip_is_awaited(scard: Scard) -> None:
    scard.state = Scard.SCARD_STATE_UNAVAILABLE
    assert isinstance(failure(scard), DeviceLost)


def test_answers_that_are_none(scard: Scard) -> None:
    scard.answer = []
    assert isinstance(failure(scard), ChipLost)
    scard.answer = [0x90]
    assert isinstance(failure(scard), ProtocolError)
    scard.answer = [0] * 259
    assert isinstance(failure(scard), ProtocolError), "more than the driver says that it carries"


def test_a_reader_that_hangs_is_late_and_then_lost_until_it_is_opened_again(scard: Scard) -> None:
    async def scene() -> None:
        driver = PcscChip(PcscSettings(search_ms=0, timeout_ms=50))
        await driver.open()
        await driver.connect()
        scard.hang.clear()
        with pytest.raises(DeviceTimeout, match="unplug"):
            await driver.transceive(SELECT)
        with pytest.raises(DeviceLost):
            await driver.connect()
        await driver.disconnect()
        await driver.open()
        await driver.connect()
        scard.hang.set()
        assert await driver.transceive(SELECT) == b"\x90\x00"
        await driver.close()

    asyncio.run(scene())


def test_extended_length_is_allowed_only_where_asked_for() -> None:
    assert (PcscChip(PcscSettings()).max_command_bytes, PcscChip(PcscSettings()).max_response_bytes) == (261, 258)
    assert PcscChip(PcscSettings(extended_length=True)).max_response_bytes == 65_538


def test_the_reader_is_chosen_by_name_and_else_the_contactless_one() -> None:
    names = ["Vendor Dual [Contact Reader] 00 00", "Vendor Dual [Contactless Reader] 00 01", "Other 01 00"]
    assert choose_reader(names, "") == names[1]
    assert choose_reader(names, "other") == names[2]
    assert choose_reader(names[2:], "") == names[2]
    with pytest.raises(DeviceUnavailable, match="Vendor Dual"):
        choose_reader(names, "third")


def test_without_the_package_it_says_what_to_install() -> None:
    with (
        patch.dict("sys.modules", {"smartcard": None}),
        pytest.raises(DeviceUnavailable, match="pcscd python3-pyscard"),
    ):
        PcscChip.examine(PcscSettings())


def test_a_thread_hands_over_results_errors_and_outlives_a_loop_that_is_gone() -> None:
    thread = DeviceThread("test")
    go, gone = threading.Event(), threading.Event()

    def job() -> None:
        go.wait()
        gone.set()

    async def leave() -> None:
        assert await thread.call(lambda: 3) == 3
        with pytest.raises(ZeroDivisionError):
            await thread.call(lambda: 1 // 0)
        waiting = asyncio.ensure_future(thread.call(job))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    async def again() -> int:
        return await thread.call(lambda: 4)

    asyncio.run(leave())
    go.set()
    assert asyncio.run(again()) == 4
    assert gone.is_set()
    thread.stop()
