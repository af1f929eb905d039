"""What keeps a draft from being looked at: hours, media, modules, the bank, the certificate."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.learning.rules.drafts import Draft, DraftLesson, GeneralModule, shortfalls

MODULES = tuple(
    GeneralModule(code=code, name=name, least_percent=percent)
    for code, name, percent in (("ethics", "职业道德", 2), ("safety", "安全生产", 5))
)


def _lesson(number: int, length_ms: int, module: str = "", *, is_ready: bool = True) -> DraftLesson:
    return DraftLesson(
        lesson_id=str(number), title=f"第 {number} 课", length_ms=length_ms, module=module,
        is_ready=is_ready, problem="" if is_ready else "还没有视频。请上传视频。",
    )  # fmt: skip


GOOD = Draft(
    title="用电", required_s=588, coverage_percent=98, exam_size=5, bank_size=5,
    certificate_refusal="", empty_chapters=(),
    lessons=(_lesson(1, 570_000), _lesson(2, 20_000, "ethics"), _lesson(3, 40_000, "safety")),
)  # fmt: skip


def _codes(draft: Draft) -> list[str]:
    return [each.code for each in shortfalls(draft, MODULES)]


def test_a_whole_draft_wants_nothing() -> None:
    assert _codes(GOOD) == []


def test_each_thing_that_is_missing_is_told_with_what_to_do() -> None:
    found = shortfalls(
        replace(
            GOOD, required_s=700, bank_size=4, certificate_refusal="没有这种证书。请改选。",
            empty_chapters=("第二章",),
            lessons=(_lesson(1, 570_000), _lesson(2, 0, is_ready=False)),
        ),
        MODULES,
    )  # fmt: skip
    assert [each.code for each in found] == [
        "certificate", "empty_chapter", "not_ready", "hours", "module", "module", "bank",
    ]  # fmt: skip
    assert all("请" in each.sentence for each in found)


def test_without_lessons_nothing_else_is_asked() -> None:
    assert _codes(replace(GOOD, lessons=())) == ["no_lessons"]


@given(st.integers(1, 10**7), st.integers(0, 10**7), st.integers(0, 100))
def test_a_module_has_its_share_or_is_named(rest: int, own: int, percent: int) -> None:
    module = GeneralModule(code="safety", name="安全生产", least_percent=percent)
    lessons = (_lesson(1, rest), _lesson(2, own, "safety"))
    found = shortfalls(replace(GOOD, lessons=lessons, required_s=0), (module,))
    is_enough = own > 0 and own * 100 >= (rest + own) * percent
    assert (not found) is is_enough


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=6), st.integers(1, 10**4))
def test_no_more_is_asked_than_the_lessons_surely_give(lengths: list[int], required: int) -> None:
    lessons = tuple(_lesson(number, length) for number, length in enumerate(lengths))
    draft = replace(GOOD, lessons=lessons, required_s=required)
    is_told = "hours" in [each.code for each in shortfalls(draft, ())]
    assert is_told is (required > sum(lengths) * 98 // 100_000)
