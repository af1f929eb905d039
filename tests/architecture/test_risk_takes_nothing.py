"""A score puts a day before people; no import leads from it to hours, pending time or holds."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2] / "app"
SCORING = [
    "learning/services/risk.py", "learning/services/risk_evidence.py",
    "learning/services/risk_places.py", "learning/repository/risk.py", "learning/models/risk.py",
    "learning/rules/risk.py", "learning/rules/risk_signals.py", "learning/rules/risk_wording.py",
    "learning/rules/places.py",
]  # fmt: skip
WRITERS = {
    "ledger", "holds", "pending", "study_books", "answering", "prompts", "sessions", "granting",
    "appeals", "extra_checks", "group", "crediting", "challenges", "coverage",
}  # fmt: skip
HOUR_TABLES = {
    "LedgerEntry",
    "PendingPiece",
    "LessonCoverage",
    "StudyHold",
    "StudyLearner",
    "StudyChallenge",
}


def _imported(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module.rpartition(".")[2], *(name.name for name in node.names)}
        elif isinstance(node, ast.Import):
            found |= {name.name.rpartition(".")[2] for name in node.names}
    return found


def test_scoring_reaches_nothing_that_counts() -> None:
    wrong = {path: _imported(path) & (WRITERS | HOUR_TABLES) for path in SCORING}
    assert not any(wrong.values()), wrong


def test_nothing_that_counts_reads_a_score() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if "RiskScore" in path.read_text(encoding="utf-8")
    }
    assert readers == {
        "learning/models/risk.py", "learning/repository/risk.py", "learning/services/risk.py",
    }  # fmt: skip
