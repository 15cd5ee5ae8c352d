"""Port: APDUs to the contactless chip of a document and back."""

from typing import Protocol

from egate_hal.errors import HalError


class ChipAbsent(HalError):
    """No chip answers in the field."""


class ChipLost(HalError):
    """The chip stopped answering in the middle: moved, removed or dead."""


class ChipTransport(Protocol):
    """Bytes out, bytes and status word back. It knows nothing of what they mean.

    ``max_command_bytes`` and ``max_response_bytes`` say what the reader hardware can carry in one APDU (whole command,
    response data with status word); 261 and 258 allow any short APDU.
    """

    @property
    def max_command_bytes(self) -> int: ...

    @property
    def max_response_bytes(self) -> int: ...

    async def open(self) -> None:
        """Raises DeviceUnavailable, DeviceLost."""

    async def close(self) -> None: ...

    async def connect(self) -> bytes:
        """Power the field and select one chip; returns its ATR. Raises ChipAbsent, DeviceLost, DeviceTimeout."""

    async def transceive(self, command: bytes) -> bytes:
        """Send one command APDU; returns response data and SW1 SW2 (at least 2 bytes).

        Raises ChipLost, DeviceLost, DeviceTimeout, ProtocolError.
        """

    async def disconnect(self) -> None:
        """Switch the field off. The chip forgets its session. Never raises for a chip that has gone."""
