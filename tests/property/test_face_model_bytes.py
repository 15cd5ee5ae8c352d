"""Whatever happened to a model's file or its card, the answer is a typed error, never a model that runs."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egate.face.errors import ModelError
from egate.face.networks.cards import Cards, Colour, InputSpec, ModelCard, read_cards
from egate.face.networks.inference import Model
from egate.face.networks.manifest import open_manifest, parse_manifest

MODELS = Path(__file__).resolve().parents[2] / "models"
CARDS = read_cards(MODELS)
NAMES = tuple(Cards.__slots__)
SMALL = CARDS.detection
CONTENT = (MODELS / SMALL.file).read_bytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("models")
    yield path
    shutil.rmtree(path)


def refused(folder: Path, content: bytes, card: ModelCard = SMALL) -> None:
    (folder / card.file).write_bytes(content)
    with pytest.raises(ModelError, match=r"differs from the file that model\.toml describes; install"):
        Model(card, folder, threads=1)


@given(st.integers(0, len(CONTENT) - 1))
@settings(max_examples=40, deadline=None)
def test_cut_short(folder: Path, length: int) -> None:
    refused(folder, CONTENT[:length])


@given(st.sets(st.tuples(st.integers(0, len(CONTENT) - 1), st.integers(0, 7)), min_size=1, max_size=8))
@settings(max_examples=40, deadline=None)
def test_bits_turned(folder: Path, bits: set[tuple[int, int]]) -> None:
    content = bytearray(CONTENT)
    for position, bit in bits:
        content[position] ^= 1 << bit
    refused(folder, bytes(content))


@given(st.binary(max_size=200))
@settings(max_examples=40, deadline=None)
def test_something_else(folder: Path, content: bytes) -> None:
    refused(folder, content)


@pytest.mark.parametrize("other", [name for name in NAMES if name != "detection"])
def test_swapped_with_another(folder: Path, other: str) -> None:
    refused(folder, (MODELS / getattr(CARDS, other).file).read_bytes())


@given(st.integers(16, 1024), st.integers(16, 1024))
@settings(max_examples=10, deadline=None)
def test_a_card_with_another_size(width: int, height: int) -> None:
    spec = InputSpec(width, height, Colour.RGB, 0.0, 1.0)
    card = ModelCard(SMALL.file, SMALL.sha256, spec)
    if (width, height) == (SMALL.input.width, SMALL.input.height):
        return
    with pytest.raises(ModelError, match="as its card says"):
        Model(card, MODELS, threads=1)


@given(raw=st.binary(max_size=300), signature=st.binary(max_size=80), key=st.binary(max_size=40))
def test_arbitrary_bytes_as_a_manifest(raw: bytes, signature: bytes, key: bytes) -> None:
    with pytest.raises(ModelError, match="install"):
        open_manifest(raw, signature, key)
    with pytest.raises(ModelError, match="install"):
        parse_manifest(raw)
