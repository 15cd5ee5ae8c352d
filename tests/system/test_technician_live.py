"""The technician's page of a real controller in real time: an attack, then a traveller, seen as they are judged."""

import asyncio
import json
import re
import sqlite3
import threading
import time
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from egate_sim.broker import Broker
from egate_sim.centre import Centre
from egate_sim.door.hosts import HostKind
from egate_sim.fast import officer_on_duty
from egate_sim.processes import Child
from egate_sim.site import Site, prepare_site
from egate_sim.visit import visit
from egate_sim.visitors import Visitor
from egate_sim.world import World

pytestmark = pytest.mark.system
LIMIT_S = 120
POLL_S = 0.05
LANE = "technician-1"
ADDRESS = re.compile(r"technician's page is at (http://127\.0\.0\.1:\d+/)")

View = dict[str, Any]


class Reader:
    """One who has the page open, from ``url`` on until the controller hangs up."""

    def __init__(self, url: str) -> None:
        self.views: list[View] = []
        self.raw = ""
        self._response = urllib.request.urlopen(f"{url}sights", timeout=LIMIT_S)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with self._response as response:
            for line in response:
                if line.startswith(b"data: "):
                    self.raw += line.decode()
                    self.views.append(json.loads(line.removeprefix(b"data: ")))

    def hung_up(self) -> bool:
        self._thread.join(LIMIT_S)
        return not self._thread.is_alive()

    def captures(self) -> list[list[View]]:
        """The views of each capture: one ends with the last view that says so."""
        found: list[list[View]] = [[]]
        for before, view in zip([None, *self.views], self.views, strict=False):
            if before is not None and before["phase"] == "done" and view["phase"] != "done":
                found.append([])
            if view["shown"] is not None:
                found[-1].append(view)
        return [views for views in found if views]


@dataclass(frozen=True)
class Seen:
    """An attack with a print and a traveller after it. ``events``: all that the gate told the operations centre."""

    site: Site
    reader: Reader
    events: list[str]


def address(log: Path) -> str:
    """Where the page is, as soon as the controller says it."""
    until = time.monotonic() + LIMIT_S
    while (told := ADDRESS.search(log.read_text("utf-8"))) is None:
        assert time.monotonic() < until
        time.sleep(POLL_S)
    return told.group(1)


def scores(view: View) -> dict[str, float | None]:
    return {cue["bar"]["key"]: cue["bar"]["score"] for cue in view["shown"]["cues"]}


@pytest.fixture(scope="module")
def seen(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    folder = tmp_path_factory.mktemp("technician")
    site = prepare_site(
        folder, 1, datetime.now(UTC), lane=LANE, broker_port=broker.port, screen_port=None, technician_port=0
    )
    log = folder / "controller.log"
    visitors: dict[str, Visitor] = {visitor.key: visitor for visitor in site.cast.visitors}

    async def life() -> Reader:
        async with asyncio.timeout(LIMIT_S), World(folder, 1, HostKind.CPYTHON) as world:
            with (
                log.open("w") as stderr,
                Child("egate", "run", "--config", str(site.gate_file), stderr=stderr),
                officer_on_duty(world),
            ):
                reader = Reader(await asyncio.to_thread(address, log))
                for key in ("print", "genuine"):
                    await visit(world, visitors[key])
        return reader

    with Centre(broker.address, folder / "centre.db", 0) as centre:
        reader = asyncio.run(life())
        assert [each["decision"] for each in centre.outcomes(LANE, 2, 10)] == ["refer", "admit"]
    with closing(sqlite3.connect(f"file:{folder / 'centre.db'}?mode=ro", uri=True)) as database:
        rows = database.execute("SELECT body FROM event WHERE gate = ?", (LANE,)).fetchall()
    return Seen(site, reader, [bytes(body).decode() for (body,) in rows])


def test_it_is_empty_until_somebody_stands_there(seen: Seen) -> None:
    reader = seen.reader
    assert reader.hung_up(), "the controller has ended"
    assert (reader.views[0]["phase"], reader.views[0]["shown"]) == (None, None)


def test_each_capture_is_followed_to_its_end(seen: Seen) -> None:
    attack, traveller = seen.reader.captures()
    for views in (attack, traveller):
        phases = [view["phase"] for view in views]
        assert list(dict.fromkeys(phases))[-3:] == ["challenge", "watching", "done"]
        colours = {view["shown"]["swatch"]["colour"] for view in views if view["phase"] == "challenge"}
        assert len(colours) >= 3, "the page misses colours, but not most of them"
        assert {view["shown"]["told"] for view in views if view["phase"] == "challenge"} >= {"Look at the camera"}
    assert attack[-1]["shown"]["final"]["words"] == "ALARM"
    assert traveller[-1]["shown"]["final"]["words"] == "no alarm"


def test_scores_appear_while_somebody_stands_there_and_go_with_the_next(
    seen: Seen,
) -> None:
    attack, traveller = seen.reader.captures()
    for views in (attack, traveller):
        live = [scores(view) for view in views if view["phase"] != "done"]
        assert any(view["network"] is not None for view in live if view)
        assert all(view["light"] is None for view in live[:2] if view), "its challenge has not begun"
        assert scores(views[-1])["light"] is not None
    last, first = attack[-1]["shown"], traveller[0]["shown"]
    assert last["final"]["score"] is not None
    assert first["final"]["score"] is None
    assert scores(traveller[0]).get("network") != scores(attack[-1])["network"]
    assert (last["progress"], first["progress"] < 1) == (1.0, True)


def test_nothing_tells_who_stood_there(seen: Seen) -> None:
    reader = seen.reader
    for visitor in seen.site.cast.visitors:
        for line in visitor.passport.mrz:
            for word in re.findall(r"[A-Z0-9]{3,}", line):
                assert word not in reader.raw
    assert not re.search(r"match|similar|cosine|portrait|base64|jpeg", reader.raw)


def test_no_score_of_a_cue_is_recorded(seen: Seen) -> None:
    assert any('"pad"' in event for event in seen.events), "the score as a whole is"
    for name in scores(seen.reader.captures()[0][-1]):
        assert not [event for event in seen.events if f'"{name}"' in event]
