"""The driver's calls, its typed fake and the real picamera2 have the same signatures.

The real package is read as text, because it cannot be imported without libcamera (``make setup-test`` fetches it).
"""

import ast
import inspect
import sys
from pathlib import Path

import pytest
from fake_picamera2 import FakePicamera2

from egate_hal.drivers.camera_picamera2 import RGB_IN_MEMORY, Picamera2

SOURCE = Path(sys.prefix) / "picamera2" / "picamera2" / "picamera2.py"
CALLS = sorted(name for name in vars(Picamera2) if not name.startswith("_"))


@pytest.fixture(scope="module")
def real() -> dict[str, ast.FunctionDef]:
    if not SOURCE.exists():
        pytest.skip("the real package was not fetched (make setup-test says why)")
    tree = ast.parse(SOURCE.read_text("utf-8"))
    (model,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Picamera2")
    return {node.name: node for node in model.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("call", CALLS)
def test_the_real_package_takes_what_the_driver_gives(call: str, real: dict[str, ast.FunctionDef]) -> None:
    accepted = [argument.arg for argument in real[call].args.args]
    for parameter in list(inspect.signature(getattr(Picamera2, call)).parameters)[1:]:
        assert parameter in accepted or _by_position(call, parameter, accepted)
    required = len(accepted) - len(real[call].args.defaults) - 1
    assert required <= len(inspect.signature(getattr(Picamera2, call)).parameters) - 1


def _by_position(call: str, parameter: str, accepted: list[str]) -> bool:
    """The driver gives these by position, so that only their number counts."""
    return (call, parameter) in {("configure", "configuration"), ("set_controls", "controls")} and len(accepted) > 1


@pytest.mark.parametrize("call", CALLS)
def test_the_fake_takes_what_the_driver_gives(call: str) -> None:
    assert list(inspect.signature(getattr(FakePicamera2, call)).parameters) == list(
        inspect.signature(getattr(Picamera2, call)).parameters
    )


def test_the_camera_is_named_by_its_number(real: dict[str, ast.FunctionDef]) -> None:
    assert real["__init__"].args.args[1].arg == "camera_num"


def test_the_format_is_one_that_the_package_knows_as_rgb_in_memory() -> None:
    if not SOURCE.exists():
        pytest.skip("the real package was not fetched (make setup-test says why)")
    assert f'"{RGB_IN_MEMORY}"' in SOURCE.with_name("formats.py").read_text("utf-8")
