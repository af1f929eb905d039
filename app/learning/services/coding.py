"""Coding a film that was sent, or unpacking a package: one job beside the server.

It says how far it is.

Killed in the middle, the job comes back when its lease has ended, and begins anew from the pieces,
which stay until the film is done. What the author can mend ends it with a sentence; what the house
must mend (a store that is down) raises, and the outbox tries again.
"""

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from app.core import outbox
from app.core.clock import Clock
from app.core.db import Database
from app.core.storage import Storage
from app.core.workplace import workplace
from app.learning.models.authoring import FilmWork
from app.learning.models.catalogue import MediaAsset
from app.learning.providers import cutting, recoding
from app.learning.providers.cutting import CutFiles
from app.learning.providers.ffmpeg import FilmError
from app.learning.providers.recoding import Coded
from app.learning.repository import authoring as rows
from app.learning.repository import publishing as assets
from app.learning.rules.hls import PlaylistError
from app.learning.rules.mp4 import NoIndexError
from app.learning.rules.package_files import PackageFlawError
from app.learning.rules.probing import NotAFilmError
from app.learning.services import film_uploads, package_making
from app.learning.services.film_queue import job_key
from app.learning.services.film_uploads import piece_key
from app.learning.services.media import HEAD, LIGHT
from app.learning.services.media import piece_key as part_key

_log = logging.getLogger("shixue.coding")
_SAY_EVERY = dt.timedelta(seconds=3)
_FETCHED, _CODED, _LIGHTENED = 5, 75, 90
"""Percent of the whole at the end of each step."""
_BROKEN = (
    "视频转码没有成功，文件可能不完整。请用播放器检查能否从头放到尾，重新导出为 MP4 后再上传。"
)


class _CancelledError(Exception):
    """The author does not want it any more."""


@dataclass(slots=True)
class _Desk:
    """One film in hand: where it is worked on, and where it is told how far it is."""

    database: Database
    storage: Storage
    clock: Clock
    asset_id: str
    upload_id: str
    key: str
    folder: Path
    said_at: dt.datetime | None = None

    def say(self, percent: int) -> None:
        """Tell it now and then, and lengthen the lease. Raises _CancelledError."""
        now = self.clock.now()
        if self.said_at is not None and self.said_at <= now < self.said_at + _SAY_EVERY:
            return
        self.said_at = now
        with self.database.transaction() as db:
            work = rows.work_to_change(db, self.asset_id)
            if work is None or work.state == "cancelled":
                raise _CancelledError
            work.state, work.percent, work.updated_at = "running", percent, now
            outbox.extend(db, job_key(self.asset_id), now=now)

    def between(self, low: int, high: int, length_ms: int | None) -> Callable[[int], None]:
        """A step from one percentage to another, heard in milliseconds of the film."""

        def hear(done_ms: int) -> None:
            share = min(1.0, done_ms / length_ms) if length_ms else 0.5
            self.say(int(low + (high - low) * share))

        return hear


def code_film(
    database: Database, storage: Storage, clock: Clock, *, asset_id: str, root: Path
) -> None:
    """Make film, pieces and light form of what was sent, and open them. Done twice, it is one.

    `root` is where the work in hand may lie. Raises UnavailableError.
    """
    with database.reading() as db:
        asset, work = assets.asset(db, asset_id), db.get(FilmWork, asset_id)
        if asset is None or work is None or work.state in ("ready", "cancelled", "failed"):
            return
        upload_id, key = work.upload_id, asset.storage_key
        is_package = asset.content_type == package_making.PACKAGE_TYPE
    with workplace(root, "coding-") as folder:
        desk = _Desk(database, storage, clock, asset_id, upload_id, key, folder)
        try:
            _make_package(desk) if is_package else _make(desk)
            _clear(desk)
        except _CancelledError:
            return
        except (NotAFilmError, PackageFlawError) as flaw:
            _fail(desk, str(flaw))
        except (FilmError, NoIndexError, PlaylistError):
            _log.exception("a film was not coded", extra={"asset_id": asset_id})
            _fail(desk, _BROKEN)


