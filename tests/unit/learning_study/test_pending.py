"""R10 to R12: pending time is joined, ripened, taken back and released; whole states compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.learning.rules import pending
from app.learning.rules.pending import Entry
from app.learning.rules.states import Cut, LearnerState, Piece, Taken

PIECE = Piece(
    enrolment_id="e", lesson_id="video", session_id="s", day=5, pass_number=1, is_ripe=True,
    first_at_ms=10, expires_at_ms=100, stretches=((0, 10),),
)  # fmt: skip
UNRIPE = replace(PIECE, is_ripe=False, stretches=((20, 25),))
OTHERS = (
    {"enrolment_id": "e2"}, {"lesson_id": "book"}, {"session_id": "s2"}, {"day": 6},
    {"pass_number": 2}, {"is_ripe": False},
)  # fmt: skip


def learner(*pieces: Piece, **values) -> LearnerState:
    return LearnerState(
        learner_id="l", pending=pieces, **{"day": 5, "day_used_ms": 500, "pass_number": 1} | values
    )


def taken(piece: Piece, reason: Cut) -> Taken:
    return Taken(
        enrolment_id=piece.enrolment_id, lesson_id=piece.lesson_id, session_id=piece.session_id,
        day=piece.day, stretches=piece.stretches, reason=reason,
    )  # fmt: skip


def test_time_of_one_account_is_one_piece_and_the_older_moments_stand() -> None:
    before, after = replace(PIECE, lesson_id="a"), replace(PIECE, lesson_id="z")
    fresh = replace(PIECE, first_at_ms=70, expires_at_ms=700, stretches=((10, 12), (15, 16)))
    joined = replace(PIECE, stretches=((0, 12), (15, 16)))
    assert pending.join((before, PIECE, after), fresh) == (before, joined, after)
    assert pending.join((), fresh) == (fresh,)


@pytest.mark.parametrize("values", OTHERS)
def test_another_account_is_another_piece(values) -> None:
    fresh = replace(PIECE, stretches=((10, 12),), **values)
    assert pending.join((PIECE,), fresh) == (PIECE, fresh)


def test_r10_what_has_ripened_joins_what_was_ripe() -> None:
    elsewhere = replace(UNRIPE, lesson_id="book")
    assert pending.ripen((UNRIPE, PIECE, elsewhere)) == (
        replace(PIECE, stretches=((0, 10), (20, 25))), replace(elsewhere, is_ripe=True),
    )  # fmt: skip


def test_what_waits_is_counted_by_enrolment_and_the_first_to_expire_is_known() -> None:
    other = replace(PIECE, enrolment_id="e2", stretches=((0, 3),), expires_at_ms=90)
    held = learner(PIECE, UNRIPE, other)
    assert (pending.pending_ms(held, "e"), pending.pending_ms(held, "e2")) == (15, 3)
    assert pending.next_expiry(held.pending) == 90
    assert pending.next_expiry(()) is None


YESTERDAY = replace(PIECE, day=4, lesson_id="book")
EARLIER = replace(PIECE, pass_number=0, lesson_id="old", expires_at_ms=101)


def test_r12_since_the_pass_or_all_is_forfeited_and_today_gets_its_time_back() -> None:
    held = learner(YESTERDAY, EARLIER, PIECE, UNRIPE)
    since = (YESTERDAY, PIECE, UNRIPE)
    assert pending.forfeit_since_pass(held) == (
        replace(held, pending=(EARLIER,), day_used_ms=485),
        tuple(taken(piece, Cut.FORFEITED) for piece in since),
    )
    assert pending.forfeit_all(held) == (
        replace(held, pending=(), day_used_ms=475),
        tuple(taken(piece, Cut.FORFEITED) for piece in held.pending),
    )


def test_r10_a_stretch_that_broke_is_too_short() -> None:
    held = learner(PIECE, UNRIPE)
    assert pending.drop_unripe(held) == (
        replace(held, pending=(PIECE,), day_used_ms=495), (taken(UNRIPE, Cut.TOO_SHORT),),
    )  # fmt: skip
    assert pending.drop_unripe(learner(PIECE)) == (learner(PIECE), ())


def test_r12_what_waited_too_long_expires_but_not_under_review() -> None:
    held = learner(PIECE, EARLIER)
    assert pending.expire(held, 99) == (held, ())
    assert pending.expire(held, 100) == (
        replace(held, pending=(EARLIER,), day_used_ms=490), (taken(PIECE, Cut.EXPIRED),),
    )  # fmt: skip
    reviewed = replace(held, is_under_review=True)
    assert pending.expire(reviewed, 10_000) == (reviewed, ())


def test_r11_a_release_is_one_entry_a_session_lesson_and_day_and_leaves_what_is_too_short() -> None:
    """A session's entries together are never more than it was credited: an auditor adds them up."""
    later = replace(PIECE, pass_number=2, stretches=((10, 14),))
    others = [
        replace(PIECE, lesson_id="book"), replace(PIECE, day=4), replace(PIECE, enrolment_id="e2"),
        replace(PIECE, session_id="s2"),
    ]  # fmt: skip
    held = learner(PIECE, UNRIPE, *others, later)
    entry = Entry(enrolment_id="e", lesson_id="video", session_id="s", day=5, ms=14)
    once = replace(entry, ms=10)
    assert pending.release(held) == (
        replace(held, pending=(UNRIPE,)),
        (
            entry, replace(once, lesson_id="book"), replace(once, day=4),
            replace(once, enrolment_id="e2"), replace(once, session_id="s2"),
        ),
    )  # fmt: skip


def test_what_was_taken_of_a_lesson_is_one_set() -> None:
    parts = [
        taken(PIECE, Cut.EXPIRED), taken(replace(PIECE, lesson_id="book"), Cut.EXPIRED),
        taken(replace(PIECE, enrolment_id="e2", stretches=((50, 60),)), Cut.EXPIRED),
        taken(replace(PIECE, stretches=((8, 12), (30, 31))), Cut.EXPIRED),
    ]  # fmt: skip
    assert pending.stretches_taken(parts, "e", "video") == ((0, 12), (30, 31))


_PIECES = st.lists(
    st.builds(
        replace, st.just(PIECE), lesson_id=st.sampled_from("ab"), day=st.sampled_from([4, 5]),
        pass_number=st.sampled_from([0, 1]), is_ripe=st.booleans(),
        expires_at_ms=st.integers(90, 110),
    ),
    max_size=8,
)  # fmt: skip


@given(_PIECES, st.integers(90, 110))
def test_no_millisecond_is_lost_or_invented(given_: list[Piece], now_ms: int) -> None:
    """Every stretch is its own, so the sums tell whether one went astray."""
    apart = [replace(piece, stretches=((n * 10, n * 10 + 3),)) for n, piece in enumerate(given_)]
    pieces: tuple[Piece, ...] = ()
    for piece in apart:
        pieces = pending.join(pieces, piece)
    held, whole = learner(*pieces), 3 * len(apart)
    assert pending.pending_ms(held, "e") == whole
    assert sum(piece.ms for piece in pending.ripen(pieces)) == whole
    after, entries = pending.release(held)
    assert sum(entry.ms for entry in entries) + pending.pending_ms(after, "e") == whole
    for after, gone in (pending.expire(held, now_ms), pending.forfeit_since_pass(held)):
        assert pending.pending_ms(after, "e") + sum(part.ms for part in gone) == whole
        assert 500 - after.day_used_ms == sum(part.ms for part in gone if part.day == 5)
