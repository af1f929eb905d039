"""A house in which everybody is signed in and Alice has one of everything."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pytest
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.identity.rules.actors import Role
from app.lobby.parts import Parts
from app.main import create_app
from app.org.services import organisations
from tests.contract.drafts import furnish_draft
from tests.contract.household import BOSS, Household, found_organisation, furnish, grant, person
from tests.devices import SigningPlayer
from tests.people import ALICE, CAROL, MALLORY, Someone, csrf, sign_in, verify
from tests.schools import SCHOOL, SCHOOL_USCC

# Whom the columns mean: nobody; Carol, another worker; Alice herself; Mallory, who acts for another
# employer; the one who acts for Alice's employer; one of a training institution; and staff.
PEOPLE = {
    "nobody": None,
    "carol": CAROL,
    "alice": ALICE,
    "rival": MALLORY,
    "boss": BOSS,
    "school": SCHOOL,
    "desk": Someone("13800000013", "吴迪", "510101199001010036"),
    "regul": Someone("13800000014", "芮瑞", "510101199001010044"),
    "admin": Someone("13800000015", "安安", "510101199001010052"),
    "secur": Someone("13800000016", "任任", "510101199001010079"),
    "audit": Someone("13800000017", "申申", "510101199001010087"),
}
STAFF = {
    "desk": Role.REVIEWER, "regul": Role.REGULATOR, "admin": Role.ADMIN,
    "secur": Role.SECURITY_ADMIN, "audit": Role.AUDIT_ADMIN,
}  # fmt: skip


@pytest.fixture
def boss(parts: Parts) -> Iterator[TestClient]:
    with TestClient(create_app(parts), follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def household(
    client: TestClient, boss: TestClient, parts: Parts, clock: SettableClock
) -> Household:
    """Alice's, signed in as `client`."""
    return furnish(client, boss, SigningPlayer(client, parts, clock, ALICE))


@dataclass(frozen=True)
class Town:
    """A browser for each of the columns, over one house."""

    parts: Parts
    household: Household
    browsers: dict[str, TestClient]


@pytest.fixture
def everybody(
    client: TestClient, boss: TestClient, parts: Parts, household: Household
) -> Iterator[Town]:
    """Everybody, for a test that changes things."""
    with ExitStack() as stack:
        yield _town(stack, parts, household, {"alice": client, "boss": boss})


@pytest.fixture(scope="module")
def looking_on(shared_parts: Parts) -> Iterator[Town]:
    """Everybody, for tests that leave things as they are."""
    parts = shared_parts
    clock = parts.clock
    assert isinstance(clock, SettableClock)
    with ExitStack() as stack:
        client, boss = (
            stack.enter_context(TestClient(create_app(parts), follow_redirects=False))
            for _ in range(2)
        )
        household = furnish(client, boss, SigningPlayer(client, parts, clock, ALICE))
        yield _town(stack, parts, household, {"alice": client, "boss": boss})


def _town(
    stack: ExitStack, parts: Parts, household: Household, browsers: dict[str, TestClient]
) -> Town:
    found_organisation(parts, "91510700MA6CX2020M", MALLORY)
    with parts.database.reading() as db:
        school = organisations.find_by_uscc(db, SCHOOL_USCC)
    assert school is not None
    draft = furnish_draft(parts, school, person(parts, PEOPLE["school"]))
    household = replace(household, draft=draft)
    for name, role in STAFF.items():
        grant(parts, PEOPLE[name], role)
    for name, someone in PEOPLE.items():
        if name in browsers:
            continue
        browser = TestClient(create_app(parts), follow_redirects=False)
        browsers[name] = stack.enter_context(browser)
        if someone is not None:
            sign_in(browser, parts, someone)
        csrf(browser)
    verify(browsers["carol"], CAROL)
    return Town(parts, household, browsers)
