"""Every event that the code writes down has a Chinese name and a topic to be found under."""

import ast
from pathlib import Path

from app.identity.rules.event_names import EVENT_NAMES, TOPICS

_TREES = {path: ast.parse(path.read_text("utf-8")) for path in sorted(Path("app").rglob("*.py"))}


def _constants(tree: ast.Module) -> dict[str, str]:
    """A module's texts by name, those of `A, B = "a", "b"` too."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            several = isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
            names = target.elts if several else [target]
            values = node.value.elts if several else [node.value]
            for name, value in zip(names, values, strict=True):
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    found[ast.unparse(name)] = value.value
    return found


def _code(path: Path, what: ast.expr) -> str:
    """The code that an expression stands for: a text, a constant, or another module's."""
    if isinstance(what, ast.Constant):
        return str(what.value)
    module, _, name = ast.unparse(what).rpartition(".")
    homes = [each for each in _TREES if each.stem == module] if module else [path]
    known = [texts[name] for home in homes if name in (texts := _constants(_TREES[home]))]
    assert len(known) == 1, f"{path}: {ast.unparse(what)} is no constant that holds a code"
    return known[0]


def _written() -> set[str]:
    """The codes in every call of `audit.record`."""
    return {
        _code(path, node.args[1])
        for path, tree in _TREES.items() for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record"
    }  # fmt: skip


def test_every_event_has_a_name_and_a_topic() -> None:
    codes = _written()
    assert len(codes) > 50
    assert codes - set(EVENT_NAMES) == set()
    assert set(EVENT_NAMES) - codes == set(), "names of nothing"
    for code in codes:
        assert sum(code.startswith(topic) for topic in TOPICS) == 1, code


def test_names_tell_events_apart() -> None:
    assert len(set(EVENT_NAMES.values())) == len(EVENT_NAMES)
