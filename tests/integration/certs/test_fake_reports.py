"""Reporting a fake: nobody needs an account, and the desk sees which certificate is meant."""

import re
from dataclasses import replace

import pytest
from httpx import Response
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.core.ratelimit import RateLimiter
from app.identity.rules.actors import Role
from app.lobby.limits import COMPLAINT_BY_DEVICE
from app.lobby.parts import Parts
from app.main import create_app
from tests import examinee
from tests.graduates import certificate_of, study_through
from tests.people import ALICE
from tests.reviewers import on_case, only_case, post, reviewer, with_role

FORM = "/complaint/fake"
REPORT = {"contact": "13811112222", "text": "来应聘的人拿的，照片不是本人"}


@pytest.mark.parametrize("by", ["number", "qr_text"])
def test_the_desk_sees_the_certificate_and_its_holder_never_judges(
    client: TestClient, parts: Parts, clock: SettableClock, by: str
) -> None:
    alice = study_through(client, parts, clock)
    examinee.sit(client, parts, alice.enrolment_id)
    certificate = certificate_of(alice)
    with TestClient(create_app(parts)) as stranger:
        page = stranger.get(f"/v/{certificate['public_id']}").text
        assert f"/complaint/fake?about={certificate['number']}" in page
        assert (
            certificate["number"]
            in stranger.get(f"/complaint/fake?about={certificate['number']}").text
        )
        about = certificate[by].partition("#")[0]
        sent = post(stranger, "/complaints", REPORT | {"about": about})
        assert sent.status_code == 201, sent.text
    with reviewer(parts) as wu:
        case_id = only_case(wu, "complaint")["id"]
        shown = wu.get(f"/desk/cases/{case_id}").text
        assert f"举报假证：{about}" in shown
        assert "照片不是本人" in shown
        assert f"/desk/certificates?number={certificate['number']}" in shown
        clock.advance(ms=61_000)
        with_role(client, parts, Role.REVIEWER, ALICE)
        refused = on_case(client, case_id, "decision", decision="answer", reason="没有问题")
        assert refused.json()["code"] == "own_case"
        done = on_case(wu, case_id, "decision", decision="answer", reason="已核实")
        assert done.status_code == 200, done.text


def test_what_is_no_certificate_of_ours_is_reported_all_the_same(
    client: TestClient, parts: Parts
) -> None:
    assert post(client, "/complaints", REPORT | {"about": "国家安全员证"}).status_code == 201
    with reviewer(parts) as wu:
        case = only_case(wu, "complaint")
        assert "举报假证：国家安全员证" in wu.get(f"/desk/cases/{case['id']}").text


def _sent(client: TestClient, **given: str) -> Response:
    """As a browser without scripts sends what stands in the page."""
    page = client.get(FORM).text
    form = re.search(r'<form[^>]*method="post"[^>]*action="/complaint/fake"', page)
    token = re.search(r'<noscript><input type="hidden" name="csrf" value="([^"]+)"', page)
    assert form is not None
    assert token is not None
    assert "需要打开浏览器的 JavaScript" not in page
    body = REPORT | {"about": "国家安全员证", "csrf": token[1]} | given
    return client.post(FORM, data=body)


def _at(field: str, answer: Response) -> str:
    return answer.text.partition(f'id="e-{field}"')[2].partition(">")[2].partition("</p>")[0]


def test_it_is_reported_without_scripts_too(parts: Parts) -> None:
    with TestClient(create_app(parts)) as stranger:
        done = _sent(stranger, text="来应聘的人拿的，\r\n照片不是本人")
    assert done.status_code == 200, done.text
    number = re.search(r'data-from="number">(\w{10})<', done.text)
    assert number is not None
    assert re.search(r'data-from="answer_by">2026-\d\d-\d\d<', done.text)
    with reviewer(parts) as wu:
        case = only_case(wu, "complaint")
        assert case["id"].endswith(number[1])
        shown = wu.get(f"/desk/cases/{case['id']}").text
        assert "举报假证：国家安全员证\n来应聘的人拿的，\n照片不是本人" in shown


def test_what_is_wrong_is_named_at_its_field_and_what_was_written_stays(parts: Parts) -> None:
    with TestClient(create_app(parts)) as stranger:
        for field, given, words in (
            ("contact", "12345", "请留 11 位手机号"), ("contact", "", "请填写手机号"),
            ("text", "不对", "太短，至少 5 个字"), ("text", "很\0不对的东西", "看不见的控制字符"),
            ("text", "长" * 2001, "太长"), ("about", "字" * 201, "太长，最多 200 个字"),
            ("about", "\u200b", "请写明内容"),
        ):  # fmt: skip
            answer = _sent(stranger, **{field: given})
            assert answer.status_code == 422
            assert words in _at(field, answer), (field, given)
            assert ("照片不是本人" in answer.text) == (field != "text")
        forged = _sent(stranger, csrf="else")
        assert forged.status_code == 403
        assert "没有提交。填的内容还在" in forged.text
        assert "照片不是本人" in forged.text
        assert 'id="received" class="card stack" tabindex="-1" hidden' in forged.text
    with reviewer(parts) as wu:
        assert wu.get("/api/v1/desk/cases").json()["total"] == 0


def test_a_form_counts_as_the_other_way_does(parts: Parts) -> None:
    limiter = RateLimiter(parts.database, b"k" * 32, enabled=True)
    with TestClient(create_app(replace(parts, limiter=limiter))) as stranger:
        told = [_sent(stranger).status_code for _ in range(30)]
    assert (told[0], told[-1]) == (200, 429)


def test_a_phone_number_that_is_none_costs_nothing(parts: Parts) -> None:
    """It used up one of the day's ten, until a report that was written well was refused."""
    limiter = RateLimiter(parts.database, b"k" * 32, enabled=True)
    with TestClient(create_app(replace(parts, limiter=limiter))) as stranger:
        for contact in ("028-8512345", "打我电话", *["12345"] * COMPLAINT_BY_DEVICE.most):
            assert "请留 11 位手机号" in _at("contact", _sent(stranger, contact=contact))
            sent = post(stranger, "/complaints", REPORT | {"contact": contact})
            assert (sent.status_code, sent.json()["code"]) == (422, "phone")
        told = [_sent(stranger).status_code for _ in range(COMPLAINT_BY_DEVICE.most + 1)]
    assert told == [*[200] * COMPLAINT_BY_DEVICE.most, 429]
