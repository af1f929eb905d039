"""Company accounts: linking, coming in, what that opens, and what ends it (docs/access.md)."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from joserfc import jws
from sqlalchemy import delete, select, update
from starlette.testclient import TestClient

from app.core.audit import AuditEvent
from app.core.clock import SettableClock
from app.core.errors import TooManyRequestsError
from app.core.ids import new_id
from app.core.settings import Settings
from app.identity.models.company_sign_ins import CompanyAccount, CompanySignIn
from app.identity.models.desk import Notice
from app.identity.models.people import Person, RoleGrant
from app.identity.models.signing import SignIn
from app.identity.providers.simulation.company_side import CompanySide
from app.identity.repository.passwords import has_signed_in_on
from app.identity.rules.actors import Actor, Role
from app.identity.services import phone_changes, roles, second_factors
from app.lobby import limits
from app.lobby.parts import Parts
from app.main import build_parts, create_app
from tests.companies import (
    NAME,
    USCC,
    at_company,
    come_back,
    company_server,
    found,
    leave,
    leave_to_link,
    linked,
    set_up,
)
from tests.contract.household import BOSS, grant
from tests.people import ALICE, CAROL, csrf, pass_second_factor, prove, sign_in


@pytest.fixture
def company(parts: Parts) -> Iterator[CompanySide]:
    with company_server(parts) as server:
        yield server.company


@pytest.fixture
def org_id(parts: Parts, company: CompanySide) -> str:
    made = found(parts, BOSS)
    set_up(parts, made, company)
    return made


@pytest.fixture
def other(parts: Parts) -> Iterator[TestClient]:
    """Another browser."""
    with TestClient(create_app(parts), follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def linked_boss(client: TestClient, parts: Parts, org_id: str) -> str:
    """The agent, signed in by phone here, whose company knows them as wang."""
    account = str(sign_in(client, parts, BOSS)["account_id"])
    linked(client, org_id, "wang")
    return account


def _enter(client: TestClient, subject: str = "wang", *, mfa: bool = False):
    way = leave(client)
    assert way.status_code == 200, way.text
    return come_back(client, at_company(way.json()["address"], subject, mfa=mfa))


def _facts(parts: Parts, event: str) -> list[dict]:
    with parts.database.reading() as db:
        return list(db.scalars(select(AuditEvent.facts).where(AuditEvent.event == event)))


@pytest.mark.usefixtures("linked_boss")
def test_a_linked_person_comes_in_and_passes_the_second_factor(
    other: TestClient, parts: Parts
) -> None:
    answer = _enter(other)
    assert answer.status_code == 200
    assert answer.json() == {"next": "/second-factor?next=/employer"}
    assert other.get("/api/v1/org/staff").json()["code"] == "second_factor"
    pass_second_factor(other, parts)
    assert other.get("/api/v1/org/staff").status_code == 200
    assert other.get("/employer").status_code == 200
    assert len(_facts(parts, "company_account.linked")) == 1


@pytest.mark.parametrize("ends", ["sign-in", "role"])
def test_what_ends_while_the_company_answers_links_nothing(
    client: TestClient, parts: Parts, org_id: str, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    """A thief's link would outlive a recovery, a former agent's come back with the role."""
    sign_in(client, parts, BOSS)
    pass_second_factor(client, parts)
    account, now = prove(parts, BOSS), parts.clock.now()
    way = leave_to_link(client, org_id)
    assert way.status_code == 200, way.text
    given = at_company(way.json()["address"], "wang")
    answers = type(parts.companies).came

    def came(*args: object, **named: object) -> object:
        found = answers(*args, **named)
        with parts.database.transaction() as db:
            if ends == "sign-in":
                ended = update(SignIn).where(SignIn.person_id == account)
                db.execute(ended.values(revoked_at=now, revoked_for="signed_out"))
            else:
                db.execute(delete(RoleGrant).where(RoleGrant.person_id == account))
        return found

    monkeypatch.setattr(type(parts.companies), "came", came)
    answer = come_back(client, given)
    assert (answer.status_code, answer.json()["code"]) == (409, "company_lost")
    with parts.database.reading() as db:
        assert db.scalars(select(CompanyAccount)).all() == []


def test_a_role_that_lapses_with_a_name_takes_the_link_along(
    parts: Parts, linked_boss: str
) -> None:
    with parts.database.transaction() as db:
        person = db.get_one(Person, linked_boss)
        roles.fall_asleep(db, person)
        person.document_index = "of another document"
        roles.wake(db, person, now=parts.clock.now())
    with parts.database.reading() as db:
        assert roles.org_ids_of(db, linked_boss) == ()
        assert db.scalars(select(CompanyAccount)).all() == []


def test_wrong_second_factors_in_a_companys_sign_in_are_counted_by_themselves(
    settings: Settings, clock: SettableClock
) -> None:
    """Whoever runs the company's sign-in shuts its agent out of nothing else."""
    limited = build_parts(settings.model_copy(update={"rate_limits": True}), clock)
    phone = Actor(
        account_id="p", learner_id="p", roles=frozenset(), org_ids=(), region_code=None,
        device_id="d", sign_in_id="s", is_verified=True, display_name="",
    )  # fmt: skip
    company = replace(phone, company_org_id="o")
    with pytest.raises(TooManyRequestsError):
        for _ in range(11):
            limits.before_second_factor(limited, actor=company, now=clock.now())
    limits.before_second_factor(limited, actor=phone, now=clock.now())
    limited.database.close()


