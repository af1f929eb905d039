"""What a package says of itself is read by nothing that could make hours of it."""

import ast
from pathlib import Path

SAYS = {"cmi", "xapi", "package_records", "package_xapi", "package_kept", "PackageRecord"}
"""Where the package's word stands."""
MAY = {
    "app/learning/models/packages.py", "app/learning/repository/packages.py",
    "app/learning/rules/cmi.py", "app/learning/rules/xapi.py",
    "app/learning/services/package_records.py", "app/learning/services/package_xapi.py",
    "app/learning/services/package_kept.py", "app/cli/keys.py",  # sealed anew with the newest key
    "app/learning/services/own_data.py",  # the person takes it along
    "app/api/packages.py", "app/api/package_units.py", "app/api/v1/packages.py",
    "app/api/application.py",  # puts the routes together
}  # fmt: skip
EARNS = {
    "crediting", "ledger", "pending", "granting", "releases", "ingest", "live_ingest", "weighing",
    "completion", "progress", "StudySession.phase", "LessonCoverage", "PendingPiece", "LedgerEntry",
}  # fmt: skip


def _names(path: Path) -> set[str]:
    """Modules and names that a file imports, by their last part."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app."):
            found |= {(node.module or "").rpartition(".")[2], *(each.name for each in node.names)}
    return found


def test_only_those_that_keep_and_show_it_read_what_a_package_says() -> None:
    readers = {str(path) for path in Path("app").rglob("*.py") if _names(path) & SAYS}
    assert readers <= MAY, readers - MAY
    assert "app/learning/services/package_records.py" in readers


def test_who_keeps_what_a_package_says_reaches_nothing_of_hours() -> None:
    for name in sorted(MAY - {"app/learning/services/own_data.py", "app/api/application.py"}):
        assert not _names(Path(name)) & EARNS, name
