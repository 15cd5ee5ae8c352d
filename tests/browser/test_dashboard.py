"""The page in a real browser: live, complete after a refresh, usable by keyboard, and nothing from elsewhere."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ops_process import Ops
from playwright.sync_api import Browser, Page, expect, sync_playwright
from telemetry_samples import fault, id_of, lane_state, step, transaction

from egate.checks import Outcome, Reason
from egate.telemetry.envelope import Event
from egate.telemetry.link import Link, LinkSettings
from egate.telemetry.outbox import Outbox
from egate.telemetry.records import Doors, LaneState, Payload
from egate_sim.broker import Broker

CHROMIUM = os.environ.get("EGATE_CHROMIUM") or shutil.which("chromium")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
pytestmark = [
    pytest.mark.browser,
    pytest.mark.system,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (apt install chromium)"),
]


class Lane:
    """A gate that reports to the page."""

    def __init__(self, outbox: Outbox, link: Link) -> None:
        self.outbox = outbox
        self.link = link

    def tell(self, *payloads: Payload) -> None:
        first = self.outbox.position.seq + 1
        self.outbox.append([Event(id_of(first + n), datetime.now(UTC), p) for n, p in enumerate(payloads)])

    def ends(self, number: int, *reasons: Reason) -> None:
        now = datetime.now(UTC)
        self.tell(replace(transaction(number, *reasons), started_at=now, ended_at=now))


@contextmanager
def running_lane(folder: Path, port: int) -> Iterator[Lane]:
    with Outbox.open(folder / "journal.db", "gate-7", datetime.now(UTC)) as outbox:
        link = Link(outbox, LinkSettings(port=port, will_delay_s=0))
        link.start()
        try:
            yield Lane(outbox, link)
        finally:
            link.stop(timeout_s=0)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture
def ops(tmp_path: Path) -> Iterator[tuple[Ops, Lane]]:
    with (
        Broker() as broker,
        Ops(broker.address, tmp_path / "ops.db") as started,
        running_lane(tmp_path, broker.port) as lane,
    ):
        yield started, lane


@pytest.fixture
def page(browser: Browser, ops: tuple[Ops, Lane]) -> Iterator[Page]:
    opened = browser.new_page()
    troubles: list[str] = []
    foreign: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda m: troubles.append(m.text) if m.type == "error" and "net::ERR" not in m.text else None)
    opened.on("request", lambda r: None if r.url.startswith(ops[0].url) else foreign.append(r.url))
    opened.goto(ops[0].url)
    yield opened
    opened.close()
    assert troubles == []
    assert foreign == []


def test_the_page_follows_the_lane(page: Page, ops: tuple[Ops, Lane]) -> None:
    _, lane = ops
    lane.link.set_lane_state(lane_state())
    expect(page.locator("#lane-state")).to_have_text("Ready")
    lane.tell(step(1), replace(step(1), step="pad", outcome=Outcome.FAILED, reason=Reason.PRESENTATION_ATTACK))
    expect(page.locator("#journey-steps")).to_contain_text("Machine readable zone")
    expect(page.locator("#journey-steps")).to_contain_text("The face looks like a picture, a screen or a mask.")
    expect(page.locator("#journey-steps > li[data-outcome=failed] h3")).to_contain_text("Person")
    parts = ("dg1:ok", "dg2:dg_hash", "dg14:ok", "sod:ok")
    wrong = replace(
        step(1), step="passive_authentication", outcome=Outcome.FAILED, reason=Reason.DG_HASH, details=parts
    )
    lane.tell(wrong, replace(step(1), step="chip_access", details=("pace", "gm", "brainpoolp256r1", "aes128")))
    expect(page.locator("#journey-steps")).to_contain_text("PACE, Generic Mapping, brainpoolp256r1, AES-128")
    expect(page.locator("#journey-steps summary")).to_have_text("1 of 4 parts not in order: DG2: changed")
    page.locator("#journey-steps summary").click()
    expect(page.locator("#journey-steps")).not_to_contain_text("Digital seal")  # nobody asks for one that never came
    seal = replace(wrong, step="digital_seal", reason=Reason.SEAL_MISMATCH)
    lane.tell(replace(seal, details=("seal:ok", "seal_binding:seal_mismatch")))
    expect(page.locator("#journey-steps")).to_contain_text("belongs to the document: no")
    lane.tell(replace(wrong, step="decision", details=()))
    expect(page.locator("#journey-end")).to_contain_text("Referred to an officer")
    expect(page.locator("#journey-steps details")).to_contain_text("DG14")
    assert page.locator("#journey-steps details").evaluate("list => list.open"), "closed by the next event"
    inside = LaneState(
        "capturing_face", datetime.now(UTC), id_of(1), "look_at_camera", None, (), 1, Doors("open", "closed")
    )
    lane.link.set_lane_state(inside)
    expect(page.locator("#lane-state")).to_have_text("Looking at the face")
    expect(page.locator("#leaf-entry")).to_have_attribute("data-position", "open")
    expect(page.locator("#lane-picture-title")).to_have_text("entry open, exit closed, 1 person inside")
    lane.ends(1, Reason.PRESENTATION_ATTACK)
    expect(page.locator("#journey-end")).to_contain_text("Referred to an officer")
    expect(page.locator("#spoken")).to_contain_text("Referred to an officer")
    lane.ends(2)
    expect(page.locator("#outcomes tr")).to_have_count(2)
    expect(page.locator(".numbers .admitted dd")).to_have_text("1")
    expect(page.locator(".numbers .referred dd")).to_have_text("1")
    expect(page.locator("#stages")).to_contain_text("Whole transaction")


def test_a_refresh_loses_nothing(page: Page, ops: tuple[Ops, Lane]) -> None:
    _, lane = ops
    lane.tell(step(1))
    lane.ends(1, Reason.EXPIRED)
    lane.link.set_lane_state(replace(lane_state(), faults=("camera.lost",)))
    expect(page.locator("#faults")).to_contain_text("Check the ribbon or USB cable")
    expect(page.locator("#outcomes")).to_contain_text("The document has expired.")
    before = page.locator("main").inner_text()
    page.reload()
    expect(page.locator("#outcomes")).to_contain_text("The document has expired.")
    assert page.locator("main").inner_text() == before


def test_a_referral_says_where_somebody_waits_and_why(page: Page, ops: tuple[Ops, Lane]) -> None:
    _, lane = ops
    lane.tell(replace(step(1), step="decision", outcome=Outcome.FAILED, reason=Reason.FACE_MISMATCH))
    waiting = LaneState("referred", datetime.now(UTC), id_of(1), "assist", None, (), 1, Doors("closed", "closed"))
    lane.link.set_lane_state(waiting)
    expect(page.locator("#faults")).to_contain_text("A traveller inside the lane waits for an officer")
    expect(page.locator("#faults")).to_contain_text("The face and the portrait do not match.")
    expect(page.locator("#person-first")).to_have_attribute("data-at", "inside")
    lane.link.set_lane_state(replace(waiting, screen="walk_back", doors=Doors("open", "closed")))
    expect(page.locator("#faults")).to_contain_text("A traveller is led back out")
    record = replace(transaction(1, Reason.FACE_MISMATCH), attention=("hold",))
    lane.tell(replace(record, started_at=datetime.now(UTC), ended_at=datetime.now(UTC)))
    expect(page.locator("#journey-end")).to_contain_text("hold the traveller")
    lane.link.set_lane_state(lane_state())
    expect(page.locator("#faults")).to_have_text("Nothing. All is well.")


@pytest.mark.parametrize("width", [360, 800, 1280, 1920])
def test_nothing_stands_over_its_card(page: Page, ops: tuple[Ops, Lane], width: int) -> None:
    _, lane = ops
    parts = tuple(f"dg{n}:ok" for n in range(1, 13))
    lane.tell(replace(step(1), step="passive_authentication", details=parts))
    lane.ends(1, Reason.EXPIRED)
    expect(page.locator("#outcomes tr")).to_have_count(1)
    page.locator("#journey-steps summary").click()
    page.set_viewport_size({"width": width, "height": 860})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    outside = page.evaluate(
        """() => [...document.querySelectorAll(".card")].flatMap((card) => {
            const edge = card.getBoundingClientRect().right;
            return [...card.querySelectorAll("li, p, dd, h2, span")]
                .filter((part) => !part.closest(".spoken, .scroll") && part.getBoundingClientRect().right > edge)
                .map((part) => part.textContent);
        })"""
    )
    assert outside == []


def test_lost_connections_are_shown(page: Page, ops: tuple[Ops, Lane]) -> None:
    started, lane = ops
    lane.tell(fault())
    expect(page.locator("#faults")).to_contain_text("closes the lane")
    expect(page.locator("#links")).to_contain_text("gate-7: online")
    lane.link.stop(timeout_s=1)
    expect(page.locator("#links")).to_contain_text("gate-7: offline")
    started.end(signal.SIGTERM)
    expect(page.locator("#links")).to_contain_text("page disconnected")


def test_the_page_can_be_read_without_eyes_or_mouse(page: Page, ops: tuple[Ops, Lane]) -> None:
    _, lane = ops
    lane.ends(1)
    expect(page.locator("#outcomes tr")).to_have_count(1)
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("main, header").count() == 2
    for section in page.locator("section").all():
        heading = page.locator(f"#{section.get_attribute('aria-labelledby')}")
        assert heading.inner_text().strip()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "scroll"
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(browser: Browser, ops: tuple[Ops, Lane], scheme: str) -> None:
    """WCAG 2.1, 1.4.3: contrast of at least 4.5 to 1 for every pair of colours that carries words."""
    page = browser.new_page(color_scheme=scheme)  # type: ignore[arg-type]  # parametrized with its two values
    page.goto(ops[0].url)
    tones = ("ready", "busy", "go", "assist", "alarm", "closed")
    pairs = [(ink, ground) for ink in ("ink", "quiet") for ground in ("ground", "card", "closed-soft")]
    pairs += [(tone, f"{tone}-soft") for tone in tones] + [(tone, "card") for tone in tones]
    colours = page.evaluate(
        "() => Object.fromEntries([...document.styleSheets[0].cssRules].length ? "
        "['ground','card','ink','quiet','ready','busy','go','assist','alarm','closed']"
        ".flatMap(n => [n, n + '-soft']).map(n => [n, getComputedStyle(document.documentElement)"
        ".getPropertyValue('--' + n).trim()]) : [])"
    )
    page.close()
    for ink, ground in pairs:
        assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_headers_allow_nothing_foreign(ops: tuple[Ops, Lane]) -> None:
    status, _, headers = ops[0].get("")
    assert status == 200
    assert headers["content-security-policy"].startswith("default-src 'self'")
    assert headers["x-content-type-options"] == "nosniff"
