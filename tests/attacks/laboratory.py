"""The laboratory: one running product, an hour-long course, and a fresh learner for every bot."""

import csv
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from anyio.from_thread import BlockingPortal

from app.core.clock import SettableClock
from app.core.ids import new_id
from app.learning.models.catalogue import Cluster, Course, Lesson, MediaAsset
from app.learning.services.question_bank import load_bank
from app.lobby.parts import Parts
from app.main import create_app
from tests.attacks.bot import Bot
from tests.attacks.connection import LabClient
from tests.attacks.honest_client import FILM_PIECES
from tests.attacks.outcomes import Needs
from tests.courses import BANK, PIECE, MadeCourse, ask, draft_of, offer
from tests.people import Someone, sign_in, verify
from tests.player import choose_questions

_REGISTRY = Path(__file__).parents[2] / "demo" / "registry.csv"
HOUR_MS, PAGE_MS, PAGES = 3_600_000, 120_000, 10


def people() -> Iterator[Someone]:
    """Everybody of the demo's registry whom the registry knows, each with a phone."""
    with _REGISTRY.open(encoding="utf-8", newline="") as file:
        known = [row for row in csv.DictReader(file) if not row["result"]]
    for index, row in enumerate(known):
        yield Someone(f"139{index:08d}", row["name"], row["number"])


class Laboratory:
    """Every attack begins on a day of its own, at ten in the morning in Shanghai."""

    def __init__(self, parts: Parts, clock: SettableClock, portal: BlockingPortal) -> None:
        self.parts, self.clock, self._portal = parts, clock, portal
        self._app = create_app(parts)
        self._people, self._codes = people(), count(1)
        self.course = self.make_course()

    def make_course(self, *, film_ms: int = HOUR_MS, **policy: object) -> MadeCourse:
        """An hour of film and a document of ten pages, under the platform's policy with changes."""
        return make_hour(self.parts, f"hour-{next(self._codes)}", film_ms, policy)

    def someone(self) -> Someone:
        return next(self._people)

    def next_day(self) -> None:
        tomorrow = self.clock.now().date() + dt.timedelta(days=1)
        self.clock.set(dt.datetime.combine(tomorrow, dt.time(2, 0), dt.UTC))

    @contextmanager
    def client(self) -> Iterator[LabClient]:
        with LabClient(self._app, self._portal) as opened:
            yield opened

    def learner(self, client: LabClient, needs: Needs, course: MadeCourse | None = None) -> Bot:
        """Somebody verified and enrolled, whose session is not opened yet."""
        self.next_day()
        who = self.someone()
        sign_in(client, self.parts, who)
        verify(client, who)
        choose_questions(client)
        bot = Bot(client, self.parts, self.clock, who)
        bot.course = course or self.course
        bot.needs = needs
        bot.enrol(bot.course.course_id)
        return bot

    @contextmanager
    def bot(
        self, needs: Needs = Needs.NONE, *, course: MadeCourse | None = None, media: bool = True
    ) -> Iterator[Bot]:
        """A learner opens the session and passes the opening check; then the bot takes over."""
        with self.client() as client:
            bot = self.learner(client, needs, course)
            bot.begin(media=media)
            yield bot


def make_hour(parts: Parts, code: str, film_ms: int, policy: dict[str, object]) -> MadeCourse:
    now = parts.clock.now()
    size = FILM_PIECES * PIECE
    parts.storage.put(f"{code}/film", bytes(size))
    for page in range(1, PAGES + 1):
        parts.storage.put(f"{code}/book/{page}", f"<p>第 {page} 页</p>".encode())
    with parts.database.transaction() as db:
        if db.get(Cluster, "digital") is None:
            db.add(Cluster(code="digital", name="数字经济", position=1, target=6000))
            db.flush()
        course = Course(
            id=new_id(now), code=code, cluster_code="digital", title="安全生产一小时",
            summary="一小时。", programme="四川省职业技能提升行动", institution="成都实学培训中心",
            certificate_type="培训合格证书", validity_months=36, exam_size=10, exam_s=600,
            policy={}, created_at=now,
        )  # fmt: skip
        db.add(course)
        db.flush()
        version = draft_of(db, course)
        ask(db, course.id, {"required_s": film_ms // 1000} | policy, now=now)
        index = [[film_ms * n // FILM_PIECES, n * PIECE] for n in range(FILM_PIECES)]
        film = MediaAsset(
            id=new_id(now), storage_key=f"{code}/film", content_type="video/mp4", size=size,
            length_ms=film_ms, time_index=index, state="ready",
        )  # fmt: skip
        book = MediaAsset(
            id=new_id(now), storage_key=f"{code}/book", content_type="text/html; charset=utf-8",
            size=0, length_ms=PAGES * PAGE_MS, time_index=[], state="ready",
        )  # fmt: skip
        db.add_all([film, book])
        db.flush()
        lessons = [
            Lesson(
                id=new_id(now), course_id=course.id, version_id=version.id, position=1,
                kind="video", title="第一课",
                length_ms=film_ms, pages=[], asset_id=film.id,
            ),
            Lesson(
                id=new_id(now), course_id=course.id, version_id=version.id, position=2,
                kind="document", title="第二课",
                length_ms=PAGES * PAGE_MS, asset_id=book.id,
                pages=[{"n": n, "ms": PAGE_MS} for n in range(1, PAGES + 1)],
            ),
        ]  # fmt: skip
        db.add_all(lessons)
        db.flush()
        load_bank(db, course.id, BANK, now=now)
        offer(db, version, now=now)
        return MadeCourse(course.id, lessons[0].id, lessons[1].id)