def _make(desk: _Desk) -> None:
    desk.say(0)
    _fetch(desk)
    probe = recoding.probe(desk.folder)
    film = recoding.code(desk.folder, desk.between(_FETCHED, _CODED, probe.length_ms))
    light = recoding.lighten(desk.folder, desk.between(_CODED, _LIGHTENED, film.length_ms))
    cut = cutting.cut_in(desk.folder, film.length_ms)
    desk.said_at = None
    desk.say(_LIGHTENED)
    hls = _store(desk, film, light, cut)
    with desk.database.transaction() as db:
        _open(db, desk, film, light, hls)


def _make_package(desk: _Desk) -> None:
    desk.say(0)
    _fetch(desk)
    archive = desk.folder / recoding.SOURCE
    key = package_making.content_key(desk.upload_id, archive)
    with desk.database.transaction() as db:  # before anything is stored: a sweep finds it by this
        db.get_one(MediaAsset, desk.asset_id).storage_key = key
    found = package_making.unpack_and_store(
        desk.storage, key, archive, desk.folder,
        lambda done, of: desk.say(_FETCHED + (_LIGHTENED - _FETCHED) * done // of),
    )  # fmt: skip
    with desk.database.transaction() as db:
        work = _wanted_work(db, desk)
        package_making.write(db, db.get_one(MediaAsset, desk.asset_id), key, found)
        parts = [part.to_mapping() for part in found.manifest.parts]
        for lesson in rows.lessons_with(db, desk.asset_id):
            package_making.divide(lesson, parts)
        _end(db, desk, work)


def _clear(desk: _Desk) -> None:
    """What was sent is not needed any more."""
    for number in range(10_000):
        if desk.storage.size(piece_key(desk.upload_id, number)) is None:
            break
        desk.storage.delete(piece_key(desk.upload_id, number))
    with desk.database.transaction() as db:
        film_uploads.forget_pieces(db, desk.upload_id)


def _fetch(desk: _Desk) -> None:
    """Put the pieces together, one in memory at a time."""
    with desk.database.reading() as db:
        numbers = [piece.number for piece in rows.pieces(db, desk.upload_id)]
    with (desk.folder / recoding.SOURCE).open("wb") as file:
        for place, number in enumerate(numbers):
            file.write(desk.storage.read(piece_key(desk.upload_id, number)))
            desk.say(_FETCHED * place // len(numbers))


def _store(desk: _Desk, film: Coded, light: Coded, cut: CutFiles) -> dict[str, object]:
    """Store everything before it is named; returns what the asset says of its pieces."""
    desk.storage.put_file(desk.key, film.path)
    desk.storage.put_file(part_key(desk.key, LIGHT), light.path)
    desk.storage.put_file(part_key(desk.key, HEAD), cut.head)
    index: list[list[int]] = []
    size = 0
    for number, (start_ms, path) in enumerate(zip(cut.starts_ms, cut.pieces, strict=True)):
        desk.storage.put_file(part_key(desk.key, f"hls-{number}"), path)
        index.append([start_ms, size])
        size += path.stat().st_size
        desk.say(_LIGHTENED + 9 * number // len(cut.pieces))
    return {"index": index, "size": size}


def _open(db: Session, desk: _Desk, film: Coded, light: Coded, hls: dict[str, object]) -> None:
    work = _wanted_work(db, desk)
    asset = db.get_one(MediaAsset, desk.asset_id)
    asset.size, asset.length_ms, asset.time_index = film.size, film.length_ms, film.index
    asset.hls, asset.light = hls, {"index": light.index, "size": light.size}
    asset.state = "ready"
    for lesson in rows.lessons_with(db, desk.asset_id):
        lesson.length_ms = film.length_ms
    _end(db, desk, work)


def _wanted_work(db: Session, desk: _Desk) -> FilmWork:
    work = rows.work_to_change(db, desk.asset_id)
    if work is None or work.state == "cancelled":
        raise _CancelledError
    return work


def _end(db: Session, desk: _Desk, work: FilmWork) -> None:
    upload = rows.upload_to_change(db, desk.upload_id)
    if upload is not None:
        upload.state = "coded"
    work.state, work.percent, work.problem = "ready", 100, ""
    work.updated_at = desk.clock.now()
    db.flush()


def _fail(desk: _Desk, sentence: str) -> None:
    with desk.database.transaction() as db:
        work = rows.work_to_change(db, desk.asset_id)
        if work is not None and work.state != "cancelled":
            work.state, work.problem, work.updated_at = "failed", sentence, desk.clock.now()
