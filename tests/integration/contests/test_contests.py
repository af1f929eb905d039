"""A contest from its draft to its ranking, on both databases; and what it never does."""

from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from app import worker
from app.core.ids import new_id
from app.identity.services.inbox import NoticeKind
from app.learning.models.catalogue import Enrolment
from app.learning.models.exams import ExamAttempt, ExamBank, ExamBankCourse
from app.learning.services import exam_drawing, exams
from app.learning.services.own_data import take_along
from app.org.models.staff import StaffMember
from tests import examinee
from tests.contesting import (
    CARD,
    PRACTICE,
    SECTIONS,
    Contestant,
    Organiser,
    contestant,
    keys_in,
    put_on_roster,
    stock_singles,
    under_way,
)
from tests.courses import make_course
from tests.employers import post, put
from tests.people import ALICE, CAROL, MALLORY, csrf, prove
from tests.player import choose_questions
from tests.reviewers import on_case, only_case, reviewer
from tests.schools import RIVAL, RIVAL_USCC, SCHOOL, found_school, school_client


def _notices(who: Contestant) -> list[tuple[str, str]]:
    found = who.client.get("/api/v1/me/notices").json()
    return [(each["kind"], each["text"]) for each in found]


def test_from_draft_to_ranking(held: Organiser, alice: Contestant) -> None:
    contest_id = held.out()
    (round_id,) = held.round_ids(contest_id)
    assert [text for kind, text in _notices(alice) if kind == NoticeKind.CONTEST_OPEN] == [
        "学校 654P举办“电工技能竞赛”，今天 11:00开始，请在“我的”里的“练兵和竞赛”参加。"
    ]
    assert [each["contest_id"] for each in alice.list()] == [contest_id]
    assert alice.start(round_id).status_code == 404  # not entered
    assert alice.enter(contest_id).status_code == 200
    early = alice.start(round_id)
    assert (early.status_code, early.json()["detail"]) == (409, "这一场还没有开始。")

    with contestant(held.parts, CAROL) as carol, contestant(held.parts, MALLORY) as mallory:
        for who in (carol, mallory):
            assert who.enter(contest_id, hides_name=who is mallory).status_code == 200
        held.go_to(11, 1)
        slow = alice.sit(round_id, took_ms=600_000)
        fast = carol.sit(round_id, took_ms=60_000)
        worse = mallory.sit(round_id, wrong=2, took_ms=1_000)
        for done in (slow, fast, worse):
            assert (done["is_told"], done["score"], done["items"]) == (False, 0, [])
        assert held.results(contest_id)["people"][0]["score"] is None
        waits = held.rank(contest_id)
        assert (waits.status_code, waits.json()["code"]) == (409, "not_ready")

        held.go_to(13, 3)
        seen = held.results(contest_id)
        assert (seen["is_over"], seen["waits_for"]) == (True, [])
        assert held.rank(contest_id).json() == {"placed": 3}
        assert held.rank(contest_id).status_code == 409
        public = carol.client.get(f"/api/v1/contests/{contest_id}/ranking").json()
        assert [(each["place"], each["name"], each["score"]) for each in public["lines"]] == [
            (1, "阿***·**提", 100), (2, "李*梅", 100), (3, "（不公开姓名）", 50),
        ]  # fmt: skip
        assert [each["used_ms"] for each in public["lines"]] == [60_000, 600_000, 1_000]
        page = carol.client.get(f"/contests/{contest_id}/ranking").text
        assert "（不公开姓名）" in page
        assert "李晓梅" not in page
    own = alice.read(contest_id)["rounds"][0]
    assert (own["place"], own["score"], own["own"][0]["score"]) == (2, 100, 100)
    assert (
        NoticeKind.CONTEST_RANKED,
        "“电工技能竞赛 · 初赛”排名已公布，您第 2 名，100 分。",
    ) in _notices(alice)
    # The keys are told now, and were not before.
    after = alice.client.get(f"/exam/attempts/{own['own'][0]['attempt_id']}/result").text
    assert keys_in(held.parts, after)


