"""The manifest of models: what is signed counts, what is not listed does not run."""

import hashlib
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from egate.config import FaceConfig
from egate.document.errors import TrustError
from egate.face.errors import ModelError
from egate.face.networks.manifest import Manifest, compose, hashes, open_manifest, parse_manifest
from egate.runtime.model_files import load_models, signed_files

MODELS = Path(__file__).resolve().parents[2] / "models"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ISSUED = date(2026, 9, 1)


class Office:
    """Models, manifest and key of one lane in a folder."""

    def __init__(self, folder: Path) -> None:
        self.models = folder / "models"
        self.models.mkdir()
        for path in signed_files(MODELS):
            shutil.copy(path, self.models)
        self.manifest, self.signature = folder / "manifest.toml", folder / "manifest.toml.sig"
        self.verify_key = folder / "manifest.pub"
        self.verify_key.write_bytes(public_pem(KEY))
        self.sign()

    def sign(self, key: Ed25519PrivateKey = KEY, *, simulation: bool = False, without: str = "") -> None:
        files = hashes(path for path in signed_files(self.models) if path.name != without)
        raw = compose(1, "Border Guard of Utopia", ISSUED, files, simulation=simulation)
        self.manifest.write_bytes(raw)
        self.signature.write_bytes(key.sign(raw))

    def load(self, *, allow_simulation: bool = False) -> None:
        config = FaceConfig(self.manifest, self.verify_key, self.models, threads=1)
        load_models(config, allow_simulation=allow_simulation)


def public_pem(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_what_is_signed_and_in_place_is_loaded(office: Office) -> None:
    office.load()


def swap_with_its_hash(office: Office) -> None:
    """Whoever can write the folder makes model and card agree; only the manifest is beyond them."""
    path, card = office.models / "fr_liveness_fp16.tflite", office.models / "model.toml"
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_bytes(path.read_bytes() + b"\0")
    card.write_text(card.read_text().replace(before, hashlib.sha256(path.read_bytes()).hexdigest()))


def lower_threshold(office: Office) -> None:
    card = office.models / "model.toml"
    text = card.read_text()
    assert "match_threshold = 0.42" in text
    card.write_text(text.replace("match_threshold = 0.42", "match_threshold = 0.02"))


def other_calibration(office: Office) -> None:
    path = office.models / "pad.toml"
    path.write_text(path.read_text() + "\n")


def another_version(office: Office) -> None:
    office.manifest.write_bytes(office.manifest.read_bytes().replace(b"version = 1", b"version = 2"))


def foreign_key(office: Office) -> None:
    office.sign(Ed25519PrivateKey.generate())


def short_signature(office: Office) -> None:
    office.signature.write_bytes(office.signature.read_bytes()[:-1])


def huge_manifest(office: Office) -> None:
    office.manifest.write_bytes(b"#" * 70_000)


def missing_from_the_list(office: Office) -> None:
    office.sign(without="face_mesh.tflite")


def card_missing_from_the_list(office: Office) -> None:
    office.sign(without="model.toml")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (swap_with_its_hash, "model.toml: is another file than the manifest lists"),
        (lower_threshold, "model.toml: is another file than the manifest lists"),
        (other_calibration, "pad.toml: is another file than the manifest lists"),
        (another_version, "was altered, or another key signed it"),
        (foreign_key, "was altered, or another key signed it"),
        (short_signature, "manifest.toml.sig: is no Ed25519 signature"),
        (huge_manifest, "larger than a manifest can be"),
        (missing_from_the_list, "face_mesh.tflite: the manifest does not list it"),
        (card_missing_from_the_list, "model.toml: the manifest does not list it"),
    ],
)
def test_what_the_agency_did_not_sign_does_not_run(office: Office, harm: Callable[[Office], None], said: str) -> None:
    harm(office)
    with pytest.raises(ModelError) as caught:
        office.load()
    assert said in str(caught.value)
    assert any(advice in str(caught.value) for advice in ("install", "copy it again", "is it the right file"))


@pytest.mark.parametrize("name", ["manifest", "signature", "verify_key"])
def test_what_is_missing_is_named(office: Office, name: str) -> None:
    path: Path = getattr(office, name)
    path.unlink()
    with pytest.raises(FileNotFoundError) as caught:
        office.load()
    assert caught.value.filename == str(path)


def test_a_key_that_is_none(office: Office) -> None:
    office.verify_key.write_bytes(b"no key")
    with pytest.raises(TrustError, match=r"manifest\.pub: is no Ed25519 public key"):
        office.load()


def test_a_simulators_manifest_serves_a_simulated_lane_alone(office: Office) -> None:
    office.sign(simulation=True)
    office.load(allow_simulation=True)
    with pytest.raises(ModelError, match="comes from a simulator"):
        office.load()


def test_the_same_content_gives_the_same_bytes() -> None:
    files = {"b.tflite": "0" * 64, "a.tflite": "f" * 64}
    raw = compose(7, "Border Guard of Utopia", ISSUED, files)
    assert raw == compose(7, "Border Guard of Utopia", ISSUED, dict(reversed(files.items())))
    assert parse_manifest(raw) == Manifest(1, 7, "Border Guard of Utopia", ISSUED, simulation=False, files=files)
    assert open_manifest(raw, KEY.sign(raw), KEY.public_key().public_bytes_raw()) == parse_manifest(raw)


@pytest.mark.parametrize("issuer", ['A "quoted" office', "two\nlines", "back\\slash", "", "x" * 101])
def test_an_issuer_that_no_manifest_can_name(issuer: str) -> None:
    with pytest.raises(ModelError, match="malformed"):
        compose(1, issuer, ISSUED, {})


@pytest.mark.parametrize(
    "change",
    [
        ("format = 1", "format = 2"),
        ("version = 1", "version = 0"),
        ("issued = 2026-09-01", 'issued = "yesterday"'),
        ("simulation = false", "simulation = 0"),
        ('"a.tflite"', '"../a.tflite"'),
        ("0000", "000"),
        ("[files]", "[filed]"),
    ],
)
def test_a_signed_text_that_is_no_manifest(change: tuple[str, str]) -> None:
    raw = compose(1, "Utopia", ISSUED, {"a.tflite": "0" * 64}).decode()
    broken = raw.replace(*change, 1).encode()
    assert broken != raw.encode()
    with pytest.raises(ModelError, match="manifest is malformed"):
        open_manifest(broken, KEY.sign(broken), KEY.public_key().public_bytes_raw())


def test_two_files_of_one_name_are_not_listed(tmp_path: Path) -> None:
    other = tmp_path / "pad.toml"
    other.touch()
    with pytest.raises(ModelError, match="another file has this name already"):
        hashes([MODELS / "pad.toml", other])
