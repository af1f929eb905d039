"""In front of the camera: the page says what is wrong until the face is seen well, then begins."""

import os
import re
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Playwright, expect

from tests import faces
from tests.browser import worker_way as way
from tests.browser.conftest import camera_phone, watched
from tests.browser.house import House
from tests.browser.looking import look
from tests.people import ALICE, Someone

_FPS, _TURNS = 30, (0.0, 0.5, 0.0, -0.5)


def _clip(path: Path, *, empty_s: int, seen_s: int) -> Path:
    """A grey wall, then a person who turns to both sides again and again."""
    wall = np.full((640, 480, 3), 128, np.uint8)
    part = 3 * _FPS // len(_TURNS)
    turns = [turn for turn in _TURNS for _ in range(part)] * (seen_s // 3)
    with path.open("wb") as file:
        for _ in range(empty_s * _FPS):
            file.write(cv2.imencode(".jpg", wall)[1].tobytes())
        for jpeg in faces.frames("a", turns):
            file.write(jpeg)
    return path


def _queue() -> float:
    """How many want each core now: beside other tests everything takes so many times longer."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def _to_the_camera(page, house: House, who: Someone) -> None:
    way.sign_in(page, house, who)
    page.locator("#f-number").fill(who.number)
    page.locator("#f-name").fill(who.name)
    page.get_by_role("button", name="核对").click()
    page.get_by_role("link", name="下一步").click()
    page.locator("#f-accepted").check()
    page.get_by_role("button", name="同意，去录入人脸").click()
    expect(page.locator("#begin")).to_be_visible()


@pytest.mark.xdist_group("test_guidance")
def test_who_is_not_seen_is_told_so_and_enrols_in_half_a_minute(
    playwright: Playwright, house: House, tmp_path: Path
) -> None:
    clip = _clip(tmp_path / "late.mjpeg", empty_s=4, seen_s=45)
    with camera_phone(playwright, house, clip) as phone, watched(phone) as page:
        _to_the_camera(page, house, ALICE)
        look(page, "enrol-face")
        began = time.monotonic()
        page.locator("#begin").click()
        expect(page.locator("#face-say")).to_have_text("没有看到脸，请正对镜头")
        look(page, "enrol-not-seen")
        say, again = page.locator("#face-say"), page.get_by_text("再来一次")
        done = page.get_by_role("link", name="去选一门课")
        expect(say).to_have_text(re.compile("请正对镜头，保持不动|没有录上"), timeout=60_000)
        if again.is_visible():  # looking took so long that the page gave up before there was a face
            began = time.monotonic()
            again.click()
            expect(say).to_have_text("请正对镜头，保持不动", timeout=60_000)
        look(page, "enrol-shooting")
        expect(done.or_(again)).to_be_visible(timeout=120_000)
        if again.is_visible():  # taking the pictures took so long that the film turned too early
            began = time.monotonic()
            again.click()
            expect(done).to_be_visible(timeout=120_000)
        assert time.monotonic() - began < 30 * _queue()


@pytest.mark.xdist_group("test_guidance")
def test_who_is_never_seen_hears_why_and_may_go_the_other_way(
    playwright: Playwright, house: House, tmp_path: Path
) -> None:
    clip = _clip(tmp_path / "wall.mjpeg", empty_s=5, seen_s=0)
    with camera_phone(playwright, house, clip) as phone, watched(phone) as page:
        _to_the_camera(page, house, ALICE)
        page.locator("#begin").click()
        expect(page.locator("#trouble")).to_have_text("没有看到脸，请正对镜头。")
        expect(page.locator("#begin")).to_have_text("再来一次")
        look(page, "enrol-gave-up")
        page.get_by_role("button", name="关掉语音提示").click()
        expect(page.locator("#voice")).to_have_text("打开语音提示")
        page.get_by_role("link", name="不用人脸，改用保密问题").click()
        expect(page.locator("#f-answers-0-question")).to_be_visible()
