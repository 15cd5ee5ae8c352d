"""The page itself: markup, style, script and words as files, and the sights that it is sent."""

import asyncio
import html
from pathlib import Path
from string import Template

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from egate.runtime.local_pages import Stream, application, file
from egate.runtime.technician.texts import load
from egate.runtime.technician.view import View, view_of
from egate.runtime.technician.watch import Sight

_STATIC = Path(__file__).parent / "static"


class Page:
    """Sights in, HTTP out. ``sight`` may be set from any thread; ``kept_s`` later it is forgotten."""

    def __init__(self, host: str, lane: str, kept_s: float) -> None:
        self._lane, self._kept_s = lane, kept_s
        self.sight: Sight | None = None
        self._forgetting: asyncio.TimerHandle | None = None
        self.stream = Stream(self._view, self._forget_later)
        self.app = application(
            host,
            [
                Route("/", self._document),
                Route("/sights", self.stream.answer),
                Route("/icon.svg", file(_STATIC / "icon.svg", "image/svg+xml")),
                Route("/technician.css", file(_STATIC / "technician.css", "text/css")),
                Route("/technician.js", file(_STATIC / "technician.js", "text/javascript")),
            ],
        )

    def _view(self) -> View:
        return view_of(self.sight)

    def _forget_later(self) -> None:
        """What is shown now goes after a while, whether somebody looks or not."""
        if self._forgetting is not None:
            self._forgetting.cancel()
        self._forgetting = None
        if self.sight is not None:
            self._forgetting = asyncio.get_running_loop().call_later(self._kept_s, self._forget, self.sight)

    def _forget(self, sight: Sight) -> None:
        if self.sight is sight:
            self.sight = None
            self.stream.changed()

    async def _document(self, _: Request) -> Response:
        words = {key: html.escape(text) for key, text in load()["page"].items()}
        markup = Template((_STATIC / "technician.html").read_text("utf-8"))
        return Response(markup.substitute(words, lane=html.escape(self._lane)), media_type="text/html")
