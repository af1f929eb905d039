"""A clerk narrows the progress to a tag, and finds tags on the roster."""

import datetime as dt

from playwright.sync_api import Browser, expect
from starlette.testclient import TestClient

from app.main import create_app
from tests.browser.entering import bring_cookies
from tests.browser.house import House
from tests.browser.looking import arrived, looked_at
from tests.courses import make_course
from tests.employers import CHOSEN, agent, post, put
from tests.people import MALLORY
from tests.rosters import name_of, number_of

PEOPLE = 5


def _stock(house: House, client: TestClient) -> None:
    """Five people and a course; the first two bear a tag."""
    ids = [
        str(post(client, "/org/staff", {
            "name": name_of(place), "document_number": number_of(place), "unit": "一车间",
            "position": "焊工",
        }).json()["staff_id"])
        for place in range(PEOPLE)
    ]  # fmt: skip
    tag_id = post(client, "/org/tags", {"name": "动火作业"}).json()["tag_id"]
    for each in ids[:2]:
        assert put(client, f"/org/staff/{each}/tags", {"tag_ids": [tag_id]}).status_code < 300
    course = make_course(house.parts)
    due_on = str((house.parts.clock.now() + dt.timedelta(days=30)).date())
    asked = CHOSEN | {"course_id": course.course_id, "staff_ids": ids, "due_on": due_on}
    assert post(client, "/org/assignment-rules", asked).status_code == 201


def test_the_progress_of_a_tag(browser: Browser, house: House) -> None:
    context = browser.new_context(base_url=house.address, locale="zh-CN")
    context.set_default_timeout(60_000)
    with TestClient(create_app(house.parts)) as client:
        agent(client, house.parts, MALLORY)
        _stock(house, client)
        bring_cookies(context, house, client)
    page = context.new_page()
    page.goto("/employer/progress")
    expect(page.locator("table.matrix tbody tr")).to_have_count(PEOPLE)
    page.get_by_label("标签").fill("动火作业")
    page.get_by_role("button", name="查看").click()
    arrived(page, "*/employer/progress?*tag=*")
    rows = page.locator("table.matrix tbody tr")
    expect(rows).to_have_count(2)
    expect(page.get_by_label("标签")).to_have_value("动火作业")
    looked_at(page, "tags_matrix")
    page.goto("/employer/staff")
    expect(page.get_by_role("row", name=name_of(0))).to_contain_text("动火作业")
    looked_at(page, "tags_staff")
    context.close()
