"""Reads a course from its folder: course.toml and the lessons' texts."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.certs.rules import lint, types
from app.certs.rules.types import CertificateType
from app.certs.services import printing
from app.cli import fields
from app.cli.banks import LETTERS, Bank, read_bank
from app.cli.fields import Fields
from app.cli.reference import Reference
from app.learning.rules import recall
from app.learning.rules.policy import PolicyError, StudyPolicy
from app.learning.rules.policy_scopes import Basis
from app.learning.rules.teaching import (
    DocumentLesson,
    Page,
    Slide,
    VideoLesson,
    sentences,
)
from app.learning.services.publishing import NewQuestion

_FENCE = "+++"
_LONGEST_SUBTITLE = 64
_ADDRESS_BYTES = 60
_BESIDE_BYTES = 170
"""What a certificate's code holds beside the course's names: key, signature, number, masked holder
(twenty letters), hours and days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFile:
    """A course as its folder says it."""

    code: str
    cluster: str
    title: str
    summary: str
    institution: str
    certificate_type: CertificateType
    validity_months: int | None
    exam_questions: int
    exam_s: int
    settings: dict[str, Any]
    basis: Basis
    lessons: tuple[VideoLesson | DocumentLesson, ...]
    questions: tuple[tuple[NewQuestion, ...], ...]
    bank: Bank


def read_courses(folder: Path, reference: Reference) -> list[CourseFile]:
    """Read all courses of a folder, by name. Raises ContentError that names file and field."""
    return [read_course(path.parent, reference) for path in sorted(folder.glob("*/course.toml"))]


def read_course(folder: Path, reference: Reference) -> CourseFile:
    """Read one course. Raises ContentError that names file and field."""
    row = fields.read(folder / "course.toml")
    row.only(
        "code", "cluster", "title", "summary", "institution", "certificate_type",
        "validity_months", "required_s", "lessons", "exam", "policy",
    )  # fmt: skip
    paths = [folder / "lessons" / name for name in row.texts("lessons")]
    lessons = tuple(map(read_lesson, paths))
    bank = read_bank(folder / "bank.toml")
    kind = _certificate_type(row, reference)
    _check_code(row, kind)
    exam = row.table("exam")
    exam.only("questions", "minutes")
    return CourseFile(
        code=row.text("code", 60),
        cluster=_cluster(row, reference),
        title=row.text("title", 120),
        summary=row.text("summary"),
        institution=row.text("institution", 120),
        certificate_type=kind,
        validity_months=_validity(row, kind),
        exam_questions=exam.whole("questions", 1, len(bank.items)),
        exam_s=exam.whole("minutes", 1, 600) * 60,
        settings=_settings(row, lessons),
        basis=_basis(row),
        lessons=lessons,
        questions=tuple(map(read_questions, paths)),
        bank=bank,
    )


def _cluster(row: Fields, reference: Reference) -> str:
    code = row.text("cluster", 20)
    if code not in {cluster.code for cluster in reference.clusters}:
        raise row.wrong("cluster", f"{code} is not in reference/clusters.toml")
    return code


def _certificate_type(row: Fields, reference: Reference) -> CertificateType:
    code = row.text("certificate_type", 40)
    found = reference.certificate_types.coded(code)
    refusal = types.refusal_of(found, code)
    if found is None or refusal is not None:
        raise row.wrong("certificate_type", refusal or "")
    return found


def _validity(row: Fields, kind: CertificateType) -> int | None:
    months = types.months_of(kind, row.optional_whole("validity_months", 1, 600))
    refusal = types.validity_refusal(kind, months)
    if refusal is not None:
        raise row.wrong("validity_months", refusal)
    return months


def _check_code(row: Fields, kind: CertificateType) -> None:
    """Names that no certificate can print, or so long that no phone reads their code.

    Nobody would know until the end.
    """
    for name, field in (("title", "course"), ("institution", "institution")):
        wrong = printing.flaw_of(field, row.text(name, 120))
        if wrong is not None:
            raise row.wrong(name, wrong.cause)
    said = [row.text("title", 120), row.text("institution", 120), kind.name]
    minimum = _BESIDE_BYTES + sum(len(text.encode()) for text in said)
    flaw = lint.code_flaw(_ADDRESS_BYTES, minimum)
    if flaw is not None:
        raise row.wrong("title", flaw.said())


