"""Runs model files. The one module that knows the inference runtime (LiteRT)."""

import hashlib
import hmac
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from egate.face.errors import ModelError
from egate.face.networks.cards import ModelCard

try:
    from ai_edge_litert.interpreter import Interpreter
except ImportError:  # older boards: the same interpreter under its former name
    from tflite_runtime.interpreter import Interpreter

_REINSTALL = "install the models again (they are part of the distribution), or rebuild them with: make models"
_RUNTIME_ERRORS = (ValueError, RuntimeError)  # what the interpreter raises for a model that it cannot use


class Model:
    """One loaded model. Not safe for use by two threads at a time."""

    def __init__(self, card: ModelCard, folder: Path, threads: int) -> None:
        """Load ``folder``/``card.file`` and check it against the card. Raises ModelError.

        The bytes that were hashed are the bytes that run: the file is read once.
        """
        self.card = card
        path = folder / card.file
        content = _verified(path, card.sha256)
        try:
            self._interpreter = Interpreter(model_content=content, num_threads=threads)
            self._interpreter.allocate_tensors()
            (self._input,) = self._interpreter.get_input_details()
        except _RUNTIME_ERRORS as error:
            raise ModelError(f"{path}: the inference runtime refuses it; {_REINSTALL}") from error
        self._shape = (1, card.input.height, card.input.width, 3)
        if tuple(self._input["shape"]) != self._shape:
            raise ModelError(f"{path}: its input is not {self._shape} as its card says; {_REINSTALL}")
        self._outputs = self._interpreter.get_output_details()

    def run(self, pixels: NDArray[np.uint8]) -> tuple[NDArray[np.float32], ...]:
        """Run on ``pixels``, (height, width, 3) uint8 RGB of the card's size; outputs without their batch axis, in
        the file's order."""
        return self._invoke(self.card.input.tensor(pixels))

    def wipe(self) -> None:
        """Overwrite what the runtime still holds of the last picture: input, intermediate values and outputs."""
        self._invoke(np.zeros(self._shape, np.float32))

    def _invoke(self, tensor: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
        self._interpreter.set_tensor(self._input["index"], tensor)
        self._interpreter.invoke()
        return tuple(self._interpreter.get_tensor(detail["index"])[0] for detail in self._outputs)


def _verified(path: Path, sha256: str) -> bytes:
    """The file's content if its hash is the one on the card. Raises ModelError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); {_REINSTALL}") from error
    if not hmac.compare_digest(hashlib.sha256(content).hexdigest(), sha256):
        raise ModelError(f"{path}: differs from the file that model.toml describes; {_REINSTALL}")
    return content
