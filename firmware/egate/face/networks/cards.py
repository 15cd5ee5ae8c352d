"""The model card that the gate reads at start: models/model.toml, typed and checked."""

import tomllib
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from egate.face.errors import ModelError
from egate.face.networks.manifest import Manifest, Sha256, read_listed

CARD_FILE = "model.toml"
_REINSTALL = "install the models again (they are part of the distribution), or rebuild them with: make models"

FileName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_]+\.tflite$")]
Side = Annotated[int, Meta(ge=16, le=1024)]
Share = Annotated[float, Meta(gt=0, lt=1)]


class Colour(StrEnum):
    """Order of the channels that a model was trained on."""

    RGB = "rgb"
    BGR = "bgr"


@dataclass(frozen=True, slots=True)
class InputSpec:
    """What a model's input tensor holds: (1, height, width, 3) float32, ``(pixel - subtract) / divide``."""

    width: Side
    height: Side
    colour: Colour
    subtract: float
    divide: Annotated[float, Meta(gt=0)]

    def tensor(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Turn (height, width, 3) uint8 RGB into the input tensor."""
        ordered = pixels if self.colour is Colour.RGB else pixels[..., ::-1]
        scaled = (ordered.astype(np.float32) - np.float32(self.subtract)) / np.float32(self.divide)
        return np.ascontiguousarray(scaled[np.newaxis])


@dataclass(frozen=True, slots=True)
class Variant:
    """The same network in another precision. ``loss``: what that costs, for people."""

    file: FileName
    sha256: Sha256
    loss: str


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What every model has: its file, the file's hash, and its input. ``use``: which of its ``variants`` takes the
    file's place."""

    file: FileName
    sha256: Sha256
    input: InputSpec
    use: str | None = field(default=None, kw_only=True)
    variants: dict[str, Variant] = field(default_factory=dict, kw_only=True)

    def chosen(self) -> Self:
        """The card with the file that is to run. Raises ModelError."""
        if self.use is None:
            return self
        variant = self.variants.get(self.use)
        if variant is None:
            raise ModelError(f"{self.file}: its card has no variant {self.use!r} to use; {_REINSTALL}")
        return replace(self, file=variant.file, sha256=variant.sha256, use=None)


@dataclass(frozen=True, slots=True)
class DetectionCard(ModelCard):
    """``score_threshold``: probability that makes a box a face; ``overlap_threshold``: IoU that makes two the same."""

    score_threshold: Share
    overlap_threshold: Share


@dataclass(frozen=True, slots=True)
class LandmarksCard(ModelCard):
    """``crop_scale``: crop side over face box side; ``presence_threshold``: probability below which it is no face."""

    crop_scale: Annotated[float, Meta(ge=1, le=4)]
    presence_threshold: Share


@dataclass(frozen=True, slots=True)
class EmbeddingCard(ModelCard):
    """``match_threshold``: cosine from which two faces are taken for one person. A gate may only raise it."""

    match_threshold: Share


@dataclass(frozen=True, slots=True)
class PadCard(ModelCard):
    """``tight_scale``, ``wide_scale``: side of the crop that shows the face alone, and of the one that shows what is
    around it, over the face box's; ``live_class``: which of the outputs means a live face."""

    tight_scale: Annotated[float, Meta(ge=1, le=4)]
    wide_scale: Annotated[float, Meta(ge=1, le=4)]
    live_class: Annotated[int, Meta(ge=0, le=15)]


@dataclass(frozen=True, slots=True)
class BroadPadCard(ModelCard):
    """Two outputs of ``leaves`` numbers each: what a leaf of the learned tree says (its size alone counts), and the
    share with which the picture reaches it; their product summed grows towards attack. ``crop_scale``: crop side over
    face box side."""

    crop_scale: Annotated[float, Meta(ge=1, le=4)]
    leaves: Annotated[int, Meta(ge=1, le=64)]


@dataclass(frozen=True, slots=True)
class Cards:
    """The whole of models/model.toml, as far as the gate needs it."""

    detection: DetectionCard
    landmarks: LandmarksCard
    embedding: EmbeddingCard
    pad: PadCard
    broad_pad: BroadPadCard
    own_pad: ModelCard


def packaged_models() -> Path:
    """The folder of the models that came with this installation: inside the package, or ``models`` of a checkout."""
    inside = Path(__file__).resolve().parents[1] / "models"
    return inside if inside.is_dir() else Path(__file__).resolve().parents[4] / "models"


def read_cards(folder: Path, manifest: Manifest | None = None) -> Cards:
    """Read ``folder``/model.toml; with a ``manifest``, only if that lists it and every model that it names. Raises
    ModelError."""
    path = folder / CARD_FILE
    content = read_listed(path, manifest, _REINSTALL)
    try:
        cards = msgspec.convert(tomllib.loads(content.decode("utf-8")), Cards)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, msgspec.ValidationError) as error:
        raise ModelError(f"{path}: not a valid model card ({error}); {_REINSTALL}") from error
    cards = Cards(**{each.name: getattr(cards, each.name).chosen() for each in fields(Cards)})
    if manifest is not None:
        for card in (getattr(cards, each.name) for each in fields(Cards)):
            manifest.demand(card.file, card.sha256)
    return cards