def test_a_browser_that_the_company_opened_is_not_known_as_the_persons(
    other: TestClient, parts: Parts, linked_boss: str
) -> None:
    """Else whoever runs the company's sign-in had the owner's share of guesses and codes."""
    _enter(other)
    with parts.database.reading() as db:
        query = select(SignIn).where(SignIn.company_account_id.is_not(None))
        device_id = db.scalars(query).one().device_id
        since = parts.clock.now() - dt.timedelta(days=1)
        assert not has_signed_in_on(db, linked_boss, device_id, since)


@pytest.mark.usefixtures("linked_boss")
def test_it_opens_the_organisation_and_nothing_of_the_person(
    other: TestClient, parts: Parts
) -> None:
    """Who runs a company's sign-in can be anybody there: never the employee as a person."""
    grant(parts, BOSS, Role.REVIEWER)
    found(parts, BOSS, uscc="91350100M000100Y43", name="另一个单位")
    _enter(other)
    pass_second_factor(other, parts)
    for path in ("/me", "/me/notices", "/enrolments", "/me/data"):
        assert other.get(f"/api/v1{path}").status_code in {403, 405}, path
    for path in ("/me", "/home", "/hours", "/certificates", "/desk"):
        assert other.get(path).status_code == 403, path
    headers = csrf(other)
    for method, path in (
        ("POST", "/me/second-factors/totp"), ("POST", "/me/codes"), ("DELETE", "/me/sign-ins"),
        ("DELETE", "/me/password"), ("POST", "/me/company-accounts"),
    ):  # fmt: skip
        body = {"json": {"org_id": "0" * 26}} if path.endswith("accounts") else {}
        answer = other.request(method, f"/api/v1{path}", headers=headers, **body)
        assert answer.status_code == 403, path
        assert answer.json()["code"] == "company_sign_in", path
    staff = other.get("/api/v1/org/staff")
    assert staff.status_code == 200


@pytest.mark.parametrize(("trusts", "mfa", "passes"), [
    (True, True, True), (True, False, False), (False, True, False),
])  # fmt: skip
def test_the_companys_second_factor_counts_where_it_is_trusted_and_said(
    *, client: TestClient, parts: Parts, company: CompanySide, other: TestClient,
    trusts: bool, mfa: bool, passes: bool,
) -> None:  # fmt: skip
    org_id = found(parts, BOSS)
    set_up(parts, org_id, company, trusts=trusts)
    sign_in(client, parts, BOSS)
    linked(client, org_id, "wang")
    answer = _enter(other, mfa=mfa)
    assert (answer.json()["next"] == "/employer") is passes
    assert (other.get("/api/v1/org/staff").status_code == 200) is passes


@pytest.mark.usefixtures("org_id")
def test_an_account_that_nobody_linked_makes_nobody(client: TestClient, parts: Parts) -> None:
    answer = _enter(client, "stranger")
    assert (answer.status_code, answer.json()["code"]) == (409, "company_not_linked")
    assert answer.json()["remedy"]
    assert client.get("/api/v1/me").status_code == 401
    assert [facts["trouble"] for facts in _facts(parts, "company_sign_in.failed")] == [
        "company_not_linked"
    ]


@pytest.mark.usefixtures("org_id")
@pytest.mark.parametrize("claims", [{"sub": "\ud800"}, {"auth_time": float("inf")}, {"amr": "mfa"}])
def test_a_claim_that_cannot_be_kept_is_a_refusal_on_record(
    client: TestClient, parts: Parts, company: CompanySide, claims: dict[str, object]
) -> None:
    company.forge = lambda header, said: jws.serialize_compact(
        header, json.dumps(said | claims), company.key
    )
    answer = _enter(client)
    assert (answer.status_code, answer.json()["code"]) == (409, "company_bad_token")
    assert answer.json()["remedy"]
    assert [facts["trouble"] for facts in _facts(parts, "company_sign_in.failed")] == [
        "company_bad_token"
    ]


