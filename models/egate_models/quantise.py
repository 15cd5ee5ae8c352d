"""Rounds a TFLite model's weights and what flows through it to eight bits.

Run by build.py and calibrate.py inside the quantiser's environment, as a file of its own, because nothing here is
installed on a gate. What flows through a model is rounded within ranges that were measured once, on pictures of
rendered people, and are kept as a file (``calibration/``): so the same model comes out whatever the renderer becomes.

    python quantise.py measure MODEL.tflite TENSORS.npy RANGES.json     # (n, height, width, 3) float32 input tensors
    python quantise.py convert MODEL.tflite RANGES.json RESULT.tflite
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from ai_edge_quantizer import quantizer, recipe

_DIGITS = 6  # of a range's ends; more would say nothing


def main() -> None:
    """Measure ranges, or convert with them."""
    what, model, *paths = sys.argv[1:]
    first, second = map(Path, paths)
    if what == "measure":
        found = ranges(model, np.load(first))
        lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(ends)}" for name, ends in sorted(found.items()))
        second.write_text(f"{{\n{lines}\n}}\n", "utf-8")
    else:
        second.write_bytes(converted(model, json.loads(first.read_text("utf-8"))))


def _quantizer(model: str) -> quantizer.Quantizer:
    made = quantizer.Quantizer(model)
    made.load_quantization_recipe(recipe.static_wi8_ai8())
    return made


def ranges(model: str, tensors: "np.ndarray[Any, Any]") -> dict[str, list[float]]:
    """Tensor name -> lowest and highest value over the pictures."""
    ((signature, names),) = Interpreter(model).get_signature_list().items()
    (name,) = names["inputs"]
    found = _quantizer(model).calibrate({signature: [{name: each[np.newaxis]} for each in tensors]}, num_threads=1)
    return {
        tensor: [round(float(ends["min"].item()), _DIGITS), round(float(ends["max"].item()), _DIGITS)]
        for tensor, ends in found.items()
    }


def converted(model: str, kept: dict[str, list[float]]) -> bytes:
    """The model in eight bits."""
    shape = (1, 1, 1, 1)
    result = {
        name: {"min": np.full(shape, low, np.float32), "max": np.full(shape, high, np.float32)}
        for name, (low, high) in kept.items()
    }
    return bytes(_quantizer(model).quantize(result, enable_progress_report=False).quantized_model)


if __name__ == "__main__":
    main()
