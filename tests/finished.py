"""Learners who are through with a course, put there by the ledger and the exam's own rows.

Names of every script, the shortest and the longest fields: what a certificate may have to say.
"""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app import worker
from app.core import audit
from app.core.ids import new_id
from app.identity.rules.documents import DocumentType
from app.identity.services import people, verification
from app.learning.models.catalogue import Cluster, Enrolment, Lesson
from app.learning.models.exams import ExamAttempt
from app.learning.models.study import StudyLearner, StudySession
from app.learning.rules.chain import first_head
from app.learning.rules.moments import epoch_ms
from app.learning.rules.pending import Entry
from app.learning.rules.policy import StudyPolicy
from app.learning.services import frozen_policies, ledger, progress, sealed
from app.learning.services.exam_grading import EXAM_GRADED
from app.learning.services.study_books import StudyBooks
from app.lobby.parts import Parts
from tests import pictures
from tests.courses import MadeCourse, make_course
from tests.people import Someone

POLICY = StudyPolicy(required_s=60)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SHORT = ("丁一", "王五", "李晓梅", "欧阳建国", "诸葛玥", "於菟", "龘靐", "Li Wei", "José Núñez")
_LONG = (
    "阿卜杜热西提·买买提艾力·阿卜杜克热木", "才让卓玛·扎西尼玛", "迪丽热巴·迪力木拉提",
    "Maria-Anna O'Connor Fernández de la Torre y Castillo",
    "Александра Константиновна Преображенская", "Nguyễn Thị Phương Thảo",
)  # fmt: skip
_RARE = ("㛃", "䶮", "喆", "堃", "頔", "玥", "𬬭", "𬭎", "𫘜", "𪩘")
_HAN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"


@dataclass(frozen=True, slots=True)
class Finished:
    """Somebody whose hours are confirmed; who also sat the exam has a certificate on its way."""

    learner_id: str
    enrolment_id: str
    name: str
    number: str
    phone: str

    @property
    def someone(self) -> Someone:
        return Someone(self.phone, self.name, self.number)


def courses(
    parts: Parts, codes: tuple[str, ...] = ("usual", "longest", "least")
) -> list[MadeCourse]:
    """Courses as usual; "longest" has every field at its longest, "least" as little as can be."""
    with parts.database.transaction() as db:
        frozen_policies.freeze(db, POLICY)
        if "longest" in codes:
            db.add(
                Cluster(code="long", name="先进材料与高端装备制造产业集群", position=2, target=1)
            )
    return [make_course(parts, code=code, card=_CARDS.get(code)) for code in codes]


_CARDS: dict[str, dict[str, object]] = {
    "longest": {
        "title": "建筑施工企业主要负责人、项目负责人和专职安全生产管理人员继续教育",
        "institution": "四川省成都市青白江区新型建筑工业化职业技能培训学校有限责任公司",
        "programme": "四川省制造业重点产业链高技能人才培训三年行动计划",
        "cluster_code": "long",
    },
    "least": {
        "title": "电工", "institution": "实学", "programme": "行动", "validity_months": None,
    },
}  # fmt: skip


def with_second_signatures(parts: Parts) -> Parts:
    """The same house in which certificates are signed a second time, by SM2."""
    certs = parts.settings.certs.model_copy(update={"sm2": True})
    return replace(parts, settings=parts.settings.model_copy(update={"certs": certs}))


def issue_all(parts: Parts, given: Sequence[str], *, codes: Sequence[MadeCourse]) -> list[Finished]:
    """Put people through the courses and issue to all.

    Every second certificate has two signatures, every third one its holder's picture.
    """
    sealed = with_second_signatures(parts)
    people = []
    for place, name in enumerate(given):
        people.append(finish(parts, codes[place % len(codes)], name, place))
        if place % 3 == 0:
            pictures.keep(parts, people[-1].learner_id, place)
        worker.drain(sealed if place % 2 else parts)
    return people


def names(count: int, *, seed: int = 7) -> list[str]:
    """As many names, the same each time: every script first, then ordinary and rare ones."""
    chance = random.Random(seed)
    found = [*_SHORT, *_LONG]
    while len(found) < count:
        rest = chance.choice((*_RARE, "梅", "建国", "志强", "雪", "海燕"))
        found.append(chance.choice(_HAN) + rest + chance.choice(("", "", *_HAN)))
    return found[:count]


