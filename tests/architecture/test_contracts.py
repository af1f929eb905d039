"""The house's contracts as tests: floors, doors, sizes, who may commit or read the clock."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "app").rglob("*.py"))
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "handler", "misc"}


def test_imports_point_down_only() -> None:
    ran = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def _calls(path: Path, attribute: str) -> list[int]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == attribute
    ]


def test_only_the_database_module_commits_requests() -> None:
    # The schema command commits alembic's own connection; it is no request.
    allowed = {ROOT / "app/core/db.py", ROOT / "app/cli/schema.py"}
    found = [(p, line) for p in SOURCES if p not in allowed for line in _calls(p, "commit")]
    assert found == []


def test_only_the_clock_reads_the_clock() -> None:
    allowed = {ROOT / "app/core/clock.py"}
    found = [
        (p, line)
        for p in SOURCES
        if p not in allowed
        for name in ("utcnow", "today", "time_ns")
        for line in _calls(p, name)
    ]
    assert found == []


def test_sizes() -> None:
    long_files = [p for p in SOURCES if len(p.read_text(encoding="utf-8").splitlines()) > 400]
    assert long_files == []
    long_functions = [
        f"{p.relative_to(ROOT)}:{node.lineno} {node.name}"
        for p in SOURCES
        for node in ast.walk(ast.parse(p.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > 60
    ]
    assert long_functions == []


def test_no_room_for_odds_and_ends() -> None:
    assert [p for p in SOURCES if p.stem in FORBIDDEN_NAMES] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [p for p in SOURCES if not ast.get_docstring(ast.parse(p.read_text("utf-8")))]
    assert silent == []


def test_the_verifier_stands_alone() -> None:
    """It must run where the platform is not: the standard library and `cryptography` alone."""
    allowed = {*sys.stdlib_module_names, "cryptography", "verifier"}
    files = sorted((ROOT / "verifier").rglob("*.py"))
    assert files
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            assert {name.split(".")[0] for name in names} <= allowed, path
            assert getattr(node, "level", 0) == 0, path
