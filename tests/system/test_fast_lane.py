"""The whole lane on a simulated clock: outcomes, repeatability, and that nothing of a traveller stays behind."""

import asyncio
import gc
import logging
import weakref
from collections.abc import Callable
from itertools import pairwise

import pytest
from journal import recorded, transactions

from egate.face.finding.detection import Detector
from egate_sim.demo import MEMORY_S
from egate_sim.fast import everybody_once, lane, run
from egate_sim.site import Site
from egate_sim.visitors import Visitor

pytestmark = pytest.mark.system


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    return make_site(1)


def test_everybody_gets_what_the_evidence_says(make_site: Callable[..., Site]) -> None:
    """With the demo's own setting: its next round begins with a passport that has passed before."""
    site = make_site(1, document_memory_s=MEMORY_S)
    visitors = (*site.cast.visitors, site.cast.visitors[0])
    everybody_once(site, 1, visitors)
    records = transactions(site.folder / "outbox.db", "lane-1")
    assert len(records) == len(visitors)
    for visitor, record in zip(visitors, records, strict=True):
        expected = visitor.expected
        assert record["decision"] == expected.decision, visitor.key
        assert record["reasons"][:1] == ([] if expected.reason is None else [expected.reason]), visitor.key
        assert expected.attention is None or expected.attention in record["attention"], visitor.key
    whole_chip = next(r for r in records if r["decision"] == "admit")
    assert whole_chip["access_protocol"] == "pace"
    assert {c["check"] for c in whole_chip["checks"]} >= {"passive_authentication", "pad", "border_system"}


def test_the_same_seed_gives_the_same_record_stream(make_site: Callable[..., Site]) -> None:
    first, second, other = make_site(3), make_site(3), make_site(4)
    few = slice(0, 3)
    streams = []
    for number, (site, seed) in enumerate(((first, 3), (second, 3), (other, 4)), start=1):
        everybody_once(site, seed, site.cast.visitors[few])
        events = recorded(site.folder / "outbox.db", f"lane-{number}")
        streams.append([{k: v for k, v in e.items() if k not in {"source", "chainprev", "chainhash"}} for e in events])
    assert streams[0] == streams[1], "lane and chain apart, everything is equal: ids, times, scores"
    assert [e["id"] for e in streams[0]] != [e["id"] for e in streams[2]]


def test_the_stream_is_one_unbroken_chain(site: Site) -> None:
    everybody_once(site, 1, site.cast.visitors[:2])
    events = recorded(site.folder / "outbox.db", "lane-1")
    assert [e["seq"] for e in events] == list(range(1, len(events) + 1))
    assert all(later["chainprev"] == earlier["chainhash"] for earlier, later in pairwise(events))


def test_nothing_of_a_traveller_is_logged_or_stored(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    before = {path: path.read_bytes() for path in site.folder.rglob("*") if path.is_file()}
    everybody_once(site, 1, site.cast.visitors)
    written = [
        path.read_bytes() for path in site.folder.rglob("*") if path.is_file() and path.read_bytes() != before.get(path)
    ]
    assert written, "the outbox at least was written"
    assert caplog.text, "something was logged"
    everything = b"\n".join([*written, caplog.text.encode()]).upper()
    for visitor in site.cast.visitors:
        for secret in _secrets(visitor):
            assert secret not in everything, f"{visitor.key}: personal data found"


def test_the_models_go_with_the_gate_and_do_not_wait_for_the_collector(site: Site) -> None:
    async def life() -> weakref.ref[Detector]:
        async with lane(site, 1) as (_, gate):
            await asyncio.sleep(1)  # of the lane's time, in which the self-test loads them
            assert gate.resources.faces is not None
            return weakref.ref(gate.resources.faces.detector)

    gc.disable()
    try:
        assert run(life())() is None
    finally:
        gc.enable()


def _secrets(visitor: Visitor) -> set[bytes]:
    """What must not be found: the MRZ's lines and fields, the portrait's bytes, the chip's files."""
    upper, lower = visitor.passport.mrz
    surname, _, given = upper[5:].strip("<").partition("<<")
    fields = {upper, lower, surname, given, lower[:9].strip("<"), lower[13:19] + lower[19], lower[21:27] + lower[27]}
    blobs = {content[len(content) // 2 :][:24].upper() for content in visitor.passport.files.values()}
    return {field.encode() for field in fields if len(field) > 3} | blobs  # "ADA" alone may stand anywhere
