"""The demo's courses: complete, readable, their banks fair; and readers that name what is wrong."""

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from app.cli.banks import read_bank
from app.cli.courses import CourseFile, read_course, read_courses, read_lesson
from app.cli.fields import ContentError
from app.cli.reference import read_reference
from app.learning.rules.policy import QUICK, StudyPolicy
from app.learning.rules.teaching import DocumentLesson, VideoLesson, plain_text

ROOT = Path(__file__).parents[3]
REFERENCE = read_reference(ROOT / "reference")
FOLDER = ROOT / "demo" / "courses"
COURSES = read_courses(FOLDER, REFERENCE)

by_course = pytest.mark.parametrize("course", COURSES, ids=lambda course: course.code)


def test_three_courses_in_three_clusters() -> None:
    assert {course.code for course in COURSES} == {
        "safe-production", "policy-645", "static-electricity",
    }  # fmt: skip
    assert len({course.cluster for course in COURSES}) == 3


@by_course
def test_a_course_has_three_lessons_of_one_kind(course: CourseFile) -> None:
    wanted = VideoLesson if course.code == "safe-production" else DocumentLesson
    assert [type(lesson) for lesson in course.lessons] == [wanted] * 3


@by_course
def test_a_course_can_be_finished_under_both_policies(course: CourseFile) -> None:
    offered_ms = sum(lesson.length_ms for lesson in course.lessons)
    for settings in (course.settings, course.settings | dict(QUICK)):
        policy = StudyPolicy.from_mapping(settings)
        assert policy.required_s * 100_000 <= offered_ms * policy.coverage_required


@by_course
def test_pages_are_short_enough_for_a_phone(course: CourseFile) -> None:
    for lesson in course.lessons:
        if isinstance(lesson, DocumentLesson):
            for page in lesson.pages:
                assert 200 <= len(re.sub(r"\s", "", plain_text(page))) <= 400, page.heading


@by_course
def test_banks_are_large_and_of_three_kinds(course: CourseFile) -> None:
    items = course.bank.items
    assert len(items) >= 40
    kinds = Counter(item.kind for item in items)
    assert set(kinds) == {"single", "multiple", "true_false"}
    assert min(kinds.values()) >= 8


@by_course
def test_right_letters_are_spread_evenly(course: CourseFile) -> None:
    """Who always ticks the same letter must not do better than who guesses."""
    single = Counter(item.answer for item in course.bank.items if item.kind == "single")
    assert set(single) == {("A",), ("B",), ("C",), ("D",)}
    assert max(single.values()) - min(single.values()) <= 1
    judged = Counter(item.answer for item in course.bank.items if item.kind == "true_false")
    assert abs(judged["A",] - judged["B",]) <= 1


@by_course
def test_the_longest_choice_is_not_mostly_the_right_one(course: CourseFile) -> None:
    single = [item for item in course.bank.items if item.kind == "single"]
    longest = [
        item
        for item in single
        if max(item.choices, key=len) == item.choices["ABCD".index(item.answer[0])]
    ]
    assert len(longest) <= len(single) * 2 // 3


@by_course
def test_every_lesson_has_questions_for_presence_checks(course: CourseFile) -> None:
    """Of different parts, with more than one pattern of right answers."""
    for lesson, questions in zip(course.lessons, course.questions, strict=True):
        assert len(questions) >= 4, lesson.title
        assert len({each.part for each in questions}) == len(questions)
    letters = Counter(place for each in course.questions for one in each for place in one.answer)
    assert set(letters) == {0, 1, 2, 3, 4}
    assert max(letters.values()) <= 3 * min(letters.values())


def test_the_policy_course_quotes_the_document() -> None:
    course = read_course(FOLDER / "policy-645", REFERENCE)
    text = "".join(
        plain_text(page)
        for lesson in course.lessons
        if isinstance(lesson, DocumentLesson)
        for page in lesson.pages
    )
    for quoted in (
        "川经信宣教函〔2020〕645号", "2020年11月4日", "6万人次以上", "谁使用、谁负责",
        "不超过3次", "不低于4000元", "不高于补贴总额50%", "实名认证", "学时记录",
        "以企业为主体，省内职业院校、行业协会为依托，社会培训机构参与，政府激励",
    ):  # fmt: skip
        assert quoted in text
    for cluster in REFERENCE.clusters:
        assert cluster.name in text


def test_safe_production_teaches_and_asks_rights_and_duties_of_the_law() -> None:
    """Safe Production Law (2021), articles 53 to 59."""
    course = read_course(FOLDER / "safe-production", REFERENCE)
    taught = "".join(
        slide.narration
        for lesson in course.lessons
        if isinstance(lesson, VideoLesson)
        for slide in lesson.slides
    )
    asked = "".join(item.stem + "".join(item.choices) for item in course.bank.items)
    for right in ("知情权", "建议权", "检举、控告", "拒绝违章指挥", "紧急避险权", "赔偿"):
        assert right in taught
    for duty in ("服从管理", "正确佩戴和使用劳动防护用品", "接受安全培训", "发现隐患"):
        assert duty in taught
    for word in (
        "知情权", "提建议", "检举", "拒绝", "停下工作，先撤离", "赔偿", "服从管理",
        "正确佩戴和使用劳动防护用品", "发现隐患",
    ):  # fmt: skip
        assert word in asked
    for wrong in ("三项权利", "三项义务"):
        assert wrong not in taught + asked


