"""The page itself: markup, style, script and pictograms as files, and the states that it is sent."""

import html
from pathlib import Path
from string import Template

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from egate.runtime.local_pages import Stream, application, file
from egate.runtime.screen.texts import Texts, Words
from egate.screens import Guidance, Screen, ScreenState

FOLDER = Path(__file__).parent
_STATIC = FOLDER / "static"


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
    """State in, HTTP out. ``state`` and ``mirror`` may be set from any thread."""

    def __init__(self, host: str, texts: dict[str, Texts], language: str) -> None:
        self._texts = texts
        self._language = language
        self.state = ScreenState(Screen.CLOSED)
        self.mirror: bytes | None = None
        self.stream = Stream(self.view)
        self.app = application(
            host,
            [
                Route("/", self._document),
                Route("/states", self.stream.answer),
                Route("/mirror.jpg", self._mirror_image),
                Route("/icon.svg", file(_STATIC / "icon.svg", "image/svg+xml")),
                Route("/screen.css", file(_STATIC / "screen.css", "text/css")),
                Route("/screen.js", file(_STATIC / "screen.js", "text/javascript")),
            ],
        )

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
        markup = Template((_STATIC / "screen.html").read_text("utf-8")).substitute(
            language=html.escape(texts.language),
            direction=texts.direction.value,
            lost_title=html.escape(lost.title),
            lost_text=html.escape(lost.text),
            pictograms=pictograms(),
        )
        return Response(markup, media_type="text/html")

    async def _mirror_image(self, _: Request) -> Response:
        """No picture is no error: the page may ask for the next one just when the capture ends."""
        mirror = self.mirror
        return Response(status_code=204) if mirror is None else Response(mirror, media_type="image/jpeg")


def pictograms() -> str:
    """Every pictogram as inline SVG, so that changing the screen loads nothing. Shared shapes come first."""
    paths = sorted((FOLDER / "pictograms").glob("*.svg"))
    return "\n".join(path.read_text("utf-8") for path in paths)
