"""A mail address of one's own: proven by a code, shown to its person alone, taken away."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from starlette.testclient import TestClient

from app.identity.providers.mail import SimulatedMail
from app.identity.providers.wire import VendorError
from app.identity.rules.vendor_calls import Failure
from app.lobby.parts import Parts
from app.main import create_app
from tests.employers import delete, post
from tests.people import ALICE, sign_in

ADDRESS = "li.xiaomei@factory.example"


@dataclass
class Box:
    """What came to whom."""

    letters: list[tuple[str, str]] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.letters[-1][1].partition("验证码是 ")[2][:6]


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def alice(parts: Parts, box: Box) -> Iterator[TestClient]:
    mail = SimulatedMail(lambda to, text, _at: box.letters.append((to, text)))
    with TestClient(create_app(replace(parts, mail=mail)), follow_redirects=False) as opened:
        sign_in(opened, parts, ALICE)
        yield opened


def _choices(client: TestClient) -> dict:
    return client.get("/api/v1/me/message-choices").json()


def test_an_address_is_proven_shown_and_taken_away(alice: TestClient, box: Box) -> None:
    assert post(alice, "/me/mail", {"address": f" {ADDRESS} "}).status_code == 202
    assert [to for to, _ in box.letters] == [ADDRESS]
    assert _choices(alice)["address"] == ""
    assert "验证码已发到" in alice.get("/me/messages").text
    wrong = post(alice, "/me/mail/confirmation", {"code": "000000"})
    assert wrong.json()["code"] == "wrong_code"
    assert post(alice, "/me/mail/confirmation", {"code": box.code}).status_code == 204
    assert _choices(alice)["address"] == ADDRESS
    assert f'已验证：<span class="break-all">{ADDRESS}' in alice.get("/me/messages").text
    told = [each["kind"] for each in alice.get("/api/v1/me/notices").json()]
    assert "mail_proven" in told
    spent = post(alice, "/me/mail/confirmation", {"code": box.code})
    assert spent.json()["code"] == "spent_code"
    assert delete(alice, "/me/mail").status_code == 204
    assert _choices(alice)["address"] == ""


def test_a_code_is_sent_once_a_minute(alice: TestClient, box: Box) -> None:
    post(alice, "/me/mail", {"address": ADDRESS})
    again = post(alice, "/me/mail", {"address": "other@factory.example"})
    assert (again.status_code, len(box.letters)) == (429, 1)


@pytest.mark.parametrize(
    ("failure", "detail", "status", "code"),
    [
        (Failure.REFUSED, "rcpt 550", 422, "no_such_address"),
        (Failure.UNREACHED, "TimeoutError", 503, "unavailable"),
    ],
)
def test_what_the_mail_server_says_is_said(
    alice: TestClient, monkeypatch: pytest.MonkeyPatch, failure: Failure, detail: str, status: int,
    code: str,
) -> None:  # fmt: skip
    def fail(*_given: object, **_named: object) -> None:
        raise VendorError(failure, detail=detail)

    monkeypatch.setattr(SimulatedMail, "send", fail)
    answer = post(alice, "/me/mail", {"address": ADDRESS})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["remedy"]
