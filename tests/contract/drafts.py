"""A draft of the school's: what nobody else must reach."""

from dataclasses import asdict, dataclass

from app.learning.providers.taxonomy import read_taxonomy
from app.learning.repository import versions as version_rows
from app.learning.services import draft_lessons, drafts, film_uploads, materials
from app.learning.services.drafts import Card, Maker
from app.learning.services.materials import MaterialView
from app.lobby.parts import Parts
from tests.institutions import CARD, TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    course_id: str
    version_id: str
    chapter_id: str
    lesson_id: str
    film_lesson_id: str
    upload_id: str
    material_id: str

    def ids(self, path: str) -> dict[str, str]:
        """By the names in addresses; an upload is of the lesson with a film."""
        found: dict[str, str] = asdict(self) | {"number": "0"}
        if path.endswith("/uploads"):
            found["lesson_id"] = self.film_lesson_id
        return found


def _book(parts: Parts, maker: Maker) -> MaterialView:
    content = b"%PDF-1.7 x"
    return MaterialView(
        material_id="", title="手册.pdf", content_type="application/pdf", size=len(content),
        storage_key=materials.store(parts.storage, maker, content),
    )  # fmt: skip


def furnish_draft(parts: Parts, org_id: str, account_id: str) -> Draft:
    """A course in the making, with a document, and a film on its way."""
    now, maker = parts.clock.now(), Maker(org_id, account_id, "单位")
    card = Card(
        title="还没写完的课程", summary="草稿", cluster_code="digital", training_kind="safety",
        objective="safety", occupation_code="", level=None, tags=(), notes="",
        certificate_type="培训合格证书", validity_months=None, required_s=60, exam_size=5,
        exam_s=600,
    )  # fmt: skip
    with parts.database.transaction() as db:
        taxonomy = read_taxonomy(parts.settings.reference_dir)
        version_id = drafts.create_course(db, maker, card, taxonomy, now=now)
        chapter_id = version_rows.chapters(db, version_id)[0].id
        lesson_id, film_lesson_id = (
            draft_lessons.add_lesson(db, maker, chapter_id, kind=kind, title=kind, now=now)
            for kind in ("document", "video")
        )
        upload = film_uploads.begin(
            db, maker, film_lesson_id, name="a.mp4", size=100_000_000,
            limits=parts.settings.authoring, now=now,
        )  # fmt: skip
        material_id = materials.attach(db, maker, version_id, _book(parts, maker), now=now)
    return Draft(
        course_id=version_id, version_id=version_id, chapter_id=chapter_id, lesson_id=lesson_id,
        film_lesson_id=film_lesson_id, upload_id=upload.upload_id,
        material_id=material_id,
    )  # fmt: skip


BODIES: dict[str, object] = {
    "/authoring/courses": CARD,
    "/authoring/courses/{course_id}/versions": {},
    "/authoring/versions/{version_id}": CARD,
    "/authoring/versions/{version_id}/chapters": {"title": "第二章"},
    "/authoring/versions/{version_id}/review": {"publishes": True},
    "/authoring/chapters/{chapter_id}": {"title": "第一章"},
    "/authoring/chapters/{chapter_id}/move": {"to": "down"},
    "/authoring/chapters/{chapter_id}/lessons": {"kind": "document", "title": "又一课"},
    "/authoring/lessons/{lesson_id}": {"title": "断电", "module": "safety"},
    "/authoring/lessons/{lesson_id}/move": {"to": "down"},
    "/authoring/lessons/{lesson_id}/text": {"text": TEXT},
    "/authoring/lessons/{lesson_id}/questions": {"questions": []},
    "/authoring/lessons/{lesson_id}/lengths": {"minutes": [10]},
    "/authoring/lessons/{lesson_id}/captions": {"text": ""},
    "/authoring/lessons/{lesson_id}/uploads": {"name": "a.mp4", "size": 100_000_000},
    "/authoring/texts": {"text": TEXT},
    "/desk/course-reviews/{version_id}": {"publishes": True},
}