def test_a_tie_shares_a_place_and_who_did_not_sit_has_none(
    held: Organiser, alice: Contestant
) -> None:
    contest_id = held.out()
    (round_id,) = held.round_ids(contest_id)
    with contestant(held.parts, CAROL) as carol, contestant(held.parts, MALLORY) as mallory:
        for who in (alice, carol, mallory):
            who.enter(contest_id)
        held.go_to(11)
        alice.sit(round_id, took_ms=5_000)
        carol.sit(round_id, took_ms=5_000)
        held.go_to(13, 3)
        assert held.rank(contest_id).json() == {"placed": 2}
        people = {each["name"]: each["place"] for each in held.results(contest_id)["people"]}
        assert people == {"李晓梅": 1, "阿依古丽·买买提": 1, "马洛": None}
        own = mallory.read(contest_id)["rounds"][0]
        assert (own["is_ranked"], own["place"]) == (True, None)


def test_nothing_of_a_key_is_told_while_the_window_is_open(
    held: Organiser, alice: Contestant
) -> None:
    contest_id, round_id = under_way(held, alice, PRACTICE, held.round(tries=2))
    begun = alice.start(round_id)
    assert keys_in(held.parts, begun.text) == []
    attempt = begun.json()
    assert set(attempt["questions"][0]) == {
        "item_id", "kind", "stem", "choices", "blank_count", "section", "points",
    }  # fmt: skip
    alice.answer(attempt, wrong=1)
    # Practice tells the score at once, and neither what was right nor why.
    done = alice.hand_in(attempt)
    assert (done["is_told"], done["score"], done["items"]) == (True, 75, [])
    address = f"/exam/attempts/{attempt['attempt_id']}/result"
    for text in (
        alice.client.get(address).text, alice.client.get("/wrong-questions").text,
        alice.client.get("/api/v1/me/wrong-questions").text,
        alice.client.get(f"/me/contests/{contest_id}").text,
        alice.client.get("/api/v1/me/contests").text,
    ):  # fmt: skip
        assert keys_in(held.parts, text) == []
    again = alice.sit(round_id)
    assert again["score"] == 100
    assert alice.start(round_id).json()["code"] == "contest_closed"  # two tries
    held.go_to(13, 1)  # closed, and an answer may be on its way still
    assert keys_in(held.parts, alice.client.get(address).text) == []
    held.go_to(13, 3)
    assert keys_in(held.parts, alice.client.get(address).text)
    assert held.rank(contest_id).json() == {"placed": 1}
    assert alice.read(contest_id)["rounds"][0]["score"] == 100  # the best one counts


def test_the_banks_of_the_platform_never_tell_their_keys(
    held: Organiser, alice: Contestant
) -> None:
    course = make_course(held.parts)
    with held.parts.database.transaction() as db:
        bank = db.get_one(ExamBank, held.bank_id)
        bank.owner_id = None
        db.add(ExamBankCourse(bank_id=bank.id, course_id=course.course_id))
    _, round_id = under_way(held, alice, PRACTICE, held.round())
    attempt_id = alice.sit(round_id)["attempt_id"]
    held.go_to(14)
    page = alice.client.get(f"/exam/attempts/{attempt_id}/result").text
    assert " 种标志是什么颜色" in page  # what was asked, right or wrong
    assert keys_in(held.parts, page) == []


