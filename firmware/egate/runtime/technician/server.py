"""Serves the technician's page: one page, one stream of what is seen."""

from egate.runtime.local_pages import LocalServer
from egate.runtime.technician.page import Page
from egate.runtime.technician.watch import Sight

KEPT_S = 30.0
"""How long a sight is kept where no other follows."""


class TechnicianServer:
    """The page as the lane sees it: show a capture, from any thread, at any time, without waiting."""

    def __init__(self, address: tuple[str, int], lane: str, kept_s: float = KEPT_S) -> None:
        """``address``: an IPv4 address of the loopback network and a port, 0 takes a free one; ``lane``: its name."""
        self._page = Page(address[0], lane, kept_s)
        self._server = LocalServer("technician", address, self._page.app, self._page.stream)

    @property
    def url(self) -> str:
        """Where a browser finds the page; valid after ``start``."""
        return self._server.url

    @property
    def watched(self) -> bool:
        """Whether anybody has the page open."""
        return self._page.stream.readers > 0

    def start(self) -> None:
        """Serve from now on. Raises PageUnavailable."""
        self._server.start()

    def show(self, sight: Sight | None) -> None:
        """Put this on the page; None empties it. The latest call wins, and is forgotten after a while."""
        self._page.sight = sight
        self._server.wake()

    def stop(self) -> None:
        """Hang up on every browser and free the port."""
        self._page.sight = None
        self._server.stop()
