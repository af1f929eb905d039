"""Whoever knows somebody's number shuts them out of nothing."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.core.settings import Settings
from app.lobby.parts import Parts
from app.main import build_parts, create_app
from tests.another_phone import NEW, OTHER, recover
from tests.people import ALICE, sign_in, verify
from tests.player import choose_questions
from tests.reviewers import post


@pytest.fixture
def limited(settings: Settings, clock: SettableClock) -> Iterator[Parts]:
    parts = build_parts(settings.model_copy(update={"rate_limits": True}), clock)
    yield parts
    parts.database.close()


def test_guessed_codes_use_up_nobodys_tries(limited: Parts, clock: SettableClock) -> None:
    body = {
        "document_type": "resident_id", "number": ALICE.number, "name": "张三", "phone": OTHER,
        "code": "000000",
    }  # fmt: skip
    with TestClient(create_app(limited)) as thief:
        assert [post(thief, "/recoveries", body).status_code for _ in range(6)] == [422] * 6
    with TestClient(create_app(limited)) as owner:
        assert recover(owner, limited, clock).status_code == 201


def test_a_browser_of_the_person_has_tries_of_its_own(limited: Parts, clock: SettableClock) -> None:
    with TestClient(create_app(limited)) as owner:
        sign_in(owner, limited, ALICE)
        verify(owner, ALICE)
        choose_questions(owner)
        for number in range(6):
            with TestClient(create_app(limited)) as thief:
                tried = recover(thief, limited, clock, phone=f"1390000008{number}")
        assert tried.status_code == 429
        assert "登录过的手机" in tried.json()["remedy"]
        assert recover(owner, limited, clock, phone=NEW).status_code == 201
