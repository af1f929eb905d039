"""Rate limits counted in the database: they hold over any number of workers and restarts."""

import datetime as dt
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Index, String, case, delete, literal, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.db import Base, Database, UtcDateTime
from app.core.errors import TooManyRequestsError
from app.core.moments import spoken_wait


class RateCount(Base):
    """How often one key was used in one window."""

    __tablename__ = "rate_count"
    __table_args__ = (Index(None, "ends_at"),)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    ends_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` uses of one key in `window_s`; `bucket` keeps different limits apart."""

    bucket: str
    most: int
    window_s: int


class RateLimiter:
    """Counts uses in fixed windows, in short transactions of its own.

    A refused request rolls back, and its use must count all the same. What is counted by (phones,
    addresses, numbers) is kept as a MAC alone: there are few phone numbers to try a bare hash with.
    """

    def __init__(self, database: Database, key: bytes, *, enabled: bool = True) -> None:
        self._database = database
        self._key = key
        self._enabled = enabled

    def take(self, bucket: str, key: str, *, limit: int, window_s: int, now: dt.datetime) -> None:
        """Count one use; raises TooManyRequestsError once `limit` in `window_s` is passed."""
        self.take_each([(Limit(bucket, limit, window_s), key)], now=now)

    def take_each(self, uses: Sequence[tuple[Limit, str]], *, now: dt.datetime) -> None:
        """Count one use of each, in this order; the first that is passed is the last counted.

        Raises TooManyRequestsError that says when again.
        """
        if not self._enabled:
            return
        wait = None
        with self._database.transaction() as db:
            for limit, key in uses:
                count, ends_at = _count(db, limit, self._name(limit, key), now)
                if count > limit.most:
                    wait = max(1, int((ends_at - now).total_seconds()) + 1)
                    break
        if wait is not None:
            raise TooManyRequestsError(
                f"操作太频繁，请{spoken_wait(wait, now)}再试。", retry_after_s=wait,
                remedy="先等一等，不要重复提交",
            )  # fmt: skip

    def give_back(self, limit: Limit, key: str) -> None:
        """Take one use back that came to nothing through no fault of who made it."""
        name = self._name(limit, key)
        with self._database.transaction() as db:
            query = update(RateCount).where(RateCount.key == name, RateCount.count > 0)
            db.execute(query.values(count=RateCount.count - 1))

    def _name(self, limit: Limit, key: str) -> str:
        return hmac.digest(self._key, f"{limit.bucket}\x00{key}".encode(), "sha256").hex()

    def sweep(self, *, now: dt.datetime) -> None:
        """Delete the windows that are over."""
        with self._database.transaction() as db:
            db.execute(delete(RateCount).where(RateCount.ends_at <= now))


def _count(db: Session, limit: Limit, name: str, now: dt.datetime) -> tuple[int, dt.datetime]:
    """Add one in a single statement: two first uses at once must not both insert."""
    fresh = now + dt.timedelta(seconds=limit.window_s)
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    # A window that ends later than one of now could: the clock was set back meanwhile.
    is_over = or_(RateCount.ends_at <= now, RateCount.ends_at > fresh)
    query = (
        insert(RateCount)
        .values(key=name, count=1, ends_at=fresh)
        .on_conflict_do_update(
            index_elements=["key"],
            set_={
                "count": case((is_over, 1), else_=RateCount.count + 1),
                "ends_at": case((is_over, literal(fresh, UtcDateTime())), else_=RateCount.ends_at),
            },
        )
        .returning(RateCount.count, RateCount.ends_at)
    )
    found = db.execute(query).one()
    return found[0], found[1]
