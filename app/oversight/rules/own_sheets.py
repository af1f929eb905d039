"""The person's data as sheets to read: a title, a sentence, columns and lines, in plain words."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.learning.rules.own_data import OwnStudy
from app.learning.rules.wording import KIND_NAMES, METHOD_NAMES, RULING_NAMES, amount
from app.org.rules.class_places import MEMBER_STATE_NAMES, MemberState
from app.oversight.rules.own_data import OwnData
from app.oversight.rules.own_papers import paper_sheets
from app.oversight.rules.own_people import account_sheet, people_sheets
from app.oversight.rules.own_stated import stated_sheets
from app.oversight.rules.own_words import Line, Sheet, day, moment, word

_RULINGS = {ruling.value: name for ruling, name in RULING_NAMES.items()}
_STATES = {
    "active": "学习中", "completed": "已完成", "open": "考试中", "graded": "已评分",
    "marking": "阅卷中", "held": "待人工复核", "voided": "已作废",
}  # fmt: skip
_SOURCES = {"self": "自己报名", "assignment": "单位安排", "renewal": "证书到期前复训",
            "class": "班级"}  # fmt: skip
_LEDGER = {"release": "核对通过后计入", "correction": "更正"}
_NO_LOSS = frozenset({"paused", "repeated"})


@dataclass(slots=True)
class _Day:
    counted_ms: int = 0
    lost_ms: int = 0


def sheets(data: OwnData) -> tuple[Sheet, ...]:
    """Everything, in the order in which people look for it."""
    courses = {each.id: each.course for each in data.study.enrolments}
    return (
        account_sheet(data.identity.account), _enrolments(data.study), _days(data.study),
        _cuts(data.study, courses), _waiting(data.study, courses), _holds(data.study),
        _ledger(data.study, courses), _exams(data.study, courses), *paper_sheets(data),
        _employers(data), _applications(data), _proofs(data), *stated_sheets(data), _classes(data),
        *people_sheets(data.identity), _challenges(data.study),
        _sessions(data.study, courses), _deliveries(data.study, courses),
        _packages(data.study, courses), _scored(data.study),
    )  # fmt: skip


def _enrolments(study: OwnStudy) -> Sheet:
    covered: dict[str, int] = {}
    for lesson in study.lessons:
        covered[lesson.enrolment_id] = covered.get(lesson.enrolment_id, 0) + lesson.covered_ms
    return Sheet(
        "报名的课程", "已看过的长度里，可能还有一部分在等身份核对。",
        ("课程", "第几轮", "状态", "怎么报的名", "要学", "已看过", "开始", "完成", "截止"),
        [
            (
                each.course, str(each.round), word(_STATES, each.state),
                word(_SOURCES, each.source), amount(each.required_ms),
                amount(covered.get(each.id, 0)), moment(each.started_at),
                moment(each.completed_at), day(each.deadline_on),
            )
            for each in study.enrolments
        ],
    )  # fmt: skip


def _days(study: OwnStudy) -> Sheet:
    found: dict[dt.date, _Day] = {}
    for line in study.ledger:
        found.setdefault(line.day, _Day()).counted_ms += line.ms
    for cut in study.cuts:
        if cut.code not in _NO_LOSS:
            found.setdefault(cut.day, _Day()).lost_ms += cut.ms - cut.granted_ms
    return Sheet(
        "每天的学时", "按北京时间的一天；没有计入的原因在后面逐条列出。",
        ("日期", "计入学时", "没有计入"),
        [
            (day(when), amount(each.counted_ms), amount(each.lost_ms) if each.lost_ms else "无")
            for when, each in sorted(found.items(), reverse=True)
        ],
    )  # fmt: skip


def _ledger(study: OwnStudy, courses: dict[str, str]) -> Sheet:
    return Sheet(
        "学时账本", "每一笔计入的学时。写进去以后谁也改不了，只能另写一笔更正。",
        ("序号", "日期", "课程", "课时", "时间", "怎么来的", "说明", "记账时间"),
        [
            (
                str(each.number), day(each.day), courses.get(each.enrolment_id, ""), each.lesson,
                amount(each.ms), word(_LEDGER, each.kind), each.reason, moment(each.at),
            )
            for each in study.ledger
        ],
    )  # fmt: skip


def _cuts(study: OwnStudy, courses: dict[str, str]) -> Sheet:
    return Sheet(
        "没有计入的时间", "不认可的，可以在“我的学时”里申诉。",
        ("从", "到", "课程", "课时", "时间", "原因", "申诉后补记"),
        [
            (
                moment(each.first_at), moment(each.last_at), courses.get(each.enrolment_id, ""),
                each.lesson, amount(each.ms), each.sentence,
                amount(each.granted_ms) if each.granted_ms else "",
            )
            for each in study.cuts
        ],
    )  # fmt: skip


def _waiting(study: OwnStudy, courses: dict[str, str]) -> Sheet:
    return Sheet(
        "等身份核对的时间", "核对通过后计入学时，过了期限不计入。",
        ("日期", "课程", "课时", "时间", "期限"),
        [
            (
                day(each.day), courses.get(each.enrolment_id, ""), each.lesson, amount(each.ms),
                moment(each.expires_at),
            )
            for each in study.pending
        ],
    )  # fmt: skip


def _holds(study: OwnStudy) -> Sheet:
    return Sheet(
        "学习暂停", "", ("从", "到", "原因", "没有计入"),
        [
            (
                moment(each.began_at), moment(each.ended_at), each.sentence,
                amount(each.forfeited_ms) if each.forfeited_ms else "无",
            )
            for each in study.holds
        ],
    )  # fmt: skip


def _sessions(study: OwnStudy, courses: dict[str, str]) -> Sheet:
    return Sheet(
        "每次学习", "网络地址不保存，只存一个算不回去的核对值，用来发现多人共用。",
        ("开始", "结束", "课程", "网络的核对值"),
        [
            (
                moment(each.opened_at), moment(each.closed_at),
                courses.get(each.enrolment_id, ""), "还在" if each.network_kept else "没有",
            )
            for each in study.sessions
        ],
    )  # fmt: skip


def _challenges(study: OwnStudy) -> Sheet:
    tries: dict[str, int] = {}
    for answer in study.answers:
        tries[answer.challenge_id] = tries.get(answer.challenge_id, 0) + 1
    return Sheet(
        "学习中的核对", "",
        ("时间", "核对什么", "方式", "回答了几次", "结果", "办结"),
        [
            (
                moment(each.raised_at), word(KIND_NAMES, each.kind),
                word(METHOD_NAMES, each.method), str(tries.get(each.id, 0)),
                word(_RULINGS, each.ruling or ""), moment(each.settled_at),
            )
            for each in study.challenges
        ],
    )  # fmt: skip


def _deliveries(study: OwnStudy, courses: dict[str, str]) -> Sheet:
    return Sheet(
        "发给您的课程内容", "内容真的发到了您的设备，才能计时。", ("课程", "课时", "最后一次"),
        [
            (courses.get(each.enrolment_id, ""), each.lesson, moment(each.sent_at))
            for each in study.deliveries
        ],
    )  # fmt: skip


_OF_PACKAGES = {
    "cmi": "运行数据", "state": "保存的状态", "profile": "偏好", "statement": "学习记录",
    "session": "口令",
}  # fmt: skip


def _packages(study: OwnStudy, courses: dict[str, str]) -> Sheet:
    return Sheet(
        "课件包保存的内容", "课件包自己保存和报告的，不影响学时。",
        ("课程", "课时", "第几部分", "种类", "名称", "内容", "时间"),
        [
            (courses.get(each.enrolment_id, ""), each.lesson, str(each.part + 1),
             _OF_PACKAGES.get(each.kind, ""), each.name, each.content, moment(each.at))
            for each in study.package_records
        ],
    )  # fmt: skip


def _exams(study: OwnStudy, courses: dict[str, str]) -> Sheet:
    return Sheet(
        "考试", "您每道题选的选项在 data.json 里。",
        ("课程或竞赛", "第几次", "状态", "开始", "结束", "成绩", "结果"),
        [
            (
                courses.get(each.enrolment_id or "", each.contest), str(each.number),
                word(_STATES, each.state),
                moment(each.started_at), moment(each.ended_at),
                "" if each.score is None else f"{each.score} 分", _verdict(each.passed),
            )
            for each in study.attempts
        ],
    )  # fmt: skip


def _verdict(passed: bool | None) -> str:  # noqa: FBT001 -- a stored answer, not a switch
    return "" if passed is None else "合格" if passed else "不合格"


def _employers(data: OwnData) -> Sheet:
    written = {each.id: each for each in data.identity.roster}
    return Sheet(
        "单位名册上的您", "姓名、证件号码和手机是单位填写的。",
        ("单位", "部门", "岗位", "姓名", "证件号码", "手机", "列入", "加入", "离开"),
        [
            (
                each.employer, each.unit, each.position, *_entered(written.get(each.roster_id)),
                moment(each.invited_at), moment(each.joined_at), moment(each.left_at),
            )
            for each in data.work.memberships
        ],
    )  # fmt: skip


def _applications(data: OwnData) -> Sheet:
    return Sheet(
        "您申请入驻的单位", "营业执照的照片是您自己上传的，这里只写它的 SHA-256。",
        ("单位", "统一社会信用代码", "负责人", "联系电话", "营业执照", "申请", "办结", "说明"),
        [
            (
                each.name, each.uscc, each.responsible, each.contact, each.licence_digest,
                moment(each.applied_at), moment(each.decided_at), each.reason or "",
            )
            for each in data.work.applications
        ],
    )  # fmt: skip


def _entered(line: object) -> Sequence[str]:
    return [str(getattr(line, name, "")) for name in ("name", "document_number", "phone")]


def _proofs(data: OwnData) -> Sheet:
    names = {each.id: each.employer for each in data.work.memberships}
    lines: Iterable[Line] = (
        (names.get(each.membership_id, ""), f"学习《{each.course}》", moment(each.assigned_at),
         day(each.due_on))
        for each in data.work.assignments
    )  # fmt: skip
    proofs: Iterable[Line] = (
        (names.get(each.membership_id, ""), f"学时证明 {each.number}", moment(each.made_at), "")
        for each in data.work.proofs
    )
    tags: Iterable[Line] = (
        (names.get(each.membership_id, ""), f"标签“{each.tag}”", "", "") for each in data.work.tags
    )
    return Sheet(
        "单位的安排、标签和开出的证明", "", ("单位", "事项", "时间", "截止"),
        [*lines, *tags, *proofs],
    )  # fmt: skip


def _classes(data: OwnData) -> Sheet:
    lines: list[Line] = [
        (
            each.employer, each.title, MEMBER_STATE_NAMES[MemberState(each.state)],
            moment(each.joined_at), moment(each.left_at), "、".join(each.courses),
        )
        for each in data.work.classes
    ]  # fmt: skip
    lines += [(each.employer, each.title, "任教", "", "", "") for each in data.work.taught]
    return Sheet(
        "您参加和任教的班级", "班级档案里的姓名和遮住的证件号码，用您自己的密钥加密保存。",
        ("单位", "班级", "状态", "编入", "离开", "课程"), lines,
    )  # fmt: skip


def _scored(study: OwnStudy) -> Sheet:
    return Sheet(
        "评过分的日期", "系统检查过这些天的学习有没有异常。评分不会扣学时，有疑问的都由人来看。",
        ("日期",), [(day(each),) for each in study.scored_days],
    )  # fmt: skip
