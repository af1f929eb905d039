"""A worker appeals from the page; what is upheld is credited, within what there can be."""

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.cli import log as cli_log
from app.core import log_sequencer
from app.core.clock import SettableClock
from app.identity.services import inbox
from app.learning.models.catalogue import Course
from app.learning.models.ledger import LedgerEntry
from app.learning.models.study import LessonCoverage, PendingPiece, StudyBatch, StudyCut
from app.learning.services import evidence, ledger
from app.lobby.parts import Parts
from app.main import create_app
from tests.courses import POLICY, MadeCourse, ask, make_course
from tests.people import CAROL, sign_in
from tests.player import Player, enrolled
from tests.reviewers import on_case, only_case, post, reviewer

WORDS = "我一直在看，请复核"


@pytest.fixture
def course(parts: Parts) -> MadeCourse:
    return make_course(parts)


@pytest.fixture
def playing(client: TestClient, parts: Parts, clock: SettableClock, course: MadeCourse) -> Player:
    player = enrolled(client, parts, clock, course.course_id)
    player.begin(course.video_id)
    return player


def _forfeit(player: Player) -> None:
    """Twenty seconds are pending, then the third wrong answer takes them."""
    player.play(0, 10_000)
    player.play(10_000, 20_000)
    assert player.challenge is not None
    for _ in range(3):
        player.answer({"taps": [[0, 0]]})
    assert player.hold


def _cut(parts: Parts, code: str) -> StudyCut:
    with parts.database.reading() as db:
        [cut] = db.query(StudyCut).filter_by(code=code).all()
        db.expunge_all()
    return cut


def _sums(player: Player) -> tuple[int, int, int]:
    """Confirmed, pending, covered: the first two are always the third."""
    with player.parts.database.reading() as db:
        confirmed = sum(row.ms for row in db.query(LedgerEntry))
        pending = sum(row.ms for row in db.query(PendingPiece))
        covered = sum(row.covered_ms for row in db.query(LessonCoverage))
    return confirmed, pending, covered


def _appeal(player: Player, subject: str, ref_id: str):
    return post(player.client, "/appeals", {"subject": subject, "ref_id": ref_id, "text": WORDS})


def _decide(parts: Parts, decision: str, reason: str = "监控显示本人在岗"):
    with reviewer(parts) as wu:
        case_id = only_case(wu, "appeal")["id"]
        return on_case(wu, case_id, "decision", decision=decision, reason=reason)


def test_forfeited_time_is_credited_when_the_appeal_is_upheld(playing: Player) -> None:
    parts, client = playing.parts, playing.client
    _forfeit(playing)
    assert _sums(playing) == (0, 0, 0)
    cut = _cut(parts, "forfeited")
    page = client.get("/hours").text
    assert f"/appeals/cut/{cut.id}" in page
    assert "上次通过核对之后的时间不计入" in client.get(f"/appeals/cut/{cut.id}").text
    taken = _appeal(playing, "cut", cut.id)
    assert taken.status_code == 201, taken.text
    assert _appeal(playing, "cut", cut.id).json()["code"] == "appealed"
    assert taken.json()["answer_by"] in client.get("/hours").text
    with reviewer(parts) as wu:
        case_id = only_case(wu, "appeal")["id"]
        shown = wu.get(f"/desk/cases/{case_id}").text
        for words in (
            WORDS, "申诉的这一段", "在场核对", "三次没有通过", "答错一次", "未计入 20 秒",
            "完整", "与当时一致", "共上报 2 段", "00:10–00:20", "在前台",
        ):  # fmt: skip
            assert words in shown, words
        done = on_case(wu, case_id, "decision", decision="approve", reason="监控显示本人在岗")
        assert done.json()["decision_name"] == "支持申诉", done.text
    assert _sums(playing) == (cut.ms, 0, cut.ms)
    with parts.database.reading() as db:
        [entry] = db.query(LedgerEntry).all()
        assert (entry.kind, entry.reason, entry.ms) == ("correction", "监控显示本人在岗", cut.ms)
        assert (entry.day, entry.lesson_id, entry.session_id) == (
            cut.day, cut.lesson_id, cut.session_id,
        )  # fmt: skip
        assert entry.author_id is not None
        learner_id = entry.learner_id
        assert ledger.broken_entry(db, learner_id) is None
    log_sequencer.sequence_all(parts.database, parts.log, now=parts.clock.now())
    assert "corrections: 1," in cli_log.check_everything(parts)
    with parts.database.reading() as db:
        texts = [each.text for each in inbox.list_notices(db, learner_id)]
    assert any("补记 20 秒" in text for text in texts)
    assert any(
        all(words in text for words in ("（11-24 10:00，第一课）已处理", "监控显示本人在岗", "吴*"))
        for text in texts
    )
    page = client.get("/hours").text
    assert "申诉结果：支持申诉" in page
    assert "申诉后补记 20 秒" in page


