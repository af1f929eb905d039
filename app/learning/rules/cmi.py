"""The run-time data of SCORM 1.2 and 2004 as packages report it: kept as told, within bounds.

No rule of hours reads it. What is written is checked by its name and its size; what is read-only
(names, modes, counts) is made by the page and never kept.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.learning.rules.package_manifests import CMI5, SCORM_12

MOST_VALUE = 4_096
MOST_SUSPENDED = 64_000
"""Characters of `suspend_data`: SCORM 2004 4th Edition's, for SCORM 1.2 too."""
MOST_TOGETHER = 160_000
MOST_ELEMENTS = 2_000
_N = r"\d{1,3}"
_SCORE_12 = r"score\.(raw|min|max)"
_SCORE_2004 = r"score\.(scaled|raw|min|max)"
_WRITTEN_12 = re.compile(
    r"cmi\.(core\.(lesson_location|lesson_status|exit|session_time|" + _SCORE_12 + r")"
    r"|suspend_data|comments|student_preference\.(audio|language|speed|text)"
    rf"|objectives\.{_N}\.(id|status|{_SCORE_12})"
    rf"|interactions\.{_N}\.(id|time|type|weighting|student_response|result|latency"
    rf"|objectives\.{_N}\.id|correct_responses\.{_N}\.pattern))"
)
_WRITTEN_2004 = re.compile(
    r"cmi\.(location|completion_status|success_status|exit|session_time|progress_measure"
    rf"|suspend_data|{_SCORE_2004}"
    r"|learner_preference\.(audio_level|language|delivery_speed|audio_captioning)"
    rf"|comments_from_learner\.{_N}\.(comment|location|timestamp)"
    rf"|objectives\.{_N}\.(id|success_status|completion_status|progress_measure|description"
    rf"|{_SCORE_2004})"
    rf"|interactions\.{_N}\.(id|type|timestamp|weighting|learner_response|result|latency"
    rf"|description|objectives\.{_N}\.id|correct_responses\.{_N}\.pattern))"
)
_STATUSES = {
    "passed": "通过", "failed": "未通过", "completed": "学完", "incomplete": "没有学完",
    "browsed": "浏览过", "not attempted": "没有开始",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flaw:
    """An element that is not kept, and why."""

    element: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Merged:
    """What is kept now, whole, and what of the given is not."""

    values: dict[str, str]
    flaws: tuple[Flaw, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What a package says of a part: a status for people and a score, either empty."""

    status: str = ""
    score: str = ""


def merged(standard: str, stored: Mapping[str, str], given: Mapping[str, str]) -> Merged:
    """What was kept with what is written now, one element after the other.

    One that is wrong, or for which there is no more room, takes none of the others with it.
    """
    whole, flaws = dict(stored), []
    size = sum(map(_size, whole.items()))
    for element, value in given.items():
        more = _size((element, value)) - (
            _size((element, whole[element])) if element in whole else 0
        )
        sentence = _flaw(standard, element, value)
        is_full = len(whole | {element: value}) > MOST_ELEMENTS or size + more > MOST_TOGETHER
        if sentence or is_full:
            flaws.append(Flaw(element, sentence or "课件包要保存的内容太多"))
            continue
        whole[element] = value
        size += more
    return Merged(whole, tuple(flaws))


def _size(pair: tuple[str, str]) -> int:
    return len(pair[0]) + len(pair[1])


def _flaw(standard: str, element: str, value: str) -> str:
    written = _WRITTEN_12 if standard == SCORM_12 else _WRITTEN_2004
    if standard == CMI5 or not written.fullmatch(element):
        return "课件包写了一个不能写的数据项"
    most = MOST_SUSPENDED if element == "cmi.suspend_data" else MOST_VALUE
    return f"课件包的一个数据项超过 {most} 个字符" if len(value) > most else ""


def told(standard: str, data: Mapping[str, str]) -> Told:
    """Status and score as the package says them; what makes no sense is left empty."""
    if standard == SCORM_12:
        status = _STATUSES.get(data.get("cmi.core.lesson_status", ""), "")
        return Told(status, _score(data.get("cmi.core.score.raw", "")))
    found = [data.get("cmi.success_status", ""), data.get("cmi.completion_status", "")]
    status = next((_STATUSES[each] for each in found if each in _STATUSES), "")
    scaled = _number(data.get("cmi.score.scaled", ""))
    raw = _score(data.get("cmi.score.raw", ""))
    return Told(status, _score(str(scaled * 100)) if scaled is not None else raw)


def _score(text: str) -> str:
    number = _number(text)
    if number is None or abs(number) >= 1_000_000:
        return ""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _number(text: str) -> float | None:
    try:
        number = float(text) if len(text) <= 20 else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None
