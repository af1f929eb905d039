"""Taking a certificate back: staff see whose it is; who counts and the holder are told."""

import re

from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.identity.rules.actors import Role
from app.lobby.parts import Parts
from app.main import create_app
from tests import examinee
from tests.graduates import certificate_of, study_through
from tests.people import ALICE, CAROL, MALLORY
from tests.reviewers import on_case, only_case, post, reviewer, with_role


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


def test_a_completion_stands_and_its_revoked_certificate_is_counted_beside_it(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    alice = study_through(client, parts, clock)
    examinee.sit(client, parts, alice.enrolment_id)
    certificate = certificate_of(alice)
    assert _told(parts) == ([(1, 0)] * 3, [False] * 4)
    assert "证书已撤销" not in client.get("/home").text
    with reviewer(parts) as wu, reviewer(parts, MALLORY) as second:
        path = f"/certificates/{certificate['certificate_id']}/revocation"
        case_id = post(wu, path, {"reason": "代考查实"}).json()["case_id"]
        assert _told(parts) == ([(1, 0)] * 3, [False] * 4)
        assert on_case(second, case_id, "confirmation", confirms=True).status_code == 200
    assert _told(parts) == ([(1, 1)] * 3, [True] * 4)
    [told] = [
        each for each in client.get("/api/v1/me/notices").json() if "撤销" in str(each)
    ]  # fmt: skip
    assert "代考查实。不认可的，请到“投诉与建议”写明编号和理由，由人复核" in told["text"]
    own = client.get(f"/certificates/{certificate['certificate_id']}").text
    assert 'href="/complaint">写明编号和理由，申请复核</a>' in own
    seen = client.get(f"/v/{certificate['public_id']}").text
    for words in ("请不要采信", "向证书上写的培训机构核实", "您是持证人，对撤销有疑问"):
        assert words in seen
    home = client.get("/home").text
    assert "已完成" in home
    assert "证书已撤销" in home


def _told(parts: Parts) -> tuple[list[tuple[int, int]], list[bool]]:
    """Completed and revoked, as the regulator's data say; and which pages speak of revoked ones."""
    clock = parts.clock
    assert isinstance(clock, SettableClock)
    clock.advance(ms=1000)  # a code that is newer than any before
    with TestClient(create_app(parts)) as regulator:
        with_role(regulator, parts, Role.REGULATOR, CAROL)
        [cluster] = regulator.get("/api/v1/oversight/clusters").json()
        one = regulator.get(f"/api/v1/oversight/clusters/{cluster['code']}").json()
        [course] = one["courses"]
        pages = [
            regulator.get(f"/regulator{path}").text
            for path in ("", f"/clusters/{cluster['code']}", f"/courses/{course['course_id']}")
        ]
    counts = [(each["completed"], each["revoked"]) for each in (cluster, one, course)]
    of_the_course = pages[1][pages[1].index("<tbody>") :]
    return counts, ["其中证书已撤销 1" in page for page in (*pages, of_the_course)]
