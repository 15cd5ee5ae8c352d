"""Watching a capture for the technician's page must cost nothing where nobody looks, and never disturb the capture."""

import asyncio
import itertools
import logging
from collections.abc import Callable
from typing import TypeVar, cast

import pytest
from capture_sights import snapshot

from egate.face.capture import CaptureSession
from egate.face.snapshot import Phase, Snapshot, Stage
from egate.runtime.technician.watch import ASKED_EVERY_MS, SHOWN_EVERY_MS, Sight, Watch
from egate.runtime.workers import InlineWorker

T = TypeVar("T")
PERIOD_MS = 100


class Page:
    """Shows nothing to anybody, and remembers it."""

    def __init__(self, watched: bool = True) -> None:
        self.watched = watched
        self.shown: list[Sight | None] = []

    def show(self, sight: Sight | None) -> None:
        self.shown.append(sight)

    @property
    def phases(self) -> list[Phase | None]:
        return [None if sight is None else sight.snapshot.phase for sight in self.shown]


class Session:
    """Of a capture, what the watch uses. ``asked``: whether the cues were, for each snapshot that was taken."""

    def __init__(self, error: Exception | None = None) -> None:
        self.finished, self.error = False, error
        self.asked: list[bool] = []

    def snapshot(self, *, ask: bool = False, ended: bool = False) -> Snapshot:
        self.asked.append(ask)
        if self.error is not None:
            raise self.error
        return snapshot(Phase.DONE, light=0.1) if ended else snapshot()


def feed(watch: Watch, session: Session, frames: int, first_ms: int = 0) -> None:
    async def capture() -> None:
        for number in range(frames):
            await watch.saw(cast(CaptureSession, session), first_ms + number * PERIOD_MS)

    asyncio.run(capture())


def end(watch: Watch, session: Session) -> None:
    watch.ended(cast(CaptureSession, session))
    watch.close()


@pytest.mark.parametrize("page", [None, Page(watched=False)])
def test_where_nobody_looks_nothing_is_asked(page: Page | None) -> None:
    session = Session()
    watch = Watch(page, InlineWorker("face"))
    feed(watch, session, 30)
    end(watch, session)
    assert session.asked == []
    assert page is None or page.shown == [None], "what was shown before somebody left goes"


def test_it_shows_five_times_a_second_and_asks_the_cues_twice() -> None:
    page, session = Page(), Session()
    watch = Watch(page, InlineWorker("face"))
    feed(watch, session, 50)
    assert len(page.shown) == 50 * PERIOD_MS // SHOWN_EVERY_MS
    assert 50 * PERIOD_MS // ASKED_EVERY_MS >= sum(session.asked) >= 8
    end(watch, session)
    assert page.phases[-1] is Phase.DONE
    assert None not in page.phases, "the end stays"


def test_whoever_comes_late_sees_what_is_left() -> None:
    page, session = Page(watched=False), Session()
    watch = Watch(page, InlineWorker("face"))
    feed(watch, session, 3)
    page.watched = True
    feed(watch, session, 1, first_ms=300)
    assert page.phases == [Phase.LOOKING]
    assert session.asked == [True]


def test_a_capture_that_is_broken_off_is_shown_no_longer() -> None:
    page, session = Page(), Session()
    watch = Watch(page, InlineWorker("face"))
    feed(watch, session, 1)
    watch.close()
    assert page.phases == [Phase.LOOKING, None]


def test_a_worker_that_was_still_busy_shows_nothing_afterwards() -> None:
    page, session = Page(), Session()

    class LateWorker(InlineWorker):
        async def run(self, job: Callable[[], T]) -> T:
            watch.close()
            return job()

    watch = Watch(page, LateWorker("face"))
    feed(watch, session, 1)
    assert session.asked == [True]
    assert page.phases == [None]


def test_after_the_last_frame_the_end_is_waited_for() -> None:
    page, session = Page(), Session()
    session.finished = True
    feed(Watch(page, InlineWorker("face")), session, 3)
    assert session.asked == []


def test_an_error_ends_the_watching_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    page, session = Page(), Session(ValueError("of a face, perhaps"))
    watch = Watch(page, InlineWorker("face"))
    with caplog.at_level(logging.ERROR):
        feed(watch, session, 30)
        end(watch, session)
    assert session.asked == [True]
    assert page.shown == [None]
    assert caplog.messages == ["the technician's page: ValueError; it shows no more of this capture"]


def test_stages_and_frames_are_timed() -> None:
    page, session = Page(), Session()
    seconds = itertools.accumulate((0.0, 0.010, 0.030, 0.0, 0.020, 0.0, 0.005), initial=100.0)
    watch = Watch(page, InlineWorker("face"), lambda: next(seconds))
    next(seconds)
    watch.start()
    watch.lap(Stage.FINDING)  # after 10 ms
    watch.lap(Stage.CUES)  # 30 ms
    watch.start()
    watch.lap(Stage.FINDING)  # 20 ms
    feed(watch, session, 1)
    (sight,) = page.shown
    assert sight is not None
    laps = {lap.stage: (round(lap.last_ms), round(lap.longest_ms)) for lap in sight.laps}
    assert laps == {Stage.FINDING: (20, 20), Stage.CUES: (30, 30), Stage.FIGURES: (5, 5)}
    assert sight.frames_per_s is None


def test_the_frame_rate_is_that_of_the_last_frames() -> None:
    page, session = Page(), Session()
    watch = Watch(page, InlineWorker("face"))
    feed(watch, session, 30)
    last = page.shown[-1]
    assert last is not None
    assert last.frames_per_s == pytest.approx(10.0)
