"""The manifest of the face models on disk, and the models that it vouches for."""

from pathlib import Path

from egate.config import FaceConfig
from egate.face.errors import ModelError
from egate.face.networks.cards import CARD_FILE
from egate.face.networks.manifest import (
    MAX_MANIFEST_BYTES,
    SIGNATURE_BYTES,
    SIGNATURE_SUFFIX,
    Manifest,
    open_manifest,
)
from egate.face.pad.calibration import CALIBRATION_FILE
from egate.face.pipeline import FacePipeline
from egate.runtime.trust_files import SIMULATION, load_verify_key


def load_models(config: FaceConfig, *, allow_simulation: bool) -> FacePipeline:
    """Every model, after its hash was found in the signed manifest.

    Raises OSError; TrustError for the key; ModelError with what is wrong, what it means and what to do.
    """
    manifest = load_manifest(config.manifest, config.verify_key)
    if is_simulated(manifest) and not allow_simulation:
        raise ModelError("the models' manifest comes from a simulator; install the manifest of the border agency")
    return FacePipeline.load(config.models, config.threads, manifest)


def signed_files(models: Path) -> list[Path]:
    """What a manifest of this folder lists: every model, their card, and the calibration of attack detection."""
    return [*sorted(models.glob("*.tflite")), models / CARD_FILE, models / CALIBRATION_FILE]


def load_manifest(path: Path, verify_key: Path) -> Manifest:
    """Raises OSError, TrustError, ModelError."""
    raw, signature = read_manifest(path), signature_file(path)
    if signature.stat().st_size != SIGNATURE_BYTES:
        raise ModelError(f"{signature}: is no Ed25519 signature, which has {SIGNATURE_BYTES} bytes; copy it again")
    return open_manifest(raw, signature.read_bytes(), load_verify_key(verify_key))


def read_manifest(path: Path) -> bytes:
    """Raises OSError; ModelError where it is too large to be one."""
    if path.stat().st_size > MAX_MANIFEST_BYTES:
        raise ModelError(f"{path}: larger than a manifest can be; is it the right file?")
    return path.read_bytes()


def signature_file(manifest: Path) -> Path:
    """Where a manifest's signature lies."""
    return manifest.with_name(manifest.name + SIGNATURE_SUFFIX)


def is_simulated(manifest: Manifest) -> bool:
    """Whether the manifest, or who made it, says so."""
    return manifest.simulation or SIMULATION in manifest.issuer
