"""A PC/SC service of our own, with one virtual reader: for tests, and for ``make chip-server`` where none runs.

It is Debian's pcscd, started in the way that systemd starts it, with a listening socket that it inherits: so it shares
no system directory, and several can run side by side. A program uses it when its environment names the socket::

    PCSCLITE_CSOCK_NAME=<folder>/pcscd.comm
"""

import random
import re
import shutil
import socket
import subprocess
from pathlib import Path

from egate_sim.vpcd import LOOPBACK

SOCKET_VARIABLE = "PCSCLITE_CSOCK_NAME"
VIRTUAL_READER = "egate virtual reader"  # pcscd adds the numbers of interface and slot
_INSTALLED_READER = Path("/etc/reader.conf.d/vpcd")
_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
_STOP_S = 10
_PORTS = range(20_000, 30_000, 2)  # below those that the kernel gives to outgoing connections
# systemd's convention: the listening socket is descriptor 3, and LISTEN_PID names the process that it is meant for.
_START = 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" --foreground --config "$@" 3<&0 </dev/null'
# Where it asks polkit (Debian 13), polkit lets in who sits at the machine alone: nobody over SSH. This service is its
# user's own, and the folder of its socket says who gets in.
_NO_POLKIT = "--disable-polkit"
# /dev/null stands for "wait until a card connects"; the other way round, vpcd 3.3 does not survive a card that leaves.
_READER = """FRIENDLYNAME "{name}"
DEVICENAME /dev/null:{port:#x}
LIBPATH {library}
CHANNELID {port:#x}
"""


class NoPcscService(Exception):
    """The service cannot be started on this machine; the text says what is missing and what to do."""


class PcscService:
    """``start`` and ``stop`` may alternate. ``port`` is where its virtual reader waits for a card."""

    def __init__(self, folder: Path) -> None:
        """``folder`` gets its socket and its configuration; its path is short (a socket's has 107 bytes at most).

        Raises NoPcscService.
        """
        self._program, self._library = installed()
        self._readers = folder / "readers"
        self._process: subprocess.Popen[bytes] | None = None
        self.socket = folder / "pcscd.comm"
        self.port = _free_ports()

    def start(self) -> None:
        """Returns at once: who connects to the socket is kept waiting until the service is ready."""
        self._readers.mkdir(exist_ok=True)
        reader = _READER.format(name=VIRTUAL_READER, port=self.port, library=self._library)
        (self._readers / "virtual").write_text(reader, "ascii")
        self.socket.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.socket))
            listener.listen()
            command = ["/bin/sh", "-c", _START, self._program, str(self._readers), *_options(self._program)]
            quiet = subprocess.DEVNULL
            self._process = subprocess.Popen(command, stdin=listener.fileno(), stdout=quiet, stderr=quiet)

    def stop(self) -> None:
        """End it and wait until it has ended; to its clients, the service has gone."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        self.socket.unlink(missing_ok=True)


def installed() -> tuple[str, str]:
    """(the service's program, vpcd's library). Raises NoPcscService."""
    program = shutil.which("pcscd", path=_PATH)
    if program is None:
        raise NoPcscService("no PC/SC service is here; install it: sudo apt install pcscd vsmartcard-vpcd")
    try:
        library = re.search(r"^LIBPATH\s+(\S+)", _INSTALLED_READER.read_text("utf-8"), re.MULTILINE)
    except OSError:
        library = None
    if library is None or not Path(library[1]).exists():
        raise NoPcscService("the virtual reader vpcd is not here; install it: sudo apt install vsmartcard-vpcd")
    return program, library[1]


def _options(program: str) -> list[str]:
    told = subprocess.run([program, "--help"], capture_output=True, text=True, timeout=_STOP_S, check=False)
    return [_NO_POLKIT] if _NO_POLKIT in told.stdout + told.stderr else []


def _free_ports() -> int:
    """A free port with a free one after it: vpcd has two slots. Raises NoPcscService."""
    for port in random.SystemRandom().sample(_PORTS, 50):
        try:
            for wanted in (port, port + 1):
                socket.create_server((LOOPBACK, wanted)).close()
        except OSError:
            continue
        return port
    raise NoPcscService("no two free ports in a row on this machine's loopback interface")
