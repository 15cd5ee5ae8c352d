"""Takes the pictures of ``docs/pictures`` from the running demo: ``python -m egate_tools.pictures [FOLDER]``.

Nothing is arranged for the camera: the demo runs in real time, and a picture is taken when the lane is where it should
be. Needs Chromium and what the tests need (``make setup-test``); takes about three minutes.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from egate_tools.demo_run import Demo
from egate_tools.picture_files import TERMINAL_STYLE, as_html, save, sheet

_CHROMIUM = os.environ.get("EGATE_CHROMIUM") or shutil.which("chromium")
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
              "--disable-component-update", "--disable-sync")  # fmt: skip
_PATIENCE_S = 240.0  # the travellers come round again in less
_POLL_S = 0.05
_SETTLED_MS = 350  # the page has moved what it moves
_SCREENS = ("place_document", "reading", "take_document", "walk_in",
            "look_at_camera", "exit_open", "goodbye", "assist")  # fmt: skip
_ALARM_STANDS = (
    "() => document.body.dataset.phase === 'done' && document.querySelector('#phase').dataset.tone === 'alarm'"
)
_MIRROR_STANDS = "() => document.querySelector('.mirror').naturalWidth > 0"


def main() -> None:
    parser = argparse.ArgumentParser(description="Take the pictures of the documentation from the running demo.")
    parser.add_argument("folder", type=Path, nargs="?", default=Path("docs/pictures"))
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    take_people(folder)
    take_door(folder)
    with tempfile.TemporaryDirectory() as run, Demo(Path(run)) as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=list(_ARGUMENTS))
        take_screens(browser, demo, folder)
        take_technician(browser, demo, folder)
        take_terminal(browser, demo, folder)
        take_dashboards(browser, demo, folder)
        browser.close()


def take_door(folder: Path) -> None:
    """What a technician sees while the entry of a simulated door has opened and somebody stands in it."""
    with tempfile.TemporaryDirectory() as made:
        port = Path(made) / "door"
        world = [sys.executable, "-m", "egate_sim", "door", "--link", str(port)]
        with subprocess.Popen(world, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as door:  # noqa: S603
            assert door.stdin is not None  # noqa: S101 - asked for
            assert door.stdout is not None  # noqa: S101 - asked for
            door.stdout.readline()  # it is there
            watch = ["-m", "egate_tools", "door", "watch", "--port", str(port), "--open", "entry", "--seconds", "1.6"]
            door.stdin.write("entry.curtain 56\n")
            door.stdin.flush()
            picture = ["--svg", str(folder / "door-watch.svg")]
            subprocess.run([sys.executable, *watch, *picture], check=True, stdout=subprocess.DEVNULL)  # noqa: S603
            door.communicate("quit\n")


def take_people(folder: Path) -> None:
    """Some of the cast, each as portrait, live and as attacks."""
    with tempfile.TemporaryDirectory() as made:
        out = Path(made) / "people.png"
        command = [sys.executable, "-m", "egate_sim.people.gallery", str(out), "--people", "3"]
        subprocess.run(command, check=True)  # noqa: S603 - our own module
        people = Image.open(out)
        small = people.resize((900, 900 * people.height // people.width), Image.Resampling.LANCZOS)
        save(small, folder / out.name)


def take_screens(browser: Browser, demo: Demo, folder: Path) -> None:
    """What one traveller is shown, in order, on one sheet; the last one is a referral."""
    page = browser.new_page(viewport={"width": 540, "height": 960}, reduced_motion="reduce")
    page.goto(demo.screen_url)
    pictures = []
    for screen in _SCREENS:
        page.wait_for_function("screen => document.body.dataset.screen === screen", arg=screen,
                               timeout=_PATIENCE_S * 1000)  # fmt: skip
        if screen == "look_at_camera":
            page.wait_for_function(_MIRROR_STANDS)
        pictures.append(page.screenshot())
    page.close()
    save(sheet(pictures, columns=4, tile=(300, 533)), folder / "traveller.png")


def take_technician(browser: Browser, demo: Demo, folder: Path) -> None:
    """What the technician sees of the first presentation attack when it is over."""
    page = browser.new_page(viewport={"width": 1280, "height": 900}, device_scale_factor=1.5)
    page.goto(demo.technician_url)
    page.wait_for_function(_ALARM_STANDS, timeout=_PATIENCE_S * 1000)
    _shoot(page, folder / "technician.png", lambda: page.screenshot(full_page=True))
    page.close()


def take_terminal(browser: Browser, demo: Demo, folder: Path) -> None:
    """The lines of the first traveller, in the colours of a terminal."""
    lines = demo.lines_of_visit(0, _PATIENCE_S)
    page = browser.new_page(viewport={"width": 900, "height": 400}, device_scale_factor=1.5)
    page.set_content(f"<style>{TERMINAL_STYLE}</style><pre>{as_html(lines)}</pre>")
    _shoot(page, folder / "terminal.png", page.locator("pre").screenshot)
    page.close()


def take_dashboards(browser: Browser, demo: Demo, folder: Path) -> None:
    """The operations centre: a referral inside the lane, then somebody who passes, by day and by night."""
    light, dark = (_operations(browser, demo, scheme) for scheme in ("light", "dark"))
    _wait_for(demo, lambda lane: lane["state"] == "referred" and lane["occupancy"] == 1)
    _shoot(light, folder / "dashboard-referral.png", light.screenshot)
    demo.wait_for_visit(demo.visits_a_round, _PATIENCE_S)
    _wait_for(demo, lambda lane: lane["state"] == "exit_open" and lane["doors"]["exit"] == "moving")
    light.wait_for_timeout(_SETTLED_MS)
    taken = [page.screenshot() for page in (light, dark)]
    for page, picture, name in zip((light, dark), taken, ("dashboard.png", "dashboard-dark.png"), strict=True):
        save(picture, folder / name)
        page.close()


def _operations(browser: Browser, demo: Demo, scheme: Any) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 860}, device_scale_factor=1.5, color_scheme=scheme)
    page.goto(demo.dashboard_url)
    return page


def _wait_for(demo: Demo, fits: Callable[[dict[str, Any]], bool]) -> None:
    """Until the lane, as the operations centre knows it, is as wanted. Raises TimeoutError."""
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        with urllib.request.urlopen(f"{demo.dashboard_url}api/state", timeout=5) as answer:  # noqa: S310 - our own loopback URL
            lanes = [gate["lane"] for gate in json.load(answer)["gates"]]
        if any(lane is not None and fits(lane) for lane in lanes):
            return
        time.sleep(_POLL_S)
    raise TimeoutError(f"the lane did not come to the wanted state within {_PATIENCE_S:.0f} s")


def _shoot(page: Page, path: Path, shoot: Callable[[], bytes]) -> None:
    page.wait_for_timeout(_SETTLED_MS)
    save(shoot(), path)


if __name__ == "__main__":
    main()