def test_the_reviewer_reads_what_the_device_said_beside_the_judgement(playing: Player) -> None:
    playing.play(0, 10_000)
    playing.play(10_000, 15_000, visible=False, events=["blur"])
    _appeal(playing, "cut", _cut(playing.parts, "hidden").id)
    with playing.parts.database.transaction() as db:
        [course_id] = db.scalars(select(Course.id))
        ask(db, course_id, POLICY | {"background": True}, now=playing.parts.clock.now())
    with reviewer(playing.parts) as wu:
        shown = wu.get(f"/desk/cases/{only_case(wu, 'appeal')['id']}").text
    row = shown[shown.index('class="is-disputed"') :]
    for words in ("00:10–00:15", "不在前台", "blur", "未计入 5 秒：页面不在前台"):
        assert words in row, words
    assert "10 秒，按当时的规则再判 10 秒" in shown
    assert "15 秒（与当时不同）" in shown


def test_a_report_that_was_changed_in_the_store_is_seen(playing: Player) -> None:
    _forfeit(playing)
    _appeal(playing, "cut", _cut(playing.parts, "forfeited").id)
    with playing.parts.database.transaction() as db:
        batch = db.query(StudyBatch).order_by(StudyBatch.ack_seq).first()
        assert batch is not None
        batch.body = batch.body.replace(b'"to": 10000', b'"to": 9000')
    with reviewer(playing.parts) as wu:
        shown = wu.get(f"/desk/cases/{only_case(wu, 'appeal')['id']}").text
    assert "不完整，记录可能被改过" in shown
    assert "与当时不一致" in shown


def test_study_goes_on_after_a_grant_and_counts_each_place_once(playing: Player) -> None:
    _forfeit(playing)
    _appeal(playing, "cut", _cut(playing.parts, "forfeited").id)
    assert _decide(playing.parts, "approve").status_code == 200
    playing.ask_check()
    playing.pass_check()
    playing.play(0, 10_000)
    playing.play(20_000, 30_000)
    confirmed, pending, covered = _sums(playing)
    assert (confirmed, pending, covered) == (20_000, 10_000, 30_000)
    with playing.parts.database.reading() as db:
        judged = evidence.judge_again(db, playing.session_id)
        assert judged.credited_ms == evidence.credited_ms(db, playing.session_id)


def test_what_was_studied_again_meanwhile_moves_the_grant_on(playing: Player) -> None:
    """The lesson has 90 seconds: 20 forfeited, 80 studied afterwards, so 10 are left to give."""
    _forfeit(playing)
    playing.ask_check()
    playing.pass_check()
    for start in range(0, 80_000, 10_000):
        playing.play(start, start + 10_000)
        if playing.challenge is not None:
            playing.pass_check()
    _appeal(playing, "cut", _cut(playing.parts, "forfeited").id)
    assert _decide(playing.parts, "approve").status_code == 200
    confirmed, pending, covered = _sums(playing)
    assert confirmed + pending == covered == 90_000


