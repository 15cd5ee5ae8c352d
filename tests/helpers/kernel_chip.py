"""The Linux kernel's simulated GPIO chip (gpio-sim), driven through configfs and sysfs."""

from pathlib import Path

CONFIG = Path("/sys/kernel/config/gpio-sim")
LINES = [
    "GPIO2",
    "GPIO3",
    "GPIO4",
    "GPIO5",
    "GPIO6",
    "GPIO13",
    "GPIO16",
    "GPIO17",
    "GPIO19",
    "GPIO20",
    "GPIO22",
    "GPIO27",
]


class Chip:
    """The kernel's simulated chip: ``pull`` puts a voltage on a line, ``level`` reads what is driven."""

    def __init__(self, sysfs: Path, device: str) -> None:
        self.device = device
        self._sysfs = sysfs

    def pull(self, line: str, *, high: bool) -> None:
        (self._line(line) / "pull").write_text("pull-up" if high else "pull-down")

    def level(self, line: str) -> bool:
        return (self._line(line) / "value").read_text().strip() == "1"

    def _line(self, line: str) -> Path:
        return self._sysfs / f"sim_gpio{number(line)}"


def number(line: str) -> int:
    """The chip has a Raspberry Pi's numbering, so that both drivers' lines are the same."""
    return int(line.removeprefix("GPIO"))
