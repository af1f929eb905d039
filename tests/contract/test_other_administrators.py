"""Three administrators, each with a door of their own: every other route and page is shut to them.

The system administrator has a column in test_wrong_person.py; here are the other two.
"""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from starlette.testclient import TestClient

from app.identity.rules.actors import Role
from app.main import create_app
from tests.contract.calls import Caller, changed, dump
from tests.contract.conftest import Town
from tests.contract.household import grant
from tests.contract.test_wrong_person import PAGES, ROUTES, _rows
from tests.people import Someone, csrf, sign_in

# One worker for all: what they share is dear to build.
pytestmark = pytest.mark.xdist_group("administrators")

SAFE = Someone("13800000016", "刘磊", "511602199306240304")
BOOKS = Someone("13800000017", "朱海涛", "511402198406032267")
OWN = {"/security": Role.SECURITY_ADMIN, "/audit": Role.AUDIT_ADMIN}


@pytest.fixture(scope="module")
def administrators(looking_on: Town) -> Iterator[dict[Role, TestClient]]:
    found = {}
    with ExitStack() as stack:
        for role, who in ((Role.SECURITY_ADMIN, SAFE), (Role.AUDIT_ADMIN, BOOKS)):
            grant(looking_on.parts, who, role)
            browser = TestClient(create_app(looking_on.parts), follow_redirects=False)
            found[role] = stack.enter_context(browser)
            sign_in(browser, looking_on.parts, who)
            csrf(browser)
        yield found


@pytest.mark.parametrize("role", [Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_what_is_staffs_is_shut_to_the_other_administrators(
    looking_on: Town, administrators: dict[Role, TestClient], role: Role
) -> None:
    caller = Caller(looking_on.household, looking_on.browsers["alice"])
    before = dump(looking_on.parts.database)
    open_here, tried = [], 0
    for verb, path, cells in _rows(ROUTES):
        # One's own second factor is every staff's, and no learner's.
        is_staffs = cells["carol"] == cells["alice"] == "403" and not path.startswith("/me/")
        if is_staffs and OWN.get("/" + path.split("/")[1]) is not role:
            answer = caller.call(administrators[role], verb, path)
            open_here += [(verb, path)] if answer.status_code != 403 else []
            tried += 1
    for _, path, cells in _rows(PAGES):
        if cells["carol"] == cells["alice"] == "403" and OWN.get(path.split("/{")[0]) is not role:
            is_own = OWN.get("/" + path.split("/")[1]) is role
            answer = administrators[role].get(caller.address(path))
            open_here += [("page", path)] if not is_own and answer.status_code != 403 else []
            tried += 1
    assert tried > 50
    assert open_here == []
    assert changed(before, dump(looking_on.parts.database)) == []


def test_each_has_a_door_of_their_own(
    looking_on: Town, administrators: dict[Role, TestClient]
) -> None:
    security, books = administrators[Role.SECURITY_ADMIN], administrators[Role.AUDIT_ADMIN]
    person = f"/people/{looking_on.household.learner_id}"
    for path in ("/security", f"/security{person}", "/api/v1/security/changes"):
        assert security.get(path).status_code == 200, path
    assert security.get(f"/api/v1/security{person}").json()["masked_name"] == "李*梅"
    for path in ("/audit", "/audit?event=sign_in.&since=2026-11-24", "/api/v1/audit/events"):
        assert books.get(path).status_code == 200, path
