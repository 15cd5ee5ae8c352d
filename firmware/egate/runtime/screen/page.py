"""The page itself: markup, style, script and pictograms as files, and the states that it is sent."""

import asyncio
import html
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from string import Template

import msgspec
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from egate.runtime.screen.texts import Texts, Words
from egate.screens import Guidance, Screen, ScreenState

FOLDER = Path(__file__).parent
HEARTBEAT_S = 1.0
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",  # the mirror must never reach the browser's disk
}


class View(msgspec.Struct, frozen=True):
    """What the browser is told: everything that is on the screen, ready to be shown."""

    screen: Screen
    guidance: Guidance | None
    title: str
    text: str
    progress: float | None
    mirror: bool
    language: str
    direction: str


class Page:
    """State in, HTTP out. ``state`` and ``mirror`` may be set from any thread; ``changed`` is called on the loop."""

    def __init__(self, host: str, texts: dict[str, Texts], language: str) -> None:
        self._texts = texts
        self._language = language
        self.state = ScreenState(Screen.CLOSED)
        self.mirror: bytes | None = None
        self.closing = False
        self._changed = asyncio.Event()
        hosts = [host, "localhost", "127.0.0.1"]  # other names reach us by a forged DNS answer only
        self.app = Starlette(
            routes=[
                Route("/", self._document),
                Route("/states", self._states),
                Route("/mirror.jpg", self._mirror_image),
                Route("/icon.svg", _file("icon.svg", "image/svg+xml")),
                Route("/screen.css", _file("screen.css", "text/css")),
                Route("/screen.js", _file("screen.js", "text/javascript")),
            ],
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=hosts), Middleware(SecurityHeaders)],
        )

    def changed(self) -> None:
        """Wake every browser's stream. They read the state when they wake, so the latest wins."""
        self._changed.set()
        self._changed = asyncio.Event()

    def view(self) -> View:
        """The present state in the words of its language."""
        state = self.state
        texts = self._texts.get(state.language or self._language, self._texts[self._language])
        words = texts.screens[state.screen]
        if state.guidance is not None:  # one instruction at a time
            words = Words(texts.guidance[state.guidance], "")
        return View(
            screen=state.screen,
            guidance=state.guidance,
            title=words.title,
            text=words.text,
            progress=state.progress,
            mirror=self.mirror is not None,
            language=texts.language,
            direction=texts.direction.value,
        )

    async def _document(self, _: Request) -> Response:
        texts = self._texts[self._language]
        lost = texts.screens[Screen.ASSIST]  # without the controller, only a person can help
        markup = Template((FOLDER / "static" / "screen.html").read_text("utf-8")).substitute(
            language=html.escape(texts.language),
            direction=texts.direction.value,
            lost_title=html.escape(lost.title),
            lost_text=html.escape(lost.text),
            pictograms=pictograms(),
        )
        return Response(markup, media_type="text/html")

    async def _states(self, _: Request) -> Response:
        return StreamingResponse(self._stream(), media_type="text/event-stream")

    async def _stream(self) -> AsyncIterator[bytes]:
        """Server-sent events: the whole view at every change, and again as a sign of life."""
        while not self.closing:
            changed = self._changed
            yield b"data: " + msgspec.json.encode(self.view()) + b"\n\n"
            try:
                async with asyncio.timeout(HEARTBEAT_S):
                    await changed.wait()
            except TimeoutError:
                continue

    async def _mirror_image(self, _: Request) -> Response:
        """No picture is no error: the page may ask for the next one just when the capture ends."""
        mirror = self.mirror
        return Response(status_code=204) if mirror is None else Response(mirror, media_type="image/jpeg")


class SecurityHeaders:
    """Puts SECURITY_HEADERS on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SECURITY_HEADERS)
            await send(message)

        await self._app(scope, receive, with_headers)


def pictograms() -> str:
    """Every pictogram as inline SVG, so that changing the screen loads nothing. Shared shapes come first."""
    paths = sorted((FOLDER / "pictograms").glob("*.svg"))
    return "\n".join(path.read_text("utf-8") for path in paths)


def _file(name: str, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    async def serve(_: Request) -> Response:
        return Response((FOLDER / "static" / name).read_bytes(), media_type=media_type)

    return serve
