"""Presence checks of every form: late, missing, wrong, repeated and relayed answers."""

from typing import Any

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from app.core.clock import SettableClock
from app.learning.models.catalogue import Lesson
from app.learning.models.study_checks import StudyChallenge
from app.learning.rules.presence import PICTURES, Form
from app.learning.services import boards
from app.learning.services import prompts as asking
from app.lobby.parts import Parts
from app.main import create_app
from tests.courses import MadeCourse, make_course
from tests.people import CAROL, csrf, sign_in
from tests.player import Player, enrolled
from tests.tampering import tamper

QUESTION = {
    "from_ms": 0, "to_ms": 15_000, "stem": "上岗以前要先做哪些事？",
    "choices": ["看安全标志", "戴好护具", "先喝酒", "直接开机", "问班长"], "answer": [0, 1, 4],
    "explanation": "看标志，戴护具，不清楚先问。",
}  # fmt: skip
LATER = QUESTION | {"from_ms": 30_000, "to_ms": 60_000, "stem": "下课以前做什么？"}


@pytest.fixture
def course(parts: Parts) -> MadeCourse:
    """A film whose first quarter of a minute has a question, and a stretch not yet seen too."""
    made = make_course(parts, presence_gap_s=[20, 20], identity_gap_s=[600, 600])
    _put(parts, made, [QUESTION, LATER])
    return made


def _put(parts: Parts, made: MadeCourse, questions: list[dict[str, Any]]) -> None:
    """Give the film other questions, though its version is published."""
    film = Lesson.id == made.video_id
    tamper(parts.database, update(Lesson).where(film).values(questions=questions))


