"""Serves the page, its state as JSON, and changes as they happen (server-sent events). Reads only, never acts."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib.resources import files
from string import Template

from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from egate_ops.board import Board
from egate_ops.texts import load

_MIN_GAP_S = 0.1  # changes closer together than this are shown together
_PING_S = 10
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Changes:
    """Tells every open page that the board has changed; from the ingest thread to the web server's loop."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: set[asyncio.Event] = set()

    def attach(self, loop: asyncio.AbstractEventLoop | None) -> None:
        self._loop = loop

    def tell(self) -> None:
        """From any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._set)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[asyncio.Event]:
        """An event that is set after each change; whoever listens clears it."""
        changed = asyncio.Event()
        self._waiting.add(changed)
        try:
            yield changed
        finally:
            self._waiting.discard(changed)

    def _set(self) -> None:
        for changed in self._waiting:
            changed.set()


def create_app(board: Board, counts: Callable[[], dict[str, int]]) -> Starlette:
    """``counts``: what became of the messages since the start, for /api/state."""
    changes = Changes()
    page = _page()

    def state() -> dict[str, object]:
        return {**board.snapshot(datetime.now(UTC)), "counts": counts()}

    async def show_page(request: Request) -> Response:
        return HTMLResponse(page)

    async def show_state(request: Request) -> Response:
        return JSONResponse(state())

    async def show_texts(request: Request) -> Response:
        return JSONResponse(load())

    async def show_health(request: Request) -> Response:
        return JSONResponse({"well": board.is_well}, 200 if board.is_well else 503)

    async def stream(request: Request) -> Response:
        async def updates() -> AsyncIterator[dict[str, str]]:
            async with changes.listening() as changed:
                while True:
                    yield {"data": json.dumps(state(), separators=(",", ":"))}
                    await asyncio.sleep(_MIN_GAP_S)
                    await changed.wait()
                    changed.clear()

        return EventSourceResponse(updates(), ping=_PING_S)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        changes.attach(asyncio.get_running_loop())
        board.on_change = changes.tell
        yield
        changes.attach(None)

    return Starlette(
        routes=[
            Route("/", show_page),
            Route("/api/state", show_state),
            Route("/api/texts", show_texts),
            Route("/api/stream", stream),
            Route("/healthz", show_health),
            Mount("/static", StaticFiles(packages=[("egate_ops", "static")])),
        ],
        middleware=[Middleware(_Headers)],
        lifespan=lifespan,
    )


class _Headers:
    """Adds the headers that every answer carries."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _page() -> str:
    text = files("egate_ops").joinpath("static", "page.html").read_text("utf-8")
    return Template(text).substitute(load()["page"])
