"""The laboratory's tables: printed, and written between the markers of docs/lab.md."""

import sys
from collections.abc import Sequence
from pathlib import Path

from tests.attacks.outcomes import HonestOutcome, Outcome, read_attacks, read_honest

DOCUMENT = Path(__file__).parents[2] / "docs" / "lab.md"
_ATTACKS = (
    "| attack | rows | has | confirmed s | pending s | inflation | checks passed | s a check"
    " | noticed after s | by | naive: posts / trust s |"
)
_HONEST = (
    "| profile | studied s | confirmed s | lost s | studied again s | of it forfeited s"
    " | at most s | told |"
)


def _seconds(ms: int | None) -> str:
    return "–" if ms is None else f"{ms / 1000:.0f}"


def _row(cells: Sequence[object]) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def attack_row(outcome: Outcome) -> str:
    has_studied = outcome.naive_posts_ms is not None
    inflation, gained = outcome.inflation, outcome.gained_per_check_ms
    naive = f"{_seconds(outcome.naive_posts_ms)} / {_seconds(outcome.naive_trust_ms)}"
    noted = ", ".join(outcome.reasons) or "–"
    return _row(
        (
            outcome.name,
            outcome.rows,
            outcome.needs.value,
            _seconds(outcome.confirmed_ms) if has_studied else "–",
            _seconds(outcome.pending_ms) if has_studied else "–",
            f"{inflation:.2f}" if has_studied and inflation is not None else "–",
            f"{outcome.checks_passed}/{outcome.checks_tried}" if outcome.checks_tried else "–",
            _seconds(gained) if gained else "–",
            _seconds(outcome.detected_after_ms),
            f"{noted} ({outcome.note})" if outcome.note else noted,
            naive if has_studied else "–",
        )
    )


def honest_row(outcome: HonestOutcome) -> str:
    return _row(
        (
            outcome.profile,
            _seconds(outcome.studied_ms),
            f"{outcome.confirmed_ms / 1000:.1f}",
            f"{outcome.lost_ms / 1000:.1f}",
            _seconds(outcome.extra_ms),
            _seconds(outcome.forfeited_ms),
            _seconds(outcome.most_extra_ms),
            ", ".join(outcome.reasons) or "–",
        )
    )


def _table(head: str, rows: Sequence[str]) -> str:
    rule = "|" + " --- |" * (head.count("|") - 1)
    return "\n".join((head, rule, *rows))


def attacks_table(outcomes: Sequence[Outcome]) -> str:
    return _table(_ATTACKS, [attack_row(outcome) for outcome in outcomes])


def honest_total(name: str, outcomes: Sequence[HonestOutcome]) -> str:
    """A last line; what learners wished to hear again is left out of what they had to."""
    studied = sum(outcome.studied_ms for outcome in outcomes)
    lost = sum(outcome.lost_ms for outcome in outcomes)
    again = sum(outcome.extra_ms - outcome.wished_ms for outcome in outcomes)
    return _row(
        (f"**{name}**", _seconds(studied), f"{(studied - lost) / 1000:.1f}",
         f"{lost / 1000:.1f} ({_share(lost, studied)})",
         f"{_seconds(again)} ({_share(again, studied)})",
         _seconds(sum(outcome.forfeited_ms for outcome in outcomes)),
         _seconds(sum(outcome.most_extra_ms - outcome.wished_ms for outcome in outcomes)), "")
    )  # fmt: skip


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "–"


def honest_table(outcomes: Sequence[HonestOutcome]) -> str:
    heard = [outcome for outcome in outcomes if not outcome.has_network_loss]
    totals = (honest_total("no message lost", heard), honest_total("all", outcomes))
    return _table(_HONEST, [*(honest_row(outcome) for outcome in outcomes), *totals])


def put_between(document: str, name: str, table: str) -> str:
    """The document with the table between the markers of this name. Raises ValueError."""
    opening, closing = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, _, rest = document.partition(opening)
    _, _, after = rest.partition(closing)
    if not rest or not after:
        message = f"docs/lab.md has no markers of {name}"
        raise ValueError(message)
    return f"{before}{opening}\n\n{table}\n\n{closing}{after}"


def main() -> None:
    attacks, honest = attacks_table(read_attacks()), honest_table(read_honest())
    sys.stdout.write(f"\n{attacks}\n\n{honest}\n")
    document = DOCUMENT.read_text(encoding="utf-8")
    document = put_between(document, "attacks", attacks)
    DOCUMENT.write_text(put_between(document, "honest", honest), encoding="utf-8")


if __name__ == "__main__":
    main()
