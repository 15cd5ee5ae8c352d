"""The models run under LiteRT and under its former name, tflite-runtime, and say the same."""

import subprocess
import sysconfig
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from egate.face.errors import ModelError
from egate.face.networks import inference
from egate.face.networks.cards import Cards, Colour, InputSpec, ModelCard, read_cards

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "models"
FORMER = ROOT / ".venv/legacy/bin/python"
LENT = ("msgspec", "cryptography", "cffi", "_cffi_backend*")  # what the module imports beside NumPy and the runtime

SCRIPT = """
import sys
from pathlib import Path
import numpy as np
from egate.face.networks import inference
from egate.face.networks.cards import read_cards
models, result = map(Path, sys.argv[1:])
assert inference.Interpreter.__module__.startswith("tflite_runtime"), inference.Interpreter
cards, outputs = read_cards(models), {}
for name in cards.__slots__:
    card = getattr(cards, name)
    shape = (card.input.height, card.input.width, 3)
    pixels = np.random.default_rng(7).integers(0, 256, shape, np.uint8)
    for number, output in enumerate(inference.Model(card, models, threads=1).run(pixels)):
        outputs[f"{name}-{number}"] = output
np.savez(result, **outputs)
"""


def cards() -> Iterator[tuple[str, ModelCard]]:
    found = read_cards(MODELS)
    return ((field.name, getattr(found, field.name)) for field in fields(Cards))


@pytest.mark.skipif(not FORMER.exists(), reason="make setup-test installs tflite-runtime where Python is 3.11")
def test_both_runtimes_say_the_same(tmp_path: Path) -> None:
    lent = tmp_path / "lent"
    lent.mkdir()
    for pattern in LENT:
        for path in Path(sysconfig.get_path("platlib")).glob(pattern):
            (lent / path.name).symlink_to(path)
    result = tmp_path / "outputs.npz"
    done = subprocess.run(
        [FORMER, "-c", SCRIPT, MODELS, result], capture_output=True, text=True, check=False, timeout=120,
        env={"PYTHONPATH": f"{ROOT / 'firmware'}:{lent}"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    former = np.load(result)
    for name, card in cards():
        shape = (card.input.height, card.input.width, 3)
        pixels = np.random.default_rng(7).integers(0, 256, shape, np.uint8)
        for number, output in enumerate(inference.Model(card, MODELS, threads=1).run(pixels)):
            np.testing.assert_allclose(former[f"{name}-{number}"], output, rtol=1e-4, atol=1e-4)


def test_more_threads_change_the_speed_alone() -> None:
    card = read_cards(MODELS).embedding
    pixels = np.random.default_rng(7).integers(0, 256, (112, 112, 3), np.uint8)
    (one,), (two,) = (inference.Model(card, MODELS, threads).run(pixels) for threads in (1, 2))
    np.testing.assert_allclose(one, two, atol=1e-5)


class Pretended:
    """An interpreter whose model has the tensors of a test, and answers with what it was given."""

    inputs: list[dict[str, Any]]
    outputs: list[dict[str, Any]]

    def __init__(self, **_: object) -> None:
        self.held: Any = None

    def allocate_tensors(self) -> None: ...

    def get_input_details(self) -> list[dict[str, Any]]:
        return self.inputs

    def get_output_details(self) -> list[dict[str, Any]]:
        return self.outputs

    def set_tensor(self, index: int, values: Any) -> None:
        self.held = values

    def invoke(self) -> None: ...

    def get_tensor(self, index: int) -> Any:
        return self.held


def tensor(*shape: int, kind: type = np.float32, scale: float = 0.0, zero_point: int = 0) -> dict[str, Any]:
    return {"index": 0, "shape": np.array(shape), "dtype": kind, "quantization": (scale, zero_point)}


PICTURE = tensor(1, 16, 16, 3)


def pretended(
    monkeypatch: pytest.MonkeyPatch, inputs: list[dict[str, Any]], outputs: list[dict[str, Any]]
) -> inference.Model:
    monkeypatch.setattr(Pretended, "inputs", inputs, raising=False)
    monkeypatch.setattr(Pretended, "outputs", outputs, raising=False)
    monkeypatch.setattr(inference, "Interpreter", Pretended)
    monkeypatch.setattr(inference, "_verified", lambda path, sha256: b"")
    spec = InputSpec(16, 16, Colour.RGB, 0.0, 255.0)
    return inference.Model(ModelCard("x.tflite", "0" * 64, spec), Path(), threads=1)


@pytest.mark.parametrize(
    ("inputs", "outputs", "said"),
    [
        ([PICTURE, PICTURE], [PICTURE], "has 2 inputs, not one picture"),
        ([], [PICTURE], "has 0 inputs"),
        ([tensor(2, 16, 16, 3)], [PICTURE], r"its input is \(2, 16, 16, 3\), not \(1, 16, 16, 3\)"),
        ([tensor(1, 16, 32, 3)], [PICTURE], "as its card says"),
        ([PICTURE], [tensor(2, 192)], r"gives \(2, 192\) for one picture"),
        ([PICTURE], [tensor()], "more than one answer"),
        ([PICTURE], [tensor(1, 4, kind=np.int64)], "holds int64 without a scale"),
        ([tensor(1, 16, 16, 3, kind=np.int8)], [PICTURE], "holds int8 without a scale"),
    ],
)
def test_a_model_of_another_kind_is_refused(
    monkeypatch: pytest.MonkeyPatch, inputs: list[dict[str, Any]], outputs: list[dict[str, Any]], said: str
) -> None:
    with pytest.raises(ModelError, match=said):
        pretended(monkeypatch, inputs, outputs)


@pytest.mark.parametrize("kind", [np.int8, np.uint8])
def test_eight_bits_stand_for_numbers(monkeypatch: pytest.MonkeyPatch, kind: type) -> None:
    """The pretended model gives back what it was given: within half a step, the picture; beyond the ends, the ends."""
    half_white = tensor(1, 16, 16, 3, kind=kind, scale=1 / 510, zero_point=np.iinfo(kind).min)
    model = pretended(monkeypatch, [half_white], [half_white])
    pixels = np.arange(16 * 16 * 3, dtype=np.uint8).reshape(16, 16, 3)
    (back,) = model.run(pixels)
    np.testing.assert_allclose(back, np.minimum(pixels / 255, 0.5), atol=0.5 / 510 + 1e-6)