@pytest.mark.usefixtures("linked_boss")
def test_one_subject_is_one_person(other: TestClient, parts: Parts, org_id: str) -> None:
    account = prove(parts, CAROL)
    with parts.database.transaction() as db:
        roles.grant(
            db, learner_id=account, role=Role.EMPLOYER, org_id=org_id, region_code=None,
            now=parts.clock.now(),
        )  # fmt: skip
    sign_in(other, parts, CAROL)
    way = leave_to_link(other, org_id)
    answer = come_back(other, at_company(way.json()["address"], "wang"))
    assert answer.json()["code"] == "company_taken"


def test_linking_wants_a_role_there_and_the_second_factor(
    client: TestClient, parts: Parts, org_id: str
) -> None:
    sign_in(client, parts, ALICE)
    assert leave_to_link(client, org_id).status_code == 403
    client.post("/api/v1/auth/sign-out", headers=csrf(client))
    sign_in(client, parts, BOSS, has_second_factor=False)
    assert leave_to_link(client, org_id).json()["code"] == "second_factor"


@pytest.mark.usefixtures("linked_boss")
def test_the_link_ends_and_with_it_what_it_opened(
    client: TestClient, other: TestClient, parts: Parts
) -> None:
    _enter(other)
    pass_second_factor(other, parts)
    page = client.get("/me/company-accounts").text
    path = page.partition('data-api="DELETE ')[2].partition('"')[0]
    assert client.delete(path, headers=csrf(client)).status_code == 204
    assert other.get("/api/v1/org/staff").status_code == 401
    assert _enter(other).json()["code"] == "company_not_linked"
    assert client.delete(path, headers=csrf(client)).status_code == 404


@pytest.mark.parametrize("how", ["left", "phone", "factor", "off", "issuer"])
def test_what_else_ends_it(
    *, how: str, linked_boss: str, other: TestClient, parts: Parts, org_id: str,
    company: CompanySide,
) -> None:  # fmt: skip
    assert _enter(other).status_code == 200
    assert other.get("/api/v1/me/second-factors").status_code == 200
    now = parts.clock.now()
    if how == "issuer":
        set_up(parts, org_id, company, issuer=f"{company.url}/")
    with parts.database.transaction() as db:
        if how == "left":
            roles.revoke(
                db, learner_id=linked_boss, role=Role.EMPLOYER, org_id=org_id, now=now,
                actor_id=None,
            )  # fmt: skip
        elif how == "phone":
            phone_changes.end_sign_ins(db, linked_boss, None, now)
        elif how == "factor":
            second_factors.reset(db, linked_boss, reason="丢了", actor_id=None, now=now)
    if how == "off":
        admin = TestClient(create_app(parts), follow_redirects=False)
        grant(parts, CAROL, Role.ADMIN)
        sign_in(admin, parts, CAROL)
        answer = admin.put(
            f"/api/v1/system/organisations/{org_id}/company-sign-in/switch",
            json={"is_on": False}, headers=csrf(admin),
        )  # fmt: skip
        assert answer.status_code == 204, answer.text
        assert leave(other).status_code == 404
    with parts.database.reading() as db:
        assert (db.scalars(select(CompanyAccount)).first() is None) is (how != "off")
    assert other.get("/api/v1/me/second-factors").status_code == 401
    with parts.database.transaction() as db:
        row = db.scalars(select(SignIn).where(SignIn.company_account_id.is_not(None))).one()
        assert (row.revoked_at, row.revoked_for) == (now, _ENDED_FOR.get(how, "company_unlinked"))
        for setting in db.scalars(select(CompanySignIn)):
            setting.is_on = True
    assert other.get("/api/v1/me/second-factors").status_code == 401


_ENDED_FOR = {"off": "company_off"}


