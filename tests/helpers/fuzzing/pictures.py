"""Small portraits of every make that a chip may hold, and of some that none may. Nobody is on them: they are drawn.

They are made when they are asked for, by whatever encoders the decoder's library has.
"""

import io
import struct
from typing import Any

import numpy as np
from PIL import Image

_SIDES_PX = (40, 48)  # both above the least that is accepted
_ORIENTATION = 0x0112
_SOF0, _SIZ, _SCAN = b"\xff\xc0", b"\xff\x51", b"\xff\xda"


def portraits() -> list[bytes]:
    return [*_jpegs(), *_jpeg2000s(), *_refused()]


def drawn(mode: str = "RGB", sides_px: tuple[int, int] = _SIDES_PX) -> Image.Image:
    """Slopes and an edge, so that there is something to encode."""
    width, height = sides_px
    across, down = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    colours = np.stack([across, down, (across + down > 1) * 0.7], axis=2)
    if mode == "I;16":
        return Image.fromarray((colours[:, :, 0] * 65_535).astype(np.uint16))
    return Image.fromarray((colours * 255).astype(np.uint8)).convert(mode)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def _jpegs() -> list[bytes]:
    exif = Image.Exif()
    exif[_ORIENTATION] = 6
    progressive = encoded(drawn(), "JPEG", progressive=True, quality=30)
    return [
        encoded(drawn(), "JPEG", quality=30),
        encoded(drawn(), "JPEG", quality=80, subsampling="4:4:4", optimize=True),
        encoded(drawn("L"), "JPEG", quality=30),
        encoded(drawn("CMYK"), "JPEG", quality=30),
        encoded(drawn(), "JPEG", quality=30, restart_marker_blocks=2, comment=b"comment", dpi=(300, 300)),
        encoded(drawn(), "JPEG", quality=30, icc_profile=b"\0" * 64, exif=exif),
        encoded(drawn(), "MPO", quality=30, save_all=True, append_images=[drawn("L")]),
        progressive,
        _with_scans(progressive, 80),
    ]


def _jpeg2000s() -> list[bytes]:
    return [
        encoded(drawn(), "JPEG2000"),
        encoded(drawn(), "JPEG2000", no_jp2=True, irreversible=True, quality_mode="rates", quality_layers=[40, 20]),
        encoded(drawn("L"), "JPEG2000", no_jp2=True, codeblock_size=(16, 16)),
        encoded(drawn("I;16"), "JPEG2000"),
        encoded(drawn("RGBA"), "JPEG2000"),
        encoded(drawn(), "JPEG2000", no_jp2=True, tile_size=(32, 32), num_resolutions=2, progression="RPCL"),
        encoded(drawn("L"), "JPEG2000", no_jp2=True, precinct_size=(32, 32), codeblock_size=(16, 16), plt=True),
    ]


def _refused() -> list[bytes]:
    """Another format; too small; announcing far more than there is; cut short."""
    jpeg, jpeg2000 = encoded(drawn(), "JPEG", quality=30), encoded(drawn(), "JPEG2000", no_jp2=True)
    frame, size = jpeg.index(_SOF0) + 5, jpeg2000.index(_SIZ) + 6
    return [
        encoded(drawn(), "PNG"),
        encoded(drawn("L", (8, 8)), "JPEG"),
        jpeg[:frame] + struct.pack(">HH", 65_500, 65_500) + jpeg[frame + 4 :],
        jpeg[:frame] + struct.pack(">HH", 4_000, 4_000) + jpeg[frame + 4 :],
        jpeg2000[:size] + struct.pack(">II", 2**32 - 1, 2**32 - 1) + jpeg2000[size + 8 :],
        jpeg2000[:size] + struct.pack(">6I", 2_000, 2_000, 0, 0, 2_000, 2_000) + jpeg2000[size + 24 :],
        jpeg[: len(jpeg) // 2],
        jpeg2000[: len(jpeg2000) // 2],
    ]


def _with_scans(progressive: bytes, count: int) -> bytes:
    """The last scan again and again: each costs a pass over the whole picture."""
    last = progressive[progressive.rindex(_SCAN) : -2]
    return progressive[:-2] + last * count + progressive[-2:]
