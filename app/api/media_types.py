"""By which name a body goes out, of those that the caller takes (RFC 9110, 12.5.1)."""

from collections.abc import Sequence


def chosen(accept: str, offered: Sequence[str]) -> str:
    """The media type of `offered`, our favourite first, that an Accept header likes best.

    Without the header, and where it takes none of them, the first one: a body by a name that was
    not asked for is of more use than none.
    """
    weights = {name: _weight(accept, name) for name in offered} if accept.strip() else {}
    best = max(weights.values(), default=0.0)
    return next((name for name in offered if best and weights[name] == best), offered[0])


def _weight(accept: str, name: str) -> float:
    """How much a type is liked, 0 to 1: the most exact of the ranges that fit says so."""
    ranges = (name, f"{name.partition('/')[0]}/*", "*/*")
    told: dict[str, float] = {}
    for each in accept.lower().split(","):
        media_range, *parameters = (part.strip() for part in each.split(";"))
        weights = [part[2:].strip() for part in parameters if part.startswith("q=")]
        told.setdefault(media_range, _number(weights[0]) if weights else 1.0)
    return next((told[each] for each in ranges if each in told), 0.0)


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if 0 <= number <= 1 else 0.0
