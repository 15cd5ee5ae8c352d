"""A disk without room, for the files of this process."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """While this holds, no file grows beyond the size that the largest journal in ``folder`` has now.

    The operating system's own limit: what writes more gets a short write or an error, as from a disk that is full.
    """
    size = max(path.stat().st_size for path in folder.glob("*.db-wal"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
