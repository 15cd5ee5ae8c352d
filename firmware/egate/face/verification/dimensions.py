"""How large a portrait may say that it is: far above what issuers write, and little enough to be decoded on a gate."""

from egate.face.errors import PortraitError

MIN_SIDE_PX, MAX_SIDE_PX = 32, 4096
MAX_COMPONENTS = 4
_MAX_SAMPLES = 12_000_000  # up to 4 bytes each while they are decoded


def check_dimensions(width: int, height: int, components: int) -> None:
    """Raises PortraitError unless a portrait may have these."""
    if not all(MIN_SIDE_PX <= side <= MAX_SIDE_PX for side in (width, height)):
        raise PortraitError(f"the portrait's sides must be {MIN_SIDE_PX} .. {MAX_SIDE_PX} px")
    if not 1 <= components <= MAX_COMPONENTS or width * height * components > _MAX_SAMPLES:
        raise PortraitError(f"the portrait declares {components} components of {width} x {height}: more than one has")
