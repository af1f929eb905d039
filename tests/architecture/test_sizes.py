"""A file of the product has 300 lines at most, a function 40: what is longer has several topics.

A function that is over for a reason stands below with it, and no longer than it is over.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
MOST_LINES, MOST_OF_FUNCTION = 300, 40
LONG_FUNCTIONS = {
    "app/learning/services/exams.py put_answer": "one check after another, in the order they count",
}


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _functions(path: Path) -> list[tuple[str, int]]:
    """Each function by file and name, with its lines; decorators are none of them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    name = path.relative_to(ROOT)
    return [
        (f"{name} {node.name}", (node.end_lineno or 0) - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


FILES = sorted((ROOT / "app").rglob("*.py"))
OTHERS = sorted(
    path
    for folder, kinds in (("frontend/src", "*.[tc]s*"), ("verifier", "*.py"))
    for path in (ROOT / folder).rglob(kinds)
)


def test_files_are_short() -> None:
    lines = {str(path.relative_to(ROOT)): _lines(path) for path in (*FILES, *OTHERS)}
    assert len(FILES) > 500
    assert len(OTHERS) > 150
    assert {name for name, count in lines.items() if count > MOST_LINES} == set()


def test_functions_are_short() -> None:
    lines = [each for path in FILES for each in _functions(path)]
    assert len(lines) > 3000
    assert {name for name, count in lines if count > MOST_OF_FUNCTION} == set(LONG_FUNCTIONS)
