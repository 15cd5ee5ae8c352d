"""Driver ``camera.files``: replays a folder of pictures, for work without a camera."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from egate_hal.camera import Frame
from egate_hal.errors import DeviceLost, DeviceUnavailable
from egate_hal.settings import Bounds

SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".webp"})
MAX_PIXELS = 64_000_000  # of all pictures together; 3 bytes each are held in memory


class FilesCamera:
    """See ``egate_hal.camera.Camera`` for what it promises. Pictures come in the order of their names, in a loop, so no
    FrameGuard looks at them, and no lane that serves a border takes this driver."""

    stands_in = True

    @dataclass(frozen=True, slots=True)
    class Settings:
        """``folder``: where the pictures lie; EXIF orientation is obeyed."""

        folder: Path
        rate_hz: Annotated[float, Bounds(gt=0, le=60)] = 10.0

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pictures: list[NDArray[np.uint8]] = []
        self._started_s = 0.0
        self._sequence = 0

    @staticmethod
    def examine(settings: Settings) -> None:
        """The pictures can be read. Raises DeviceUnavailable."""
        _load(settings.folder)

    async def open(self) -> None:
        self._pictures = _load(self._settings.folder)
        self._started_s = asyncio.get_running_loop().time()
        self._sequence = 0

    async def close(self) -> None:
        self._pictures = []

    async def next_frame(self) -> Frame:
        loop = asyncio.get_running_loop()
        elapsed_s = loop.time() - self._started_s
        newest = int(elapsed_s * self._settings.rate_hz)
        if newest <= self._sequence:
            newest = self._sequence + 1
            await asyncio.sleep(newest / self._settings.rate_hz - elapsed_s)
        if not self._pictures:
            raise DeviceLost("the folder of pictures is not open")
        self._sequence = newest
        return Frame(newest, self._pictures[newest % len(self._pictures)])


def _load(folder: Path) -> list[NDArray[np.uint8]]:
    """Every picture of the folder. Raises DeviceUnavailable."""
    if not folder.is_dir():
        raise DeviceUnavailable(f"{folder}: no such folder of pictures")
    pictures = []
    pixels = 0
    for path in sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES):
        try:
            with Image.open(path) as image:
                pixels += image.width * image.height
                if pixels > MAX_PIXELS:
                    raise DeviceUnavailable(
                        f"{folder}: more than {MAX_PIXELS // 1_000_000} megapixels; use smaller files"
                    )
                pictures.append(np.asarray(ImageOps.exif_transpose(image).convert("RGB")))
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise DeviceUnavailable(f"{path}: cannot be read as a picture ({type(error).__name__})") from error
    if not pictures:
        raise DeviceUnavailable(f"{folder}: holds no picture ({', '.join(sorted(SUFFIXES))})")
    return pictures
