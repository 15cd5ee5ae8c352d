"""The technician's page in a real browser: live, readable with and without eyes and mouse, nothing from elsewhere."""

import os
import shutil
from collections.abc import Iterator

import pytest
from capture_sights import sight, snapshot
from playwright.sync_api import Browser, Page, expect, sync_playwright

from egate.face.quality.judgement import Finding
from egate.face.snapshot import Phase
from egate.runtime.technician import TechnicianServer

CHROMIUM = os.environ.get("EGATE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
TIMEOUT_MS = 15_000
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here; on Debian: apt install chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def gate() -> Iterator[TechnicianServer]:
    server = TechnicianServer(("127.0.0.1", 0), "gate-1")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def page(browser: Browser, gate: TechnicianServer) -> Iterator[Page]:
    """An open page, which must neither complain nor ask anybody else before it is closed."""
    complaints: list[str] = []
    page = browser.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" and "net::ERR" not in m.text else None)
    page.on("request", lambda asked: None if asked.url.startswith(gate.url) else complaints.append(asked.url))
    page.goto(gate.url)
    expect(page.locator("body")).to_have_attribute("data-link", "up")
    yield page
    page.close()
    assert complaints == []


def bar(page: Page, key: str) -> tuple[str, str]:
    """(width of a score's bar, where its line stands), both of 100."""
    meter = page.locator(f".row[data-key={key}] .meter")
    return meter.locator(".fill").get_attribute("width") or "", meter.locator(".mark").get_attribute("x1") or ""


def test_it_follows_a_capture_and_forgets_it(page: Page, gate: TechnicianServer) -> None:
    expect(page.locator("#phase")).to_have_text("Nobody stands before the camera.")
    expect(page.locator("main")).to_be_hidden()
    expect(page.locator(".warning")).to_contain_text("Never show these scores to a traveller")
    gate.show(sight(snapshot(finding=Finding.NOT_FRONTAL)))
    expect(page.locator("#told")).to_have_text("Look straight ahead")
    expect(page.locator("#why")).to_have_text("The head is turned.")
    expect(page.locator("#measures tr[data-tone=alarm]")).to_contain_text("-25 … 25")
    expect(page.locator("#rate")).to_have_text("9.8 frames a second")
    gate.show(sight(snapshot(Phase.CHALLENGE)))
    expect(page.locator("#phase")).to_have_text("Light challenge")
    expect(page.locator("#swatch")).to_have_attribute("fill", "#bcb4f9")
    expect(page.locator("#lamp")).to_have_text("Lamp: red 0.50, green 0.45, blue 0.95")
    gate.show(sight(snapshot(Phase.DONE, network=0.9, light=0.1)))
    expect(page.locator("#phase")).to_have_text("Done: alarm")
    gate.show(None)
    expect(page.locator("main")).to_be_hidden()
    assert page.locator("main .row, main tbody tr").count() == 0, "what is over is not even hidden there"
    assert page.locator("#told").text_content() == ""


def test_bars_show_scores_and_lines_and_words_say_the_same(page: Page, gate: TechnicianServer) -> None:
    gate.show(sight(snapshot(network=0.9)))
    network = page.locator(".row[data-key=network]")
    expect(network.locator(".words")).to_have_text("0.90 like an attack")
    assert bar(page, "network")[0] == "90"
    assert bar(page, "sequence") == ("90", "70")
    expect(network.locator(".mark")).to_be_hidden()
    expect(page.locator(".row[data-key=sequence] .words")).to_have_text("0.90 ALARM")
    expect(page.locator(".row[data-key=active] .about")).to_contain_text("undetermined: Light challenge")
    expect(page.locator(".row[data-key=geometry]")).to_contain_text("Not watched for long enough")
    expect(page.locator(".row[data-key=final] .words")).to_have_text("– no score yet")
    gate.show(sight(snapshot(network=0.2, light=0.1)))
    expect(page.locator(".row[data-key=final] .words")).to_contain_text("no alarm")
    assert bar(page, "network")[0] == "20"


def test_what_was_opened_stays_open(page: Page, gate: TechnicianServer) -> None:
    gate.show(sight(snapshot()))
    features = page.locator(".row[data-key=network] details")
    features.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(features.locator("tbody tr").first).to_have_text("tight-3.20.1 ± 3.9-0.8+2.3")
    gate.show(sight(snapshot(network=0.5)))
    expect(page.locator(".row[data-key=network] .words")).to_contain_text("0.50")
    assert features.evaluate("details => details.open")
    assert page.evaluate("() => document.activeElement.tagName") == "SUMMARY"


def test_without_the_gate_nothing_old_is_taken_for_live(page: Page, gate: TechnicianServer) -> None:
    gate.show(sight(snapshot()))
    expect(page.locator("main")).to_be_visible()
    gate.stop()
    expect(page.locator("#link")).to_have_text("The gate does not answer.")
    expect(page.locator("main")).to_be_hidden()
    gate.start()
    expect(page.locator("#link")).to_have_text("live")
    expect(page.locator("#phase")).to_have_text("Nobody stands before the camera.")


def test_it_can_be_read_without_eyes_or_mouse(page: Page, gate: TechnicianServer) -> None:
    gate.show(sight(snapshot(network=0.9)))
    expect(page.locator("main")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("main, header").count() == 2
    for section in page.locator("section").all():
        assert page.locator(f"#{section.get_attribute('aria-labelledby')}").inner_text().strip()
    sequence = page.get_by_role("meter", name="Over all frames")
    assert [sequence.get_attribute(f"aria-value{end}") for end in ("min", "now", "max", "text")] == [
        "0", "0.9", "1", "0.90 ALARM",
    ]  # fmt: skip
    assert page.get_by_role("meter").count() == 6
    assert page.get_by_role("status").inner_text() == "Looking for good frames"
    for table in page.locator("table:visible").all():
        assert table.locator("thead th[scope=col]").count() >= 3
        assert table.locator("tbody th[scope=row]").count() == table.locator("tbody tr").count()
    for shape in page.locator("svg:not([role])").all():
        assert shape.get_attribute("aria-hidden") == "true"
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.tagName") == "SUMMARY"


@pytest.mark.parametrize("width", [320, 360, 800, 1280, 1920])
def test_nothing_stands_over_its_card(page: Page, gate: TechnicianServer, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 860})
    gate.show(sight(snapshot(Phase.CHALLENGE, Finding.NOT_FRONTAL, 0.9)))
    page.locator(".row[data-key=network] summary").click()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    outside = page.evaluate(
        """() => [...document.querySelectorAll(".card")].flatMap((card) => {
            const edge = card.getBoundingClientRect().right;
            return [...card.querySelectorAll("li, p, td, th, h2, h3, .meter")]
                .filter((part) => !part.closest(".scroll") && part.getBoundingClientRect().right > edge)
                .map((part) => part.textContent);
        })"""
    )
    assert outside == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(browser: Browser, gate: TechnicianServer, scheme: str) -> None:
    """WCAG 2.2, 1.4.3: contrast of at least 4.5 to 1 for words; 1.4.11: of 3 to 1 for bars and their lines."""
    page = browser.new_page(color_scheme=scheme)  # type: ignore[arg-type]  # parametrized with its two values
    page.goto(gate.url)
    names = ("ground", "card", "ink", "quiet", "track", "warning", "warning-soft", "fine", "alarm", "open",
             "fine-soft", "alarm-soft", "open-soft")  # fmt: skip
    colours = page.evaluate(
        """(names) => Object.fromEntries(names.map((name) =>
            [name, getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim()]))""",
        list(names),
    )
    page.close()
    tones = ("fine", "alarm", "open")
    words = [("ink", "ground"), ("ink", "card"), ("quiet", "ground"), ("quiet", "card"), ("warning", "warning-soft")]
    words += [(tone, "card") for tone in tones] + [(tone, f"{tone}-soft") for tone in tones]
    for ink, ground in words:
        assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    for drawn in (*tones, "ink"):
        assert contrast(colours[drawn], colours["track"]) >= 3, drawn


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2, definition of contrast ratio)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
