"""A session as a reviewer reads it: what the device reported beside what the server made of it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy.orm import Session

from app.core.crypto import Vault
from app.learning.models.study import StudyCut, StudySession
from app.learning.repository import study as rows
from app.learning.repository.evidence import list_batches
from app.learning.rules.moments import moment_of
from app.learning.rules.policy import StudyPolicy
from app.learning.rules.replay import Told
from app.learning.rules.wording import CUTS
from app.learning.services import day_line, evidence, policies
from app.learning.services.day_line import SessionLine
from app.learning.services.frozen_policies import thaw
from app.learning.services.remains import let_go_of
from app.learning.services.wire import read_events

MOST_BEATS = 60
_AROUND_MS = 60_000
# A report that is late by so many beats is a gap in the network, or a device asleep.
_LATE_BEATS, _LEAST_GAP_MS = 3, 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BeatLine:
    """One beat as it was reported (`t_ms` is the device's clock), and its judgement in words."""

    arrived_at: dt.datetime
    seq: int
    t_ms: int
    from_ms: int
    to_ms: int
    rate: int
    is_visible: bool
    events: tuple[str, ...]
    credited_ms: int
    cuts: tuple[tuple[str, int], ...]
    is_disputed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofs:
    """Whether the stored evidence holds together, and what it gives when it is judged again."""

    is_chain_whole: bool
    is_sound: bool
    stored_ms: int
    again_ms: int
    present_ms: int

    @property
    def is_same(self) -> bool:
        return self.is_sound and self.stored_ms == self.again_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFile:
    """`beats` are those around what is disputed; `beat_count` is how many there are in all.

    `proofs` is None where the reports were let go after their period (`let_go_at`).
    """

    session_id: str
    device: str
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    line: SessionLine | None
    proofs: Proofs | None
    let_go_at: dt.datetime | None
    beats: tuple[BeatLine, ...]
    beat_count: int
    gaps: tuple[tuple[dt.datetime, dt.datetime], ...]


def session_file(
    db: Session,
    vault: Vault,
    session_id: str,
    *,
    day: dt.date,
    disputed: Sequence[StudyCut],
    now: dt.datetime,
) -> SessionFile:
    """Put a session's evidence together for one local day. Raises NotFoundError."""
    session = evidence.session_of(db, session_id)
    told = evidence.told(db, session)
    gone = None if told else let_go_of(db, session_id)
    of_day = day_line.day_line(db, session.learner_id, day)
    own = [cut for cut in disputed if cut.session_id == session_id]
    near = [line for line in told if not own or _is_near(line, own)]
    return SessionFile(
        session_id=session.id, device=session.device_id[-6:], opened_at=session.opened_at,
        closed_at=session.closed_at,
        line=next((each for each in of_day.sessions if each.session_id == session.id), None),
        proofs=None if gone else _proofs(db, vault, session, told, now),
        let_go_at=gone.at if gone else None,
        beats=_beats(db, session, near[:MOST_BEATS], own), beat_count=len(told),
        gaps=_gaps(db, session, told),
    )  # fmt: skip


def _is_near(line: Told, cuts: Sequence[StudyCut], within_ms: int = _AROUND_MS) -> bool:
    around, arrived = dt.timedelta(milliseconds=within_ms), moment_of(line.arrived_ms)
    return any(cut.first_at - around <= arrived <= cut.last_at + around for cut in cuts)


def _proofs(
    db: Session, vault: Vault, session: StudySession, told: Sequence[Told], now: dt.datetime
) -> Proofs:
    again = evidence.judge_again(db, session.id)
    present = evidence.judge_again(db, session.id, _present_policy(db, session, now))
    return Proofs(
        is_chain_whole=evidence.is_chain_whole(db, vault, session.id), is_sound=again.is_sound,
        stored_ms=evidence.credited_ms(db, session.id),
        again_ms=sum(line.verdict.credited_ms for line in told),
        present_ms=present.credited_ms,
    )  # fmt: skip


def _present_policy(db: Session, session: StudySession, now: dt.datetime) -> StudyPolicy | None:
    """What a session of this enrolment would be judged by now; None is the session's own."""
    enrolment = rows.get_enrolment(db, session.enrolment_id)
    return policies.for_session(db, enrolment, now=now) if enrolment else None


def _beats(
    db: Session, session: StudySession, told: Sequence[Told], cuts: Sequence[StudyCut]
) -> tuple[BeatLine, ...]:
    wanted = {line.beat.seq for line in told}
    events = {
        seq: codes
        for row in list_batches(db, session.learner_id, session.id)
        for seq, codes in read_events(row.body).items() if seq in wanted
    }  # fmt: skip
    disputed = {(cut.lesson_id, cut.code) for cut in cuts}
    return tuple(
        BeatLine(
            arrived_at=moment_of(line.arrived_ms), seq=line.beat.seq, t_ms=line.beat.t_ms,
            from_ms=line.beat.from_ms, to_ms=line.beat.to_ms, rate=line.beat.rate,
            is_visible=line.beat.is_visible, events=events.get(line.beat.seq, ()),
            credited_ms=line.verdict.credited_ms,
            cuts=tuple((CUTS[code], ms) for code, ms in line.verdict.cuts),
            is_disputed=_is_near(line, cuts, 0)
            and any((line.lesson_id, code.value) in disputed for code, _ in line.verdict.cuts),
        )
        for line in told
    )  # fmt: skip


def _gaps(
    db: Session, session: StudySession, told: Sequence[Told]
) -> tuple[tuple[dt.datetime, dt.datetime], ...]:
    """Where nothing was heard for longer than a few beats, the opening included."""
    policy = thaw(db, session.policy_version)
    least_ms = max(_LEAST_GAP_MS, _LATE_BEATS * policy.beat_s * 1000)
    edges = [session.opened_at_ms, *(line.arrived_ms for line in told)]
    return tuple(
        (moment_of(low), moment_of(high)) for low, high in pairwise(edges) if high - low > least_ms
    )
