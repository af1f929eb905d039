"""What a package keeps of a learner opens in its place alone, and never without their key."""

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.core.crypto import KeyGoneError
from app.identity.models.people import PersonKey
from app.learning.models.packages import PackageRecord
from app.learning.repository.packages import Whose
from app.learning.services import package_kept
from app.learning.services.package_kept import Kept
from app.lobby.parts import Parts
from tests import packages
from tests.packaged import make_package_course
from tests.player import enrolled

KIND, NAMES = "state", ("赵一的笔记", "赵一的成绩")


@pytest.fixture
def whose(client: TestClient, parts: Parts, clock: SettableClock) -> Whose:
    """Alice in a package that kept two documents of her, and the same two in its second part."""
    course = make_package_course(parts, packages.cmi5(["", ""]))
    player = enrolled(client, parts, clock, course.course_id)
    learner_id = client.get("/api/v1/me").json()["account_id"]
    now = clock.now()
    with parts.database.transaction() as db:
        for part in (0, 1):
            place = (learner_id, player.enrolment_id, course.lesson_id, part)
            for name in NAMES:
                row, _ = package_kept.held(db, parts.vault, place, KIND, name, now=now)
                kept = Kept(name, f"{name} {part}", "text/plain")
                package_kept.put(db, parts.vault, row, kept, now=now)
    return (learner_id, player.enrolment_id, course.lesson_id, 0)


def test_each_is_found_by_its_name_in_its_part_and_no_hash_says_that_two_are_alike(
    parts: Parts, whose: Whose
) -> None:
    with parts.database.reading() as db:
        for part in (0, 1):
            for name in NAMES:
                found = package_kept.find(db, parts.vault, (*whose[:3], part), KIND, name)
                assert found == Kept(name, f"{name} {part}", "text/plain")
        assert package_kept.find(db, parts.vault, whose, "profile", NAMES[0]) is None
        assert len(set(db.scalars(select(PackageRecord.name_index)))) == 4


def test_what_was_put_into_anothers_place_does_not_open(parts: Parts, whose: Whose) -> None:
    with parts.database.transaction() as db:
        one, other, *_ = db.scalars(select(PackageRecord))
        one.words_sealed = other.words_sealed
    with parts.database.reading() as db, pytest.raises(InvalidTag):
        package_kept.take_along(db, parts.vault, whose[0], str)


def test_without_the_persons_key_nothing_opens(parts: Parts, whose: Whose) -> None:
    with parts.database.transaction() as db:
        db.delete(db.get_one(PersonKey, whose[0]))
    with parts.database.reading() as db, pytest.raises(KeyGoneError):
        package_kept.all_of(db, parts.vault, whose, KIND)
