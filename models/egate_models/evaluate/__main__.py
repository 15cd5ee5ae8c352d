"""``python -m egate_models.evaluate pad|verify --csv FILE``: JSON on standard output, a table and a page for people."""

import argparse
import sys
from pathlib import Path

import msgspec

from egate.face.errors import FaceError
from egate_models.evaluate import pad, page, verify
from egate_models.figures import write_figures
from egate_models.samples.errors import SampleError
from egate_models.terminal import show

COMMANDS = {"pad": pad, "verify": verify}


def main(arguments: list[str] | None = None) -> int:
    """Entry point; returns the exit status: 2 where the collection or the models cannot be used."""
    options = _options(arguments)
    try:
        figures = COMMANDS[options.command].evaluate(options)
    except (SampleError, FaceError) as error:
        print(f"evaluate: {error}", file=sys.stderr)
        return 2
    show(figures)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        write_figures(options.out / f"{options.command}.json", figures)
        (options.out / f"{options.command}.html").write_text(page.render(figures), "utf-8")
        print(f"written: {options.out / options.command}.json and .html", file=sys.stderr)
    if options.json or not options.out:
        print(msgspec.json.encode(figures).decode())
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m egate_models.evaluate", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, module in COMMANDS.items():
        command = commands.add_parser(name, help=(module.__doc__ or "").partition(": ")[2])
        module.add_options(command)
        command.add_argument("--name", help="what the report calls the collection (default: the file's name)")
        command.add_argument("--out", type=Path, metavar="DIR", help="write figures and a page there")
        command.add_argument("--json", action="store_true", help="figures on standard output, also with --out")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
