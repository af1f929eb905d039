"""Words that are looked for: of any length, on every page."""

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st

from app.lobby.sought import MOST, sought
from app.web.application import ROUTERS

NAMES = {"q", "who"}
PAGES = [
    route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)
]  # fmt: skip


def _searches(dependant: Dependant) -> list[str]:
    """Why each search field of a page would refuse a long text."""
    found = [
        str(field.validate("长" * 300, {}, loc=("query", field.alias))[1] or "")
        for field in dependant.query_params
        if field.alias in NAMES
    ]
    return found + [each for below in dependant.dependencies for each in _searches(below)]


SEARCHED = {route.path: found for route in PAGES if (found := _searches(route.dependant))}


def test_pages_with_a_search_are_found() -> None:
    assert {"/courses", "/employer/staff", "/employer/messages"} <= set(SEARCHED)


@pytest.mark.parametrize("path", sorted(SEARCHED))
def test_no_page_takes_a_long_search_for_a_wrong_address(path: str) -> None:
    assert not any(SEARCHED[path])


@given(st.text(max_size=2 * MOST))
def test_what_was_typed_stays_but_for_what_nothing_contains(text: str) -> None:
    found = sought(text)
    assert len(found) == min(len(text), MOST)
    assert all(b in (a, " ") for a, b in zip(text, found, strict=False))
    assert not any(ord(each) < 32 or ord(each) == 127 for each in found)
    assert sought(found) == found
