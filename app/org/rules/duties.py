"""What somebody may do inside an organisation: a duty, and the powers that come with it."""

from enum import StrEnum

from app.org.rules.organisations import OrganisationKind


class Duty(StrEnum):
    """Held in one organisation, beside the role that opens its desk."""

    OWNER = "owner"
    MANAGER = "manager"
    VIEWER = "viewer"
    TEACHER = "teacher"
    REVIEWER = "reviewer"


class Power(StrEnum):
    """One kind of thing to be done at an organisation's desk."""

    SEE_STAFF = "see_staff"
    KEEP_STAFF = "keep_staff"
    ASSIGN = "assign"
    REMIND = "remind"
    SEE_PROGRESS = "see_progress"
    PROVE_HOURS = "prove_hours"
    CALL_ROLL = "call_roll"
    KEEP_CLASSES = "keep_classes"
    HOLD_CONTESTS = "hold_contests"
    KEEP_PROFILE = "keep_profile"
    NAME_MEMBERS = "name_members"
    MAKE_COURSES = "make_courses"
    KEEP_BANKS = "keep_banks"
    MARK = "mark"


DUTY_NAMES: dict[Duty, str] = {
    Duty.OWNER: "负责人",
    Duty.MANAGER: "经办人",
    Duty.VIEWER: "只看",
    Duty.TEACHER: "教师",
    Duty.REVIEWER: "教学检查",
}
POWER_NAMES: dict[Power, str] = {
    Power.SEE_STAFF: "看员工名单",
    Power.KEEP_STAFF: "增减和导入员工",
    Power.ASSIGN: "指派课程",
    Power.REMIND: "提醒学习",
    Power.SEE_PROGRESS: "看学习进度",
    Power.PROVE_HOURS: "开学时证明",
    Power.CALL_ROLL: "现场点名",
    Power.KEEP_CLASSES: "办班",
    Power.HOLD_CONTESTS: "办练兵和竞赛",
    Power.KEEP_PROFILE: "填报单位资质",
    Power.NAME_MEMBERS: "管理本单位的经办人",
    Power.MAKE_COURSES: "制作和检查课程",
    Power.KEEP_BANKS: "管理题库和组卷",
    Power.MARK: "评阅简答题",
}
_SEEING = frozenset({Power.SEE_STAFF, Power.SEE_PROGRESS})
_POWERS: dict[Duty, frozenset[Power]] = {
    Duty.OWNER: frozenset(Power),
    Duty.MANAGER: frozenset(Power) - {Power.NAME_MEMBERS},
    Duty.VIEWER: _SEEING,
    # The least that each needs: keys of banks and courses are with who answers for them. Marking is
    # a teacher's work, and shows neither a name nor a key of a choice.
    Duty.TEACHER: _SEEING | {Power.REMIND, Power.CALL_ROLL, Power.MARK},
    Duty.REVIEWER: _SEEING | {Power.PROVE_HOURS},
}
# What goes on while an organisation is suspended, beside what only looks. Marking does:
# who has handed in waits for a result, and what is given is blind, by points, and on record.
_STAYING = _SEEING | {Power.MARK}
_OF_INSTITUTIONS = frozenset({Duty.TEACHER, Duty.REVIEWER})


def may(duty: Duty, power: Power) -> bool:
    """Tell whether somebody with this duty may do this."""
    return power in _POWERS[duty]


def powers_of(duty: Duty) -> tuple[Power, ...]:
    """What a duty comes with, in the order in which it is told."""
    return tuple(power for power in Power if may(duty, power))


def stays_open(power: Power) -> bool:
    """Tell whether something stays open to a suspended organisation even where it writes."""
    return power in _STAYING


def duties_in(kind: OrganisationKind) -> tuple[Duty, ...]:
    """The duties that an organisation of a kind can give."""
    is_institution = kind is OrganisationKind.INSTITUTION
    return tuple(duty for duty in Duty if is_institution or duty not in _OF_INSTITUTIONS)


def is_last_owner(duties: dict[str, Duty], person_id: str) -> bool:
    """Tell whether an organisation would be nobody's without this person; `duties` by person."""
    owners = {each for each, duty in duties.items() if duty is Duty.OWNER}
    return owners == {person_id}
