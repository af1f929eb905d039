"""The little of xAPI that a cmi5 unit needs: its statements, and documents of state and profile.

Nothing here is believed: statements are kept as what the package said, for this learner's
registration of this part alone, and no rule of hours reads them.
"""

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from app.learning.rules.cmi import Told

MOST_STATEMENT = 8_192
MOST_STATEMENTS = 1_000
MOST_DOCUMENT = 64_000
MOST_DOCUMENTS = 20
_VERB = re.compile(r"https?://[^\s]{1,180}")
_SAYS = {
    "passed": "通过", "failed": "未通过", "completed": "学完", "initialized": "已开始",
    "terminated": "已离开",
}  # fmt: skip
_NAMESPACE = uuid.UUID("7c3dfd4a-9c0b-4c75-8a0e-4f3f5a9d4a11")


class XapiFlawError(ValueError):
    """What is not kept, and why."""


def registration(learner_id: str, enrolment_id: str, lesson_id: str, part: int) -> str:
    """A UUID that is always the same for one learner's part and names nobody."""
    return str(uuid.uuid5(_NAMESPACE, f"{learner_id}/{enrolment_id}/{lesson_id}/{part}"))


def read_statements(body: bytes, actor: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Ids and texts of what was sent: one statement or a list, each by this actor alone.

    Raises XapiFlawError.
    """
    sent = _json(body)
    statements = sent if isinstance(sent, list) else [sent]
    return [_statement(each, actor) for each in statements]


def _statement(sent: object, actor: Mapping[str, Any]) -> tuple[str, str]:
    if not isinstance(sent, dict) or not isinstance(sent.get("object"), dict):
        raise XapiFlawError("a statement is an object with an object")
    verb = sent.get("verb")
    if not isinstance(verb, dict) or not _VERB.fullmatch(str(verb.get("id", ""))):
        raise XapiFlawError("a statement names its verb")
    said = sent.get("actor")
    if not isinstance(said, dict) or said.get("account") != actor["account"]:
        raise XapiFlawError("a statement is of the learner that was told")
    try:
        name = str(uuid.UUID(str(sent["id"]))) if "id" in sent else str(uuid.uuid4())
    except ValueError:
        raise XapiFlawError("an id is a UUID") from None
    text = json.dumps(sent | {"id": name}, ensure_ascii=False, separators=(",", ":"))
    if len(text) > MOST_STATEMENT:
        raise XapiFlawError("a statement is too long")
    return name, text


def _json(body: bytes) -> Any:  # noqa: ANN401 -- whatever was sent
    """What was sent, if it can be kept and told again.

    Python reads NaN, 1e999 and halves of letters; no JSON that we send can say them.
    """
    try:
        sent = json.loads(body)
        json.dumps(sent, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise XapiFlawError("that is no JSON") from None
    return sent


def told(statements: Sequence[str]) -> Told:
    """The last that matters of what a unit said: how it ended, and a score."""
    status = score = ""
    for text in statements:
        said = json.loads(text)
        name = str(said["verb"]["id"]).rpartition("/")[2]
        is_verdict = name in {"passed", "failed", "completed"}
        if is_verdict or (name in _SAYS and not status):
            status = _SAYS[name]
        score = _scaled(said) or score
    return Told(status, score)


def _scaled(said: Mapping[str, Any]) -> str:
    result = said.get("result")
    score = result.get("score") if isinstance(result, dict) else None
    scaled = score.get("scaled") if isinstance(score, dict) else None
    if isinstance(scaled, bool) or not isinstance(scaled, int | float) or not -1 <= scaled <= 1:
        return ""
    return f"{scaled * 100:.2f}".rstrip("0").rstrip(".")
