"""What was sent for a draft and is in no lesson any more goes after a week, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from app.core.clock import SettableClock
from app.core.errors import UnavailableError
from app.core.ids import new_id
from app.learning.models.authoring import FilmUpload, FilmWork
from app.learning.models.catalogue import Lesson, MediaAsset
from app.learning.models.packages import CoursePackage, PackageFile
from app.learning.services import media_sweep
from app.learning.services.package_making import PACKAGE_TYPE
from app.lobby.parts import Parts
from tests.institutions import AUTHOR, SCHOOL, Writer, found_school, writer

DAY_MS = 24 * 3_600_000
FILM = ("", ".light", ".hls-head", ".hls-0", ".hls-1", ".hls-2")


@dataclass(slots=True)
class Shelf:
    """A draft and media that were sent for it."""

    parts: Parts
    clock: SettableClock
    author: Writer
    org_id: str
    lesson_id: str
    names: dict[str, list[str]] = field(default_factory=dict)

    def send(self, lesson_id: str | None, *, state: str = "ready", is_package: bool = False) -> str:
        """A medium as sending and coding leave it, in a lesson or in none; returns its id."""
        now = self.clock.now()
        upload_id, asset_id = new_id(now), new_id(now)
        key = f"packages/{upload_id}/ab" if is_package else f"films/{upload_id}/film.mp4"
        with self.parts.database.transaction() as db:
            db.add(
                FilmUpload(
                    id=upload_id, org_id=self.org_id, lesson_id=self.lesson_id, author_id="a",
                    name="x", size=9, piece_size=9, created_at=now,
                    state="coded" if state == "ready" else "complete",
                )
            )  # fmt: skip
            db.add(
                MediaAsset(
                    id=asset_id, storage_key=key, size=3, length_ms=9, time_index=[],
                    content_type=PACKAGE_TYPE if is_package else "video/mp4",
                    state="ready" if state == "ready" else "waiting",
                )
            )  # fmt: skip
            db.flush()
            db.add(
                FilmWork(
                    asset_id=asset_id, upload_id=upload_id, state=state, percent=0, updated_at=now
                )
            )
            if is_package:
                db.add(CoursePackage(asset_id=asset_id, standard="scorm12", title="x", parts=[]))
                db.flush()
                db.add(
                    PackageFile(
                        asset_id=asset_id, name="i", number=0, content_type="text/html", size=1
                    )
                )
            if lesson_id is not None:
                db.get_one(Lesson, lesson_id).asset_id = asset_id
        ends = ("/0", "/1", "/2") if is_package else FILM
        self.names[asset_id] = [f"{key}{end}" for end in ends]
        for name in self.names[asset_id]:
            self.parts.storage.put(name, b"abc")
        return asset_id

    def stored(self, asset_id: str) -> int | None:
        """How many objects of a medium are there; None once its rows are gone, too."""
        count = sum(self.parts.storage.size(name) is not None for name in self.names[asset_id])
        with self.parts.database.reading() as db:
            is_known = db.get(MediaAsset, asset_id) is not None
        return count if is_known or count else None

    def sweep(self, *, days: int = 0) -> int:
        self.clock.advance(ms=days * DAY_MS)
        return media_sweep.sweep(self.parts.database, self.parts.storage, now=self.clock.now())


@pytest.fixture
def shelf(parts: Parts, clock: SettableClock) -> Iterator[Shelf]:
    org_id = found_school(parts, SCHOOL, AUTHOR)
    author = writer(parts, AUTHOR)
    version_id = author.write_course()
    chapter_id = author.draft(version_id)["chapters"][0]["chapter_id"]
    lesson_id = author.make(f"/chapters/{chapter_id}/lessons", {"kind": "video", "title": "配电箱"})
    yield Shelf(parts, clock, author, org_id, lesson_id)
    author.client.__exit__(None, None, None)


def test_a_film_that_was_replaced_goes_a_week_after_it_was_found_and_the_new_one_stays(
    shelf: Shelf,
) -> None:
    old = shelf.send(shelf.lesson_id)
    assert shelf.sweep(days=30) == 0, "it is in a lesson"
    new = shelf.send(shelf.lesson_id)
    package = shelf.send(None, is_package=True)
    assert shelf.sweep() == 0
    assert shelf.sweep(days=6) == 0
    assert (shelf.stored(old), shelf.stored(package)) == (6, 3)
    assert shelf.sweep(days=2) == 2
    assert (shelf.stored(old), shelf.stored(package), shelf.stored(new)) == (None, None, 6)
    assert shelf.sweep(days=30) == 0


def test_a_lesson_that_is_removed_and_a_coding_that_failed_leave_nothing_behind(
    shelf: Shelf,
) -> None:
    failed = shelf.send(None, state="failed")
    removed = shelf.send(shelf.lesson_id)
    shelf.author.call("DELETE", f"/lessons/{shelf.lesson_id}")
    assert shelf.sweep() == 0
    with shelf.parts.database.reading() as db:
        states = sorted(row.state for row in db.query(FilmUpload))
    assert states == ["coded", "dropped"], "the pieces of a film that nobody can code go, too"
    assert shelf.sweep(days=8) == 2
    assert (shelf.stored(failed), shelf.stored(removed)) == (None, None)


def test_what_is_being_coded_is_let_alone(shelf: Shelf) -> None:
    ids = [shelf.send(None, state=state) for state in ("waiting", "running")]
    shelf.sweep()
    assert shelf.sweep(days=30) == 0
    assert [shelf.stored(each) for each in ids] == [6, 6]


def test_a_store_that_breaks_halfway_leaves_the_rows_by_which_the_rest_is_found(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset_id = shelf.send(None, is_package=True)
    shelf.sweep()
    delete, left = shelf.parts.storage.delete, [1]

    def breaks(key: str) -> None:
        if not left:
            raise UnavailableError("存储")
        left.pop()
        delete(key)

    with monkeypatch.context() as broken:
        broken.setattr(shelf.parts.storage, "delete", breaks)
        with pytest.raises(UnavailableError):
            shelf.sweep(days=8)
    assert shelf.stored(asset_id) == 2
    assert shelf.sweep() == 1
    assert shelf.stored(asset_id) is None


def test_a_draft_that_names_it_again_before_it_goes_keeps_it(shelf: Shelf) -> None:
    """No page does so; what a lesson names is there whatever the sweep had found before."""
    asset_id = shelf.send(None)
    shelf.sweep()
    with shelf.parts.database.transaction() as db:
        db.get_one(Lesson, shelf.lesson_id).asset_id = asset_id
    assert shelf.sweep(days=30) == 0
    assert shelf.stored(asset_id) == 6
