"""What axe finds on a page, what is too wide for it, and a picture for people to look at."""

import os
import re
import time
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, Route, ViewportSize

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
PICTURES = Path("var/gallery")
ARE_WANTED = os.environ.get("PICTURES") == "1"
NARROW, PHONE = 320, 390
DESK: ViewportSize = {"width": 1440, "height": 900}
_AT_ONCE = """() => { const sheet = new CSSStyleSheet();
  sheet.replaceSync('*, *::before, *::after { transition: none !important }');
  document.adoptedStyleSheets = [sheet] }"""
SCHEMES: tuple[Literal["dark"], Literal["light"]] = ("dark", "light")
_ID = re.compile(r"[0-9A-Z]{26}")
_PATIENCE_S = 60
_looked: set[str] = set()


def arrived(page: Page, pattern: str) -> None:
    """Wait until a page of such an address is there.

    By looking again and again: Playwright's own waiting misses a page that comes between its look
    at the address and its listening for another, and then waits for one that never comes.
    """
    until = time.monotonic() + _PATIENCE_S
    while not fnmatchcase(page.url, pattern.replace("?", "[?]")):
        if time.monotonic() > until:
            raise AssertionError(page.url, page.locator("body").inner_text())
        page.wait_for_timeout(50)
    page.wait_for_load_state()


def stop_gliding(page: Page) -> None:
    """Let colours change at once: axe measures what it sees."""
    page.evaluate(_AT_ONCE)


def faults(page: Page, width: int) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    told = page.evaluate("axe.run({resultTypes: ['violations']})")
    found = [
        f"{violation['id']} {[node['target'] for node in violation['nodes']][:3]}"
        for violation in told["violations"]
    ]
    return found + _too_wide(page, width, "")


_WIDEST = """width => [...document.querySelectorAll('body *')]
  .filter(each => each.getBoundingClientRect().right > width
    || (each.scrollWidth > Math.max(each.clientWidth, 1) + 1 && each.clientWidth > 0))
  .map(each => `${each.tagName}#${each.id}.${each.className}`).slice(-3)"""


def _too_wide(page: Page, width: int, look: str) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide <= width:
        return []
    return [f"is {wide} px wide on {width}{look}, by {page.evaluate(_WIDEST, width)}"]


def narrow_faults(page: Page) -> list[str]:
    """On the narrowest phone, and with letters of twice the size: nothing scrolls sideways."""
    page.set_viewport_size({"width": NARROW, "height": 640})
    found = _too_wide(page, NARROW, "")
    page.set_viewport_size({"width": PHONE, "height": 844})
    page.evaluate(
        "size => { const root = document.documentElement;"
        " root.style.fontSize = parseFloat(getComputedStyle(root).fontSize) * size + 'px' }",
        2,
    )
    found += _too_wide(page, PHONE, " at 200 %")
    page.evaluate("document.documentElement.style.fontSize = ''")
    return found


def keep(page: Page, name: str, *, full: bool = True) -> None:
    """Leave a picture if they are wanted; ids in the name would make a new one every time."""
    if not ARE_WANTED:
        return
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{_ID.sub('x', name)}.png", full_page=full)


def look(page: Page, name: str) -> None:
    """On the way, once for each name: light and dark."""
    if name in _looked:
        return
    _looked.add(name)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(350)  # colours glide; axe measures what it sees
        found = faults(page, 390)
        assert not found, (name, scheme, *found)
        keep(page, f"way_{name}_{scheme}", full=False)


def looked_at(page: Page, name: str) -> None:
    """Look at a page on a phone and a desk, dark and light, and leave it on the phone."""
    stop_gliding(page)
    for label, size in (("phone", ViewportSize(width=PHONE, height=844)), ("desk", DESK)):
        page.set_viewport_size(size)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            found = faults(page, size["width"])
            assert not found, (name, label, scheme, *found)
            keep(page, f"{name}_{label}-{scheme}")
    page.set_viewport_size({"width": PHONE, "height": 844})


def faults_everywhere(page: Page, name: str) -> list[str]:
    """What is wrong on a phone and at a desk, light and dark; leaves a picture of each."""
    stop_gliding(page)
    found: list[str] = []
    for size in (ViewportSize(width=PHONE, height=844), DESK):
        page.set_viewport_size(size)
        for scheme in reversed(SCHEMES):
            page.emulate_media(color_scheme=scheme)
            found += faults(page, size["width"])
            keep(page, f"{name}_{size['width']}_{scheme}")
    return found


def looked_at_narrow(page: Page, name: str) -> None:
    """The same, and that nothing is too wide for the narrowest phone."""
    looked_at(page, name)
    assert not narrow_faults(page), name


def looked_at_from_desk(page: Page, name: str) -> None:
    """The same of a page at a desk, which is left as wide as it was."""
    looked_at_narrow(page, name)
    page.set_viewport_size(DESK)


def choose(page: Page, field: str, name: str, content: bytes) -> None:
    """Choose a file of this name and content."""
    page.locator(field).set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )


def without_noscript(route: Route) -> None:
    """As a browser reads a page that has no scripts; Playwright only does not run them."""
    if route.request.method != "GET":
        route.continue_()
        return
    answer = route.fetch()
    body = answer.text().replace("<noscript>", "").replace("</noscript>", "")
    route.fulfill(response=answer, body=body)
