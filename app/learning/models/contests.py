"""Contests 岗位练兵、技能竞赛: what one says, its rounds, and who takes part."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, JsonColumn, UtcDateTime


class Contest(Base):
    """A contest of an organisation; nothing of it changes once it is published.

    `audience_ids` name units, positions or tags of the organisation. `policy` is what its papers
    are sat and judged by, frozen when it was published.
    """

    __tablename__ = "contest"
    __table_args__ = (Index(None, "org_id", "state", "made_at"), Index(None, "state", "id"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(80))
    rules_text: Mapped[str] = mapped_column(Text)
    prizes_text: Mapped[str] = mapped_column(Text)
    audience: Mapped[str] = mapped_column(String(10))
    audience_ids: Mapped[list[Any]] = mapped_column(JsonColumn)
    asks_identity: Mapped[bool]
    # Of which the address consists that opens a contest to anybody with a proven name.
    link_code: Mapped[str] = mapped_column(String(20))
    policy: Mapped[dict[str, Any] | None] = mapped_column(JsonColumn)
    state: Mapped[str] = mapped_column(String(10))
    # Everybody who wrote on it: none of them publishes it.
    writers: Mapped[list[Any]] = mapped_column(JsonColumn)
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    published_by: Mapped[str | None] = mapped_column(Id)
    published_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # Why it was sent back, or cancelled.
    reason: Mapped[str | None] = mapped_column(String(500))


class ContestRound(Base):
    """One round: its window, what its papers draw (`blueprints.Section.stored`), who goes on."""

    __tablename__ = "contest_round"
    __table_args__ = (UniqueConstraint("contest_id", "number"), Index(None, "opens_at"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    contest_id: Mapped[str] = mapped_column(ForeignKey("contest.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(80))
    opens_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    seconds: Mapped[int]
    tries: Mapped[int]
    bank_ids: Mapped[list[Any]] = mapped_column(JsonColumn)
    sections: Mapped[list[Any]] = mapped_column(JsonColumn)
    advance: Mapped[str | None] = mapped_column(String(6))
    advance_value: Mapped[int | None]
    # When its ranking was published, and by whom.
    ranked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ranked_by: Mapped[str | None] = mapped_column(Id)


class ContestEntry(Base):
    """A person's part in a round; attempts hang on it. Place, score and time once it is ranked.

    Who goes on to a later round has an entry there from the moment the ranking is published.
    """

    __tablename__ = "contest_entry"
    __table_args__ = (UniqueConstraint("round_id", "learner_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    round_id: Mapped[str] = mapped_column(ForeignKey("contest_round.id"))
    learner_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    hides_name: Mapped[bool]
    entered_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    place: Mapped[int | None]
    score: Mapped[int | None]
    used_ms: Mapped[int | None] = mapped_column(BigInteger)