def test_a_bank_of_a_contest_and_of_a_course_tells_its_keys_by_neither_way_too_early(
    held: Organiser, alice: Contestant
) -> None:
    course = make_course(held.parts, required_s=0)
    with held.parts.database.transaction() as db:
        db.execute(delete(ExamBankCourse).where(ExamBankCourse.course_id == course.course_id))
        db.add(ExamBankCourse(bank_id=held.bank_id, course_id=course.course_id))
    contest_id = held.out(PRACTICE, held.round())
    (round_id,) = held.round_ids(contest_id)
    held.go_to(11)
    with contestant(held.parts, CAROL) as carol:
        carol.enter(contest_id)
        for who in (alice, carol):
            enrolled = post(who.client, "/enrolments", {"course_id": course.course_id})
            assert enrolled.status_code == 201, enrolled.text
        enrolment_id = alice.client.get("/api/v1/enrolments").json()[0]["id"]
        passed = examinee.sit(alice.client, held.parts, enrolment_id)
        assert passed["passed"]
        assert passed["items"] == []  # others are asked still
        own_id = carol.sit(round_id)["attempt_id"]
        held.go_to(14)
        after = alice.client.get(f"/exam/attempts/{passed['attempt_id']}/result").text
        assert keys_in(held.parts, after)
        # Whoever enrols may be asked in an exam, out of the same bank.
        own = carol.client.get(f"/exam/attempts/{own_id}/result").text
        assert "种标志" in own
        assert keys_in(held.parts, own) == []


def test_the_clock_is_the_servers_and_closes_for_everybody_at_once(
    held: Organiser, alice: Contestant
) -> None:
    contest_id = held.out()
    (round_id,) = held.round_ids(contest_id)
    alice.enter(contest_id)
    held.go_to(12, 50)
    attempt = alice.start(round_id).json()
    assert attempt["remaining_ms"] == 600_000  # and not the half hour
    alice.answer(attempt)
    held.go_to(13, 3)
    late = alice.client.put(
        f"/api/v1/attempts/{attempt['attempt_id']}/answers/{attempt['questions'][0]['item_id']}",
        json={"choices": ["A"]}, headers=csrf(alice.client),
    )  # fmt: skip
    assert (late.status_code, late.json()["code"]) == (409, "exam_over")
    waits = held.rank(contest_id).json()["detail"]
    assert "还有 1 份答卷没有交" in waits
    exams.close_overdue(held.parts.database, now=held.clock.now())
    assert held.rank(contest_id).json() == {"placed": 1}
    own = alice.read(contest_id)["rounds"][0]
    assert (own["score"], own["used_ms"]) == (100, 600_000)
    assert alice.start(round_id).status_code == 409


def test_a_contest_confirms_no_hours_and_makes_no_certificate(
    held: Organiser, alice: Contestant
) -> None:
    contest_id, round_id = under_way(held, alice)
    alice.sit(round_id)
    held.go_to(13, 3)
    held.rank(contest_id)
    worker.drain(held.parts)
    assert alice.client.get("/api/v1/certificates").json() == []
    assert alice.client.get("/api/v1/enrolments").json() == []
    with held.parts.database.reading() as db:
        row = db.scalars(select(ExamAttempt)).one()
        assert (row.enrolment_id, row.passed, row.state) == (None, None, "graded")
        assert db.scalars(select(Enrolment)).first() is None
        assert exam_drawing.redraw(db, row.id).is_same


def test_an_attempt_hangs_on_one_thing_and_on_one_only(held: Organiser, alice: Contestant) -> None:
    _, round_id = under_way(held, alice)
    alice.sit(round_id)
    with held.parts.database.reading() as db:
        row = db.scalars(select(ExamAttempt)).one()
        rest = {
            name: getattr(row, name)
            for name in ("learner_id", "paper", "started_at", "deadline_at", "closes_at", "state")
        }
    with pytest.raises(IntegrityError), held.parts.database.transaction() as db:
        db.add(ExamAttempt(id=new_id(held.clock.now()), number=9, **rest))


