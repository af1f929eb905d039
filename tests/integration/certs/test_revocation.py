"""Taking a certificate back: staff see whose it is; who counts and the holder are told."""

import re

from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.lobby.parts import Parts
from tests import examinee
from tests.graduates import certificate_of, study_through
from tests.people import ALICE
from tests.reviewers import only_case, post, reviewer


def test_staff_see_whose_certificate_it_is_and_what_it_states(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    alice = study_through(client, parts, clock)
    examinee.sit(client, parts, alice.enrolment_id, wrong=1)
    certificate = certificate_of(alice)
    with reviewer(parts) as wu:
        address = f"/desk/certificates?number={certificate['number']}"
        found = wu.get(address).text
        asked = post(
            wu, f"/certificates/{certificate['certificate_id']}/revocation", {"reason": "代考查实"}
        ).json()
        assert (asked["holder_name"], asked["score"]) == ("李*梅", 90)
        case_id = only_case(wu, "certificate_revocation")["id"]
        case = wu.get(f"/desk/cases/{case_id}").text
        file = wu.get(f"/api/v1/desk/cases/{case_id}").json()
    masked = asked["holder_number"]
    assert re.fullmatch(r"\d{4}\*+\w{4}", masked)
    for page in (found, case):
        for name, words in (
            ("编号", certificate["number"]), ("持证人", "李*梅"), ("证件号码", masked),
            ("课程", certificate["course"]), ("学时", "0.06"), ("成绩", "90 分"),
            ("完成", "2026-11-24"), ("出证", "2026-11-24"),
        ):  # fmt: skip
            assert f"<dt>{name}</dt><dd>{words}</dd>" in page, name
        assert ALICE.name not in page
        assert ALICE.number not in page
    assert f'href="/v/{certificate["public_id"]}"' in found
    assert f'href="{address}"' in case
    assert file["certificate"]["holder_number"] == masked
    assert file["certificate"]["public_id"] == certificate["public_id"]