@pytest.fixture(params=[*PICTURES, Form.QUESTION], ids=str)
def form(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Form:
    """The form that the first prompt has; what comes after is drawn as always."""
    wanted: Form = request.param
    share = 1.0 if wanted is Form.QUESTION else 0.0
    monkeypatch.setattr(asking, "QUESTION_SHARE", share)
    draw = boards.next_form
    monkeypatch.setattr(
        boards, "next_form",
        lambda used: draw(used) if used or wanted is Form.QUESTION else wanted,
    )  # fmt: skip
    return wanted


@pytest.fixture
def asked(
    client: TestClient, parts: Parts, clock: SettableClock, course: MadeCourse, form: Form
) -> Player:
    """Twenty credited seconds later: a presence check of this form is open."""
    player = _playing(client, parts, clock, course)
    assert player.challenge is not None
    assert player.puzzle().form is form
    return player


def _playing(client: TestClient, parts: Parts, clock: SettableClock, course: MadeCourse) -> Player:
    player = enrolled(client, parts, clock, course.course_id)
    player.begin(course.video_id)
    player.play(0, 10_000)
    player.play(10_000, 20_000)
    return player


def _wrong(player: Player) -> dict[str, Any]:
    """As many taps as are wanted, one of them beside its target."""
    taps = player.puzzle().right_taps()
    return {"taps": [taps[0], *taps[:-1]]}


def test_right_taps_pass_and_study_goes_on(asked: Player, form: Form) -> None:
    right = asked.puzzle().right_taps()
    told = asked.answer({"taps": right}).json()
    assert (told["outcome"], told["hold"], told["challenge"]) == ("passed", False, None)
    assert told["totals"]["pending_ms"] == 20_000, "presence releases nothing"
    assert (told["learnt"] is not None) is (form is Form.QUESTION)
    assert asked.play(20_000, 30_000)["verdicts"][0]["credited_ms"] == 10_000


def test_the_spoken_digits_are_worth_the_same(asked: Player) -> None:
    assert asked.challenge is not None
    sound = asked.client.get(asked.challenge["prompt"]["sound"])
    assert sound.content.startswith(b"RIFF")
    assert asked.answer({"digits": asked.puzzle().digits}).json()["outcome"] == "passed"


def test_nothing_on_the_wire_says_where_to_tap(asked: Player, form: Form) -> None:
    assert asked.challenge is not None
    prompt = asked.challenge["prompt"]
    assert set(prompt) == {"text", "taps", "width", "height", "picture", "sound"}
    assert prompt["taps"] == (None if form is Form.QUESTION else 4)
    picture = asked.client.get(prompt["picture"])
    assert picture.headers["content-type"] == "image/png"
    puzzle = asked.puzzle()
    told = f"{asked.challenge}{dict(picture.headers)}"
    assert puzzle.digits not in told
    if form is Form.QUESTION:
        assert not any(text in told for text in (QUESTION["stem"], *QUESTION["choices"]))
    with asked.parts.database.reading() as db:
        row = db.get_one(StudyChallenge, asked.challenge["id"])
        assert puzzle.digits.encode() not in (row.secret or b"")


def test_each_wrong_try_gets_another_form_and_ends_the_old_picture(asked: Player) -> None:
    forms = [asked.puzzle().form]
    for tries_left in (2, 1):
        assert asked.challenge is not None
        old = asked.challenge["prompt"]
        told = asked.answer(_wrong(asked)).json()
        assert (told["outcome"], told["challenge"]["tries_left"]) == ("wrong", tries_left)
        assert told["learnt"] is None, "a wrong answer shows nothing"
        for name in ("picture", "sound"):
            assert asked.client.get(old[name]).status_code == 404
        assert asked.client.get(told["challenge"]["prompt"]["picture"]).status_code == 200
        forms.append(asked.puzzle().form)
    assert len(set(forms)) == 3
    failed = asked.answer(_wrong(asked)).json()
    assert (failed["outcome"], failed["hold"]) == ("failed", True)
    assert failed["totals"]["pending_ms"] == 0
    assert failed["learnt"] is None


def test_the_right_answer_to_an_old_prompt_is_wrong(asked: Player) -> None:
    old = asked.puzzle().right_taps()
    asked.answer(_wrong(asked))
    assert asked.answer({"taps": old}).json()["outcome"] == "wrong"


def test_a_late_answer_is_no_answer(asked: Player) -> None:
    right = asked.puzzle().right_taps()
    asked.clock.advance(ms=60_001)
    late = asked.answer({"taps": right})
    assert (late.status_code, late.json()["code"]) == (409, "challenge_over")


def test_a_missing_answer_is_missed_once_the_session_was_heard(asked: Player) -> None:
    asked.play(20_000, 25_000)
    asked.clock.advance(ms=90_000)
    told = asked.play(25_000, 30_000)
    assert told["hold"] is True
    assert told["totals"]["pending_ms"] == 0


def test_the_same_answer_again_finds_the_check_over(asked: Player) -> None:
    right = {"taps": asked.puzzle().right_taps()}
    challenge = asked.challenge
    assert asked.answer(right).json()["outcome"] == "passed"
    asked.challenge = challenge
    again = asked.answer(right)
    assert (again.status_code, again.json()["code"]) == (409, "challenge_over")


def test_an_answer_relayed_from_elsewhere_is_not_taken(asked: Player, parts: Parts) -> None:
    """Another account has no such session; another head is not this session's state."""
    right = {"taps": asked.puzzle().right_taps()}
    assert asked.challenge is not None
    place = f"/api/v1/study-sessions/{asked.session_id}/challenges/{asked.challenge['id']}"
    with TestClient(create_app(parts)) as other:
        sign_in(other, parts, CAROL)
        body = {"head": asked.head, "answer": right}
        assert other.post(place, json=body, headers=csrf(other)).status_code == 404
        assert other.get(asked.challenge["prompt"]["picture"]).status_code == 404
    body = {"head": "A" * 43, "answer": right}
    strange = asked.client.post(place, json=body, headers=csrf(asked.client))
    assert (strange.status_code, strange.json()["code"]) == (409, "out_of_step")
    assert asked.answer(right).json()["outcome"] == "passed"


def test_only_what_was_just_shown_is_asked_and_its_place_is_told(
    client: TestClient, parts: Parts, clock: SettableClock, course: MadeCourse,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(asking, "QUESTION_SHARE", 1.0)
    player = _playing(client, parts, clock, course)
    puzzle = player.puzzle()
    assert "".join(puzzle.lines) == QUESTION["stem"], "what comes later is not asked yet"
    player.answer(_wrong(player))
    told = player.answer({"taps": player.puzzle().right_taps()}).json()
    assert told["learnt"] == {
        "stem": QUESTION["stem"], "right": ["看安全标志", "戴好护具", "问班长"],
        "explanation": QUESTION["explanation"], "lesson": "第 1 课 第一课",
        "lesson_id": course.video_id, "from_ms": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "forms"), [("picture", PICTURES), ("question", (Form.QUESTION,))], ids=str
)
def test_the_policy_decides_between_pictures_and_questions(
    client: TestClient, parts: Parts, clock: SettableClock, kind: str, forms: tuple[Form, ...]
) -> None:
    made = make_course(
        parts, presence_gap_s=[20, 20], identity_gap_s=[600, 600], presence_kinds=[kind]
    )
    _put(parts, made, [QUESTION])
    player = _playing(client, parts, clock, made)
    assert player.puzzle().form in forms
    player.answer(_wrong(player))
    assert player.puzzle().form in PICTURES, "a second question would be the same form"


def test_a_lesson_without_questions_asks_pictures_whatever_the_policy_says(
    client: TestClient, parts: Parts, clock: SettableClock
) -> None:
    made = make_course(
        parts, presence_gap_s=[20, 20], identity_gap_s=[600, 600], presence_kinds=["question"]
    )
    assert _playing(client, parts, clock, made).puzzle().form in PICTURES
