"""Coming into the running product: by its page, or with the cookies of somebody who signed in."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, expect
from starlette.testclient import TestClient

from app.main import create_app
from tests.browser.house import House
from tests.people import Someone, newest_code, sign_in


def bring_cookies(context: BrowserContext, house: House, client: TestClient) -> None:
    """Let a browser go on where a client is."""
    context.add_cookies(
        [{"name": n, "value": v, "url": house.address} for n, v in client.cookies.items()]
    )


def enter(context: BrowserContext, house: House, who: Someone) -> None:
    """Let a browser be somebody's who signed in, past the second factor where there is one."""
    with TestClient(create_app(house.parts)) as client:
        sign_in(client, house.parts, who)
        bring_cookies(context, house, client)


@contextmanager
def browser_of(browser: Browser, house: House, who: Someone, size: dict) -> Iterator[Page]:
    """A page of a browser of one's own, signed in."""
    context = browser.new_context(base_url=house.address, locale="zh-CN", viewport=size)
    context.set_default_timeout(60_000)
    enter(context, house, who)
    yield context.new_page()
    context.close()


def by_code(page: Page, house: House, who: Someone) -> None:
    """Sign in on the page, by the code in the message."""
    page.goto("/sign-in")
    form = page.locator("#sign-in")
    form.get_by_label("手机号").fill(who.phone)
    form.get_by_role("button", name="获取验证码").click()
    expect(page.locator("#code-sent")).to_contain_text("已发送")
    form.get_by_label("短信验证码").fill(newest_code(house.parts, who.phone))
    form.get_by_role("button", name="登录", exact=True).click()
