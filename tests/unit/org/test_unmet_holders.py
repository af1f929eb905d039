"""Holders whose certificates near their end: a long roster is gone through once."""

import datetime as dt
from types import SimpleNamespace

import pytest

from app.org.rules.assigning import Aim
from app.org.services import assignment_targets

LINES = [f"{number:03}" for number in range(50)]
AT_ONCE, MOST = 10, 3


def test_what_was_gone_through_is_not_gone_through_again(monkeypatch: pytest.MonkeyPatch) -> None:
    met: set[tuple[str, str]] = set()
    walked: list[int] = []

    def holders(_db, _rule, _aimed, _now, *, after: str = ""):
        left = [line for line in LINES if line > after]
        for start in range(0, len(left), AT_ONCE):
            walked[-1] += 1
            piece = left[start : start + AT_ONCE]
            # By their last day, as certificates are found: not in the order of the lines.
            yield (
                dict.fromkeys(piece),
                [(line, SimpleNamespace(certificate_id=f"c{line}")) for line in reversed(piece)],
            )

    monkeypatch.setattr(assignment_targets, "_holders", holders)
    monkeypatch.setattr(assignment_targets, "condition", lambda *_, **__: None)
    monkeypatch.setattr(assignment_targets.rule_rows, "causes_met", lambda *_: met)
    rule = SimpleNamespace(aim=Aim.EXPIRING, id="r")
    now, after = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), ""
    for _ in LINES:
        walked.append(0)
        found = assignment_targets.unmet(None, rule, now=now, most=MOST, after=after)
        if not found.people:
            break
        assert len(found.people) <= MOST
        met |= {(each.staff_id, each.cause) for each in found.people}
        after = found.after
    assert met == {(line, f"c{line}") for line in LINES}
    assert max(walked) <= 2