def test_the_second_person_publishes_a_race_and_practice_goes_out_alone(held: Organiser) -> None:
    contest_id = held.draft()
    assert post(held.first, f"/org/contests/{contest_id}/submission", {}).json() == {
        "state": "review"
    }
    own = post(held.first, f"/org/contests/{contest_id}/decision", {"publishes": True})
    assert (own.status_code, own.json()["code"]) == (403, "own_work")
    bare = post(held.second, f"/org/contests/{contest_id}/decision", {"publishes": False})
    assert (bare.status_code, bare.json()["errors"][0]["field"]) == (422, "/reason")
    post(
        held.second, f"/org/contests/{contest_id}/decision",
        {"publishes": False, "reason": "奖励没有写清"},
    )  # fmt: skip
    assert held.read(contest_id)["reason"] == "奖励没有写清"
    put(held.first, f"/org/contests/{contest_id}", CARD | {"prizes_text": "一等奖一名"})
    post(held.first, f"/org/contests/{contest_id}/submission", {})
    done = post(held.second, f"/org/contests/{contest_id}/decision", {"publishes": True})
    assert done.json()["state"] == "published"
    late = put(held.first, f"/org/contests/{contest_id}", CARD)
    assert (late.status_code, late.json()["code"]) == (409, "contest_state")
    assert held.read(held.out(PRACTICE, held.round(tries=9)))["state"] == "published"


def test_whom_it_does_not_mean_finds_nothing(held: Organiser, alice: Contestant) -> None:
    draft_id = held.draft()
    contest_id = held.out()
    assert [each["contest_id"] for each in alice.list()] == [contest_id]
    for found in (alice.client.get(f"/me/contests/{draft_id}"), alice.enter(draft_id)):
        assert found.status_code == 404
    assert alice.client.get(f"/api/v1/contests/{draft_id}/ranking").status_code == 404
    assert alice.client.get(f"/api/v1/contests/{contest_id}/ranking").status_code == 404
    found_school(held.parts, RIVAL, uscc=RIVAL_USCC)
    with (
        contestant(held.parts, RIVAL) as stranger, school_client(held.parts, RIVAL) as rival,
    ):  # fmt: skip
        assert stranger.list() == []
        assert stranger.enter(contest_id).status_code == 404
        (round_id,) = held.round_ids(contest_id)
        assert stranger.start(round_id).status_code == 404
        for address in (
            f"/api/v1/org/contests/{contest_id}",
            f"/employer/contests/{contest_id}",
            f"/api/v1/org/contests/{contest_id}/rounds/{round_id}/results",
        ):
            assert rival.get(address).status_code == 404


def test_who_could_know_the_questions_does_not_take_part(held: Organiser) -> None:
    put_on_roster(held.parts, held.org_id, prove(held.parts, SCHOOL))
    contest_id = held.out()
    with contestant(held.parts, SCHOOL) as teacher:
        refused = teacher.enter(contest_id)
        assert (refused.status_code, refused.json()["code"]) == (403, "organiser")


def test_a_link_lets_in_whoever_has_it(held: Organiser, alice: Contestant) -> None:
    contest_id = held.out(CARD | {"audience": "link"})
    code = held.read(contest_id)["link_code"]
    found_school(held.parts, RIVAL, uscc=RIVAL_USCC)
    assert alice.list() == []  # nobody is told of it
    with contestant(held.parts, RIVAL) as stranger:
        assert stranger.enter(contest_id, code="00").status_code == 404
        assert stranger.enter(contest_id, code=code).status_code == 200
        assert [each["contest_id"] for each in stranger.list()] == [contest_id]


