"""``keygen``: the pair of Ed25519 keys with which an office signs what its gates believe."""

import argparse
import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from egate.commands.outcome import EXIT_OK

_SECRET_MODE, _PUBLIC_MODE = 0o600, 0o644


def add_keygen(actions: "argparse._SubParsersAction[argparse.ArgumentParser]", signed: str, setting: str) -> None:
    """``keygen`` below a command that signs ``signed``; ``setting`` of the gate file names the public key."""
    keygen = actions.add_parser("keygen", help=f"make the pair of keys that signs {signed} and checks them")
    keygen.set_defaults(action=_keygen, setting=setting)
    keygen.add_argument("--key", type=Path, required=True, help="where the secret goes; it stays in the office")
    keygen.add_argument("--public", type=Path, required=True, help="where the public key goes; it goes to the gates")


def _keygen(options: argparse.Namespace) -> int:
    key = Ed25519PrivateKey.generate()
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    _write_new(options.key, secret, _SECRET_MODE)
    _write_new(options.public, public, _PUBLIC_MODE)
    print(f"{options.key}: the signing key; keep it in the office, off every network, with a copy in a safe")
    print(f"{options.public}: the public key; install it on every gate as {options.setting}")
    return EXIT_OK


def _write_new(path: Path, content: bytes, mode: int) -> None:
    """Never over a file that is there: a signing key that is gone closes every lane. Raises OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
