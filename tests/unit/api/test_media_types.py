"""A body goes out under the name that its caller takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.media_types import chosen

VC = ("application/vc", "application/ld+json", "application/json")


@pytest.mark.parametrize(
    ("accept", "told"),
    [
        ("", VC[0]),
        ("*/*", VC[0]),
        ("application/*", VC[0]),
        # What W3C's own suite of tests asks for, and the libraries behind it.
        ("application/ld+json, application/json", VC[1]),
        ("application/json", VC[2]),
        ("application/json;q=0.9, application/ld+json;q=0.5", VC[2]),
        ("Application/JSON", VC[2]),
        ("application/json, */*", VC[0]),
        ("application/json, */*;q=0.1", VC[2]),
        ("application/vc;q=0, */*", VC[1]),
        ("application/vc, application/json", VC[0]),
        ("text/html", VC[0]),
        ("application/json;q=seven", VC[0]),
        ("application/json;q=nan", VC[0]),
        (";;,,;q=", VC[0]),
    ],
)
def test_the_best_liked_name_is_taken(accept: str, told: str) -> None:
    assert chosen(accept, VC) == told


@given(st.text(max_size=60))
def test_whatever_is_asked_has_an_answer(accept: str) -> None:
    assert chosen(accept, VC) in VC


@given(st.sampled_from(VC), st.floats(0.01, 1), st.floats(0, 0.009))
def test_the_more_liked_of_two_is_taken(name: str, much: float, little: float) -> None:
    others = ", ".join(f"{each};q={little:.4f}" for each in VC if each != name)
    assert chosen(f"{others}, {name};q={much:.4f}", VC) == name
