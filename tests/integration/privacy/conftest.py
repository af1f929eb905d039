"""A whole life on the platform, and somebody with a name and the three questions."""

import pytest
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.lobby.parts import Parts
from tests.lives import Life, live
from tests.player import come_in


@pytest.fixture
def life(client: TestClient, parts: Parts, clock: SettableClock) -> Life:
    return live(client, parts, clock)


@pytest.fixture
def alice(client: TestClient, parts: Parts) -> TestClient:
    return come_in(client, parts)
