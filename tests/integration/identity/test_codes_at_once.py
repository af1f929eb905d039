"""A one-time code is good once, and for five tries, however many come at the same moment."""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from app.core.errors import TooManyRequestsError
from app.identity.models.signing import PhoneCode
from app.identity.services import signin
from app.identity.services.signin import CodeAnswer
from app.lobby.parts import Parts
from app.main import create_app
from tests.people import csrf, newest_code

_PHONE = "13900000666"


def _at_once(
    asked: TestClient, parts: Parts, times: int, code: Callable[[int], str]
) -> Counter[tuple[int, str]]:
    """Answers of sign-ins from as many tabs of a browser, as (status, code of the problem)."""
    start = threading.Barrier(times)
    jar = dict(asked.cookies)

    def come(number: int) -> tuple[int, str]:
        with TestClient(create_app(parts), cookies=jar) as client:
            headers, body = csrf(client), {"phone": _PHONE, "code": code(number)}
            start.wait()
            answer = client.post("/api/v1/auth/sign-in", json=body, headers=headers)
            return answer.status_code, answer.json().get("code", "")

    with ThreadPoolExecutor(times) as pool:
        return Counter(pool.map(come, range(times)))


def _sent(client: TestClient, parts: Parts) -> str:
    asked = client.post("/api/v1/auth/codes", json={"phone": _PHONE}, headers=csrf(client))
    assert asked.status_code == 202
    return newest_code(parts, _PHONE)


def test_one_code_lets_one_in(client: TestClient, parts: Parts) -> None:
    code = _sent(client, parts)
    assert _at_once(client, parts, 8, lambda _: code) == {(200, ""): 1, (422, "spent_code"): 7}


def test_no_more_than_five_guesses_count(client: TestClient, parts: Parts) -> None:
    right = _sent(client, parts)
    guesses = [f"{number:06d}" for number in range(20) if f"{number:06d}" != right]
    told = _at_once(client, parts, 12, lambda number: guesses[number])
    assert told == {(422, "wrong_code"): 5, (422, "spent_code"): 7}
    assert _at_once(client, parts, 1, lambda _: right) == {(422, "spent_code"): 1}


def test_of_two_codes_of_one_instant_one_counts_and_the_wait_is_the_same(parts: Parts) -> None:
    """Two requests may both have looked before either wrote: the greater id is the newest."""
    now, sent = parts.clock.now(), {}
    with parts.database.transaction() as db:
        for _ in range(2):
            code = signin.prepare_code(
                db, parts.vault, parts.keys, phone=_PHONE, device_id="d", now=now
            )
            db.flush()
            [row] = db.scalars(select(PhoneCode).where(PhoneCode.sent_at == now))
            sent[row.id] = code
            row.sent_at = now - dt.timedelta(hours=1)  # as the other request saw it: not there
        db.execute(update(PhoneCode).values(sent_at=now))
    first, newest = (signin.Typed(_PHONE, sent[row_id], "d") for row_id in sorted(sent))
    with parts.database.transaction() as db:
        with pytest.raises(TooManyRequestsError, match="请 60 秒后再取"):
            signin.check_wait(db, parts.vault, _PHONE, now=now)
        told = [
            signin.answer_code(db, parts.vault, parts.keys, t, now=now) for t in (first, newest)
        ]
    assert told == [CodeAnswer.WRONG, CodeAnswer.RIGHT]
