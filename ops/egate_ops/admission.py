"""Which events the centre takes: the successor of what it has, nothing else. Pure.

The gate sends again from the centre's last word, so refusing loses nothing; it only asks for order.
"""

from enum import StrEnum

from egate.telemetry.envelope import Envelope, Position, genesis


class Verdict(StrEnum):
    """What happens to a sound event."""

    ACCEPT = "accept"
    ACCEPT_AFTER_LOSS = "accept_after_loss"  # older ones no longer exist at the gate; we take what there is and say so
    KNOWN = "known"  # not newer than our last; the store tells a repetition from a contradiction
    GAP = "gap"  # the gate has the missing ones and will send them
    CHAIN_BROKEN = "chain_broken"  # its predecessor is not the event that we hold: something was altered or dropped


def judge(event: Envelope, last: Position | None, gone: int | None) -> Verdict:
    """Judge ``event`` against the ``last`` one held of its gate and epoch (None: none yet).

    ``gone``: the last event that the gate itself says it has deleted, None if it has not said.
    """
    last = last or genesis(event.gate, event.epoch)
    if event.seq <= last.seq:
        return Verdict.KNOWN
    if event.seq == last.seq + 1:
        return Verdict.ACCEPT if event.chainprev == last.head else Verdict.CHAIN_BROKEN
    if gone is not None and event.seq == gone + 1:
        return Verdict.ACCEPT_AFTER_LOSS
    return Verdict.GAP
