"""The places of a class when many come at the same moment: none twice, none too many, none lost."""

import threading
from concurrent.futures import ThreadPoolExecutor

from app.core.ids import new_id
from app.identity.rules.actors import Actor
from app.identity.rules.local_days import local_day
from app.lobby.parts import Parts
from app.org.models.classes import TrainingClass
from app.org.repository import class_people as people_rows
from app.org.rules.class_places import MemberState
from app.org.rules.classes import ClassState
from app.org.rules.organisations import OrganisationKind
from app.org.services import class_members, organisations
from tests.finished import resident_id
from tests.people import Someone, prove

CAPACITY, PEOPLE = 2, 6


def _class(parts: Parts) -> str:
    """An approved public class of nobody's courses, so that places are all that is given out."""
    now = parts.clock.now()
    with parts.database.transaction() as db:
        org_id = organisations.create_organisation(
            db, kind=OrganisationKind.INSTITUTION, name="技工学校", uscc="91330106673959654P",
            prefecture_code="510100", now=now,
        )  # fmt: skip
        row = TrainingClass(
            id=new_id(now), org_id=org_id, title="电工班", summary="公开", capacity=CAPACITY,
            starts_on=local_day(now), ends_on=local_day(now), enrol_until=local_day(now),
            is_public=True, contract="", state=ClassState.RUNNING, created_by="0" * 26,
            created_at=now, approved_at=now,
        )  # fmt: skip
        db.add(row)
    return str(row.id)


def _actor(parts: Parts, place: int) -> Actor:
    who = prove(parts, Someone(f"137{place:08d}", "王芳", resident_id(place)))
    return Actor(
        account_id=who, learner_id=who, roles=frozenset(), org_ids=(), region_code=None,
        device_id="x", sign_in_id="x", is_verified=True, display_name="王芳",
    )  # fmt: skip


def _at_once(parts: Parts, class_id: str, actors: list[Actor]) -> list[MemberState]:
    meeting = threading.Barrier(len(actors))

    def come(actor: Actor) -> MemberState:
        meeting.wait(timeout=60)
        with parts.database.transaction() as db:
            return class_members.enrol_self(db, actor, class_id, now=parts.clock.now())

    with ThreadPoolExecutor(len(actors)) as pool:
        return list(pool.map(come, actors))


def _standing(parts: Parts, class_id: str) -> tuple[list[str], list[str], list[int]]:
    """Who has a place, who waits, and the turns of all, each in the order in which they came."""
    with parts.database.reading() as db:
        found = people_rows.members_of(db, class_id)
        placed = [each.learner_id for each in found if each.state == MemberState.ENROLLED]
        waiting = [each.learner_id for each in found if each.state == MemberState.WAITING]
        return placed, waiting, [each.turn for each in found]


def test_of_many_at_once_as_many_are_placed_as_there_are_places(parts: Parts) -> None:
    class_id = _class(parts)
    actors = [_actor(parts, place) for place in range(PEOPLE)]
    came = _at_once(parts, class_id, actors)
    assert came.count(MemberState.ENROLLED) == CAPACITY
    assert came.count(MemberState.WAITING) == PEOPLE - CAPACITY
    placed, waiting, turns = _standing(parts, class_id)
    assert turns == sorted(set(turns))
    assert len(placed) == CAPACITY
    # All who have a place leave at the same moment: the first of the queue are in, in their order.
    leaving = [each for each in actors if each.learner_id in placed]
    meeting = threading.Barrier(len(leaving))

    def leave(actor: Actor) -> None:
        meeting.wait(timeout=60)
        with parts.database.transaction() as db:
            class_members.leave(db, actor, class_id, now=parts.clock.now())

    with ThreadPoolExecutor(len(leaving)) as pool:
        list(pool.map(leave, leaving))
    assert _standing(parts, class_id)[:2] == (waiting[:CAPACITY], waiting[CAPACITY:])


def test_one_person_twice_at_once_is_there_once(parts: Parts) -> None:
    class_id, actor = _class(parts), _actor(parts, 1)
    assert _at_once(parts, class_id, [actor, actor]) == [MemberState.ENROLLED] * 2
    placed, waiting, _ = _standing(parts, class_id)
    assert (placed, waiting) == ([actor.learner_id], [])