def test_rounds_follow_one_another_and_who_is_ahead_goes_on(
    held: Organiser, alice: Contestant
) -> None:
    final = held.round(
        title="决赛", opens_at="2026-11-24T15:00", closes_at="2026-11-24T16:00"
    )  # fmt: skip
    contest_id = held.out(CARD, held.round(advance="top", advance_value=1), final)
    first_id, final_id = held.round_ids(contest_id)
    with contestant(held.parts, CAROL) as carol:
        for who in (alice, carol):
            who.enter(contest_id)
        held.go_to(11)
        alice.sit(first_id)
        carol.sit(first_id, wrong=1)
        held.go_to(13, 3)
        assert alice.start(final_id).status_code == 404  # nobody is on yet
        held.rank(contest_id)
        told = [text for kind, text in _notices(carol) if kind == NoticeKind.CONTEST_RANKED]
        assert told[0].endswith("您没有进入下一轮。")
        held.go_to(15)
        assert carol.start(final_id).status_code == 404
        begun = alice.start(final_id).json()
        first = alice.client.get(f"/api/v1/me/contests/{contest_id}").json()["rounds"][0]["own"][0]
        asked = {each["item_id"] for each in begun["questions"]}
        with held.parts.database.reading() as db:
            before = db.get_one(ExamAttempt, first["attempt_id"]).paper
        # The pool has twice as many: nothing is asked twice.
        assert not asked & {item_id for item_id, *_ in before}


def test_short_answers_are_marked_before_there_is_a_ranking(
    held: Organiser, alice: Contestant
) -> None:
    bank_id = stock_singles(held.parts, held.org_id, 0, short=1)
    section = [{"title": "简答", "count": 1, "points": 5, "kind": "short"}]
    contest_id, round_id = under_way(
        held, alice, CARD, held.round(bank_ids=[bank_id], sections=section)
    )
    alice.sit(round_id)
    held.go_to(13, 3)
    assert "简答题没有评完" in held.rank(contest_id).json()["detail"]
    waiting = held.first.get("/api/v1/marking").json()["questions"][0]
    done = post(held.first, f"/marking/{waiting['next_id']}/marks", {"points": [3, 0, 1]})
    assert done.status_code == 200, done.text
    assert held.rank(contest_id).json() == {"placed": 1}
    assert alice.read(contest_id)["rounds"][0]["score"] == 80


def test_a_missed_check_keeps_a_paper_out_of_the_ranking_until_a_person_decides(
    held: Organiser, alice: Contestant
) -> None:
    choose_questions(alice.client)
    contest_id, round_id = under_way(held, alice, CARD | {"asks_identity": True})
    attempt = alice.start(round_id).json()
    told = post(alice.client, f"/attempts/{attempt['attempt_id']}/reports", {"away": []}).json()
    assert told["challenge"]["kind"] == "identity"  # at the beginning
    alice.answer(attempt, wrong=4)  # even nothing right: every place counts
    assert alice.hand_in(attempt)["state"] == "held"
    kind, text = next(each for each in _notices(alice) if each[0] == NoticeKind.CONTEST_HELD)
    assert (kind, "证书" in text) == (NoticeKind.CONTEST_HELD, False)
    page = alice.client.get(f"/exam/attempts/{attempt['attempt_id']}/result").text
    assert "人工复核后才排名次" in page
    held.go_to(13, 3)
    assert "1 份答卷在人工复核" in held.rank(contest_id).json()["detail"]
    with reviewer(held.parts) as desk:
        case = only_case(desk, "exam_review")
        assert "电工技能竞赛 · 初赛" in desk.get(f"/desk/cases/{case['id']}").text
        done = on_case(desk, case["id"], "decision", decision="release", reason="手机没电了。")
        assert done.status_code == 200, done.text
    assert held.rank(contest_id).json() == {"placed": 1}
    assert alice.read(contest_id)["rounds"][0]["score"] == 0


def test_the_table_of_results_is_the_organisers_and_whoever_is_in_it_reads_of_it(
    held: Organiser, alice: Contestant
) -> None:
    contest_id, round_id = under_way(held, alice)
    alice.sit(round_id, wrong=1, took_ms=90_000)
    held.go_to(13, 3)
    address = f"/api/v1/org/contests/{contest_id}/rounds/{round_id}/results.xlsx"
    assert held.first.get(address).status_code == 409
    held.rank(contest_id)
    book = CalamineWorkbook.from_filelike(BytesIO(held.first.get(address).content))
    table = book.get_sheet_by_index(0).to_python()
    assert tuple(table[1]) == (
        1, "李晓梅", "5101**********0028", 75, 90, "有效",
    )  # fmt: skip
    assert "主办单位导出竞赛成绩" in alice.client.get("/me/access").text


