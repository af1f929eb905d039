"""Somebody who has a name and the three questions, and somebody's browser beside."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.lobby.parts import Parts
from tests.another_phone import browser
from tests.player import come_in


@pytest.fixture
def alice(client: TestClient, parts: Parts) -> TestClient:
    return come_in(client, parts)


@pytest.fixture
def stranger(parts: Parts) -> Iterator[TestClient]:
    with browser(parts) as opened:
        yield opened
