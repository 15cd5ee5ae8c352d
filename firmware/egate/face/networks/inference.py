"""Runs model files. The one module that knows the inference runtime: LiteRT, or the same interpreter under its former
name (tflite-runtime, Python 3.11, NumPy below 2), where a board has no LiteRT."""

import hashlib
import hmac
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from egate.face.errors import ModelError
from egate.face.networks.cards import ModelCard

try:
    from ai_edge_litert.interpreter import Interpreter
except ImportError:
    from tflite_runtime.interpreter import Interpreter

_REINSTALL = "install the models again (they are part of the distribution), or rebuild them with: make models"
_RUNTIME_ERRORS = (ValueError, RuntimeError)  # what the interpreter raises for a model that it cannot use
_QUANTISED = (np.int8, np.uint8)


class Model:
    """One loaded model. Not safe for use by two threads at a time."""

    def __init__(self, card: ModelCard, folder: Path, threads: int) -> None:
        """Load ``folder``/``card.file`` and check it against the card. ``threads``: of the interpreter's XNNPACK
        kernels. Raises ModelError.

        The bytes that were hashed are the bytes that run: the file is read once.
        """
        self.card = card
        path = folder / card.file
        content = _verified(path, card.sha256)
        self._shape = (1, card.input.height, card.input.width, 3)
        try:
            self._interpreter = Interpreter(model_content=content, num_threads=threads)
            self._interpreter.allocate_tensors()
        except _RUNTIME_ERRORS as error:
            raise ModelError(f"{path}: the inference runtime refuses it; {_REINSTALL}") from error
        self._input, self._outputs = self._tensors(path)

    def _tensors(self, path: Path) -> tuple["_Tensor", tuple["_Tensor", ...]]:
        """Raises ModelError for a model that takes anything but one picture, or gives no numbers."""
        inputs = [_Tensor(path, detail) for detail in self._interpreter.get_input_details()]
        outputs = tuple(_Tensor(path, detail) for detail in self._interpreter.get_output_details())
        if len(inputs) != 1:
            raise ModelError(f"{path}: has {len(inputs)} inputs, not one picture; {_REINSTALL}")
        if inputs[0].shape != self._shape:
            raise ModelError(
                f"{path}: its input is {inputs[0].shape}, not {self._shape} as its card says; {_REINSTALL}"
            )
        batched = [output.shape for output in outputs if output.shape[:1] != (1,)]
        if batched:
            raise ModelError(f"{path}: gives {batched[0]} for one picture, more than one answer; {_REINSTALL}")
        return inputs[0], outputs

    def run(self, pixels: NDArray[np.uint8]) -> tuple[NDArray[np.float32], ...]:
        """Run on ``pixels``, (height, width, 3) uint8 RGB of the card's size; outputs without their batch axis, in
        the file's order."""
        return self._invoke(self.card.input.tensor(pixels))

    def wipe(self) -> None:
        """Overwrite what the runtime still holds of the last picture: input, intermediate values and outputs."""
        self._invoke(np.zeros(self._shape, np.float32))

    def _invoke(self, tensor: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
        self._interpreter.set_tensor(self._input.index, self._input.stored(tensor))
        self._interpreter.invoke()
        return tuple(output.values(self._interpreter.get_tensor(output.index))[0] for output in self._outputs)


class _Tensor:
    """One input or output: float32, or eight bits that stand for (stored - zero point) x scale."""

    def __init__(self, path: Path, detail: dict[str, Any]) -> None:
        """``detail``: as the interpreter describes it. Raises ModelError."""
        self.index: int = detail["index"]
        self.shape = tuple(int(side) for side in detail["shape"])
        self._type = detail["dtype"]
        scale, zero_point = detail["quantization"]
        self._scale, self._zero_point = np.float32(scale), np.float32(zero_point)
        if self._type is not np.float32 and (self._type not in _QUANTISED or not scale > 0):
            raise ModelError(
                f"{path}: holds {self._type.__name__} without a scale, which egate cannot use; {_REINSTALL}"
            )

    def stored(self, values: NDArray[np.float32]) -> NDArray[Any]:
        """``values`` as the tensor holds them; what lies beyond eight bits goes to the nearest end."""
        if self._type is np.float32:
            return values
        ends = np.iinfo(self._type)
        steps = np.rint(values / self._scale) + self._zero_point
        return np.asarray(np.clip(steps, ends.min, ends.max), self._type)

    def values(self, stored: NDArray[Any]) -> NDArray[np.float32]:
        """The numbers that ``stored`` stands for."""
        if self._type is np.float32:
            return stored
        return (stored.astype(np.float32) - self._zero_point) * self._scale


def _verified(path: Path, sha256: str) -> bytes:
    """The file's content if its hash is the one on the card. Raises ModelError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); {_REINSTALL}") from error
    if not hmac.compare_digest(hashlib.sha256(content).hexdigest(), sha256):
        raise ModelError(f"{path}: differs from the file that model.toml describes; {_REINSTALL}")
    return content
