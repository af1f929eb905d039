"""A phone in front of the running product."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    StorageState,
    sync_playwright,
)

from tests.browser.chromium import NODE, find_chromium
from tests.browser.clips import make_clip
from tests.browser.films import ShortCourse, make_short_course
from tests.browser.house import House, open_house

PHONE = {"width": 390, "height": 844}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
    # They live through real seconds: begun first, they wait while the others work.
    items.sort(key=lambda item: here not in item.path.parents)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(NODE))
    with sync_playwright() as opened:
        yield opened


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    chromium = find_chromium()
    launched = playwright.chromium.launch(
        executable_path=chromium.path,
        env=os.environ | chromium.environment,
        args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
    )
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two people in front of a camera, turning their heads all the time."""
    folder = tmp_path_factory.mktemp("clips")
    return {name: make_clip(folder / f"{name}.mjpeg", name) for name in ("a", "b")}


@pytest.fixture
def house(tmp_path: Path, sqlite_template: Path) -> Iterator[House]:
    database = tmp_path / "house.db"
    shutil.copyfile(sqlite_template, database)
    with open_house(tmp_path / "var", database) as opened:
        yield opened


@pytest.fixture
def course(house: House) -> ShortCourse:
    return make_short_course(house.parts)


@pytest.fixture
def phone(browser: Browser, house: House) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport=PHONE, device_scale_factor=1, is_mobile=True, has_touch=True, locale="zh-CN",
        timezone_id="Asia/Shanghai", base_url=house.address,
    )  # fmt: skip
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(phone: BrowserContext) -> Iterator[Page]:
    """A page whose own errors fail the test."""
    with watched(phone) as opened:
        yield opened


@contextmanager
def watched(context: BrowserContext) -> Iterator[Page]:
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    yield opened
    assert faults == []


# The browser's fake camera shows the same pixels whenever its film comes round; no lens does.
_GRAIN = """
const draw = CanvasRenderingContext2D.prototype.drawImage;
CanvasRenderingContext2D.prototype.drawImage = function (source, ...place) {
  draw.call(this, source, ...place);
  if (source instanceof HTMLVideoElement) {
    for (let n = 0; n < 40; n += 1) {
      this.fillStyle = `rgba(${255 * Math.random()}, 90, 90, 0.3)`;
      this.fillRect(this.canvas.width * Math.random(), 40 * Math.random(), 3, 3);
    }
  }
};
"""


@contextmanager
def camera_phone(
    playwright: Playwright, house: House, clip: Path, state: StorageState | None = None,
    *, has_grain: bool = True,
) -> Iterator[BrowserContext]:  # fmt: skip
    """A phone whose camera sees the clip; `state` brings another phone's cookies along."""
    chromium = find_chromium()
    browser = playwright.chromium.launch(
        executable_path=chromium.path,
        env=os.environ | chromium.environment,
        args=[
            "--no-sandbox", "--autoplay-policy=no-user-gesture-required",
            "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={clip}",
        ],
    )  # fmt: skip
    context = browser.new_context(
        viewport=PHONE, device_scale_factor=1, is_mobile=True, has_touch=True, locale="zh-CN",
        timezone_id="Asia/Shanghai", base_url=house.address, storage_state=state,
        permissions=["camera"],
    )  # fmt: skip
    context.set_default_timeout(15_000)
    if has_grain:
        context.add_init_script(_GRAIN)
    try:
        yield context
    finally:
        browser.close()
