"""Drives a reader plan over a chip transport: its commands to the chip, its resets to the field, its stages to whoever
wants to know."""

import asyncio
from collections.abc import Callable

from egate.document import errors as document_errors
from egate.document.chip.steps import Progress, ReaderCapacity, Reset, Stage, Step, Transmit
from egate.document.inspection.plan import ChipInspection, Plan
from egate_hal import chip as chip_port
from egate_hal.errors import DeviceLost, DeviceTimeout, HalError


def capacity_of(chip: chip_port.ChipTransport) -> ReaderCapacity:
    """What this reader carries in one APDU."""
    return ReaderCapacity(chip.max_command_bytes, chip.max_response_bytes)


class ChipSession:
    """``on_stage``: a stage began; ``on_trouble``: the transport failed, and the plan is told so."""

    def __init__(
        self,
        chip: chip_port.ChipTransport,
        on_stage: Callable[[Stage], None],
        on_trouble: Callable[[HalError], None],
    ) -> None:
        self._chip, self._on_stage, self._on_trouble = chip, on_stage, on_trouble

    async def run(self, plan: Plan) -> ChipInspection:
        """To the plan's end; the chip is connected before and the field switched off afterwards."""
        try:
            return await self._drive(plan)
        finally:
            plan.close()
            await self._chip.disconnect()

    async def _drive(self, plan: Plan) -> ChipInspection:
        try:
            step = next(plan)
            while True:
                try:
                    answer = await self._carry(step)
                except document_errors.TransportError as error:
                    step = plan.throw(error)
                else:
                    step = plan.send(answer)
        except StopIteration as end:
            inspection: ChipInspection = end.value
            return inspection

    async def _carry(self, step: Step) -> bytes:
        try:
            match step:
                case Transmit(command=command, meanwhile=work):
                    if work is None:
                        return await self._chip.transceive(command)
                    return await self._transceive_meanwhile(command, work)
                case Reset():
                    await self._chip.disconnect()
                    await self._chip.connect()
                case Progress(stage=stage):
                    self._on_stage(stage)
        except HalError as error:
            self._on_trouble(error)
            raise _as_transport_error(error) from None
        return b""

    async def _transceive_meanwhile(self, command: bytes, work: Callable[[], None]) -> bytes:
        """The chip computes and the radio carries while the processor does this work."""
        exchange = asyncio.ensure_future(self._chip.transceive(command))
        try:
            await asyncio.sleep(0)  # the command leaves first
            work()
            return await exchange
        finally:
            exchange.cancel()


def _as_transport_error(error: HalError) -> document_errors.TransportError:
    match error:
        case chip_port.ChipAbsent() | chip_port.ChipLost() | DeviceLost():
            return document_errors.ChipRemoved()
        case DeviceTimeout():
            return document_errors.ChipTimedOut()
        case _:
            return document_errors.ChipProtocolError()
