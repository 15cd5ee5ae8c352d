"""Every example under firmware/config is a good gate file, on machines without the devices too."""

from pathlib import Path

import pytest

from egate.config import OPTIONAL_PORTS, PORTS, read_config
from egate_hal.drivers.camera_picamera2 import PiCamera
from egate_hal.drivers.chip_pn532 import Pn532Chip
from egate_hal.errors import SettingsError
from egate_hal.registry import create

FOLDER = Path(__file__).resolve().parents[2] / "firmware" / "config"
EXAMPLES = sorted(FOLDER.glob("*.toml"))


def test_there_are_examples_and_each_is_described() -> None:
    readme = (FOLDER / "README.md").read_text("utf-8")
    assert EXAMPLES
    assert all(f"]({path.name})" in readme for path in EXAMPLES)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_it_is_read_and_its_drivers_are_built(path: Path) -> None:
    config = read_config(path)
    assert set(PORTS) <= set(config.devices) <= set(PORTS + OPTIONAL_PORTS)
    for device in config.devices.values():
        create(device)


def test_the_mantrap_is_real_in_every_part() -> None:
    config = read_config(FOLDER / "mantrap.toml")
    assert not config.lane.simulation
    assert [port for port, device in config.devices.items() if device.driver == "sim"] == []
    assert isinstance(config.devices["chip"].settings, Pn532Chip.Settings)
    camera = config.devices["camera"].settings
    assert isinstance(camera, PiCamera.Settings)
    assert camera.rotate_deg == 90


@pytest.mark.parametrize("driver", ["files", "sim"])
def test_a_lane_that_serves_a_border_takes_neither_a_simulated_camera_nor_a_recording(
    tmp_path: Path, driver: str
) -> None:
    text = (FOLDER / "mantrap.toml").read_text("utf-8")
    start = text.index("[devices.camera]")
    end = text.index("[", start + 1)
    where = "folder" if driver == "files" else "socket"
    path = tmp_path / "gate.toml"
    path.write_text(f'{text[:start]}[devices.camera]\ndriver = "{driver}"\n{where} = "x"\n\n{text[end:]}')
    with pytest.raises(SettingsError, match=rf"devices\.camera\.driver = '{driver}': .* no recording"):
        read_config(path)
