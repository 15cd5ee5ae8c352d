"""The traveller's screen in a real browser: every instruction is seen, read and understood by machines too."""

import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from egate.runtime.screen import ScreenServer
from egate.runtime.screen.server import TEXTS_DIR
from egate.runtime.screen.texts import TEXT_MAX, TITLE_MAX, load
from egate.screens import Guidance, Screen, ScreenState

CHROMIUM = os.environ.get("EGATE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PORTRAIT, LANDSCAPE = (540, 960), (960, 540)
TIMEOUT_MS = 15_000
STATES = [ScreenState(screen) for screen in Screen] + [
    ScreenState(Screen.LOOK_AT_CAMERA, guidance, 0.5) for guidance in Guidance
]

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
def screen() -> Iterator[ScreenServer]:
    server = ScreenServer("127.0.0.1", 0)
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=[PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
def page(browser: Browser, screen: ScreenServer, request: pytest.FixtureRequest) -> Iterator[Page]:
    yield from opened(browser, screen, request.param)


def opened(browser: Browser, screen: ScreenServer, size: tuple[int, int]) -> Iterator[Page]:
    """A page without movement, which must not complain before it is closed."""
    complaints: list[str] = []
    width, height = size
    page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page.set_default_timeout(TIMEOUT_MS)
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(screen.url)
    yield page
    page.close()
    assert complaints == []


def wait_for(page: Page, state: ScreenState) -> None:
    page.wait_for_function(
        "([screen, guidance]) => document.body.dataset.screen === screen"
        " && document.body.dataset.guidance === guidance",
        arg=[state.screen.value, state.guidance.value if state.guidance else ""],
    )


def test_every_instruction_has_its_pictogram_and_its_words(page: Page, screen: ScreenServer) -> None:
    texts = load(TEXTS_DIR)["en"]
    for state in STATES:
        screen.show(ScreenState(Screen.PLEASE_WAIT))  # guidance to guidance would wait until it was read
        wait_for(page, ScreenState(Screen.PLEASE_WAIT))
        screen.show(state)
        wait_for(page, state)
        name = state.guidance or state.screen
        drawn = page.locator(".plate .pictogram.on")
        assert drawn.get_attribute("data-pictogram") == name.value
        box = drawn.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) > 100
        assert drawn.locator("path, rect, circle, ellipse, use").count() > 0
        title = texts.guidance[state.guidance] if state.guidance else texts.screens[state.screen].title
        assert page.locator("h1").inner_text() == title


def test_the_longest_words_fit(browser: Browser, tmp_path: Path) -> None:
    english = (TEXTS_DIR / "en.toml").read_text()
    title, text = ("Wartungsarbeiten " * 9)[:TITLE_MAX], ("Grenzkontrollbeamte kommen gleich " * 9)[:TEXT_MAX]
    (tmp_path / "en.toml").write_text(
        english.replace('"Please wait here"', f'"{title}"').replace('"An officer is coming to help you"', f'"{text}"')
    )
    server = ScreenServer("127.0.0.1", 0, tmp_path)
    server.start()
    server.show(ScreenState(Screen.ASSIST))
    for size in (PORTRAIT, LANDSCAPE):
        for page in opened(browser, server, size):
            wait_for(page, ScreenState(Screen.ASSIST))
            boxes = [page.locator(part).bounding_box() for part in ("figure", "h1", "p")]
            for box in boxes:
                assert box is not None
                assert box["x"] >= 0
                assert box["y"] >= 0
                assert box["x"] + box["width"] <= size[0]
                assert box["y"] + box["height"] <= size[1]
    server.stop()


def test_guidance_changes_no_faster_than_it_can_be_read(browser: Browser, screen: ScreenServer) -> None:
    for page in opened(browser, screen, PORTRAIT):
        page.evaluate(
            """() => {
                window.seen = [];
                const watch = () => window.seen.push([document.body.dataset.guidance, performance.now()]);
                new MutationObserver(watch).observe(document.body, {attributeFilter: ["data-guidance"]});
            }"""
        )
        screen.show(ScreenState(Screen.LOOK_AT_CAMERA))
        wait_for(page, ScreenState(Screen.LOOK_AT_CAMERA))
        for guidance in (Guidance.MOVE_LEFT, Guidance.MOVE_RIGHT, Guidance.HOLD_STILL):
            screen.show(ScreenState(Screen.LOOK_AT_CAMERA, guidance))
        wait_for(page, ScreenState(Screen.LOOK_AT_CAMERA, Guidance.HOLD_STILL))
        changes = dict(page.evaluate("window.seen"))
        assert "move_right" not in changes
        assert changes["hold_still"] - changes[""] >= 850


def test_the_mirror_shows_the_picture_and_forgets_it(page: Page, screen: ScreenServer) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (40, 50), (200, 30, 30)).save(picture, "JPEG")
    screen.show(ScreenState(Screen.LOOK_AT_CAMERA, progress=0.5))
    screen.offer_mirror(picture.getvalue())
    mirror = page.locator(".mirror")
    mirror.wait_for(state="visible")
    page.wait_for_function("() => document.querySelector('.mirror').naturalWidth === 40")
    screen.show(ScreenState(Screen.LOOK_AT_CAMERA, Guidance.MOVE_CLOSER))
    screen.offer_mirror(picture.getvalue())
    page.locator(".badge .pictogram[data-pictogram=move_closer]").wait_for(state="visible")
    screen.show(ScreenState(Screen.PLEASE_WAIT))
    wait_for(page, ScreenState(Screen.PLEASE_WAIT))
    assert mirror.is_hidden()
    assert mirror.get_attribute("src") is None
    assert page.locator(".badge").is_hidden()