def _settings(row: Fields, lessons: tuple[VideoLesson | DocumentLesson, ...]) -> dict[str, Any]:
    """What the course sets itself; the rest is its programme's and the platform's."""
    given = row.optional_table("policy")
    settings = {"required_s": row.whole("required_s", 1, 36_000_000), **given.values}
    settings.pop("basis", None)
    try:
        policy = StudyPolicy.from_mapping(settings)
    except PolicyError as error:
        raise given.wrong(error.field, str(error)) from None
    offered_ms = sum(lesson.length_ms for lesson in lessons)
    most_s = offered_ms * policy.coverage_required // 100_000
    if policy.required_s > most_s:
        raise row.wrong("required_s", f"asks for more than the lessons surely give: {most_s}")
    return settings


def _basis(row: Fields) -> Basis:
    """A document that the course's author has read: files name no other."""
    given = row.optional_table("policy")
    document = given.text("basis", 500) if "basis" in given.values else ""
    return Basis(document, is_confirmed=bool(document))


def read_lesson(path: Path) -> VideoLesson | DocumentLesson:
    """Read a lesson: a head of TOML between fences, then parts that begin with `## `.

    In a video each part is a slide: its points are lines with a hyphen, the rest is spoken.
    In a document each part is a page of paragraphs and points.
    """
    head, body = _opened(path)
    parts = [_part(head, part) for part in re.split(r"(?m)^## ", body)[1:]]
    if not parts or not body.lstrip().startswith("## "):
        raise head.wrong("(text)", "should begin with a heading: ## …")
    kind, title = head.text("kind", 10), head.text("title", 120)
    if kind == "video":
        head.only("kind", "title", "length_s", "hls", "questions")
        length_ms = head.whole("length_s", 1, 7200) * 1000
        slides = tuple(_slide(head, heading, blocks) for heading, blocks in parts)
        return VideoLesson(
            title, length_ms, slides, hls="hls" in head.values and head.yes_or_no("hls")
        )
    if kind == "document":
        head.only("kind", "title", "questions")
        return DocumentLesson(title, tuple(Page(heading, blocks) for heading, blocks in parts))
    raise head.wrong("kind", "should be video or document")


def _opened(path: Path) -> tuple[Fields, str]:
    pieces = fields.read_text(path).split(f"{_FENCE}\n", 2)
    if len(pieces) != 3 or pieces[0].strip():
        raise fields.ContentError(path, "(head)", f"should stand between two lines of {_FENCE}")
    return fields.parse(path, pieces[1]), pieces[2]


def read_questions(path: Path) -> tuple[NewQuestion, ...]:
    """Read what presence checks may ask about a lesson: `[[questions]]` of its head."""
    head, body = _opened(path)
    rows = head.tables("questions") if "questions" in head.values else []
    fields.unique(rows, "stem")
    return tuple(_question(row, len(re.findall(r"(?m)^## ", body))) for row in rows)


def _question(row: Fields, parts: int) -> NewQuestion:
    row.only("part", "stem", "choices", "answer", "explanation")
    stem, choices = row.text("stem"), row.texts("choices")
    letters = row.texts("answer")
    answer = tuple(LETTERS.find(letter) for letter in letters)
    found = recall.fault(stem, choices, answer)
    if found is not None:
        raise row.wrong(*found)
    return NewQuestion(
        part=row.whole("part", 1, parts), stem=stem, choices=choices, answer=answer,
        explanation=row.text("explanation", 200),
    )  # fmt: skip


Blocks = tuple[str | tuple[str, ...], ...]


def _part(head: Fields, text: str) -> tuple[str, Blocks]:
    heading, _, body = text.partition("\n")
    blocks: list[str | tuple[str, ...]] = []
    for written in re.split(r"\n\s*\n", body.strip()):
        lines = [line.strip() for line in written.splitlines()]
        if lines and all(line.startswith("- ") for line in lines):
            blocks.append(tuple(line[2:].strip() for line in lines))
        elif any(line.startswith("- ") for line in lines):
            raise head.wrong(f"({heading})", "an empty line should part points from paragraphs")
        elif lines:
            blocks.append("".join(lines))
    if not heading.strip() or not blocks:
        raise head.wrong(f"({heading})", "should have a heading and a text")
    return heading.strip(), tuple(blocks)


def _slide(head: Fields, heading: str, blocks: Blocks) -> Slide:
    points = tuple(point for block in blocks if not isinstance(block, str) for point in block)
    narration = "".join(block for block in blocks if isinstance(block, str))
    if not points or not narration:
        raise head.wrong(f"({heading})", "a slide should have points and a narration")
    for sentence in sentences(narration):
        if len(sentence) > _LONGEST_SUBTITLE:
            raise head.wrong(
                f"({heading})", f"is too long for a subtitle of {_LONGEST_SUBTITLE}: {sentence}"
            )
    return Slide(heading, points, narration)
