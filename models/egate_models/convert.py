"""Converts one ONNX model to TFLite with half-precision weights and compares both on probes.

Run by build.py inside the build environment, as a file of its own, because nothing here is installed on a gate:
``python convert.py MODEL.onnx FOLDER INPUT_JSON``. The last line of its output is JSON: file, cosine (the worst over
the probes), difference (the largest of any output value).
"""

import json
import os
import sys
from pathlib import Path

import numpy as np
import onnx2tf
import onnxruntime
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

PROBES = 24


def main() -> None:
    """Convert, compare, report."""
    original, folder, spec = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), json.loads(sys.argv[3])
    convert(original, folder)
    built = folder / f"{original.stem}_float16.tflite"
    cosine, difference = compare(original, built, spec)
    print(json.dumps({"file": built.name, "cosine": cosine, "difference": difference}))


def convert(original: Path, folder: Path) -> None:
    """Write the TFLite files of ``original`` into ``folder``."""
    os.chdir(folder)
    # onnx2tf looks for a calibration picture set by this name and would download it. Conversion to half precision
    # needs no calibration, so any content does.
    np.save("calibration_image_sample_data_20x128x128x3_float32.npy", np.zeros((20, 128, 128, 3), np.float32))
    onnx2tf.convert(input_onnx_file_path=str(original), output_folder_path=str(folder), non_verbose=True)


def compare(original: Path, built: Path, spec: dict[str, float]) -> tuple[float, float]:
    """Worst cosine and largest difference between the two models' outputs over the probes."""
    session = onnxruntime.InferenceSession(str(original))
    name = session.get_inputs()[0].name
    interpreter = Interpreter(str(built), num_threads=1)
    interpreter.allocate_tensors()
    source, result = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]
    worst, largest = 1.0, 0.0
    for picture in probes(int(spec["width"]), int(spec["height"])):
        tensor = ((picture - spec["subtract"]) / spec["divide"]).astype(np.float32)
        (expected,) = session.run(None, {name: np.ascontiguousarray(tensor.transpose(0, 3, 1, 2))})
        interpreter.set_tensor(source, tensor)
        interpreter.invoke()
        one, other = expected.ravel(), interpreter.get_tensor(result).ravel()
        worst = min(worst, float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other))))
        largest = max(largest, float(np.abs(one - other).max()))
    return worst, largest


def probes(width: int, height: int) -> list[NDArray[np.float32]]:
    """Pictures with structure at every scale, (1, height, width, 3) in 0 .. 255: sums of random patterns from coarse
    to fine. Always the same ones."""
    random = np.random.default_rng(20)
    pictures = []
    for _ in range(PROBES):
        total = np.zeros((height, width, 3))
        for cells in (2, 4, 8, 16, 32):
            pattern = random.random((cells, cells, 3))
            rows = np.arange(height) * cells // height
            columns = np.arange(width) * cells // width
            total += pattern[rows][:, columns]
        pictures.append((total[np.newaxis] * 51.0).astype(np.float32))
    return pictures


if __name__ == "__main__":
    main()
