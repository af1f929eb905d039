"""Raising challenges: what is drawn by chance, what is asked, what the page shows."""

import secrets
from typing import Any

from msgspec.structs import replace

from app.core.crypto import Vault
from app.core.ids import new_id
from app.identity.services import check_codes, checks
from app.learning.models.study_checks import StudyChallenge
from app.learning.repository import study_checks as rows
from app.learning.rules.challenges import Ask, Ruling, due_kind, raise_challenge
from app.learning.rules.crediting import TRIES
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.presence import WIDTH, Form, Puzzle
from app.learning.rules.states import ChallengeKind, Draw
from app.learning.services import boards, recalls, sealed
from app.learning.services.identity_ways import method_for, no_way
from app.learning.services.study_books import StudyBooks

_chance = secrets.SystemRandom()
PICTURE = "picture"
QUESTION_SHARE = 0.5
"""How often it is a question, where there is one on what was just shown and both kinds may be."""


def draw(policy: StudyPolicy) -> Draw:
    """R15: the next gaps, by a cryptographic source."""
    presence_gap = policy.presence_gap_s
    return Draw(_between(presence_gap) if presence_gap else None, _between(policy.identity_gap_s))


def _between(gap_s: tuple[int, int]) -> int:
    return _chance.randint(gap_s[0] * 1000, gap_s[1] * 1000)


def new_puzzle(books: StudyBooks, row: StudyChallenge, before: Puzzle | None) -> Puzzle:
    """R15: a picture or a question on what was just shown, in a form that no earlier try had."""
    kinds = books.policy(row.session_id).presence_kinds
    used = (*before.used, before.form) if before else ()
    asked = before.question if before else None
    if "question" in kinds and Form.QUESTION not in used:
        fresh = recalls.fresh_questions(books, row.session_id)
        if fresh and ("picture" not in kinds or _chance.random() < QUESTION_SHARE):
            return replace(boards.question(_chance.choice(fresh)), used=used)
    return replace(boards.compose(boards.next_form(used)), used=used, question=asked)


def shown(puzzle: Puzzle) -> dict[str, Any]:
    """What the page is told of a puzzle: what to do, and how large the picture is."""
    return {"text": puzzle.words, "taps": puzzle.taps, "width": WIDTH, "height": puzzle.height}


def raise_due(books: StudyBooks, session_id: str, vault: Vault) -> None:
    """R15: ask what is due now; without a way to prove identity the rules hold the time (R9)."""
    policy = books.policy(session_id)
    kind = due_kind(policy, books.learner)
    if kind is None:
        return
    if kind is ChallengeKind.IDENTITY and method_for(books, session_id) is None:
        return
    ask(books, session_id, kind, vault)


def ask(
    books: StudyBooks, session_id: str, kind: ChallengeKind, vault: Vault, *, tries: int = TRIES
) -> None:
    """Raise a challenge of this kind, with so many tries, in place of whatever is open.

    Raises ForbiddenError where the learner has no way to answer it.
    """
    policy = books.policy(session_id)
    method = PICTURE if kind is ChallengeKind.PRESENCE else method_for(books, session_id)
    if method is None:
        raise no_way(books, session_id)
    _replace_open(books)
    asked = Ask(
        new_id(books.now), kind, method, session_id, books.session_row(session_id).enrolment_id
    )
    learner = raise_challenge(policy, books.learner, asked, books.now_ms)
    if learner.challenge is None:
        raise AssertionError("a challenge was raised and is not there")
    challenge = replace(learner.challenge, tries_left=min(tries, learner.challenge.tries_left))
    books.learner = replace(learner, challenge=challenge)
    row = StudyChallenge(
        id=asked.challenge_id, learner_id=books.learner_id, session_id=session_id,
        enrolment_id=asked.enrolment_id, kind=kind.value, method=method, raised_at=books.now,
        raised_at_ms=challenge.raised_at_ms, expires_at_ms=challenge.expires_at_ms,
        tries_left=challenge.tries_left, is_heard=False, is_on_hold=challenge.is_on_hold,
        is_scheduled=challenge.is_scheduled, prompt_number=0, prompt={},
    )  # fmt: skip
    renew_prompt(books, row, vault)
    books.db.add(row)
    books.db.flush()


