"""The technician's page is off unless asked for, and is never served to a network."""

import re
from pathlib import Path

import gate_files
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.config import TechnicianConfig, read_config
from egate_hal.errors import SettingsError

DEVICES = r"\[devices.document_reader\]"


def with_listen(folder: Path, value: str) -> Path:
    return gate_files.write(folder, (DEVICES, f"[technician]\nlisten = {value}\n[devices.document_reader]"))


def test_it_is_off_by_default(tmp_path: Path) -> None:
    assert read_config(gate_files.write(tmp_path)).technician.address is None


@pytest.mark.parametrize(
    ("listen", "address"),
    [("127.0.0.1:8081", ("127.0.0.1", 8081)), ("127.0.0.1:0", ("127.0.0.1", 0)), ("127.0.0.2:1", ("127.0.0.2", 1))],
)
def test_loopback_is_taken(tmp_path: Path, listen: str, address: tuple[str, int]) -> None:
    assert read_config(with_listen(tmp_path, f'"{listen}"')).technician.address == address


@pytest.mark.parametrize(
    "listen",
    ["0.0.0.0:8081", "192.168.1.5:8081", "128.0.0.1:8081", "[::]:8081", "[::1]:8081", "localhost:8081", "gate:8081",
     ":8081", "127.1:8081", "127.0.0.1.example:8081"],
)  # fmt: skip
def test_anything_else_is_refused_with_what_to_do(tmp_path: Path, listen: str) -> None:
    with pytest.raises(SettingsError, match=re.escape('say "127.0.0.1:8081" and look from other machines through an')):
        read_config(with_listen(tmp_path, f'"{listen}"'))


@pytest.mark.parametrize("listen", ['""', '"127.0.0.1"', '"127.0.0.1:"', '"127.0.0.1:65536"', '"127.0.0.1:-1"', "8081"])
def test_what_is_no_address_is_refused(tmp_path: Path, listen: str) -> None:
    with pytest.raises(SettingsError, match="technician"):
        read_config(with_listen(tmp_path, listen))


@given(st.text(max_size=30))
def test_no_text_opens_it_to_a_network(listen: str) -> None:
    try:
        address = TechnicianConfig(listen).address
    except ValueError:
        return
    assert address is not None
    assert address[0].startswith("127.")
    assert 0 <= address[1] <= 65535
