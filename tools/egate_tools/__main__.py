"""``egate-tools``: what a technician runs beside the gate."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from egate_tools import calibrate_pad
from egate_tools.doctor import Verdict, examine, write
from egate_tools.door import command as door


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit status: 0 unless something must be mended."""
    parser = argparse.ArgumentParser(prog="egate-tools", description="Tools for who installs and mends a gate.")
    commands = parser.add_subparsers(dest="command", required=True)
    doctor = commands.add_parser("doctor", help="examine this machine, and what a gate file asks of it")
    doctor.add_argument("--config", type=Path, metavar="FILE", help="the gate file")
    summary = "fit the gate's PAD calibration to people and artefacts that are presented to it"
    calibrate_pad.add_arguments(commands.add_parser("calibrate-pad", help=summary))
    door.add_arguments(commands.add_parser("door", help=door.SUMMARY))
    options = parser.parse_args(arguments)
    if options.command == "door":
        return door.main(options)
    if options.command == "calibrate-pad":
        return calibrate_pad.main(options)
    findings = examine(options.config)
    write(findings, sys.stdout)
    return int(any(finding.verdict is Verdict.BAD for finding in findings))


if __name__ == "__main__":
    sys.exit(main())
