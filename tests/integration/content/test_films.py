"""A film really made: what a phone can play, entered every two seconds, the same every time."""

import subprocess
import wave
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import imageio_ffmpeg
import pytest
from sqlalchemy import select

from app import worker
from app.cli.courses import read_courses
from app.cli.reference import read_reference
from app.core import outbox
from app.core.outbox import OutboxJob
from app.learning.models.catalogue import MediaAsset
from app.learning.providers import cutting, film, narration, slides
from app.learning.rules import teaching
from app.learning.rules.mp4 import time_index
from app.learning.rules.teaching import ScriptError, Slide, VideoLesson
from app.learning.services import publishing
from app.lobby.parts import Parts

ROOT = Path(__file__).parents[3]
SHORT = VideoLesson(
    "短片",
    7000,
    (
        Slide("停电", ("先停电",), "检修设备，先断电。"),
        Slide("验电", ("再验电",), "上锁挂牌以后，还要验电。"),
    ),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    root = tmp_path_factory.mktemp("work")
    content = film.make(SHORT, root)
    assert [each for each in root.iterdir() if each.is_dir()] == []
    return content


def decoded(content: bytes, folder: Path, *arguments: str) -> tuple[str, bytes]:
    """What ffmpeg says of a film, and what it makes of it."""
    path = folder / "film.mp4"
    path.write_bytes(content)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-i", path, *arguments, "-"]
    ran = subprocess.run(command, capture_output=True, check=True)
    return ran.stderr.decode(), ran.stdout


def test_every_phone_can_play_it(made: bytes, tmp_path: Path) -> None:
    said, _ = decoded(made, tmp_path, "-f", "null")
    assert "h264 (Constrained Baseline)" in said
    assert "yuv420p" in said
    assert "1280x720" in said
    assert "10 fps" in said
    assert "Audio: aac" in said
    assert "Duration: 00:00:07.0" in said


def test_its_contents_come_first(made: bytes) -> None:
    assert made.index(b"moov") < made.index(b"mdat")


def test_it_can_be_entered_every_two_seconds(made: bytes) -> None:
    index = time_index(made)
    assert [moment for moment, _ in index] == [0, 2000, 4000, 6000]
    offsets = [offset for _, offset in index]
    assert offsets == sorted(set(offsets))
    assert offsets[1] > made.index(b"mdat")
    assert offsets[-1] < len(made)


def test_the_same_lesson_is_the_same_film(made: bytes, tmp_path: Path) -> None:
    assert film.make(SHORT, tmp_path) == made


def test_somebody_speaks_in_each_half(made: bytes, tmp_path: Path) -> None:
    _, sound = decoded(made, tmp_path, "-vn", "-f", "wav", "-ac", "1", "-ar", "8000")
    with wave.open(BytesIO(sound)) as file:
        samples = memoryview(file.readframes(8000 * 7)).cast("h")
    half = len(samples) // 2
    assert max(samples[:half]) > 2000
    assert max(samples[half:]) > 2000


def test_a_narration_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match="should lie between"):
        film.make(VideoLesson("短片", 1000, SHORT.slides), tmp_path)


def test_the_demos_narrations_fit_their_films() -> None:
    reference = read_reference(ROOT / "reference")
    for course in read_courses(ROOT / "demo" / "courses", reference):
        for lesson in course.lessons:
            if isinstance(lesson, VideoLesson):
                said = [t for s in lesson.slides for t in teaching.sentences(s.narration)]
                spoken = narration.narrate(said).lengths_ms()
                lines = teaching.timetable(lesson, spoken)
                assert lines[-1].end_ms == lesson.length_ms
                assert 60_000 <= sum(spoken) <= 130_000


def test_subtitles_are_whole_and_keep_within_the_picture() -> None:
    text = "火刚起来，才用灭火器：拔掉保险销，对准火焰的根部，压下把手，人站在上风一边，弯腰走。"
    lines = slides.wrap(text, 36, 1104)
    assert len(lines) == 2
    assert "".join(lines) == text
    assert lines[1][0] not in "，。！？；：、"


def test_the_worker_opens_a_film_to_learners(parts: Parts) -> None:
    with parts.database.transaction() as db:
        now = parts.clock.now()
        db.add(
            MediaAsset(
                id="A" * 26, storage_key="short.mp4", content_type="video/mp4", size=0,
                length_ms=SHORT.length_ms, time_index=[], state="waiting",
            )
        )  # fmt: skip
        for _ in range(2):  # the second is an echo: a job is done at least once
            outbox.enqueue(
                db, publishing.MAKE_VIDEO, now=now, asset_id="A" * 26,
                lesson=teaching.to_mapping(SHORT),
            )  # fmt: skip
    assert worker.drain(parts) == 2
    assert [each for each in parts.settings.work_dir.iterdir() if each.is_dir()] == []
    with parts.database.reading() as db:
        asset = db.get_one(MediaAsset, "A" * 26)
        assert asset.state == "ready"
        assert asset.size == parts.storage.size("short.mp4")
        assert asset.time_index == [
            list(pair) for pair in time_index(parts.storage.read("short.mp4"))
        ]
        assert set(db.scalars(select(OutboxJob.state))) == {"done"}


def test_pieces_are_the_same_film_cut_where_it_can_be_entered(made: bytes, tmp_path: Path) -> None:
    cut = cutting.cut(made, SHORT.length_ms, tmp_path)
    assert cut.starts_ms == (0, 4000)
    said, _ = decoded(cut.head + b"".join(cut.pieces), tmp_path, "-f", "null")
    assert "h264 (Constrained Baseline)" in said
    assert "Audio: aac" in said
    # The second piece can be shown without the first.
    alone, pictures = decoded(
        cut.head + cut.pieces[1], tmp_path, "-an", "-f", "rawvideo", "-vf", "scale=16:9"
    )
    assert "error" not in alone.lower()
    assert len(pictures) == 30 * (16 * 9 + 2 * 8 * 5)  # three seconds, ten pictures each
    assert cutting.cut(made, SHORT.length_ms, tmp_path) == cut


def test_a_lesson_that_says_so_is_kept_in_pieces_too(parts: Parts, made: bytes) -> None:
    """Also when the film was there long before: only the pieces are made then."""
    now = parts.clock.now()
    with parts.database.transaction() as db:
        db.add(
            MediaAsset(
                id="A" * 26, storage_key="short.mp4", content_type="video/mp4", size=len(made),
                length_ms=SHORT.length_ms, state="ready",
                time_index=[list(pair) for pair in time_index(made)],
            )
        )  # fmt: skip
        for _ in range(2):
            outbox.enqueue(
                db, publishing.MAKE_VIDEO, now=now, asset_id="A" * 26,
                lesson=teaching.to_mapping(replace(SHORT, hls=True)),
            )  # fmt: skip
    parts.storage.put("short.mp4", made)
    assert worker.drain(parts) == 2
    with parts.database.reading() as db:
        hls = db.get_one(MediaAsset, "A" * 26).hls
    assert hls is not None
    sizes = [parts.storage.size(f"short.mp4.hls-{number}") or 0 for number in range(2)]
    assert hls == {"index": [[0, 0], [4000, sizes[0]]], "size": sum(sizes)}
    assert parts.storage.size("short.mp4.hls-head")
    assert parts.storage.read("short.mp4") == made
