"""A learner's page of a course says of its order what the policy says."""

import pytest
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.lobby.parts import Parts
from tests.courses import make_course
from tests.people import ALICE, sign_in, verify
from tests.player import Player

SAID = "前一课学完，后一课自动打开"


@pytest.mark.parametrize("is_in_order", [True, False])
def test_the_order_is_spoken_of_where_there_is_one(
    client: TestClient, parts: Parts, clock: SettableClock, *, is_in_order: bool
) -> None:
    course = make_course(parts, order_lock=is_in_order)
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    player = Player(client, parts, clock, ALICE)
    player.enrol(course.course_id)
    page = client.get(f"/learn/{player.enrolment_id}").text
    assert (SAID in page) is is_in_order
