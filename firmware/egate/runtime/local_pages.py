"""Pages that the gate serves on its own loopback address, with nothing from elsewhere and for nobody from elsewhere.

Each runs in a thread and on a loop of its own, always in real time: whatever a page or its readers do, the lane's loop
does not wait. A reader follows one stream of server-sent events, each with the whole view: a slow one misses what was
between, and nothing is kept for it.
"""

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEARTBEAT_S = 1.0
MOST_READERS = 8
"""Of one stream. More than anybody needs: a page that is left open in many windows must not take the memory."""

STOP_TIMEOUT_S = 5.0
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",  # what is shown of a traveller must never reach the browser's disk
}


class PageUnavailable(Exception):
    """A page cannot be served. The text says why and what to do."""


class Stream:
    """Views as they change, for any number of readers up to MOST_READERS. ``changed`` is called on the page's loop."""

    def __init__(self, view: Callable[[], msgspec.Struct], on_change: Callable[[], None] = lambda: None) -> None:
        """``view`` is what stands on the page now, ``on_change`` what is to be done first when it has changed; both are
        called on the page's loop."""
        self._view, self._on_change = view, on_change
        self._changed = asyncio.Event()
        self.closing = False
        self.readers = 0

    def changed(self) -> None:
        """Wake every reader. They read the view when they wake, so the latest wins."""
        self._on_change()
        self._changed.set()
        self._changed = asyncio.Event()

    async def answer(self, _: Request) -> Response:
        if self.readers >= MOST_READERS:
            return PlainTextResponse(f"{MOST_READERS} windows follow this page already; close one", 503)
        return StreamingResponse(self._events(), media_type="text/event-stream")

    async def _events(self) -> AsyncIterator[bytes]:
        """The whole view at every change, and again as a sign of life."""
        self.readers += 1
        try:
            while not self.closing:
                changed = self._changed
                yield b"data: " + msgspec.json.encode(self._view()) + b"\n\n"
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(HEARTBEAT_S):
                        await changed.wait()
        finally:
            self.readers -= 1


def application(host: str, routes: Sequence[Route]) -> Starlette:
    """Answers GET alone, and only those who call the gate by a name of its own: another name in a request comes from a
    forged DNS answer."""
    return Starlette(
        routes=routes,
        middleware=[
            Middleware(_SecurityHeaders),
            Middleware(TrustedHostMiddleware, allowed_hosts=[host, "localhost", "127.0.0.1"]),
            Middleware(_OnlyGet),
        ],
    )


def file(path: Path, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint that serves one file, as it is now."""
    content = path.read_bytes()

    async def serve(_: Request) -> Response:
        return Response(content, media_type=media_type)

    return serve


class _SecurityHeaders:
    """Puts SECURITY_HEADERS on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SECURITY_HEADERS)
            await send(message)

        await self._app(scope, receive, with_headers)


class _OnlyGet:
    """Nothing on these pages can be changed from outside."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = scope["type"] == "http" and scope["method"] != "GET"
        answer = PlainTextResponse("only GET", 405, {"Allow": "GET"}) if refused else self._app
        await answer(scope, receive, send)


class LocalServer:
    """Serves one application in a thread of its own."""

    def __init__(self, name: str, address: tuple[str, int], app: Starlette, stream: Stream) -> None:
        """``address``: an IPv4 address or name, at a gate of the loopback network, and a port; 0 takes a free one."""
        self._name, self._app, self._stream = name, app, stream
        self._host, self._port = address
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: uvicorn.Server | None = None
        self._waking = False

    @property
    def url(self) -> str:
        """Where a browser finds the page; valid after ``start``."""
        return f"http://{self._host}:{self._port}/"

    @property
    def serving(self) -> bool:
        """False before ``start``, after ``stop``, and if serving broke off by itself."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Serve from now on. Raises PageUnavailable."""
        if self._thread is not None:
            return
        try:
            listener = socket.create_server((self._host, self._port))
        except OSError as error:
            raise PageUnavailable(
                f"{self.url}: cannot listen there ({error.strerror}); choose another port or stop what uses this one"
            ) from error
        self._port = listener.getsockname()[1]
        config = uvicorn.Config(
            self._app, log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        running = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(listener, running), name=self._name, daemon=True)
        self._thread.start()
        running.wait(STOP_TIMEOUT_S)

    def wake(self) -> None:
        """From any thread: let every reader see the view. Calls that come faster than the page follows count as one, so
        that they cannot pile up."""
        loop = self._loop
        if loop is None or self._waking:
            return
        self._waking = True
        try:
            loop.call_soon_threadsafe(self._awake)
        except RuntimeError:  # the loop has just been closed
            self._waking = False

    def _awake(self) -> None:
        self._waking = False  # first: what changes from here on needs another call
        self._stream.changed()

    def stop(self) -> None:
        """Hang up on every browser and free the port."""
        if self._thread is None or self._server is None:
            return
        self._server.should_exit = True
        self._stream.closing = True
        self.wake()
        self._thread.join(STOP_TIMEOUT_S)
        self._thread = self._server = self._loop = None
        self._stream.closing = self._waking = False

    def _run(self, listener: socket.socket, running: threading.Event) -> None:
        server = self._server
        if server is None:
            return

        async def serve() -> None:
            self._loop = asyncio.get_running_loop()
            running.set()
            await server.serve(sockets=[listener])

        with listener:
            asyncio.run(serve())
