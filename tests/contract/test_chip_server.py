"""``egate-sim chip-server``: a process of its own, whose passport a PC/SC program reads; what it says and counts."""

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pcsc_folder import service_folder

from egate_hal.drivers.chip_pcsc import PcscChip, PcscSettings
from egate_sim.__main__ import main
from egate_sim.passport.profiles import PROFILES
from egate_sim.pcsc_service import SOCKET_VARIABLE, VIRTUAL_READER, NoPcscService, installed
from egate_sim.vpcd import DEFAULT_PORT

SELECT = bytes.fromhex("00A4040C07A0000002471001")
CHALLENGE = bytes.fromhex("0084000008")
DEADLINE_S = 20
Captured = pytest.CaptureFixture[str]


def read_a_challenge() -> None:
    async def run() -> None:
        driver = PcscChip(PcscSettings(reader=VIRTUAL_READER, search_ms=5000))
        async with asyncio.timeout(DEADLINE_S):
            await driver.open()
            await driver.connect()
            assert await driver.transceive(SELECT) == b"\x90\x00"
            assert (await driver.transceive(CHALLENGE))[-2:] == b"\x90\x00"
            await driver.close()

    asyncio.run(run())


def serve(*arguments: str, use: Callable[[], None]) -> str:
    """What the server prints while ``use`` reads from it. It is ended with Ctrl-C."""
    command = [sys.executable, "-m", "egate_sim", "chip-server", "--folder", str(service_folder()), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        assert server.stdout is not None
        said = []
        try:
            for line in server.stdout:
                said.append(line)
                if "Ctrl-C" in line:
                    break
            use()
        finally:
            server.send_signal(signal.SIGINT)
            said.append(server.communicate(timeout=DEADLINE_S)[0])
    assert server.returncode == 0, said
    return "".join(said)


def test_another_program_reads_the_passport_and_is_counted() -> None:
    pytest.importorskip("smartcard", reason="pyscard is not here; make setup-test installs it where root allows")
    try:
        installed()
    except NoPcscService as absent:
        pytest.skip(str(absent))
    said = serve("--profile", "2006 BAC", use=read_a_challenge)
    assert f"{SOCKET_VARIABLE}={service_folder()}" in said
    assert re.search(r"^MRZ +P<UTO", said, re.MULTILINE)
    assert re.search(r"1  SELECT +12 B +2 B  9000\n +2  GET CHALLENGE +5 B +10 B  9000", said)
    assert "2 round trips, 17 bytes to the chip, 12 bytes from it" in said
    assert not (service_folder() / "pcscd.comm").exists()


def test_kinds_are_listed_and_others_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chip-server", "--list"]) == 0
    assert capsys.readouterr().out.splitlines() == list(PROFILES)
    assert main(["chip-server", "--profile", "none such"]) == 2
    assert "--list" in capsys.readouterr().err
    assert main(["chip-server", "--max-read", "0"]) == 2


def test_without_a_service_it_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("egate_sim.pcsc_service._PATH", "")
    assert main(["chip-server"]) == 2
    assert "apt install pcscd vsmartcard-vpcd" in capsys.readouterr().err


def test_the_issuer_is_written_for_whoever_checks_signatures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("egate_sim.pcsc_service._PATH", "")
    main(["chip-server", "--csca", str(tmp_path / "csca.der")])
    assert (tmp_path / "csca.der").read_bytes()[:1] == b"\x30"


def test_where_no_service_of_the_machine_waits(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("egate_sim.chip_server.DEFAULT_PORT", 1)  # reserved, and nobody listens there
    assert main(["chip-server", "--system"]) == 2
    assert str(DEFAULT_PORT) in capsys.readouterr().err
