"""Rate limits counted in the database: they hold over any number of workers and restarts."""

import datetime as dt
import hashlib

from sqlalchemy import Index, String, delete
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Database, UtcDateTime
from app.core.errors import TooManyRequestsError


class RateCount(Base):
    """How often one key was used in one window."""

    __tablename__ = "rate_count"
    __table_args__ = (Index(None, "ends_at"),)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    ends_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class RateLimiter:
    """Counts uses in fixed windows, in short transactions of its own.

    A refused request rolls back, and its use must count all the same.
    """

    def __init__(self, database: Database, *, enabled: bool = True) -> None:
        self._database = database
        self._enabled = enabled

    def take(self, bucket: str, key: str, *, limit: int, window_s: int, now: dt.datetime) -> None:
        """Count one use; raises TooManyRequestsError once `limit` in `window_s` is passed."""
        if not self._enabled:
            return
        name = hashlib.sha256(f"{bucket}\x00{key}".encode()).hexdigest()
        with self._database.transaction() as db:
            row = db.get(RateCount, name, with_for_update=True)
            if row is None or row.ends_at <= now:
                row = db.merge(
                    RateCount(key=name, count=0, ends_at=now + dt.timedelta(seconds=window_s))
                )
            row.count += 1
            over, ends_at = row.count > limit, row.ends_at
        if over:
            wait = max(1, int((ends_at - now).total_seconds()) + 1)
            raise TooManyRequestsError(
                f"操作太频繁，请 {wait} 秒后再试。", retry_after_s=wait, remedy="稍候再试"
            )

    def sweep(self, *, now: dt.datetime) -> None:
        """Delete the windows that are over."""
        with self._database.transaction() as db:
            db.execute(delete(RateCount).where(RateCount.ends_at <= now))
