"""``egate trust``: make, check and show trust bundles.

Exit status: 0 all is well, 1 a source or a bundle cannot be believed, 2 a file is missing or an argument is wrong.
"""

import argparse
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from egate.commands.outcome import EXIT_INPUT, EXIT_NOT_BELIEVED, EXIT_OK, carry_out
from egate.commands.signing_keys import add_keygen
from egate.commands.trust_table import bundle_json, country_table, overview
from egate.document.errors import TrustError
from egate.document.pki.bundle import Bundle
from egate.document.pki.bundle_builder import BundleBuilder, SourceFile
from egate.document.pki.bundle_trust import BundleTrust
from egate.runtime.trust_files import (
    is_simulated,
    load_signing_key,
    load_verify_key,
    read_bundle,
    why_expired,
)

__all__ = ["EXIT_INPUT", "EXIT_NOT_BELIEVED", "EXIT_OK", "add_parser", "run"]


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """``egate trust …``; each sub-command leaves its function in ``action``."""
    trust = commands.add_parser("trust", help="make, check and show the trust bundle of a lane")
    actions = trust.add_subparsers(dest="trust_command", required=True)
    add_keygen(actions, "bundles", "trust.verify_key")
    _add_build(actions)
    verify = actions.add_parser("verify", help="would a gate believe this bundle now?")
    verify.set_defaults(action=_verify)
    verify.add_argument("bundle", type=Path)
    verify.add_argument("--key", type=Path, required=True, help="the public key, PEM")
    show = actions.add_parser("show", help="what is in a bundle, by country")
    show.set_defaults(action=_show)
    show.add_argument("bundle", type=Path)
    show.add_argument("--key", type=Path, help="the public key, PEM; without it the signature is not checked")
    show.add_argument("--country", metavar="UT", help="every certificate of one country (two letters)")
    show.add_argument("--json", action="store_true", help="for programs")


def _add_build(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    build = actions.add_parser("build", help="make a bundle from lists and certificates, each verified first")
    build.set_defaults(action=_build)
    build.add_argument("--out", type=Path, required=True, help="the bundle")
    build.add_argument("--key", type=Path, required=True, help="the signing key, PEM, readable for you alone")
    build.add_argument("--serial", type=int, required=True, help="higher than that of every bundle before")
    build.add_argument("--valid-days", type=int, required=True, help="after which no gate believes it")
    build.add_argument("--refresh-days", type=int, help="after which gates ask for a newer one (default: half of it)")
    build.add_argument("--issuer", default="", help="your office's name, for people")
    for name, text in (
        ("master-list", "CSCA master list; may be given several times, as the following"),
        ("master-list-signer", "certificate to which a master list's signature must lead"),
        ("csca", "CSCA certificate that you vouch for"),
        ("link", "link certificate from anywhere; it counts below a trusted CSCA only"),
        ("crl", "certificate revocation list, signed by a trusted CSCA"),
        ("defect-list", "deviation list or defect list"),
        ("defect-list-signer", "certificate of a defect list's signer that you vouch for"),
        ("seal-signer", "certificate that signs visible digital seals"),
        ("cvca", "card-verifiable trust point of Terminal Authentication"),
    ):
        build.add_argument(f"--{name}", type=Path, action="append", default=[], metavar="FILE", help=text)


def run(options: argparse.Namespace) -> int:
    """Carry out a parsed command. Returns the exit status; what is wrong goes to standard error."""
    return carry_out(options, TrustError)


def _build(options: argparse.Namespace) -> int:
    if options.serial < 1 or options.valid_days < 1 or (options.refresh_days or 1) < 1:
        print("egate: --serial, --valid-days and --refresh-days are 1 or more", file=sys.stderr)
        return EXIT_INPUT
    key, builder = load_signing_key(options.key), BundleBuilder(datetime.now(UTC))
    _add_sources(builder, options)
    refresh = timedelta(days=options.refresh_days) if options.refresh_days else None
    raw = builder.seal(key, options.serial, options.issuer, timedelta(days=options.valid_days), refresh)
    draft = options.out.with_name(f"{options.out.name}.new")
    draft.write_bytes(raw)
    draft.replace(options.out)
    bundle = Bundle.open(raw, key.public_key().public_bytes_raw())
    print(f"{options.out}: {len(raw)} bytes")
    print(overview(bundle, builder.now))
    return EXIT_OK


def _add_sources(builder: BundleBuilder, options: argparse.Namespace) -> None:
    """In the order that lets each source be verified by those before it."""
    pinned = [builder.certificate(file).der for file in _files(options.master_list_signer)]
    for file in _files(options.master_list):
        count, skipped = builder.add_master_list(file, pinned)
        if skipped:
            print(f"egate: {file.name}: {skipped} of {count + skipped} entries cannot be decoded", file=sys.stderr)
    signers = [builder.certificate(file) for file in _files(options.defect_list_signer)]
    adders: tuple[tuple[list[Path], Callable[[SourceFile], object]], ...] = (
        (options.csca, builder.add_csca),
        (options.link, builder.add_link),
        (options.crl, builder.add_crl),
        (options.defect_list, lambda file: builder.add_defect_list(file, signers)),
        (options.seal_signer, builder.add_seal_signer),
        (options.cvca, builder.add_cvca),
    )
    for paths, add in adders:
        for file in _files(paths):
            add(file)


def _files(paths: Iterable[Path]) -> Iterable[SourceFile]:
    for path in paths:
        if sys.stderr.isatty():
            print(f"\r\033[K{path.name} …", end="", file=sys.stderr, flush=True)
        yield SourceFile(path.name, path.read_bytes())
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def _verify(options: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    bundle = Bundle.open(read_bundle(options.bundle), load_verify_key(options.key))
    print(overview(bundle, now))
    why = why_expired(bundle.header, now)
    if why is not None:
        raise TrustError(why)
    if is_simulated(bundle.header):
        print("It comes from a simulator: no lane that serves a border takes it.")
    if now > bundle.header.refresh_at:
        print("A newer one should be there by now: gates already ask for it.")
    print("A gate with this key believes it.")
    return EXIT_OK


def _show(options: argparse.Namespace) -> int:
    raw, now = read_bundle(options.bundle), datetime.now(UTC)
    if options.key is None:
        bundle = Bundle.open_unverified(raw)
        print("egate: the signature was not checked; name the public key with --key", file=sys.stderr)
    else:
        bundle = Bundle.open(raw, load_verify_key(options.key))
    trust = BundleTrust(bundle=bundle)
    if options.json:
        print(bundle_json(trust, options.country))
    elif options.country:
        print(country_table(trust, options.country.upper(), now))
    else:
        print(overview(bundle, now), country_table(trust, None, now), sep="\n\n")
    return EXIT_OK
