"""One way for every list: whoever lays lines out says which kind of list it is."""

import re
from pathlib import Path

from tests.architecture.lists import AS_THEY_ARE, BY_NUMBER, SORTED

TEMPLATES = Path(__file__).parents[2] / "frontend/templates"
DOCUMENT = Path(__file__).parents[2] / "docs/lists.md"
_LAYS_LINES = re.compile(r'class="listing|<[uo]l[^>]*>\{% for|call empty\(')


def _text(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def test_every_list_is_of_one_kind() -> None:
    every = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")}
    laying = {name for name in every if _LAYS_LINES.search(_text(name))} - {"parts/ui.html"}
    named = [*SORTED, *BY_NUMBER, *AS_THEY_ARE]
    assert len(named) == len(set(named))
    assert laying - set(named) == set(), (
        "say in tests/architecture/lists.py what kind of list it is"
    )
    assert set(named) - every == set()


def test_what_is_looked_through_is_sorted_turned_and_never_silent() -> None:
    for name in SORTED:
        text = _text(name)
        assert "sorts(page.links" in text, name
        assert "turn(page.links)" in text, name
        assert "call empty(" in text, name
        assert '<form class="card filters' in text, f"{name} can be neither searched nor filtered"
        if 'class="listing' in text:
            assert "heading(page.links, " in text, name
        assert "pages(page.pager)" not in text, name


def test_nobody_else_turns_pages_by_their_number() -> None:
    every = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")}
    assert {name for name in every if "{{ pages(" in _text(name)} == set(BY_NUMBER)


def test_the_document_names_every_list() -> None:
    told = set(re.findall(r"^\| `([a-z_/-]+\.html)`", DOCUMENT.read_text("utf-8"), re.MULTILINE))
    assert told == SORTED | set(BY_NUMBER)