def test_what_a_person_takes_along_tells_no_score_before_its_time(
    held: Organiser, alice: Contestant
) -> None:
    contest_id = held.out()
    (round_id,) = held.round_ids(contest_id)
    alice.enter(contest_id, hides_name=True)
    held.go_to(11)
    alice.sit(round_id)
    learner_id = prove(held.parts, ALICE)
    with held.parts.database.reading() as db:
        own = take_along(db, held.parts.vault, learner_id)
    assert [(each.contest, each.score) for each in own.attempts] == [("电工技能竞赛 · 初赛", None)]
    assert [(each.round, each.hides_name, each.place) for each in own.contests] == [
        ("初赛", True, None)
    ]
    held.go_to(13, 3)
    held.rank(contest_id)
    with held.parts.database.reading() as db:
        own = take_along(db, held.parts.vault, learner_id)
    assert [each.score for each in own.attempts] == [100]
    assert [(each.place, each.score) for each in own.contests] == [(1, 100)]


def test_whom_units_positions_and_tags_mean(held: Organiser, alice: Contestant) -> None:
    learner_id = prove(held.parts, ALICE)
    made = post(held.first, "/org/units", {"words": "一厂/二车间"}).json()
    upper = held.first.get("/api/v1/org/units").json()
    ids = {each["words"]: each["unit_id"] for each in upper["items"]}
    with held.parts.database.transaction() as db:
        line = db.scalars(select(StaffMember).where(StaffMember.learner_id == learner_id)).one()
        line.unit_id, line.unit = made["unit_id"], "一厂/二车间"
    contest_id = held.out(CARD | {"audience": "units", "unit_ids": [ids["一厂"]]})
    assert [each["contest_id"] for each in alice.list()] == [contest_id]
    with contestant(held.parts, CAROL) as carol:
        assert carol.list() == []
        assert carol.enter(contest_id).status_code == 404
        told = [kind for kind, _ in _notices(carol) if kind == NoticeKind.CONTEST_OPEN]
        assert told == []


def test_a_cancelled_contest_says_why_and_takes_nobody(held: Organiser, alice: Contestant) -> None:
    contest_id = held.out()
    alice.enter(contest_id)
    bare = post(held.first, f"/org/contests/{contest_id}/cancellation", {"reason": " "})
    assert bare.status_code == 422
    post(held.first, f"/org/contests/{contest_id}/cancellation", {"reason": "停电"})
    assert (NoticeKind.CONTEST_CANCELLED, "“电工技能竞赛”已取消：停电") in _notices(alice)
    held.go_to(11)
    (round_id,) = held.round_ids(contest_id)
    assert alice.start(round_id).json()["code"] == "contest_cancelled"


def test_what_does_not_fit_names_its_field(held: Organiser) -> None:
    contest_id = held.draft()
    address = f"/org/contests/{contest_id}/rounds"
    for change, field, code in (
        ({"closes_at": "2026-11-24T08:00"}, "/closes_at", 422),
        ({"opens_at": "2026-02-30T08:00"}, "/opens_at", 422),
        ({"bank_ids": []}, "/bank_ids", 422),
        ({"bank_ids": ["0" * 26]}, "/bank_ids", 404),
        ({"sections": [SECTIONS[0] | {"count": 99}]}, "/sections/0/count", 409),
        ({"tries": 3}, "/tries", 422),
    ):
        refused = post(held.first, address, held.round(**change))
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (code, field)
        assert refused.json()["remedy"]
    unknown = CARD | {"audience": "units", "unit_ids": ["0" * 26]}
    assert put(held.first, f"/org/contests/{contest_id}", unknown).status_code == 404
