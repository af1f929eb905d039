"""Who holds a contest, and one who takes part."""

from collections.abc import Iterator

import pytest

from app.core.clock import SettableClock
from app.lobby.parts import Parts
from tests.contesting import Contestant, Organiser, contestant, organiser
from tests.people import ALICE


@pytest.fixture
def held(parts: Parts, clock: SettableClock) -> Iterator[Organiser]:
    with organiser(parts, clock) as found:
        yield found


@pytest.fixture
def alice(held: Organiser) -> Iterator[Contestant]:
    with contestant(held.parts, ALICE) as found:
        yield found
