"""Reporting a fake: nobody needs an account, and the desk sees which certificate is meant."""

import pytest
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.identity.rules.actors import Role
from app.lobby.parts import Parts
from app.main import create_app
from tests import examinee
from tests.graduates import certificate_of, study_through
from tests.people import ALICE
from tests.reviewers import on_case, only_case, post, reviewer, with_role

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
