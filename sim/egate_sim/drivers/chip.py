"""Driver ``chip.sim``: the chip in the simulated field of ``egate_sim.chip_field``."""

import asyncio
import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from egate_hal.chip import ChipAbsent, ChipLost
from egate_hal.errors import DeviceLost, DeviceTimeout, DeviceUnavailable, ProtocolError
from egate_hal.settings import Bounds
from egate_sim.chip_field import Control, Notice, read_frame, write_frame

_SHORT_COMMAND_BYTES = 261
_SHORT_RESPONSE_BYTES = 258
_MIN_COMMAND_BYTES = 4
_MIN_ANSWER_BYTES = 2  # SW1 SW2; of an ATR, TS and T0


@dataclass(frozen=True, slots=True)
class SimChipSettings:
    """``socket``: where the field listens; ``timeout_ms``: how long the reader may take for one answer."""

    socket: Path
    timeout_ms: Annotated[int, Bounds(ge=10, le=60_000)] = 5000


class SimChip:
    """ChipTransport over the field's socket."""

    Settings = SimChipSettings
    max_command_bytes = _SHORT_COMMAND_BYTES
    max_response_bytes = _SHORT_RESPONSE_BYTES

    def __init__(self, settings: SimChipSettings) -> None:
        self._settings = settings
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._open = False

    async def open(self) -> None:
        await self.close()
        if not self._settings.socket.exists():
            raise DeviceUnavailable("nothing is at the simulated chip reader's socket; start the simulator")
        await self._dial()
        self._open = True

    async def close(self) -> None:
        self._open = False
        streams = self._streams
        self._hang_up()
        if streams is not None:
            with contextlib.suppress(OSError):
                await streams[1].wait_closed()

    async def connect(self) -> bytes:
        if self._open and self._streams is None:  # an answer was given up on: start with a fresh line
            await self._dial()
        self._send(bytes([Control.POWER_ON]))
        answer = await self._ask(bytes([Control.READ_ATR]))
        if answer == bytes([Notice.NO_CHIP]):
            raise ChipAbsent("no chip answers in the field; lay the document on the reader")
        if len(answer) < _MIN_ANSWER_BYTES:
            self._hang_up()
            raise ProtocolError("the simulated chip reader sent something that is no ATR")
        return answer

    async def transceive(self, command: bytes) -> bytes:
        if not _MIN_COMMAND_BYTES <= len(command) <= self.max_command_bytes:
            raise ProtocolError(f"a command APDU has {_MIN_COMMAND_BYTES} to {self.max_command_bytes} bytes")
        answer = await self._ask(command)
        if answer == bytes([Notice.CHIP_LOST]):
            raise ChipLost("the chip stopped answering; leave the document on the reader")
        if not _MIN_ANSWER_BYTES <= len(answer) <= self.max_response_bytes:
            self._hang_up()
            raise ProtocolError("the simulated chip reader sent something that is no response APDU")
        return answer

    async def disconnect(self) -> None:
        if self._streams is not None:
            self._send(bytes([Control.POWER_OFF]))

    async def _dial(self) -> None:
        try:
            self._streams = await asyncio.open_unix_connection(self._settings.socket)
        except OSError as error:
            raise DeviceLost(f"the simulated chip reader does not take connections ({error.strerror})") from None

    def _hang_up(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    def _send(self, content: bytes) -> None:
        if self._streams is None:
            raise DeviceLost("the simulated chip reader is not connected; open it again")
        write_frame(self._streams[1], content)

    async def _ask(self, content: bytes) -> bytes:
        """Send one frame and wait for its answer. An answer that is not waited for would be taken for the next one:
        whatever goes wrong here, cancellation included, ends the connection."""
        self._send(content)
        assert self._streams is not None
        try:
            async with asyncio.timeout(self._settings.timeout_ms / 1e3):
                return await read_frame(self._streams[0])
        except TimeoutError:
            self._hang_up()
            raise DeviceTimeout("the simulated chip reader did not answer in time") from None
        except (asyncio.IncompleteReadError, OSError):
            self._hang_up()
            raise DeviceLost("the simulated chip reader closed its line") from None
        except BaseException:
            self._hang_up()
            raise
