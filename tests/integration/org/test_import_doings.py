"""What an import did: who answers for it, how much of it was done, and what undoing keeps."""

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app import worker
from app.core.audit import AuditEvent
from app.identity.rules.actors import Role
from app.lobby.parts import Parts
from app.main import create_app
from app.org.models.staff import StaffMember
from app.org.services import organisations
from tests.employers import USCC, agent, delete, post, put
from tests.people import CAROL, MALLORY, prove, sign_in
from tests.rosters import as_xlsx, counts, hand_over, line_of, name_of, number_of


def _confirm(boss: TestClient, parts: Parts, import_id: str) -> dict:
    way = f"/org/imports/{import_id}/confirmation"
    assert post(boss, way, {"only_good": False}).status_code == 204
    worker.drain(parts)
    return dict(boss.get(f"/api/v1/org/imports/{import_id}").json())


def _take_over(boss: TestClient, parts: Parts, *places: int) -> str:
    content = as_xlsx([line_of(place) for place in places])
    import_id = str(hand_over(boss, content)["import_id"])
    _confirm(boss, parts, import_id)
    return import_id


def _undo(boss: TestClient, parts: Parts, import_id: str) -> dict:
    assert post(boss, f"/org/imports/{import_id}/undoing", {}).status_code == 204
    worker.drain(parts)
    return dict(boss.get(f"/api/v1/org/imports/{import_id}").json())


def _second(client: TestClient, parts: Parts) -> str:
    """Carol acts for the same employer; returns her account."""
    account = prove(parts, CAROL)
    with parts.database.transaction() as db:
        org_id = str(organisations.find_by_uscc(db, USCC))
        organisations.add_member(
            db, org_id=org_id, learner_id=account, role=Role.EMPLOYER, now=parts.clock.now()
        )
    sign_in(client, parts, CAROL)
    return account


def _actors(parts: Parts, event: str) -> list[str | None]:
    with parts.database.reading() as db:
        return list(db.scalars(select(AuditEvent.actor_id).where(AuditEvent.event == event)))


def test_the_log_names_who_said_yes_and_who_took_back(client: TestClient, parts: Parts) -> None:
    boss = agent(client, parts, MALLORY)
    own = prove(parts, MALLORY)
    import_id = str(hand_over(boss, as_xlsx([line_of(0)]))["import_id"])
    with TestClient(create_app(parts)) as other:
        account = _second(other, parts)
        _confirm(other, parts, import_id)
        assert _actors(parts, "staff.imported") == [account]
        with parts.database.reading() as db:
            assert list(db.scalars(select(StaffMember.invited_by))) == [account]
    _undo(boss, parts, import_id)
    assert _actors(parts, "staff.import_undone") == [own]
