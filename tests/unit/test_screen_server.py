"""The screen's server over real HTTP on loopback; the browser's side is in tests/browser/test_screen.py."""

import contextlib
import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from egate.runtime.local_pages import SECURITY_HEADERS, PageUnavailable
from egate.runtime.screen import ScreenServer, TextsError
from egate.runtime.screen.page import FOLDER
from egate.runtime.screen.server import MIRROR_MAX_BYTES, TEXTS_DIR
from egate.screens import Guidance, Screen, ScreenState

DEADLINE_S = 10.0
JPEG = b"\xff\xd8made up\xff\xd9"
LOOK = ScreenState(Screen.LOOK_AT_CAMERA)


@pytest.fixture
def screen() -> Iterator[ScreenServer]:
    server = ScreenServer("127.0.0.1", 0)
    server.start()
    yield server
    server.stop()


def get(screen: ScreenServer, path: str, host: str | None = None) -> tuple[int, dict[str, str], bytes]:
    with contextlib.closing(connection(screen)) as http_connection:
        http_connection.request("GET", path, headers={"Host": host} if host else {})
        response = http_connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()


def connection(screen: ScreenServer) -> http.client.HTTPConnection:
    host, port = screen.url.removeprefix("http://").rstrip("/").split(":")
    return http.client.HTTPConnection(host, int(port), timeout=DEADLINE_S)


def states(screen: ScreenServer) -> Iterator[dict[str, Any]]:
    """What a browser is told, one state after the other, until the server hangs up."""
    with contextlib.closing(connection(screen)) as http_connection:
        http_connection.request("GET", "/states")
        response = http_connection.getresponse()
        assert response.getheader("Content-Type", "").startswith("text/event-stream")
        while line := response.readline():
            if line.startswith(b"data: "):
                yield json.loads(line.removeprefix(b"data: "))


def test_it_starts_closed_and_follows_what_is_shown(screen: ScreenServer) -> None:
    stream = states(screen)
    assert next(stream)["screen"] == "closed"
    screen.show(ScreenState(Screen.READING, progress=0.25))
    view = next(view for view in stream if view["screen"] != "closed")
    assert view == {
        "screen": "reading",
        "guidance": None,
        "title": "Leave your passport there",
        "text": "Reading takes a few seconds",
        "progress": 0.25,
        "mirror": False,
        "language": "en",
        "direction": "ltr",
    }


def test_guidance_replaces_the_words(screen: ScreenServer) -> None:
    screen.show(ScreenState(Screen.LOOK_AT_CAMERA, Guidance.HOLD_STILL))
    view = next(states(screen))
    assert (view["title"], view["text"]) == ("Hold still", "")


def test_of_many_calls_from_many_threads_the_last_wins(screen: ScreenServer) -> None:
    def show_many() -> None:
        for step in range(100):
            screen.show(ScreenState(Screen.READING, progress=step / 100))

    stream = states(screen)
    next(stream)
    threads = [threading.Thread(target=show_many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    screen.show(ScreenState(Screen.GOODBYE))
    assert any(view["screen"] == "goodbye" for view in stream)
    assert next(states(screen))["screen"] == "goodbye"


def test_the_mirror_is_there_only_while_the_screen_asks_to_look(screen: ScreenServer) -> None:
    screen.offer_mirror(JPEG)
    assert get(screen, "/mirror.jpg")[0] == 204
    screen.show(LOOK)
    screen.offer_mirror(JPEG)
    status, headers, body = get(screen, "/mirror.jpg")
    assert (status, headers["content-type"], body) == (200, "image/jpeg", JPEG)
    assert next(states(screen))["mirror"] is True
    screen.offer_mirror(None)
    assert get(screen, "/mirror.jpg")[0] == 204
    screen.offer_mirror(JPEG)
    screen.show(ScreenState(Screen.PLEASE_WAIT))
    assert get(screen, "/mirror.jpg")[0] == 204
    screen.show(LOOK)
    assert next(states(screen))["mirror"] is False  # the last traveller's picture is gone
    with pytest.raises(ValueError, match="at most"):
        screen.offer_mirror(bytes(MIRROR_MAX_BYTES + 1))


@pytest.mark.parametrize("path", ["/", "/mirror.jpg", "/screen.css", "/screen.js", "/icon.svg", "/nothing"])
def test_every_answer_forbids_other_sources_and_storing(screen: ScreenServer, path: str) -> None:
    headers = get(screen, path)[1]
    assert {name: headers.get(name.lower()) for name in SECURITY_HEADERS} == SECURITY_HEADERS


def test_the_page_needs_nothing_from_elsewhere(screen: ScreenServer) -> None:
    for path in ("/", "/screen.css", "/screen.js"):
        status, _, body = get(screen, path)
        assert status == 200
        assert b"http" not in body
        assert b"style=" not in body  # the content security policy forbids inline style


def test_other_host_names_are_refused(screen: ScreenServer) -> None:
    assert get(screen, "/", host="evil.example")[0] == 400


def test_a_taken_port_is_a_typed_error(screen: ScreenServer) -> None:
    port = int(screen.url.rstrip("/").rsplit(":", 1)[1])
    with pytest.raises(PageUnavailable, match="choose another port"):
        ScreenServer("127.0.0.1", port).start()


def test_stopping_hangs_up_and_starting_again_takes_the_same_port(screen: ScreenServer) -> None:
    url = screen.url
    stream = states(screen)
    next(stream)
    assert screen.serving
    screen.stop()
    assert not screen.serving
    assert list(stream) == []
    with pytest.raises(ConnectionRefusedError):
        get(screen, "/")
    screen.start()
    assert screen.url == url
    assert next(states(screen))["screen"] == "closed"


def test_before_the_start_and_after_the_stop_showing_is_harmless() -> None:
    server = ScreenServer("127.0.0.1", 0)
    server.show(ScreenState(Screen.WELCOME))
    server.start()
    assert next(states(server))["screen"] == "welcome"
    server.stop()
    server.stop()
    server.show(ScreenState(Screen.CLOSED))


def test_another_language_is_one_more_file(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_bytes((TEXTS_DIR / "en.toml").read_bytes())
    (tmp_path / "ar.toml").write_text(
        'name = "العربية"\ndirection = "rtl"\n[screens.welcome]\ntitle = "مرحبا"\ntext = "تفضل"\n', "utf-8"
    )
    server = ScreenServer("127.0.0.1", 0, tmp_path)
    server.start()
    server.show(ScreenState(Screen.WELCOME, language="ar"))
    view = next(states(server))
    assert (view["title"], view["language"], view["direction"]) == ("مرحبا", "ar", "rtl")
    server.show(ScreenState(Screen.WELCOME, language="xx"))
    assert next(states(server))["language"] == "en"
    server.stop()
    with pytest.raises(TextsError, match=r"no de\.toml; languages here: ar, en"):
        ScreenServer("127.0.0.1", 0, tmp_path, "de")


def test_every_instruction_has_a_pictogram_and_every_pictogram_an_instruction() -> None:
    drawn = {path.stem for path in (FOLDER / "pictograms").glob("*.svg")} - {"_shapes"}
    assert drawn == {*map(str, Screen), *map(str, Guidance)}


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_but_get_is_answered(screen: ScreenServer, method: str) -> None:
    with contextlib.closing(connection(screen)) as http_connection:
        http_connection.request(method, "/states")
        response = http_connection.getresponse()
        assert (response.status, response.getheader("Allow")) == (405, "GET")
