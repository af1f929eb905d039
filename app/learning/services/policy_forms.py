"""A policy's fields as people write them, and what they are told of one that cannot stand."""

from collections.abc import Mapping
from typing import Any

from app.core.errors import InvalidError
from app.learning.rules.policy import PolicyError
from app.learning.rules.policy_fields import FIELDS, explain, read_settings


def read(given: Mapping[str, str]) -> dict[str, Any]:
    """The fields as people write them. Raises InvalidError naming the field and its range."""
    try:
        return read_settings(given)
    except PolicyError as error:
        raise refused(error) from None


def refused(error: PolicyError) -> InvalidError:
    """What is wrong with a field, in words, with what it takes."""
    sentence = f"{explain(error.field)}。"
    if error.most is not None:
        sentence = f"“{FIELDS[error.field].label}”超过了线上部分，最多 {error.most} 秒。"
    return InvalidError(
        sentence, field=f"/settings/{error.field}", code="policy",
        remedy="请按允许的范围填写，或留空继承上一级",
    )  # fmt: skip
