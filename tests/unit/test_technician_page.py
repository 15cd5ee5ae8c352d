"""The technician's page over real HTTP on loopback; the browser's side is in tests/browser/test_technician.py."""

import contextlib
import http.client
import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from capture_sights import sight, snapshot

from egate.face.pad.cue import Missing
from egate.face.pipeline import FacePipeline
from egate.face.quality.judgement import Finding, judged
from egate.face.quality.limits import QualityLimits
from egate.face.quality.measures import Measures
from egate.face.snapshot import Phase, Stage
from egate.runtime.local_pages import MOST_READERS, SECURITY_HEADERS, PageUnavailable
from egate.runtime.technician import TechnicianServer
from egate.runtime.technician.page import _STATIC
from egate.runtime.technician.texts import load
from egate.runtime.technician.view import view_of

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_S = 10.0


@pytest.fixture
def page() -> Iterator[TechnicianServer]:
    server = TechnicianServer(("127.0.0.1", 0), "gate-1")
    server.start()
    yield server
    server.stop()


def connection(page: TechnicianServer) -> http.client.HTTPConnection:
    host, port = page.url.removeprefix("http://").rstrip("/").split(":")
    return http.client.HTTPConnection(host, int(port), timeout=DEADLINE_S)


def ask(page: TechnicianServer, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
    with contextlib.closing(connection(page)) as http_connection:
        http_connection.request(method, path, headers=headers)
        response = http_connection.getresponse()
        return response.status, dict(response.getheaders()), response.read().decode()


def views(page: TechnicianServer) -> Iterator[dict[str, Any]]:
    """What a browser is told, one view after the other, until the server hangs up."""
    with contextlib.closing(connection(page)) as http_connection:
        http_connection.request("GET", "/sights")
        response = http_connection.getresponse()
        assert response.getheader("Content-Type", "").startswith("text/event-stream")
        while line := response.readline():
            if line.startswith(b"data: "):
                yield json.loads(line.removeprefix(b"data: "))


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


# What it shows


def test_it_is_empty_at_first_and_follows_the_capture(page: TechnicianServer) -> None:
    stream = views(page)
    assert next(stream) == {
        "head": "Nobody stands before the camera.", "phase": None, "tone": "open", "shown": None,
    }  # fmt: skip
    page.show(sight(snapshot()))
    view = next(view for view in stream if view["shown"])
    assert (view["head"], view["phase"]) == ("Looking for good frames", "looking")
    shown = view["shown"]
    assert (shown["told"], shown["why"]) == ("Look at the camera", "The frame is good.")
    assert (shown["frames"], shown["rate"]) == ("3 good frames of 5 or more", "9.8 frames a second")
    assert [cue["bar"]["key"] for cue in shown["cues"]] == ["network", "light", "geometry"], "those that vote first"
    page.show(None)
    assert any(view["shown"] is None for view in stream)


def test_guidance_is_told_with_its_reason() -> None:
    view = view_of(sight(snapshot(finding=Finding.NOT_FRONTAL)))
    assert view.shown is not None
    assert (view.shown.told, view.shown.why) == ("Look straight ahead", "The head is turned.")
    yaw = view.shown.measures[1]
    assert (yaw.cells, yaw.tone) == (("2.00", "-25 … 25", "The head is turned."), "alarm")


def test_scores_stand_beside_their_thresholds() -> None:
    view = view_of(sight(snapshot(network=0.9)))
    assert view.shown is not None
    sequence, active = view.shown.fusions
    assert (sequence.score, sequence.mark, sequence.words, sequence.tone) == (0.9, 0.7, "ALARM", "alarm")
    assert (active.score, active.words) == (None, "no score")
    assert active.about == "alarm from 0.50; undetermined: Light challenge"
    assert (view.shown.final.score, view.shown.final.words) == (None, "no score yet")
    geometry = view.shown.cues[-1]
    assert (geometry.bar.words, geometry.vote) == ("undetermined", "has no vote")
    assert geometry.why.startswith("Not watched for long enough")


def test_features_stand_beside_the_calibration() -> None:
    view = view_of(sight(snapshot()))
    assert view.shown is not None
    tight = view.shown.cues[0].features[0]
    assert (tight.name, tight.value, tight.typical, tight.apart, tight.weight) == (
        "tight", "-3.2", "0.1 ± 3.9", "-0.8", "+2.3",
    )  # fmt: skip


def test_the_lamp_is_told_in_figures_and_as_a_colour() -> None:
    view = view_of(sight(snapshot(Phase.CHALLENGE)))
    assert view.shown is not None
    assert view.shown.swatch is not None
    assert view.shown.swatch.words == "Lamp: red 0.50, green 0.45, blue 0.95"
    assert view.shown.swatch.colour == "#bcb4f9"
    assert view.shown.challenge == "50% of the light challenge"


@pytest.mark.parametrize(
    ("light", "head", "words"),
    [(0.1, "Done: no alarm", "no alarm"), (0.9, "Done: alarm", "ALARM"), (None, "Done: alarm", "ALARM: no score")],
)
def test_the_end_is_an_alarm_or_none(light: float | None, head: str, words: str) -> None:
    view = view_of(sight(snapshot(Phase.DONE, light=light)))
    assert view.shown is not None
    assert (view.head, view.shown.final.words) == (head, words)


# What it forgets


def test_what_is_shown_is_forgotten_after_a_while() -> None:
    server = TechnicianServer(("127.0.0.1", 0), "gate-1", kept_s=0.3)
    server.start()
    stream = views(server)
    next(stream)
    server.show(sight(snapshot(Phase.DONE, light=0.1)))
    assert next(view for view in stream if view["shown"])["phase"] == "done"
    assert next(view for view in stream if view["shown"] is None)["phase"] is None
    server.stop()


def test_it_is_forgotten_where_nobody_looks_any_more() -> None:
    server = TechnicianServer(("127.0.0.1", 0), "gate-1", kept_s=0.3)
    server.start()
    server.show(sight(snapshot()))
    until(lambda: server._page.sight is None)
    server.stop()


def test_a_new_sight_begins_a_new_while() -> None:
    server = TechnicianServer(("127.0.0.1", 0), "gate-1", kept_s=30)
    server.start()
    first, second = sight(snapshot()), sight(snapshot(Phase.CHALLENGE))
    server.show(first)
    server.show(second)
    server._page._forget(first)
    assert server._page.sight is second
    server.stop()
    assert server._page.sight is None


# Who may look


def test_it_knows_whether_anybody_looks(page: TechnicianServer) -> None:
    assert not page.watched
    stream = views(page)
    next(stream)
    assert page.watched
    stream.close()  # type: ignore[attr-defined]  # it is a generator
    until(lambda: not page.watched)


def test_readers_are_bounded(page: TechnicianServer) -> None:
    streams = [views(page) for _ in range(MOST_READERS)]
    for stream in streams:
        next(stream)
    assert ask(page, "/sights")[0] == 503
    for stream in streams:
        stream.close()  # type: ignore[attr-defined]  # it is a generator
    until(lambda: not page.watched)
    assert next(views(page))["phase"] is None


def test_one_who_does_not_read_holds_up_nobody(page: TechnicianServer) -> None:
    """The lane goes on showing, another reader sees the newest, and nothing piles up for the slow one."""
    host, port = page.url.removeprefix("http://").rstrip("/").split(":")
    with socket.create_connection((host, int(port))) as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.sendall(f"GET /sights HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        until(lambda: page.watched)
        quick = views(page)
        next(quick)
        now = sight(snapshot())
        for _ in range(2000):
            page.show(now)
        page.show(sight(snapshot(Phase.DONE, light=0.1)))
        assert any(view["phase"] == "done" for view in quick)


@pytest.mark.parametrize("host", ["evil.example", "gate-1.local:80", "169.254.1.1", "127.0.0.1.evil.example", ""])
@pytest.mark.parametrize("path", ["/", "/sights"])
def test_other_host_names_are_refused(page: TechnicianServer, path: str, host: str) -> None:
    status, headers, text = ask(page, path, Host=host)
    assert status == 400
    assert "Nobody" not in text
    assert {name: headers.get(name.lower()) for name in SECURITY_HEADERS} == SECURITY_HEADERS


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_nothing_but_get_is_answered(page: TechnicianServer, method: str) -> None:
    assert ask(page, "/sights", method)[0] == 405


@pytest.mark.parametrize("path", ["/", "/technician.css", "/technician.js", "/icon.svg", "/nothing"])
def test_every_answer_forbids_other_sources_and_storing(page: TechnicianServer, path: str) -> None:
    _, headers, text = ask(page, path, Origin="http://evil.example")
    assert {name: headers.get(name.lower()) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert not [name for name in headers if name.lower().startswith("access-control")]
    assert "style=" not in text


def test_the_page_warns_and_names_its_lane(page: TechnicianServer) -> None:
    status, _, text = ask(page, "/")
    assert status == 200
    assert "Never show these scores to a traveller" in text
    assert "gate-1" in text
    assert "http" not in text


def test_a_taken_port_is_a_typed_error(page: TechnicianServer) -> None:
    port = int(page.url.rstrip("/").rsplit(":", 1)[1])
    with pytest.raises(PageUnavailable, match="choose another port"):
        TechnicianServer(("127.0.0.1", port), "gate-1").start()


# Its words


def test_every_code_has_words(pipeline_cues: frozenset[str], fusions: frozenset[str]) -> None:
    texts = load()
    assert set(texts["finding"]) == {*map(str, Finding), "none"}
    assert set(texts["missing"]) == set(map(str, Missing))
    assert set(texts["stage"]) == set(map(str, Stage))
    assert set(texts["measure"]) == limited_measures()
    assert set(texts["cue"]) == set(texts["about"]) == pipeline_cues
    assert set(texts["fusion"]) == fusions


@pytest.fixture(scope="module")
def pipeline() -> FacePipeline:
    return FacePipeline.load(ROOT / "models", threads=1)


@pytest.fixture
def pipeline_cues(pipeline: FacePipeline) -> frozenset[str]:
    return frozenset(cue.name for cue in pipeline.cues()) | {"light"}


@pytest.fixture
def fusions(pipeline: FacePipeline) -> frozenset[str]:
    return frozenset(pipeline.calibration.fusions)


def limited_measures() -> set[str]:
    measures = Measures(*[0.0] * len(fields(Measures)))
    return {each.measure for each in judged(measures, QualityLimits())}


def test_every_word_that_the_page_asks_for_is_there() -> None:
    asked = set(re.findall(r"\$(\w+)", (_STATIC / "technician.html").read_text("utf-8"))) - {"lane"}
    assert asked <= set(load()["page"])
    assert len(asked) > 20