def test_time_that_never_was_is_not_granted(playing: Player) -> None:
    """Ten seconds were reported as thirty: the one before them is all the server's clock has."""
    playing.clock.advance(ms=10_000)
    playing.t += 30_000
    playing.send(playing.batch(0, 30_000))
    cut = _cut(playing.parts, "late")
    assert cut.ms == 20_000
    _appeal(playing, "cut", cut.id)
    assert _decide(playing.parts, "approve").status_code == 200
    assert _sums(playing) == (1_000, 10_000, 11_000)


def test_a_lesson_that_is_full_takes_nothing_and_the_reviewer_says_so(playing: Player) -> None:
    _forfeit(playing)
    playing.ask_check()
    playing.pass_check()
    for start in range(0, 90_000, 10_000):
        playing.play(start, start + 10_000)
        if playing.challenge is not None:
            playing.pass_check()
    _appeal(playing, "cut", _cut(playing.parts, "forfeited").id)
    refused = _decide(playing.parts, "approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_to_grant")
    with reviewer(playing.parts) as wu:
        assert only_case(wu, "appeal")["state"] == "open"
    told = _decide(playing.parts, "reject", "这节课已经学满")
    assert told.json()["decision_name"] == "不支持"
    assert "这节课已经学满" in playing.client.get("/inbox").text
    assert _sums(playing)[2] == 90_000


def test_a_hold_is_appealed_from_its_notice_and_ends_with_the_decision(playing: Player) -> None:
    _forfeit(playing)
    with playing.parts.database.reading() as db:
        learner_id = _cut(playing.parts, "forfeited").learner_id
        hold_id = next(n.hold_id for n in inbox.list_notices(db, learner_id) if n.hold_id)
    assert f"/appeals/hold/{hold_id}" in playing.client.get("/inbox").text
    assert "学习暂停" in playing.client.get(f"/appeals/hold/{hold_id}").text
    assert _appeal(playing, "hold", hold_id).status_code == 201
    assert _decide(playing.parts, "approve").status_code == 200
    assert _sums(playing) == (20_000, 0, 20_000)
    told = playing.play(20_000, 30_000)
    assert told["hold"] is False
    assert _sums(playing) == (20_000, 10_000, 30_000)


def test_nobody_appeals_about_another(playing: Player) -> None:
    _forfeit(playing)
    cut = _cut(playing.parts, "forfeited")
    with TestClient(create_app(playing.parts)) as carol:
        sign_in(carol, playing.parts, CAROL)
        body = {"subject": "cut", "ref_id": cut.id, "text": WORDS}
        assert post(carol, "/appeals", body).status_code == 404
        assert carol.get(f"/appeals/cut/{cut.id}").status_code == 404
    short = post(playing.client, "/appeals", {"subject": "cut", "ref_id": cut.id, "text": "不"})
    assert short.json()["errors"][0]["field"] == "/text"


def test_failing_again_on_hold_puts_it_into_the_queue(playing: Player) -> None:
    _forfeit(playing)
    playing.ask_check()
    assert playing.challenge is not None
    for _ in range(3):
        playing.clock.advance(ms=1000)
        playing.answer({"code": "000000", "answer": "不记得"})
    with reviewer(playing.parts) as wu:
        case = only_case(wu, "hold")
        page = wu.get(f"/desk/cases/{case['id']}").text
        assert "核对没有通过" in page
        done = on_case(wu, case["id"], "decision", decision="release", reason="到场核对过")
        assert done.status_code == 200, done.text
    assert playing.play(0, 10_000)["hold"] is False


def test_who_passes_after_all_needs_nobody(playing: Player) -> None:
    _forfeit(playing)
    playing.ask_check()
    for _ in range(3):
        playing.clock.advance(ms=1000)
        playing.answer({"code": "000000", "answer": "不记得"})
    playing.ask_check()
    playing.pass_check()
    with reviewer(playing.parts) as wu:
        assert wu.get("/api/v1/desk/cases?kind=hold").json()["total"] == 0
        assert only_case(wu, "hold", "decided")["decided_by"] == "系统"
