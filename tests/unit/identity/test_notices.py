"""The kinds of notice: each is sent somewhere, and its sentence has every fact that it names."""

import ast
import re
from pathlib import Path

import pytest

from app.identity.rules.notices import NoticeKind, sentence_of

APP = Path(__file__).parents[3] / "app"


def _sent() -> set[str]:
    """Kinds that stand in the code outside the rules that define them."""
    found = set()
    for path in APP.rglob("*.py"):
        if path == APP / "identity" / "rules" / "notices.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "NoticeKind":
                found.add(node.attr)
    return found


def test_every_kind_is_sent_somewhere() -> None:
    assert {kind.name for kind in NoticeKind} == _sent()


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_missing_fact_is_a_dash_and_never_an_error(kind: NoticeKind) -> None:
    title, text = sentence_of(kind, {})
    assert title
    assert not re.search(r"[{}]", text)


def test_an_invitation_does_not_say_joined() -> None:
    title, text = sentence_of(NoticeKind.INVITED, {"employer": "岷江电子"})
    assert "已加入" not in title + text
    assert "确认" in text
