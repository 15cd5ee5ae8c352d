"""The manifest: which model files an agency lets its gates run. A TOML text, and beside it its Ed25519 signature.

::

    format = 1
    version = 3
    issuer = "Border Guard of Utopia"
    issued = 2026-09-01
    simulation = false

    [files]
    "face_mesh.tflite" = "64 hexadecimal digits: SHA-256"
    "model.toml" = "…"

The signature, 64 bytes over the text as it stands, is a file of its own with ``.sig`` after the manifest's name, so
that common tools can check it. ``version`` grows with every manifest of an issuer.
"""

import hashlib
import hmac
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Meta

from egate.face.errors import ModelError

FORMAT = 1
SIGNATURE_SUFFIX = ".sig"
MAX_MANIFEST_BYTES = 65_536
SIGNATURE_BYTES = 64
_INSTALL = "install the manifest, its signature and the public key that the agency gave out"
_REPLACE = "install the models that the manifest describes, or have these signed: egate models sign"

Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]{1,80}$")]
Issuer = Annotated[str, Meta(pattern=r'^[^"\\\x00-\x1f\x7f]{1,100}$')]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True)
class Manifest:
    """``files``: name -> SHA-256. ``simulation``: a simulator made it, and no lane that serves a border takes it."""

    format: Annotated[int, Meta(ge=FORMAT, le=FORMAT)]
    version: Annotated[int, Meta(ge=1)]
    issuer: Issuer
    issued: date
    simulation: bool
    files: dict[Name, Sha256]

    def demand(self, name: str, sha256: str) -> None:
        """Raises ModelError unless a file of this name with this hash is listed."""
        listed = self.files.get(name)
        if listed is None:
            raise ModelError(f"{name}: the manifest does not list it; {_REPLACE}")
        if not hmac.compare_digest(listed, sha256):
            raise ModelError(f"{name}: is another file than the manifest lists; {_REPLACE}")


def open_manifest(raw: bytes, signature: bytes, verify_key: bytes) -> Manifest:
    """The manifest, if ``verify_key`` (32 bytes of Ed25519) signed it. Nothing is parsed before that is certain. Raises
    ModelError."""
    _check_size(raw)
    try:
        Ed25519PublicKey.from_public_bytes(verify_key).verify(signature, raw)
    except (InvalidSignature, ValueError):
        raise ModelError(
            "the models' manifest or its signature was altered, or another key signed it: no model is believed; "
            f"{_INSTALL}"
        ) from None
    return parse_manifest(raw)


def parse_manifest(raw: bytes) -> Manifest:
    """What a manifest says, whoever wrote it: for people, and for those who sign. Raises ModelError."""
    _check_size(raw)
    try:
        table: dict[str, Any] = tomllib.loads(raw.decode("utf-8"))
        return msgspec.convert(table, Manifest)
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        raise ModelError(f"the models' manifest is malformed ({error}); {_INSTALL}") from None


def compose(version: int, issuer: str, issued: date, files: Mapping[str, str], *, simulation: bool = False) -> bytes:
    """The text of a manifest; the same content gives the same bytes. Raises ModelError for what none may say."""
    lines = [
        f"format = {FORMAT}",
        f"version = {version}",
        f'issuer = "{issuer}"',
        f"issued = {issued.isoformat()}",
        f"simulation = {str(simulation).lower()}",
        "",
        "[files]",
        *(f'"{name}" = "{files[name]}"' for name in sorted(files)),
    ]
    raw = ("\n".join(lines) + "\n").encode("utf-8")
    parse_manifest(raw)
    return raw


def hashes(paths: Iterable[Path]) -> dict[str, str]:
    """Name -> SHA-256. Raises OSError; ModelError where two files have one name."""
    found: dict[str, str] = {}
    for path in paths:
        if path.name in found:
            raise ModelError(f"{path}: another file has this name already; give it a name of its own")
        found[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def read_listed(path: Path, manifest: Manifest | None, remedy: str) -> bytes:
    """The content of a file that the manifest lists; without a manifest, of any. What was hashed is what is returned.
    Raises ModelError, with ``remedy`` where the file cannot be read."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); {remedy}") from error
    if manifest is not None:
        manifest.demand(path.name, hashlib.sha256(content).hexdigest())
    return content


def _check_size(raw: bytes) -> None:
    if len(raw) > MAX_MANIFEST_BYTES:
        raise ModelError("the models' manifest is larger than one can be; is it the right file?")
