"""Which changes of the rules that decide credits no test notices.

mutmut alters one place of a function at a time and runs the tests that reach it. What survives
must stand in `equivalent.txt` with the reason why it changes no credit; anything else is shown,
and the command fails. It works in a copy that holds the pure rules and their tests, nothing else.
"""

import ast
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORK = ROOT / ".cache" / "mutants" / "work"
LISTED = Path(__file__).parent / "equivalent.txt"
RULES = Path("app/learning/rules")
FILES = (
    "crediting", "coverage", "lessons", "pending", "cuts", "hours", "challenges", "answers",
    "granting", "delivery", "sittings", "replay", "policy", "chain", "ledger", "signed_answers",
    "states", "bands",
)  # fmt: skip
"""From what decides most to what decides least."""
ONLY = {
    "policy": (
        "xǁStudyPolicyǁttl_ms", "xǁStudyPolicyǁleast_ttl_ms", "xǁStudyPolicyǁis_open_at",
        "xǁStudyPolicyǁonline_most_s", "xǁStudyPolicyǁday_left_ms", "xǁStudyPolicyǁlocal_day",
        "x__minutes",
    ),
}  # fmt: skip
"""Of `policy.py` what credits are reckoned with; the rest is how a policy is kept and named."""
TESTS = ("tests/unit/learning_study", "tests/property")
_AT_HAND = ("app.learning.rules", "tests.unit.learning_study", "tests.property")
_SETTINGS = """\
[tool.pytest.ini_options]
pythonpath = ["."]
addopts = "-p no:cacheprovider"
[tool.mutmut]
source_paths = ["app/learning/rules"]
only_mutate = {only}
also_copy = ["app"]
use_git_change_detection = false
timeout_multiplier = 4.0
pytest_add_cli_args_test_selection = ["tests"]
"""
_KILLED, _WITHOUT_END = (1, 3), (-24, -11, -9, 24, 36, 152, 255)
"""Exit codes: a test failed; no end came, or no memory was left."""


@dataclass(frozen=True)
class Change:
    """One mutant as it is listed: where, and what became of the line."""

    file: str
    function: str
    diff: str

    def __str__(self) -> str:
        return f"{self.file} | {self.function} | {self.diff}"


@dataclass(frozen=True)
class Mutant:
    name: str
    file: str
    exit_code: int | None

    @property
    def is_late(self) -> bool:
        return self.exit_code in _WITHOUT_END

    @property
    def is_killed(self) -> bool:
        return self.exit_code in _KILLED or self.is_late


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _is_pure(path: Path) -> bool:
    """Whether the test needs nothing of this house but the rules."""
    ours = [name for name in _imports(path) if name.split(".")[0] in ("app", "tests", "verifier")]
    return all(name.startswith(_AT_HAND) for name in ours)


def _undecorated(source: str) -> str:
    """Properties as plain functions, each with the property after it: so they are altered too."""
    lines = source.splitlines(keepends=True)
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    for node in sorted(found, key=lambda node: -node.lineno):
        if [ast.unparse(each) for each in node.decorator_list] == ["property"]:
            space, end = " " * node.col_offset, node.end_lineno or node.lineno
            lines.insert(end, f"{space}{node.name} = property(_{node.name})\n")
            lines[node.lineno - 1] = lines[node.lineno - 1].replace("def ", "def _", 1)
            del lines[node.decorator_list[0].lineno - 1]
    return "".join(lines)


def prepare(files: Iterable[str]) -> None:
    shutil.rmtree(WORK, ignore_errors=True)
    shutil.copytree(ROOT / RULES, WORK / RULES, ignore=shutil.ignore_patterns("__pycache__"))
    for package in (Path("app"), Path("app/learning")):
        shutil.copy2(ROOT / package / "__init__.py", WORK / package / "__init__.py")
    shutil.copytree(ROOT / "tests" / "vectors", WORK / "tests" / "vectors")
    shutil.copy2(Path(__file__).parent / "workplace.py", WORK / "tests" / "conftest.py")
    for folder in TESTS:
        (WORK / folder).mkdir(parents=True)
        for path in filter(_is_pure, (ROOT / folder).glob("*.py")):
            shutil.copy2(path, WORK / folder / path.name)
    for path in (WORK / RULES).glob("*.py"):
        path.write_text(_undecorated(path.read_text("utf-8")), "utf-8")
    only = json.dumps([str(RULES / f"{name}.py") for name in files])
    (WORK / "pyproject.toml").write_text(_SETTINGS.format(only=only), "utf-8")


