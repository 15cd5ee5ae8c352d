"""How many travellers a second pass on the simulated clock, and what the time goes into.

One process does everything: controller, chip, door firmware, and drawing the people. Site preparation is not counted.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

from figures import Figure, publish
from stage import MEMORY_S, SEED, scratch

from egate.face.networks.inference import Model
from egate.telemetry.outbox import Outbox
from egate_sim.broker import Broker
from egate_sim.camera import CameraScene
from egate_sim.fast import lane, officer_on_duty, run
from egate_sim.passport.chip import Chip
from egate_sim.site import Site, prepare_site
from egate_sim.virtual_time import START
from egate_sim.visit import visit

TRAVELLERS = 20

# Part -> the method in which its time is spent. Nobody but the thread of the lane calls them.
PARTS = {
    "drawing people": (CameraScene, "frame"),
    "inference": (Model, "_invoke"),
    "simulated chip": (Chip, "process"),
    "commits to disk": (Outbox, "append"),
}


def figures() -> list[Figure]:
    """One chain of genuine travellers, without and then with a clock on its parts."""
    with scratch() as folder, Broker() as broker:
        sites = []
        for name in ("plain", "timed"):
            (folder / name).mkdir()
            sites.append(
                prepare_site(
                    folder / name, SEED, START, lane=name, broker_port=broker.port, screen_port=None,
                    document_memory_s=MEMORY_S,
                )
            )  # fmt: skip
        plain_s, simulated_s = run(_chain(sites[0]))
        spent_s = dict.fromkeys(PARTS, 0.0)
        with _timing(spent_s):
            timed_s, _ = run(_chain(sites[1]))
    rest = 100 * (1 - sum(spent_s.values()) / timed_s)
    return [
        Figure(
            "Transactions in fast mode", TRAVELLERS / plain_s, "per s",
            beside=f"{TRAVELLERS} genuine travellers; {simulated_s / plain_s:.0f} times real time", headline=True,
        ),
        *(
            Figure(f"  share of {part}", 100 * spent_s[part] / timed_s, "%", beside="the simulator" if part in
                   ("drawing people", "simulated chip") else "the controller")
            for part in PARTS
        ),
        Figure("  share of everything else", rest, "%", beside="both"),
    ]  # fmt: skip


async def _chain(site: Site) -> tuple[float, float]:
    """(seconds of this machine, simulated seconds) from the first traveller to the last."""
    async with lane(site, SEED) as (world, _):
        loop_s, begun_s = _loop_s(), time.perf_counter()
        with officer_on_duty(world):
            for _ in range(TRAVELLERS):
                await visit(world, site.cast.visitors[0])
        return time.perf_counter() - begun_s, _loop_s() - loop_s


def _loop_s() -> float:
    return asyncio.get_running_loop().time()


@contextlib.contextmanager
def _timing(spent_s: dict[str, float]) -> Iterator[None]:
    """Within the block every part adds up its time."""

    def timed(part: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any) -> Any:
            begun_s = time.perf_counter()
            try:
                return method(*given)
            finally:
                spent_s[part] += time.perf_counter() - begun_s

        return call

    with contextlib.ExitStack() as stack:
        for part, (owner, name) in PARTS.items():
            stack.enter_context(patch.object(owner, name, timed(part, getattr(owner, name))))
        yield


if __name__ == "__main__":
    publish(figures())