def _replace_open(books: StudyBooks) -> None:
    challenge = books.learner.challenge
    row = rows.get_challenge(books.db, challenge.challenge_id) if challenge else None
    if row is not None and row.ruling is None:
        row.ruling, row.settled_at = Ruling.REPLACED.value, books.now


def renew_prompt(books: StudyBooks, row: StudyChallenge, vault: Vault) -> None:
    """Give a challenge its next prompt: no two tries are asked the same."""
    row.prompt_number += 1
    if row.kind == ChallengeKind.PRESENCE:
        before = sealed.open_puzzle(vault, row.id, row.secret) if row.secret else None
        puzzle = new_puzzle(books, row, before)
        row.secret = sealed.seal_puzzle(vault, row.id, puzzle)
        row.prompt = shown(puzzle)
        return
    if _goes_on(books, row):
        return
    row.check_id = new_id(books.now)
    _change_method(books, row)
    row.prompt = checks.open_check(
        books.db, vault, learner_id=books.learner_id, check_id=row.check_id, method=row.method,
        now=books.now,
    )  # fmt: skip


def _goes_on(books: StudyBooks, row: StudyChallenge) -> bool:
    """Whoever is at a vendor's page, or asked for a code a moment ago, has this check still."""
    if checks.goes_on(books.db, row.check_id, now=books.now):
        return True
    is_same_way = method_for(books, row.session_id) == row.method
    return is_same_way and check_codes.has_running_code(books.db, row.check_id, now=books.now)


def renew_if_given_up(books: StudyBooks, session_id: str, vault: Vault) -> None:
    """Ask an open check anew where its way was given up since: nobody could answer it any more."""
    challenge = books.learner.challenge
    row = rows.get_challenge(books.db, challenge.challenge_id) if challenge else None
    if row is None or row.kind != ChallengeKind.IDENTITY:
        return
    chosen = checks.methods_for(books.db, books.learner_id, now=books.now)
    if row.method not in chosen and method_for(books, session_id) is not None:
        renew_prompt(books, row, vault)


def _change_method(books: StudyBooks, row: StudyChallenge) -> None:
    """A roll call may have begun or ended since: no way leaves more time than its own."""
    policy, challenge = books.policy(row.session_id), books.learner.challenge
    method = method_for(books, row.session_id)
    if method is None or method == row.method or challenge is None:
        return
    row.method = method
    expires_at_ms = min(challenge.expires_at_ms, books.now_ms + policy.ttl_ms(method))
    books.learner = replace(
        books.learner,
        challenge=replace(challenge, method=method, expires_at_ms=expires_at_ms),
    )


def challenge_view(books_row: StudyChallenge | None, now_ms: int) -> dict[str, Any] | None:
    """What the page gets: the prompt, how to answer, and how long there is for it."""
    row = books_row
    if row is None or row.ruling is not None or now_ms > row.expires_at_ms:
        return None
    prompt = dict(row.prompt or {})
    if row.kind == ChallengeKind.PRESENCE:
        place = f"/api/v1/study-sessions/{row.session_id}/challenges/{row.id}"
        prompt |= {
            "picture": f"{place}/picture?n={row.prompt_number}",
            "sound": f"{place}/sound?n={row.prompt_number}",
        }
    return {
        "id": row.id, "kind": row.kind, "methods": [row.method], "tries_left": row.tries_left,
        "prompt_number": row.prompt_number,
        "expires_in_ms": row.expires_at_ms - now_ms, "prompt": prompt,
    }  # fmt: skip


def open_challenge_view(books: StudyBooks) -> dict[str, Any] | None:
    """The learner's open challenge as the page gets it, after this transaction's changes."""
    challenge = books.learner.challenge
    if challenge is None:
        return None
    return challenge_view(rows.get_challenge(books.db, challenge.challenge_id), books.now_ms)