def _wanted(file: str) -> list[str]:
    module = ".".join((*RULES.parts, file))
    return [f"{module}.{name}__mutmut_*" for name in ONLY.get(file, ("*",))]


def run_mutmut(names: Iterable[str]) -> None:
    """Raises SystemExit when the tests do not pass to begin with; the log says why."""
    run = ["-c", "from mutmut.__main__ import cli; cli()", "run"]
    log = WORK.parent / "mutmut.log"
    children = str(os.cpu_count() or 1)
    with log.open("w") as out:
        done = subprocess.run(
            [sys.executable, *run, "--max-children", children, *names],
            cwd=WORK, stdout=out, stderr=subprocess.STDOUT, check=False,
            env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONHASHSEED": "0"},
        )  # fmt: skip
    if done.returncode:
        sys.exit(f"the tests do not pass as they are, see {log}")


def mutants(file: str) -> list[Mutant]:
    meta = json.loads((WORK / "mutants" / RULES / f"{file}.py.meta").read_text("utf-8"))
    starts = tuple(pattern.rstrip("*") for pattern in _wanted(file))
    return [
        Mutant(name, file, exit_code)
        for name, exit_code in meta["exit_code_by_key"].items()
        if name.startswith(starts) or file not in ONLY
    ]


def diff_of(mutant: Mutant) -> str:
    from mutmut.mutation.diff_apply import get_diff_for_mutant  # noqa: PLC0415 - of its own lock

    os.chdir(WORK)
    return get_diff_for_mutant(mutant.name, path=RULES / f"{mutant.file}.py")


def change_of(mutant: Mutant, diff: str) -> Change:
    lines = diff.splitlines()[3:]
    before, after = (
        " ".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+"
    )
    function = mutant.name.rpartition(".")[2].partition("__mutmut_")[0]
    named = function.removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")
    return Change(f"{mutant.file}.py", named, f"{before} → {after}")


def listed() -> Counter[Change]:
    found: Counter[Change] = Counter()
    for line in LISTED.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            file, function, diff, why = line.split(" | ")
            if not why.strip():
                sys.exit(f"equivalent.txt: no reason is given: {line}")
            found[Change(file, function, diff)] += 1
    return found


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def judge(files: Iterable[str]) -> int:
    """Print a table, and the diff of each survivor that is not listed; 1 if there is one."""
    known, unlisted = listed(), 0
    _say(
        "| file | mutants | killed | without end | listed | surviving |\n|---|---|---|---|---|---|"
    )
    for file in files:
        made = mutants(file)
        diffs = [(mutant, diff_of(mutant)) for mutant in made if not mutant.is_killed]
        new = []
        for mutant, diff in diffs:
            change = change_of(mutant, diff)
            if known[change]:
                known[change] -= 1
            else:
                new.append(f"\n{change}\n{diff}\n")
        late = sum(mutant.is_late for mutant in made)
        killed = len(made) - len(diffs) - late
        cells = (f"{file}.py", len(made), killed, late, len(diffs) - len(new), len(new))
        _say(f"| {' | '.join(map(str, cells))} |")
        for text in new:
            _say(text)
        unlisted += len(new)
    stale = [change for change in known.elements() if Path(change.file).stem in files]
    for change in stale:
        _say(f"listed, but does not survive: {change}")
    return int(unlisted + len(stale) > 0)


def main(given: list[str]) -> int:
    files = [Path(name).stem for name in given] or list(FILES)
    if unknown := set(files) - set(FILES):
        sys.exit(f"not among the rules that decide credits: {', '.join(sorted(unknown))}")
    prepare(files)
    run_mutmut(name for file in files for name in _wanted(file))
    late = [mutant.name for file in files for mutant in mutants(file) if mutant.is_late]
    if late:  # a machine that was busy or asleep is no proof
        run_mutmut(late)
    return judge(files)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
