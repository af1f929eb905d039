"""Somebody who has a name and the three questions, and somebody's browser beside."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.lobby.parts import Parts
from tests.another_phone import browser
from tests.people import ALICE, sign_in, verify
from tests.player import choose_questions


@pytest.fixture
def alice(client: TestClient, parts: Parts) -> TestClient:
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    choose_questions(client)
    return client


@pytest.fixture
def stranger(parts: Parts) -> Iterator[TestClient]:
    with browser(parts) as opened:
        yield opened
