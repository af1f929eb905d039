"""A phone in front of the running product."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    StorageState,
    expect,
    sync_playwright,
)

from tests import faces
from tests.browser import clips as clip_maker
from tests.browser.chromium import NODE, find_chromium
from tests.browser.clips import make_clip
from tests.browser.films import ShortCourse, make_short_course
from tests.browser.house import House, open_house
from tests.browser.issued import Issued, open_office
from tests.locks import alone

PHONE = {"width": 390, "height": 844}
# ms. What comes is seen at once; on a machine where several browsers begin at once it comes later.
_PATIENCE = 60_000
expect.set_options(timeout=_PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


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
def clips() -> dict[str, Path]:
    """Two people in front of a camera, turning their heads all the time; filmed once."""
    made_by = b"".join(Path(each.__file__).read_bytes() for each in (faces, clip_maker))
    version = hashlib.sha256(made_by).hexdigest()[:12]
    with alone("clips") as folder:
        found = {name: folder / f"{name}-{version}.mjpeg" for name in ("a", "b")}
        for name, path in found.items():
            if not path.exists():
                made = make_clip(path.with_suffix(".part"), name)
                made.rename(path)
        return found


@pytest.fixture
def house(tmp_path: Path, sqlite_template: Path) -> Iterator[House]:
    database = tmp_path / "house.db"
    shutil.copyfile(sqlite_template, database)
    with open_house(tmp_path / "var", database) as opened:
        yield opened


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Issued]:
    """A house with one certificate, for all tests of a module."""
    with open_office(tmp_path_factory.mktemp("office"), sqlite_template) as office:
        yield office


@pytest.fixture
def course(house: House) -> ShortCourse:
    return make_short_course(house.parts)


@pytest.fixture
def phone(browser: Browser, house: House) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport=PHONE, device_scale_factor=1, is_mobile=True, has_touch=True, locale="zh-CN",
        timezone_id="Asia/Shanghai", base_url=house.address,
    )  # fmt: skip
    context.set_default_timeout(_PATIENCE)
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


@contextmanager
def phone_at(browser: Browser, house: House, **more: Any) -> Iterator[Page]:
    """A page on a phone of its own, whose errors fail the test; `more` is for its context."""
    context = browser.new_context(
        viewport=PHONE, is_mobile=True, has_touch=True, locale="zh-CN",
        timezone_id="Asia/Shanghai", base_url=house.address, **more,
    )  # fmt: skip
    with watched(context) as page:
        yield page
    context.close()


# The browser's fake camera shows the same pixels whenever its film comes round; no lens does, and
# no hand holds a phone twice in the same way.
_GRAIN = """
const draw = CanvasRenderingContext2D.prototype.drawImage;
const about = (most) => most * (2 * Math.random() - 1);
CanvasRenderingContext2D.prototype.drawImage = function (source, ...place) {
  if (!(source instanceof HTMLVideoElement)) {
    draw.call(this, source, ...place);
    return;
  }
  const { width, height } = this.canvas;
  this.save();
  this.translate(width / 2 + about(10), height / 2 + about(10));
  this.rotate(about(0.05));
  this.translate(-width / 2, -height / 2);
  draw.call(this, source, ...place);
  this.restore();
  for (let n = 0; n < 40; n += 1) {
    this.fillStyle = `rgba(${255 * Math.random()}, 90, 90, 0.3)`;
    this.fillRect(this.canvas.width * Math.random(), 40 * Math.random(), 3, 3);
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
    context.set_default_timeout(_PATIENCE)
    if has_grain:
        context.add_init_script(_GRAIN)
    try:
        yield context
    finally:
        browser.close()