def resident_id(place: int) -> str:
    """A resident's number, of another day or sequence for each place (GB 11643)."""
    day = dt.date(1966, 1, 1) + dt.timedelta(days=place % 12_000)
    body = f"510101{day:%Y%m%d}{place // 12_000 * 2 + 1:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def finish(
    parts: Parts, course: MadeCourse, name: str, place: int, *, at: dt.datetime | None = None
) -> Finished:
    """Put one person through: proven name, hours in the ledger, exam passed, certificate due."""
    now = at or parts.clock.now()
    person = study(parts, course, name, place, at=now)
    sit(parts, person, score=60 + place % 41, at=now)
    return person


def sit(parts: Parts, person: Finished, *, score: int, at: dt.datetime | None = None) -> None:
    """Let somebody pass the exam."""
    now = at or parts.clock.now()
    with parts.database.transaction() as db:
        attempt_id = new_id(now)
        db.add(
            ExamAttempt(
                id=attempt_id, enrolment_id=person.enrolment_id, learner_id=person.learner_id,
                number=1, paper=[], started_at=now, deadline_at=now, closes_at=now, state="graded",
                ended_at=now, score=score, passed=True,
            )
        )  # fmt: skip
        db.flush()
        audit.record(
            db, EXAM_GRADED, now=now, actor_id=person.learner_id, subject_id=attempt_id,
            score=score, passed=True, enrolment_id=person.enrolment_id,
        )  # fmt: skip
        progress.note_progress(db, person.enrolment_id, now=now)


def study(
    parts: Parts, course: MadeCourse, name: str, place: int, *, at: dt.datetime | None = None
) -> Finished:
    """Put one person through all but the exam: proven name, hours in the ledger."""
    now, phone = at or parts.clock.now(), f"139{place:08d}"
    with parts.database.transaction() as db:
        learner_id, _ = people.find_or_create(db, parts.vault, phone, now=now)
        claim = verification.read_claim(DocumentType.RESIDENT_ID, resident_id(place), name, now=now)
        verification.approve(db, parts.vault, learner_id, claim, now=now)
        enrolment_id = _study(db, parts, course, learner_id, 60_000 + place * 61_000, now)
    return Finished(learner_id, enrolment_id, name, resident_id(place), phone)


def _study(
    db: Session, parts: Parts, course: MadeCourse, learner_id: str, ms: int, now: dt.datetime
) -> str:
    enrolment_id, session_id = new_id(now), new_id(now)
    key = bytes(32)
    head = first_head(key, session_id)
    required_ms = POLICY.required_s * 1000 if POLICY.required_s else 0
    db.add(
        Enrolment(
            id=enrolment_id, learner_id=learner_id, course_id=course.course_id,
            policy=POLICY.to_mapping(), required_ms=required_ms, state="active", source="self",
            started_at=now - dt.timedelta(days=3),
        )
    )  # fmt: skip
    db.add(StudyLearner(learner_id=learner_id, version=1, clock_ms=epoch_ms(now), day=0))
    db.flush()
    db.add(
        StudySession(
            id=session_id, learner_id=learner_id, enrolment_id=enrolment_id, device_id="x",
            policy_version=POLICY.version(),
            key_sealed=sealed.seal_key(parts.vault, session_id, key), first_head=head, head=head,
            opened_at=now, phase="closed", lesson_id=course.video_id, opened_at_ms=epoch_ms(now),
            heard_at_ms=epoch_ms(now), allowance_ms=0, ack_seq=0, last_t_ms=0, run=["", 0, 0],
            is_restarted=False, closed_at=now,
        )
    )  # fmt: skip
    db.flush()
    length = db.get_one(Lesson, course.video_id).length_ms
    assert length > 0
    entry = Entry(
        enrolment_id=enrolment_id, lesson_id=course.video_id, session_id=session_id,
        day=POLICY.local_day(epoch_ms(now)), ms=ms,
    )  # fmt: skip
    ledger.release(StudyBooks(db, learner_id, now), [entry], evidence="a" * 64)
    return enrolment_id
