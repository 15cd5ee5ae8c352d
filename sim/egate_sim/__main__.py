"""``egate-sim``: the simulated world's command line."""

import argparse
import sys
from collections.abc import Sequence

from egate_sim import chip_server, demo
from egate_sim.door import command as door
from egate_sim.scenarios import command


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(prog="egate-sim", description="A simulated world for the e-gate.")
    commands = parser.add_subparsers(dest="command", required=True)
    show = commands.add_parser("demo", help="travellers pass one after the other, on real parts")
    demo.add_arguments(show)
    one = commands.add_parser("scenario", help="play one edge case of the requirements and judge it")
    command.add_arguments(one)
    server = commands.add_parser("chip-server", help="put a simulated passport into a PC/SC reader, for other readers")
    chip_server.add_arguments(server)
    door.add_arguments(commands.add_parser("door", help="a door controller on a serial port, for egate-tools door"))
    parsed = parser.parse_args(arguments)
    if parsed.command == "scenario":
        return command.run(parsed)
    if parsed.command == "chip-server":
        return chip_server.run(parsed)
    if parsed.command == "door":
        return door.run(parsed)
    options = vars(parsed)
    del options["command"]
    return demo.run(demo.Options(**options))


if __name__ == "__main__":
    sys.exit(main())
