"""Serves the traveller's screen: one thread, one loop of its own, one page, one stream of states."""

import asyncio
import contextlib
import socket
import threading
from pathlib import Path

import uvicorn

from egate.runtime.screen.page import Page
from egate.runtime.screen.texts import TextsError, load
from egate.screens import Screen, ScreenState

TEXTS_DIR = Path(__file__).parent / "texts"
MIRROR_MAX_BYTES = 512 * 1024
STOP_TIMEOUT_S = 5.0


class ScreenUnavailable(Exception):
    """The screen cannot be served. The text says why and what to do."""


class ScreenServer:
    """The screen as the lane sees it: set what stands on it, from any thread, at any time, without waiting."""

    def __init__(self, host: str, port: int, texts_dir: Path = TEXTS_DIR, language: str = "en") -> None:
        """``host``: an IPv4 address or name, at a gate 127.0.0.1.

        Raises TextsError: texts missing or wrong, or none in ``language``.
        """
        texts = load(texts_dir)
        if language not in texts:
            raise TextsError(f"{texts_dir}: no {language}.toml; languages here: {', '.join(sorted(texts))}")
        self._host = host
        self._port = port
        self._page = Page(host, texts, language)
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: uvicorn.Server | None = None

    @property
    def url(self) -> str:
        """Where a browser finds the page; valid after ``start``."""
        return f"http://{self._host}:{self._port}/"

    @property
    def serving(self) -> bool:
        """False before ``start``, after ``stop``, and if serving broke off by itself."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Serve from now on; ``port`` 0 takes a free one. Raises ScreenUnavailable."""
        if self._thread is not None:
            return
        try:
            listener = socket.create_server((self._host, self._port))
        except OSError as error:
            raise ScreenUnavailable(
                f"{self.url}: cannot listen there ({error.strerror}); choose another port or stop what uses this one"
            ) from error
        self._port = listener.getsockname()[1]
        config = uvicorn.Config(
            self._page.app, log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        running = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(listener, running), name="screen", daemon=True)
        self._thread.start()
        running.wait(STOP_TIMEOUT_S)

    def show(self, state: ScreenState) -> None:
        """Put this on the screen. The latest call wins."""
        self._page.state = state
        if state.screen is not Screen.LOOK_AT_CAMERA:
            self._page.mirror = None
        self._wake()

    def offer_mirror(self, jpeg: bytes | None) -> None:
        """Let the traveller see themselves while the screen asks to look at the camera. None forgets the picture.

        Raises ValueError for more than MIRROR_MAX_BYTES: a mirror needs no more than some 400 x 500 pixels.
        """
        if jpeg is not None and len(jpeg) > MIRROR_MAX_BYTES:
            raise ValueError(f"a mirror image has at most {MIRROR_MAX_BYTES} bytes, not {len(jpeg)}")
        wanted = self._page.state.screen is Screen.LOOK_AT_CAMERA
        appears_or_goes = (self._page.mirror is None) != (jpeg is None)
        self._page.mirror = jpeg if wanted else None
        if appears_or_goes:
            self._wake()

    def stop(self) -> None:
        """Hang up on every browser and free the port."""
        if self._thread is None or self._server is None:
            return
        self._server.should_exit = True
        self._page.closing = True
        self._page.mirror = None
        self._wake()
        self._thread.join(STOP_TIMEOUT_S)
        self._thread = self._server = self._loop = None
        self._page.closing = False

    def _wake(self) -> None:
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has just been closed
                loop.call_soon_threadsafe(self._page.changed)

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
