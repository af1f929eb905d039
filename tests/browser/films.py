"""A short course for the browser: a film that every Chromium can play, and a small document."""

import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import imageio_ffmpeg

from app.core.ids import new_id
from app.learning.models.catalogue import Cluster, Course, Lesson, MediaAsset
from app.learning.providers import cutting
from app.learning.rules.mp4 import time_index
from app.learning.services import filming
from app.learning.services.question_bank import load_bank
from app.lobby.parts import Parts
from tests.courses import BANK, ask, draft_of, offer

FILM_S, PAGE_MS = 16, 6_000
POLICY = {
    "required_s": 26,
    "beat_s": 2,
    "presence_gap_s": [6, 7],
    "identity_gap_s": [13, 14],
    "basis": "测试",
}


@dataclass(frozen=True, slots=True)
class ShortCourse:
    course_id: str
    film_id: str
    book_id: str


@cache
def film(seconds: int) -> bytes:
    """VP9 in MP4: free of patents, so every build plays it, and with an index like any film."""
    with tempfile.TemporaryDirectory() as folder:
        # A file, not a pipe: the length and the index are written into the head afterwards.
        path = Path(folder) / "film.mp4"
        command = [
            imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi",
            "-i", f"testsrc=size=320x180:rate=5:duration={seconds}", "-c:v",
            "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "80k", "-g", "10",
            "-pix_fmt", "yuv420p", "-movflags", "+faststart", str(path),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True)
        return path.read_bytes()


def _cut(parts: Parts, content: bytes, film_s: int) -> dict[str, Any]:
    """The same film in pieces, as the worker makes them."""
    cut = cutting.cut(content, film_s * 1000, parts.settings.work_dir)
    filming.store_pieces(parts.storage, "short/film.mp4", cut)
    return filming.describe_pieces(cut)


def make_short_course(
    parts: Parts, *, film_s: int = FILM_S, in_pieces: bool = False, **policy: object
) -> ShortCourse:
    now = parts.clock.now()
    content = film(film_s)
    parts.storage.put("short/film.mp4", content)
    hls = _cut(parts, content, film_s) if in_pieces else None
    for page in (1, 2):
        text = f"<h2>第 {page} 页</h2><p>上岗前先看安全标志。</p><script>alert(1)</script>"
        parts.storage.put(f"short/book/{page}", text.encode())
    index = [list(pair) for pair in time_index(content)]
    with parts.database.transaction() as db:
        course = Course(
            id=new_id(now), code="short", cluster_code="energy", title="安全生产入门",
            summary="每位上岗工人都要学的安全知识。", policy={}, created_at=now,
            programme="四川省职业技能提升行动", institution="四川实学职业培训学校",
            certificate_type="培训合格证书", validity_months=36, exam_size=6, exam_s=600,
        )  # fmt: skip
        if db.get(Cluster, "energy") is None:
            db.add(Cluster(code="energy", name="能源化工", position=1, target=6000))
            db.flush()
        db.add(course)
        db.flush()
        version = draft_of(db, course)
        ask(db, course.id, POLICY | policy, now=now)
        assets = [
            MediaAsset(
                id=new_id(now), storage_key=key, content_type=kind, size=size, length_ms=length,
                time_index=index, state="ready", hls=cut,
            )
            for key, kind, size, length, index, cut in (
                ("short/film.mp4", "video/mp4", len(content), film_s * 1000, index, hls),
                ("short/book", "text/html; charset=utf-8", 0, 2 * PAGE_MS, [], None),
            )
        ]  # fmt: skip
        db.add_all(assets)
        db.flush()
        lessons = [
            Lesson(
                id=new_id(now), course_id=course.id, version_id=version.id, position=1,
                kind="video", title="看懂标志",
                length_ms=film_s * 1000, pages=[], asset_id=assets[0].id,
            ),
            Lesson(
                id=new_id(now), course_id=course.id, version_id=version.id, position=2,
                kind="document",
                title="戴对护具", length_ms=2 * PAGE_MS,
                pages=[{"n": n, "ms": PAGE_MS} for n in (1, 2)], asset_id=assets[1].id,
            ),
        ]  # fmt: skip
        db.add_all(lessons)
        db.flush()
        load_bank(db, course.id, BANK, now=now)
        offer(db, version, now=now)
        return ShortCourse(course.id, lessons[0].id, lessons[1].id)
