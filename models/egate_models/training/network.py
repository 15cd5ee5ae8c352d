"""The network itself, its training and its export. Run in the build environment, as a file of its own:
``python network.py SAMPLES.npz OUT MINUTES``. The last line of its output is JSON.

Depthwise-separable convolutions (Howard et al., 2017), some 60,000 parameters: small enough for a Pi beside everything
else. Samples of one rendered person are never in both the training and the checking part.
"""

import json
import sys
import time
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

EMBEDDING = 32
SIDE_PX = 96
BATCH = 64
MAX_EPOCHS = 40
CHECKED_SHARE = 0.15
LABEL_SMOOTHING = 0.05


def build(seed: int) -> tuple[keras.Model, keras.Model]:
    """(model that ends in one logit, model that ends in the embedding); they share their layers."""
    keras.utils.set_random_seed(seed)
    x = inputs = keras.Input((SIDE_PX, SIDE_PX, 3))
    x = _convolution(x, 16, stride=2)
    for width, stride in ((24, 1), (32, 2), (48, 1), (64, 2), (96, 1), (128, 2), (128, 1)):
        x = _separable(x, width, stride)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(0.3)(x)
    embedding = keras.layers.Dense(EMBEDDING, activation="tanh", name="embedding")(x)
    logit = keras.layers.Dense(1, kernel_regularizer=keras.regularizers.L2(1e-3), name="logit")(embedding)
    return keras.Model(inputs, logit), keras.Model(inputs, embedding)


def _convolution(x: keras.KerasTensor, width: int, stride: int) -> keras.KerasTensor:
    x = keras.layers.Conv2D(width, 3, stride, "same", use_bias=False)(x)
    return keras.layers.ReLU(6.0)(keras.layers.BatchNormalization()(x))


def _separable(x: keras.KerasTensor, width: int, stride: int) -> keras.KerasTensor:
    y = keras.layers.DepthwiseConv2D(3, stride, "same", use_bias=False)(x)
    y = keras.layers.ReLU(6.0)(keras.layers.BatchNormalization()(y))
    y = keras.layers.Conv2D(width, 1, use_bias=False)(y)
    y = keras.layers.ReLU(6.0)(keras.layers.BatchNormalization()(y))
    return keras.layers.Add()([x, y]) if stride == 1 and x.shape[-1] == width else y


class _Clock(keras.callbacks.Callback):  # type: ignore[misc] # Keras is not installed where types are checked
    """Ends the training when its time is over, and tells how far it is."""

    def __init__(self, minutes: float) -> None:
        super().__init__()
        self._end_s = time.monotonic() + minutes * 60

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        figures = {name: round(float(value), 4) for name, value in (logs or {}).items()}
        print(json.dumps({"epoch": epoch + 1, **figures}), flush=True)
        if time.monotonic() > self._end_s:
            self.model.stop_training = True


def train(samples: Path, out: Path, minutes: float) -> dict[str, object]:
    """Train, export, report. ``samples``: pictures (n, 96, 96, 3) uint8 RGB, attack (n,) 0/1, person (n,)."""
    with np.load(samples) as file:
        pictures, attack, person = file["pictures"], file["attack"].astype(np.float32), file["person"]
    checked = _checked_part(person)
    scorer, embedder = build(seed=1)
    steps = max(1, int((~checked).sum()) // BATCH)
    rate = keras.optimizers.schedules.CosineDecay(2e-3, steps * MAX_EPOCHS)
    loss = keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=LABEL_SMOOTHING)
    scorer.compile(keras.optimizers.Adam(rate), loss, metrics=[keras.metrics.AUC(from_logits=True, name="auc")])
    weights = _balance(attack[~checked])
    data = _stream(pictures[~checked], attack[~checked], weights)
    check = (pictures[checked].astype(np.float32) / 255, attack[checked])
    began_s = time.monotonic()
    history = scorer.fit(data, epochs=MAX_EPOCHS, steps_per_epoch=steps, validation_data=check, verbose=0,
                         callbacks=[_Clock(minutes)])  # fmt: skip
    file_name = _export(embedder, out)
    head = scorer.get_layer("logit").get_weights()
    return {
        "file": file_name, "parameters": embedder.count_params(), "trained": int((~checked).sum()),
        "checked": int(checked.sum()), "epochs": len(history.epoch), "minutes": (time.monotonic() - began_s) / 60,
        "auc_checked": float(history.history["val_auc"][-1]),
        "weights": head[0][:, 0].astype(float).tolist(), "bias": float(head[1][0]),
    }  # fmt: skip


def _checked_part(person: NDArray[np.int32]) -> NDArray[np.bool_]:
    people = np.unique(person)
    kept = np.random.default_rng(2).permutation(people)[: max(1, int(len(people) * CHECKED_SHARE))]
    return np.isin(person, kept)


def _balance(attack: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weights that make live and attack count alike, whatever their numbers."""
    share = float(attack.mean())
    return np.where(attack > 0, 0.5 / share, 0.5 / (1 - share)).astype(np.float32)


def _stream(
    pictures: NDArray[np.uint8], attack: NDArray[np.float32], weights: NDArray[np.float32]
) -> "tf.data.Dataset":
    rows = tf.data.Dataset.from_tensor_slices((pictures, attack, weights)).shuffle(len(attack), seed=3)
    return rows.map(_varied, num_parallel_calls=2).batch(BATCH, drop_remainder=True).repeat().prefetch(2)


def _varied(picture: "tf.Tensor", attack: "tf.Tensor", weight: "tf.Tensor") -> "tuple[tf.Tensor, ...]":
    """Cheap variation at each showing; cameras and compression were varied when the samples were drawn."""
    x = tf.image.random_flip_left_right(tf.cast(picture, tf.float32) / 255)
    x = tf.image.random_brightness(x, 0.12)
    x = tf.image.random_contrast(x, 0.75, 1.3)
    x = tf.image.random_saturation(tf.clip_by_value(x, 0.0, 1.0), 0.6, 1.4)
    top, left = (tf.random.uniform((), 0, 13, tf.int32) for _ in range(2))
    x = tf.image.crop_to_bounding_box(tf.pad(x, ((6, 6), (6, 6), (0, 0)), "SYMMETRIC"), top, left, SIDE_PX, SIDE_PX)
    return tf.clip_by_value(x, 0.0, 1.0), attack, weight


def _export(embedder: keras.Model, out: Path) -> str:
    converter = tf.lite.TFLiteConverter.from_keras_model(embedder)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    out.mkdir(parents=True, exist_ok=True)
    path = out / "egate_pad_fp16.tflite"
    path.write_bytes(converter.convert())
    return path.name


if __name__ == "__main__":
    print(json.dumps(train(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))))
