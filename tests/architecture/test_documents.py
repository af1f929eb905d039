"""The documents name what is there: files, settings, decisions."""

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_TREES = ("app", "demo", "docs", "frontend", "migrations", "reference", "tests", "verifier")
_MADE = {"node_modules", "dist", "__pycache__"}
_CODE = re.compile(r"`([^`\s]+)`")
_SOURCE = re.compile(r"(?!/)[\w./{},*-]+\.(py|ts|mjs|css|typ)|[\w-]+/[\w./{},*-]+\.html")
_SETTING = re.compile(r"`SHIXUE_([A-Z0-9_]+)")
_DECISION = re.compile(r"\bdecisions?[ /](\d{4})")
_CHOICE = re.compile(r"\{([^{}]*)\}")


def _told(found: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """What is found in the documents, each with the document."""
    for path in DOCUMENTS:
        for each in found.finditer(path.read_text(encoding="utf-8")):
            yield str(path.relative_to(ROOT)), each[1]


def _each(name: str) -> list[str]:
    """`{a,b}.py` names two files."""
    choice = _CHOICE.search(name)
    if choice is None:
        return [name]
    before, after = name[: choice.start()], name[choice.end() :]
    return [one for way in choice[1].split(",") for one in _each(before + way + after)]


def _is_path(code: str) -> bool:
    return "<" not in code and code.startswith(tuple(f"{tree}/" for tree in _TREES))


def _everything() -> list[str]:
    """Files and folders from the root on, as `/app/api/v1/study.py`."""
    paths = [path for tree in _TREES for path in (ROOT / tree, *(ROOT / tree).rglob("*"))]
    below = [path.relative_to(ROOT) for path in paths]
    return [f"/{path.as_posix()}" for path in below if not _MADE.intersection(path.parts)]


def test_files_that_documents_name_are_there() -> None:
    codes = [(where, code.partition("#")[0].partition("::")[0]) for where, code in _told(_CODE)]
    named = {
        (where, one)
        for where, code in codes
        if _is_path(code) or _SOURCE.fullmatch(code)
        for one in _each(code)
    }
    assert len(named) > 300
    there = _everything()
    # Documents of a topic leave the folder out: the end of a path is enough then.
    ends = {end for path in there for end in _ends(path)}
    missing = {
        (where, name)
        for where, name in named
        if name.rstrip("/") not in ends
        and not any(fnmatch(path, f"*/{name}") for path in there if "*" in name)
    }
    assert missing == set()


def _ends(path: str) -> Iterator[str]:
    parts = path.strip("/").split("/")
    return ("/".join(parts[place:]) for place in range(len(parts)))


def test_settings_that_documents_name_are_there() -> None:
    read = [ROOT / "app/core/settings.py", ROOT / "app/core/vendor_settings.py"]
    text = "".join(path.read_text(encoding="utf-8") for path in read)
    fields = set(re.findall(r"^    (\w+): ", text, re.MULTILINE))
    composed = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    named = {(where, name) for where, name in _told(_SETTING) if f"SHIXUE_{name}" not in composed}
    assert len(named) > 25
    assert {
        (where, name)
        for where, name in named
        # Behind the class's name stand classes of data, vendors' names and the like.
        if not set(name.strip("_").lower().split("__")[:1]) <= fields
    } == set()


def test_decisions_that_documents_name_are_there() -> None:
    written = sorted(path.name[:4] for path in (ROOT / "docs/decisions").glob("*.md"))
    assert len(written) == len(set(written)), "two decisions have one number"
    named = set(_told(_DECISION))
    assert len(named) > 5
    assert {each for each in named if each[1] not in written} == set()