def test_a_loose_guard_stops_the_machine_first() -> None:
    course = read_course(FOLDER / "safe-production", REFERENCE)
    item = next(each for each in course.bank.items if "防护罩松了" in each.stem)
    assert item.choices["ABCD".index(item.answer[0])].startswith("停下机器，马上报告")


@pytest.mark.parametrize(
    ("file", "old", "new", "field"),
    [
        ("course.toml", 'cluster = "energy"', 'cluster = "moon"', "cluster"),
        ("course.toml", "required_s = 240", "required_s = 9000", "required_s"),
        ("course.toml", "required_s = 240", 'required_s = "240"', "required_s"),
        ("course.toml", "safety_completion", "special_operation", "certificate_type"),
        ("course.toml", "safety_completion", "safety_in_person", "certificate_type"),
        ("course.toml", "safety_completion", "degree", "certificate_type"),
        (
            "course.toml",
            'safety_completion"',
            'online_training"\nvalidity_months = 12',
            "validity_months",
        ),
        ("course.toml", "安全生产基础", "安全生产基础" * 15, "title"),
        ("course.toml", "questions = 20", "questions = 99", "exam.questions"),
        ("course.toml", "exam_pass = 80", "exam_pass = 101", "policy.exam_pass"),
        ("course.toml", "exam_pass = 80", "exam_pas = 80", "policy.exam_pas"),
        ("course.toml", "title =", "titel =", "titel"),
        ("bank.toml", 'id = "sp-02"', 'id = "sp-01"', "items[1].id"),
        ("bank.toml", 'answer = ["D"]', 'answer = ["E"]', "items[0].answer"),
        ("bank.toml", 'answer = ["D"]', 'answer = ["A", "D"]', "items[0].answer"),
        ("bank.toml", 'kind = "single"', 'kind = "essay"', "items[0].kind"),
        ("lessons/1-before-work.md", "length_s = 138", "length_s = 0", "length_s"),
        ("lessons/1-before-work.md", 'kind = "video"', 'kind = "song"', "kind"),
        ("lessons/1-before-work.md", "+++", "", "(head)"),
        ("lessons/1-before-work.md", "怎么防。想不清楚，先问班长", "怎么防" * 30, "开工以前"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_field(
    tmp_path: Path, file: str, old: str, new: str, field: str
) -> None:
    folder = tmp_path / "course"
    shutil.copytree(FOLDER / "safe-production", folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError) as raised:
        read_course(folder, REFERENCE)
    assert raised.value.path == folder / file
    assert field in raised.value.field


def test_points_and_paragraphs_are_parted_by_an_empty_line(tmp_path: Path) -> None:
    path = tmp_path / "lesson.md"
    head = '+++\nkind = "document"\ntitle = "课"\n+++\n\n'
    path.write_text(f"{head}## 页\n\n先读\n这里。\n\n- 一\n- 二\n", encoding="utf-8")
    lesson = read_lesson(path)
    assert isinstance(lesson, DocumentLesson)
    assert lesson.pages[0].blocks == ("先读这里。", ("一", "二"))
    path.write_text(f"{head}## 页\n\n先读\n- 一\n", encoding="utf-8")
    with pytest.raises(ContentError, match=r"lesson\.md: \(页\)"):
        read_lesson(path)


def test_a_lesson_says_whether_its_film_is_kept_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "lesson.md"
    head = 'kind = "video"\ntitle = "课"\nlength_s = 10'
    text = "## 页\n\n- 一\n\n说一句。\n"
    for more, wanted in (("", False), ("hls = true\n", True), ("hls = false\n", False)):
        path.write_text(f"+++\n{head}\n{more}+++\n\n{text}", encoding="utf-8")
        lesson = read_lesson(path)
        assert isinstance(lesson, VideoLesson)
        assert lesson.hls is wanted
    path.write_text(f'+++\n{head}\nhls = "yes"\n+++\n\n{text}', encoding="utf-8")
    with pytest.raises(ContentError, match="hls: should be true or false"):
        read_lesson(path)


def test_a_bank_may_have_blanks_and_short_answers(tmp_path: Path) -> None:
    path = tmp_path / "bank.toml"
    path.write_text(
        '[[items]]\nid = "f-1"\nkind = "fill_in"\nstem = "水在____度结冰，____度沸腾。"\n'
        'answer = "0；100|一百|±0.5"\nexplanation = "在一个大气压下。"\ndifficulty = 2\n'
        '[[items]]\nid = "s-1"\nkind = "short"\nstem = "有人触电，先做什么？"\nchapter = "急救"\n'
        'answer = "切断电源（3分）；打 120（2分）"\nexplanation = "先断电，再救人。"\n',
        encoding="utf-8",
    )
    blanks, short = read_bank(path).items
    assert [blank.accepted for blank in blanks.blanks] == [("0",), ("100", "一百")]
    assert (blanks.blanks[1].tolerance, blanks.difficulty) == ("0.5", 2)
    assert [(line.says, line.points) for line in short.rubric] == [("切断电源", 3), ("打 120", 2)]
    assert (short.chapter, short.choices) == ("急救", ())
    flawed = path.read_text("utf-8").replace("（3分）", "")
    path.write_text(flawed, encoding="utf-8")
    with pytest.raises(ContentError) as raised:
        read_bank(path)
    assert raised.value.field.startswith("items[1]")
