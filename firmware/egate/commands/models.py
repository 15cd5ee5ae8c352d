"""``egate models``: say which face models gates may run, and check what was said.

Exit status: 0 all is well, 1 a manifest or a model cannot be believed, 2 a file is missing or an argument is wrong.
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from egate.commands.outcome import EXIT_INPUT, EXIT_OK, carry_out
from egate.commands.signing_keys import add_keygen
from egate.document.errors import TrustError
from egate.face.errors import ModelError
from egate.face.networks.cards import packaged_models
from egate.face.networks.manifest import Manifest, compose, hashes, parse_manifest
from egate.face.pipeline import FacePipeline
from egate.runtime.model_files import is_simulated, load_manifest, read_manifest, signature_file, signed_files
from egate.runtime.trust_files import load_signing_key


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """``egate models …``; each sub-command leaves its function in ``action``."""
    models = commands.add_parser("models", help="sign and check the list of face models that a gate may run")
    actions = models.add_subparsers(dest="models_command", required=True)
    add_keygen(actions, "manifests of models", "face.verify_key")
    _add_sign(actions)
    verify = actions.add_parser("verify", help="would a gate run these models now?")
    verify.set_defaults(action=_verify)
    verify.add_argument("manifest", type=Path)
    verify.add_argument("--key", type=Path, required=True, help="the public key, PEM")
    _add_folder(verify)
    show = actions.add_parser("show", help="what a manifest lists")
    show.set_defaults(action=_show)
    show.add_argument("manifest", type=Path)
    show.add_argument("--key", type=Path, help="the public key, PEM; without it the signature is not checked")


def _add_sign(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    sign = actions.add_parser("sign", help="list the models of a folder, each tried first, and sign the list")
    sign.set_defaults(action=_sign)
    sign.add_argument("--out", type=Path, required=True, help="the manifest; its signature goes beside it, in .sig")
    sign.add_argument("--key", type=Path, required=True, help="the signing key, PEM, readable for you alone")
    sign.add_argument("--version", type=int, required=True, help="higher than that of every manifest before")
    sign.add_argument("--issuer", required=True, help="your office's name, for people")
    sign.add_argument("--also", type=Path, action="append", default=[], metavar="FILE", help="a site's own calibration")
    _add_folder(sign)


def _add_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--models", type=Path, default=packaged_models(), help="their folder (default: the installed)")


def run(options: argparse.Namespace) -> int:
    """Carry out a parsed command. Returns the exit status; what is wrong goes to standard error."""
    return carry_out(options, TrustError, ModelError)


def _sign(options: argparse.Namespace) -> int:
    if options.version < 1:
        print("egate: --version is 1 or more", file=sys.stderr)
        return EXIT_INPUT
    key = load_signing_key(options.key)
    FacePipeline.load(options.models)
    listed = hashes((*signed_files(options.models), *options.also))
    raw = compose(options.version, options.issuer, datetime.now(UTC).date(), listed)
    for path, content in ((options.out, raw), (signature_file(options.out), key.sign(raw))):
        draft = path.with_name(f"{path.name}.new")
        draft.write_bytes(content)
        draft.replace(path)
    print(*_overview(parse_manifest(raw)), sep="\n")
    print(f"{options.out}, {signature_file(options.out).name}: install both on every gate, beside one another")
    return EXIT_OK


def _verify(options: argparse.Namespace) -> int:
    manifest = load_manifest(options.manifest, options.key)
    print(*_overview(manifest), sep="\n")
    FacePipeline.load(options.models, manifest=manifest)
    if is_simulated(manifest):
        print("It comes from a simulator: no lane that serves a border takes it.")
    print(f"A gate with this key runs the models of {options.models}.")
    return EXIT_OK


def _show(options: argparse.Namespace) -> int:
    if options.key is None:
        manifest = parse_manifest(read_manifest(options.manifest))
        print("egate: the signature was not checked; name the public key with --key", file=sys.stderr)
    else:
        manifest = load_manifest(options.manifest, options.key)
    print(*_overview(manifest), sep="\n")
    return EXIT_OK


def _overview(manifest: Manifest) -> Iterator[str]:
    yield f"Models' manifest {manifest.version} of {manifest.issuer}, {manifest.issued}"
    for name, sha256 in sorted(manifest.files.items()):
        yield f"  {sha256[:16]}…  {name}"