@pytest.mark.usefixtures("linked_boss")
def test_who_comes_in_while_it_is_switched_off_stays_outside(
    other: TestClient, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = at_company(leave(other).json()["address"], "wang")
    answers = type(parts.companies).came

    def came(*args: object, **named: object) -> object:
        found = answers(*args, **named)
        with parts.database.transaction() as db:
            db.execute(update(CompanySignIn).values(is_on=False))
        return found

    monkeypatch.setattr(type(parts.companies), "came", came)
    assert come_back(other, given).json()["code"] == "company_lost"
    with parts.database.reading() as db:
        assert (
            db.scalars(select(SignIn.id).where(SignIn.company_account_id.is_not(None))).all() == []
        )


def test_the_trail_says_by_which_account_and_the_person_hears_of_a_new_device(
    client: TestClient, other: TestClient, parts: Parts, linked_boss: str
) -> None:
    def heard() -> int:
        with parts.database.reading() as db:
            query = select(Notice).where(
                Notice.person_id == linked_boss, Notice.kind == "company_used"
            )
            return len(db.scalars(query).all())

    assert _enter(client).status_code == 200  # where they came in by phone before
    assert heard() == 0
    for _ in range(2):
        assert _enter(other).status_code == 200
        assert heard() == 1
    with parts.database.reading() as db:
        account = db.scalars(select(CompanyAccount.id)).one()
    assert _facts(parts, "sign_in.started")[-1] == {"company_account": account}


@pytest.mark.usefixtures("linked_boss")
def test_a_trip_is_good_once_in_its_browser_and_in_time(
    other: TestClient, client: TestClient, clock: SettableClock, parts: Parts
) -> None:
    address = leave(other).json()["address"]
    given = at_company(address, "wang")
    assert come_back(client, given).json()["code"] == "company_lost"
    assert come_back(other, given | {"state": "x" * 43}).json()["code"] == "company_lost"
    assert come_back(other, given).status_code == 200
    assert come_back(other, given).json()["code"] == "company_lost"
    late = at_company(leave(other).json()["address"], "wang")
    clock.set(clock.now() + dt.timedelta(minutes=10, seconds=1))
    assert come_back(other, late).json()["code"] == "company_lost"
    # What no trip of ours is known by is not on record: anybody could fill it.
    troubles = [facts["trouble"] for facts in _facts(parts, "company_sign_in.failed")]
    assert troubles == ["company_lost"] * 3


def test_nobody_is_made_to_link_another_account(
    client: TestClient, parts: Parts, org_id: str, clock: SettableClock
) -> None:
    """Linking CSRF: what was begun in one sign-in does not end in another."""
    sign_in(client, parts, BOSS)
    given = at_company(leave_to_link(client, org_id).json()["address"], "mallory")
    client.post("/api/v1/auth/sign-out", headers=csrf(client))
    clock.set(clock.now() + dt.timedelta(minutes=2))
    sign_in(client, parts, BOSS)
    assert come_back(client, given).json()["code"] == "company_lost"
    with parts.database.reading() as db:
        assert db.scalars(select(CompanyAccount)).first() is None


@pytest.mark.usefixtures("org_id")
def test_an_organisation_is_found_by_name_or_code_and_hidden_otherwise(
    client: TestClient, parts: Parts
) -> None:
    assert leave(client, organisation=USCC.lower()).status_code == 200
    found(parts, BOSS, uscc="91350100M000100Y43", name="没有开通的单位")
    unknown, without = (
        leave(client, organisation="没有的"),
        leave(client, organisation="没有开通的单位"),
    )
    assert unknown.status_code == without.status_code == 404
    assert unknown.json()["detail"] == without.json()["detail"]
    assert leave(client, organisation=NAME).status_code == 200


def test_the_system_administrator_sets_it_and_never_for_their_own(
    client: TestClient, parts: Parts, org_id: str, company: CompanySide
) -> None:
    grant(parts, CAROL, Role.ADMIN)
    sign_in(client, parts, CAROL)
    path = f"/api/v1/system/organisations/{org_id}/company-sign-in"
    body = {
        "name": "统一登录", "issuer": company.url, "client_id": "shixue", "secret": "x",
        "trusts_second_factor": True,
    }  # fmt: skip
    assert client.put(path, json=body, headers=csrf(client)).status_code == 204
    assert client.get(f"/system/organisations/{org_id}").text.count(company.url) == 1
    bad = body | {"issuer": "ftp://login.example"}
    answer = client.put(path, json=bad, headers=csrf(client))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "/issuer")
    account, now = prove(parts, CAROL), parts.clock.now()
    with parts.database.transaction() as db:  # past the service, which gives nobody both
        db.add(
            RoleGrant(
                id=new_id(now), person_id=account, role=Role.EMPLOYER.value, scope=org_id,
                org_id=org_id, granted_at=now,
            )
        )  # fmt: skip
    answer = client.put(path, json=body, headers=csrf(client))
    assert (answer.status_code, answer.json()["code"]) == (403, "own_organisation")
    answer = client.put(f"{path}/switch", json={"is_on": False}, headers=csrf(client))
    assert (answer.status_code, answer.json()["code"]) == (403, "own_organisation")
