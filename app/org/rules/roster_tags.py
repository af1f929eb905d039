"""The tags that a cell of a roster names: one or several, as a clerk writes them down."""

import re
from collections.abc import Collection

_BETWEEN = re.compile(r"\s*[、，,;；/／|\n]\s*")


class UnknownTagError(ValueError):
    """The cell names a tag that the organisation has not."""


def named_in(text: str, known: Collection[str]) -> tuple[str, ...]:
    """The tags of a cell, each once, in its order; empty for an empty cell.

    A tag that has a comma in its own name is found whole: the longest that fits counts. Raises
    UnknownTagError for the first that nobody has made.
    """
    rest, found = " ".join(text.split()), []
    by_length = sorted(known, key=len, reverse=True)
    while rest := rest.strip():
        fitting = (each for each in by_length if _begins_with(rest, each))
        name = next(fitting, None)
        if name is None:
            between = _BETWEEN.match(rest)
            if between is None:
                raise UnknownTagError
            rest = rest[between.end() :]
            continue
        found.append(name)
        rest = rest[len(name) :]
    return tuple(dict.fromkeys(found))


def _begins_with(text: str, name: str) -> bool:
    """Whether a text begins with a name, and not with a longer word that begins alike."""
    if not text.startswith(name):
        return False
    rest = text[len(name) :]
    return not rest.strip() or _BETWEEN.match(rest) is not None
