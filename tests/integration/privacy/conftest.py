"""A whole life on the platform, and somebody with a name and the three questions."""

import pytest
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.lobby.parts import Parts
from tests.lives import Life, live
from tests.people import ALICE, sign_in, verify
from tests.player import choose_questions


@pytest.fixture
def life(client: TestClient, parts: Parts, clock: SettableClock) -> Life:
    return live(client, parts, clock)


@pytest.fixture
def alice(client: TestClient, parts: Parts) -> TestClient:
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    choose_questions(client)
    return client
