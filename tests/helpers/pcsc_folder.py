"""Where tests let their PC/SC service have its socket."""

import atexit
import os
import tempfile
from functools import cache
from pathlib import Path

from egate_sim.pcsc_service import SOCKET_VARIABLE


@cache
def service_folder() -> Path:
    """One for the whole process, since the PC/SC library remembers the first socket that it was told of."""
    folder = tempfile.TemporaryDirectory(prefix="egate")
    atexit.register(folder.cleanup)
    os.environ[SOCKET_VARIABLE] = f"{folder.name}/pcscd.comm"
    return Path(folder.name)
