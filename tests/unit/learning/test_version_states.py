"""States of versions: forward, back from review, and never out of what is retired."""

from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules.versions import STATE_NAMES, VersionState, content_hash, may_follow

_STATES = st.sampled_from(VersionState)


@given(st.lists(_STATES, max_size=12))
def test_whatever_is_asked_for_a_published_version_only_retires(asked: list[VersionState]) -> None:
    state, seen = VersionState.DRAFT, [VersionState.DRAFT]
    for wanted in asked:
        if may_follow(state, wanted):
            state = wanted
            seen.append(state)
    if VersionState.PUBLISHED in seen:
        place = seen.index(VersionState.PUBLISHED)
        assert seen[place - 1] is VersionState.IN_REVIEW
        assert seen[place + 1 :] in ([], [VersionState.RETIRED])


def test_every_state_has_a_name() -> None:
    assert set(STATE_NAMES) == set(VersionState)


_CARD = st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=4)
_LESSONS = st.lists(_CARD, max_size=3)


@given(_CARD, _LESSONS, _CARD, _LESSONS)
def test_the_hash_names_the_whole_and_nothing_else(
    card: dict[str, object], lessons: list[dict[str, object]],
    other: dict[str, object], others: list[dict[str, object]],
) -> None:  # fmt: skip
    is_same = (card, lessons) == (other, others)
    assert (content_hash(card, lessons) == content_hash(other, others)) is is_same
    turned = dict(reversed(card.items()))
    assert content_hash(turned, lessons) == content_hash(card, lessons)
