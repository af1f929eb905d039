"""What a draft must have before somebody looks at it, and again before it is published.

General modules (职业道德、法律意识、安全生产、绿色环保) go through all training
(川经信宣教函〔2020〕645号, 二、重点任务): each has to be there, and with its least share of
the hours.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneralModule:
    """A module that every course holds; `least_percent` of the length of all lessons."""

    code: str
    name: str
    least_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLesson:
    """What the checks look at; `problem` says why the medium is not ready."""

    lesson_id: str
    title: str
    length_ms: int
    module: str
    is_ready: bool
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A version in the making; `certificate_refusal` is that of the kinds of certificate."""

    title: str
    required_s: int
    coverage_percent: int
    exam_size: int
    bank_size: int
    certificate_refusal: str
    lessons: tuple[DraftLesson, ...]
    empty_chapters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What is missing: a code, where it is mended (a field or a lesson's id), and a sentence."""

    code: str
    place: str
    sentence: str


def shortfalls(draft: Draft, modules: Sequence[GeneralModule]) -> tuple[Shortfall, ...]:
    """All that keeps a draft from being looked at, in the order in which one would mend it."""
    found: list[Shortfall] = []
    if draft.certificate_refusal:
        found.append(Shortfall("certificate", "certificate", draft.certificate_refusal))
    if not draft.lessons:
        return (*found, Shortfall("no_lessons", "lessons", "还没有课时。请先添加一节课。"))
    found += [
        Shortfall("empty_chapter", "lessons", f"“{name}”这一章没有课时。请添加课时，或删去这一章。")
        for name in draft.empty_chapters
    ]
    found += [
        Shortfall("not_ready", lesson.lesson_id, f"“{lesson.title}”：{lesson.problem}")
        for lesson in draft.lessons
        if not lesson.is_ready
    ]
    found += _hours(draft)
    found += _missing_modules(draft, modules)
    if draft.bank_size < draft.exam_size:
        found.append(
            Shortfall(
                "bank", "exam_size",
                f"考试要抽 {draft.exam_size} 题，题库里只有 {draft.bank_size} 题。"
                "请先补充题库，或减少考试题数。",
            )
        )  # fmt: skip
    return tuple(found)


def _hours(draft: Draft) -> list[Shortfall]:
    """Hours surely given: each lesson counts as complete with a part of its length."""
    given_ms = sum(lesson.length_ms for lesson in draft.lessons)
    most_s = given_ms * draft.coverage_percent // 100_000
    if draft.required_s <= most_s:
        return []
    return [
        Shortfall(
            "hours", "required_minutes",
            f"要求学 {-(-draft.required_s // 60)} 分钟，课时加起来最多能认定 {most_s // 60} 分钟。"
            "请补充课时，或减少要求。",
        )
    ]  # fmt: skip


def _missing_modules(draft: Draft, modules: Sequence[GeneralModule]) -> list[Shortfall]:
    total_ms = sum(lesson.length_ms for lesson in draft.lessons)
    found = []
    for module in modules:
        own_ms = sum(lesson.length_ms for lesson in draft.lessons if lesson.module == module.code)
        if own_ms == 0:
            sentence = f"缺少“{module.name}”的内容。请添加一节，并标明属于“{module.name}”。"
        elif own_ms * 100 < total_ms * module.least_percent:
            sentence = (
                f"“{module.name}”只占总时长的 {own_ms * 100 // total_ms}%，"
                f"至少要 {module.least_percent}%。请增加这部分内容。"
            )
        else:
            continue
        found.append(Shortfall("module", module.code, sentence))
    return found
