"""Serves the traveller's screen: one page, one stream of states."""

from pathlib import Path

from egate.runtime.local_pages import LocalServer
from egate.runtime.screen.page import Page
from egate.runtime.screen.texts import TextsError, load
from egate.screens import Screen, ScreenState

TEXTS_DIR = Path(__file__).parent / "texts"
MIRROR_MAX_BYTES = 512 * 1024


class ScreenServer:
    """The screen as the lane sees it: set what stands on it, from any thread, at any time, without waiting."""

    def __init__(self, host: str, port: int, texts_dir: Path = TEXTS_DIR, language: str = "en") -> None:
        """``host``: an IPv4 address or name, at a gate 127.0.0.1.

        Raises TextsError: texts missing or wrong, or none in ``language``.
        """
        texts = load(texts_dir)
        if language not in texts:
            raise TextsError(f"{texts_dir}: no {language}.toml; languages here: {', '.join(sorted(texts))}")
        self._page = Page(host, texts, language)
        self._server = LocalServer("screen", (host, port), self._page.app, self._page.stream)

    @property
    def url(self) -> str:
        """Where a browser finds the page; valid after ``start``."""
        return self._server.url

    @property
    def serving(self) -> bool:
        """False before ``start``, after ``stop``, and if serving broke off by itself."""
        return self._server.serving

    def start(self) -> None:
        """Serve from now on; ``port`` 0 takes a free one. Raises PageUnavailable."""
        self._server.start()

    def show(self, state: ScreenState) -> None:
        """Put this on the screen. The latest call wins."""
        self._page.state = state
        if state.screen is not Screen.LOOK_AT_CAMERA:
            self._page.mirror = None
        self._server.wake()

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
            self._server.wake()

    def stop(self) -> None:
        """Hang up on every browser and free the port."""
        self._page.mirror = None
        self._server.stop()
