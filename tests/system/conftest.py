"""What the system tests share: a real broker, and a folder with a simulated site."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from egate_sim.broker import Broker
from egate_sim.site import REAL_MEMORY_S, Site, prepare_site
from egate_sim.virtual_time import START


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    with Broker() as running:
        yield running


@pytest.fixture
def make_site(broker: Broker, tmp_path: Path) -> Callable[..., Site]:
    """A fresh site a call. No operations centre listens, so everything that is recorded stays in the outbox."""
    made = 0

    def make(seed: int, document_memory_s: int = REAL_MEMORY_S) -> Site:
        nonlocal made
        made += 1
        folder = tmp_path / f"site{made}"
        folder.mkdir()
        return prepare_site(
            folder, seed, START, lane=f"lane-{made}", broker_port=broker.port, screen_port=None,
            document_memory_s=document_memory_s,
        )  # fmt: skip

    return make
