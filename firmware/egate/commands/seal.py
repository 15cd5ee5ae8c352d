"""``egate seal``: is a visible digital seal genuine, and who says so? For technicians who try a reader or a trust
bundle, and for officers who hold a doubtful visa in their hands.

Exit status: 0 every step passed, 1 the seal cannot be believed or is none, 2 a file is missing or an argument is wrong.
"""

import argparse
import base64
import binascii
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from egate.checks import Outcome
from egate.config import read_config
from egate.document.errors import DocumentError
from egate.document.inspection.seal import SealInspection, inspect_seal
from egate.document.seals.candidates import is_candidate
from egate.document.seals.features import SealedDocument
from egate.document.seals.vds_nc import NcSeal
from egate.runtime.trust_files import load_trust
from egate_hal.document_reader import MAX_BAR_CODE_BYTES
from egate_hal.errors import HalError

EXIT_OK, EXIT_NOT_BELIEVED, EXIT_INPUT = 0, 1, 2
_STANDARD_INPUT = "-"
_MAX_INPUT_BYTES = 2 * MAX_BAR_CODE_BYTES  # in base64, with line ends
_WIDTH = 14

# What each step asked. Others are told by their own name.
_STEPS = {
    "seal": "signature of the seal",
    "seal_signer": "the signer's certificate is known",
    "seal_signer_usage": "the signer may sign seals of this kind",
    "seal_signer_period": "the signer's certificate was valid when it signed",
    "seal_country": "the signer is one of the issuing state",
    "seal_period": "the seal is valid now",
    "csca": "a trusted state vouches for the signer",
    "csca_validity": "that state's certificate was valid",
    "csca_usage": "that state's certificate may sign others",
    "csca_country": "both certificates are of one state",
    "ds_strength": "the signer's certificate is signed strongly",
    "revocation": "nobody has revoked the signer",
}


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """``egate seal …``; each sub-command leaves its function in ``action``."""
    seal = commands.add_parser("seal", help="check a visible digital seal")
    actions = seal.add_subparsers(dest="seal_command", required=True)
    verify = actions.add_parser("verify", help="who sealed this, and would a gate believe it now?")
    verify.set_defaults(action=_verify)
    verify.add_argument("file", metavar="FILE", help="what the bar code holds: bytes, base64 or JSON; - reads a pipe")
    verify.add_argument("--config", type=Path, required=True, metavar="GATE", help="the gate file that names the trust")
    verify.add_argument("--show-holder", action="store_true", help="show whom it was made out to: personal data")


def run(options: argparse.Namespace) -> int:
    """Carry out a parsed command. Returns the exit status; what is wrong goes to standard error."""
    try:
        status: int = options.action(options)
    except HalError as error:
        print(f"egate: {error}", file=sys.stderr)
        return EXIT_INPUT
    except OSError as error:
        print(f"egate: {error.filename}: {error.strerror}; name another file", file=sys.stderr)
        return EXIT_INPUT
    except DocumentError as error:
        print(f"egate: {error}", file=sys.stderr)
        return EXIT_NOT_BELIEVED
    return status


def _verify(options: argparse.Namespace) -> int:
    config, now = read_config(options.config), datetime.now(UTC)
    content = bar_code_of(_read(options.file))
    if content is None:
        print("egate: this is no digital seal, neither as bytes nor as base64 or JSON", file=sys.stderr)
        return EXIT_NOT_BELIEVED
    trust = load_trust(config.trust, now, None, allow_simulation=config.lane.simulation)
    inspection = inspect_seal(content, trust, now)
    for line in _described(inspection):
        print(line)
    if options.show_holder:
        for line in _holder(inspection.sealed):
            print(line)
    return _conclude(inspection)


def bar_code_of(raw: bytes) -> bytes | None:
    """The seal in a file, which may hold it as it is, or in either base64; None where there is none."""
    if is_candidate(raw):
        return raw
    text = b"".join(raw.split()).translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
    try:
        content = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        return None
    return content if is_candidate(content) else None


def _read(name: str) -> bytes:
    """No more than is needed to see that it is too long. Raises OSError."""
    if name == _STANDARD_INPUT:
        return sys.stdin.buffer.read(_MAX_INPUT_BYTES + 1)
    with Path(name).open("rb") as file:
        return file.read(_MAX_INPUT_BYTES + 1)


def _described(inspection: SealInspection) -> Iterator[str]:
    yield _line("kind", inspection.kind.value.replace("_", " "))
    yield _line("issuing state", inspection.issuer)
    yield _line("signer", inspection.signer)
    for step in inspection.steps:
        question = _STEPS.get(step.subject, step.subject.replace("_", " "))
        yield _line(step.outcome.value, question + ("" if step.outcome is Outcome.PASSED else f": {step.reason}"))


def _holder(sealed: SealedDocument | NcSeal) -> Iterator[str]:
    if isinstance(sealed, NcSeal):
        yield _line("document", sealed.document_number or "not named")
        yield _line("born", str(sealed.birth or "not named"))
        yield _line("valid", f"from {sealed.valid_from or '-'} until {sealed.valid_until or '-'}")
        return
    for line in sealed.lines if sealed.zone else ():
        yield _line("zone", line)
    yield _line("passport", sealed.passport_number or "not named")
    if sealed.duration is not None:
        stay = sealed.duration
        yield _line("stay", f"{stay.days} days, {stay.months} months, {stay.years} years")
    if sealed.entries is not None:
        yield _line("entries", str(sealed.entries or "unlimited"))


def _conclude(inspection: SealInspection) -> int:
    against = [step for step in inspection.steps if step.outcome is not Outcome.PASSED]
    if against:
        print("A gate refers whoever presents this seal.")
        return EXIT_NOT_BELIEVED
    print("A gate believes this seal, if it goes with the document that it is presented with.")
    return EXIT_OK


def _line(name: str, text: str) -> str:
    return f"{name:<{_WIDTH}} {text}"
