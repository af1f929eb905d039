"""The differences between a version and the one before it."""

from sqlalchemy.orm import Session

from app.learning.models.versions import CourseVersion
from app.learning.repository import authoring as rows
from app.learning.repository import versions as version_rows
from app.learning.rules.version_changes import Changed, Face, card_changes, lesson_changes

_LABELS = {
    "title": "名称", "summary": "简介", "cluster_code": "产业集群", "institution": "机构",
    "certificate_type": "证书种类", "validity_months": "有效期（月）", "exam_size": "考试题数",
    "exam_s": "考试时间（秒）", "training_kind": "培训种类", "objective": "培训目标",
    "occupation_code": "职业", "level": "等级", "tags": "新技术", "required_s": "要求学习（秒）",
}  # fmt: skip


def since_the_one_before(db: Session, version_id: str) -> tuple[Changed, ...] | None:
    """What is another than in the version with the number before; none where it is the first."""
    version = db.get_one(CourseVersion, version_id)
    older = [
        row for row in version_rows.versions_of(db, version.course_id)
        if row.number < version.number
    ]  # fmt: skip
    if not older:
        return None
    before = older[0]
    cards = card_changes(_card(before), _card(version), _LABELS)
    return cards + lesson_changes(_faces(db, before), _faces(db, version))


def _card(version: CourseVersion) -> dict[str, object]:
    asked = {"required_s": version.settings.get("required_s")}
    return {name: getattr(version, name, None) for name in _LABELS} | asked


def _faces(db: Session, version: CourseVersion) -> list[Face]:
    chapters = {row.id: row.title for row in version_rows.chapters(db, version.id)}
    lessons = version_rows.lessons(db, version.id)
    media = rows.assets(db, [row.asset_id for row in lessons if row.asset_id])
    return [
        Face(
            title=row.title, chapter=chapters.get(row.chapter_id or "", ""), kind=row.kind,
            length_ms=row.length_ms, module=row.module or "", captions=row.captions or "",
            medium=media[row.asset_id].storage_key if row.asset_id in media else "",
            questions=len(row.questions or ()),
        )
        for row in lessons
    ]  # fmt: skip