def test_the_mirror_stands_long_enough_to_be_seen(browser: Browser, screen: ScreenServer) -> None:
    """However quick the capture, and nothing of the picture is left afterwards."""
    picture = io.BytesIO()
    Image.new("RGB", (40, 50), (200, 30, 30)).save(picture, "JPEG")
    for page in opened(browser, screen, PORTRAIT):
        page.evaluate(
            """() => {
                window.seen = {};
                const image = document.querySelector(".mirror");
                const watch = () => {
                    if (!image.hidden) window.seen.stood ??= performance.now();
                    else if (window.seen.stood) window.seen.gone ??= performance.now();
                };
                new MutationObserver(watch).observe(image, {attributeFilter: ["hidden"]});
            }"""
        )
        screen.show(ScreenState(Screen.LOOK_AT_CAMERA, progress=0.5))
        screen.offer_mirror(picture.getvalue())
        page.locator(".mirror").wait_for(state="visible")
        screen.offer_mirror(None)  # the capture is over
        screen.show(ScreenState(Screen.EXIT_OPEN))
        wait_for(page, ScreenState(Screen.EXIT_OPEN))
        seen = page.evaluate("window.seen")
        assert seen["gone"] - seen["stood"] >= 1150
        assert page.locator(".mirror").get_attribute("src") is None


def test_progress_fills_the_ring(browser: Browser, screen: ScreenServer) -> None:
    for page in opened(browser, screen, PORTRAIT):
        screen.show(ScreenState(Screen.READING, progress=0.75))
        page.wait_for_function("() => parseFloat(document.querySelector('.arc').style.strokeDasharray) === 0.75")
        screen.show(ScreenState(Screen.PLEASE_WAIT))
        page.wait_for_function("() => !document.querySelector('.ring').classList.contains('on')")


def test_without_the_controller_the_page_asks_for_an_officer_and_comes_back_by_itself(browser: Browser) -> None:
    server = ScreenServer("127.0.0.1", 0)
    server.start()
    server.show(ScreenState(Screen.READING))
    page = browser.new_page(viewport={"width": 540, "height": 960})
    page.set_default_timeout(TIMEOUT_MS)
    page.goto(server.url)
    wait_for(page, ScreenState(Screen.READING))
    server.stop()
    page.wait_for_function("() => document.body.dataset.link === 'down'")
    wait_for(page, ScreenState(Screen.ASSIST))
    assert page.locator("h1").inner_text() == load(TEXTS_DIR)["en"].screens[Screen.ASSIST].title
    server.start()
    server.show(ScreenState(Screen.WELCOME))
    wait_for(page, ScreenState(Screen.WELCOME))
    page.close()
    server.stop()


def test_contrasts_are_those_of_wcag(browser: Browser, screen: ScreenServer) -> None:
    """WCAG 2.2: 1.4.6 words 7:1; 1.4.11 what a pictogram needs to be understood 3:1."""
    for page in opened(browser, screen, PORTRAIT):
        for shown in (Screen.CLOSED, Screen.WELCOME, Screen.ENTER, Screen.ASSIST):
            screen.show(ScreenState(shown))
            wait_for(page, ScreenState(shown))
            colours: dict[str, Any] = page.evaluate(
                """() => Object.fromEntries(["ground", "ground-edge", "plate", "ink", "soft-ink", "accent"].map(
                    (name) => [name, getComputedStyle(document.body).getPropertyValue("--" + name).trim()]))"""
            )
            for ground in ("ground", "ground-edge"):
                assert contrast(colours["ink"], colours[ground]) >= 7
                assert contrast(colours["soft-ink"], colours[ground]) >= 7
            for drawn in ("ink", "accent"):
                assert contrast(colours[drawn], colours["plate"]) >= 3


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two #rrggbb colours (WCAG 2.2, definition of contrast ratio)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_language_and_direction_reach_the_document(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_bytes((TEXTS_DIR / "en.toml").read_bytes())
    (tmp_path / "ar.toml").write_text('name = "العربية"\ndirection = "rtl"\n[screens]\n', "utf-8")
    server = ScreenServer("127.0.0.1", 0, tmp_path)
    server.start()
    server.show(ScreenState(Screen.WELCOME, language="ar"))
    for page in opened(browser, server, LANDSCAPE):
        wait_for(page, ScreenState(Screen.WELCOME))
        assert page.locator("html").get_attribute("dir") == "rtl"
        assert page.locator("html").get_attribute("lang") == "ar"
    server.stop()
