"""A46, A47: somebody else's session, media, challenge, enrolment, certificate; stolen tokens."""

import pytest

from app.lobby import cookies
from tests.attacks.laboratory import Laboratory
from tests.attacks.outcomes import Needs, Outcome, keep
from tests.people import csrf, sign_in


def test_other_peoples_ids_open_nothing(lab: Laboratory) -> None:
    with lab.bot(Needs.NONE) as thief, lab.bot(Needs.PATIENT) as victim:
        thief.began = lab.clock.now()
        for _ in victim.minutes(11):
            victim.play_minute()
            if victim.challenge is not None:
                break
        assert victim.challenge is not None
        session = f"/api/v1/study-sessions/{victim.session_id}"
        challenge = f"{session}/challenges/{victim.challenge['id']}"
        body = {"head": victim.head, "answer": {"digits": "12345"}}
        token = csrf(thief.client)
        tried = {
            "read": thief.client.get(session),
            "picture": thief.client.get(f"{challenge}/picture"),
            "sound": thief.client.get(f"{challenge}/sound"),
            "answer": thief.client.post(challenge, json=body, headers=token),
            "ask": thief.client.post(f"{session}/challenges", headers=token),
            "enrolment": thief.client.get(f"/api/v1/enrolments/{victim.enrolment_id}"),
            "exam": thief.client.post(
                f"/api/v1/enrolments/{victim.enrolment_id}/attempts", headers=token
            ),
            "open": thief.client.post(
                "/api/v1/study-sessions", headers=token,
                json={"enrolment_id": victim.enrolment_id, "lesson_id": victim.lesson_id},
            ),
        }  # fmt: skip
        assert {name: got.status_code for name, got in tried.items()} == dict.fromkeys(tried, 404)
        victim.respond()
        assert victim.passed == 1
        for _ in thief.minutes(1):
            thief.session_id, thief.key, thief.head = (
                victim.session_id, victim.key, victim.head,
            )  # fmt: skip
            assert thief.report([thief.beat(0, 60_000)]) is None
        keep(
            Outcome(
                name="other people's ids, even with their key", rows="A46", needs=Needs.NONE,
                reasons=thief.reasons, detected_after_ms=thief.detected_ms,
                elapsed_ms=thief.elapsed_ms,
            )
        )  # fmt: skip


def test_a_stolen_refresh_token_ends_the_whole_sign_in(lab: Laboratory) -> None:
    """Used by the thief after the owner renewed: both are out, and nothing is confirmed."""
    with lab.bot(Needs.NONE) as bot, lab.client() as thief:
        stolen = bot.client.cookies[cookies.REFRESH]
        lab.clock.advance(ms=20 * 60_000)
        assert bot.client.get("/api/v1/me").status_code == 200
        lab.clock.advance(ms=60_000)
        thief.cookies.set(cookies.REFRESH, stolen, domain="testserver.local", path="/")
        assert thief.get("/api/v1/me").status_code == 401
        assert bot.client.get("/api/v1/me").status_code == 401
    keep(
        Outcome(
            name="stolen refresh token used again", rows="A47", needs=Needs.NONE,
            reasons=["reuse"], detected_after_ms=0, elapsed_ms=81 * 60_000,
        )
    )  # fmt: skip


def test_a_stolen_access_token_confirms_nothing(lab: Laboratory) -> None:
    """A bearer without the owner's device can study for a quarter of an hour, unconfirmed."""
    with lab.bot(Needs.NONE) as bot, lab.client() as thief:
        access = bot.client.cookies[cookies.ACCESS]
        thief.headers["authorization"] = f"Bearer {access}"
        owner, bot.client = bot.client, thief
        for _ in bot.minutes(20):
            bot.play_minute()
        bot.client = owner
        outcome = bot.outcome(
            "stolen access token", "A47", "works on another device until it runs out (15 min)"
        )
        keep(outcome)
        assert outcome.confirmed_ms == 0
        assert "not_signed_in" in outcome.reasons


@pytest.mark.parametrize("path", ["/api/v1/desk/cases", "/api/v1/org/staff"])
def test_a_learner_is_neither_staff_nor_employer(lab: Laboratory, path: str) -> None:
    with lab.client() as client:
        lab.next_day()
        sign_in(client, lab.parts, lab.someone())
        assert client.get(path).status_code in (403, 404)
