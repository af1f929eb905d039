"""Policies as sessions were opened under: stored once for all of them, by what they say."""

from typing import Any

from sqlalchemy.orm import Session

from app.learning.repository import study as rows
from app.learning.rules.policy import StudyPolicy, version_of

# By what they say: a policy of one name is the same in every database, and for ever.
_thawed: dict[str, StudyPolicy] = {}


def freeze(db: Session, policy: StudyPolicy) -> str:
    """Keep a policy for as long as there is evidence that was judged by it; returns its version."""
    version = policy.version()
    rows.keep_policy(db, version, policy.to_mapping())
    return version


def thaw(db: Session, version: str) -> StudyPolicy:
    """Return a kept policy; read once, for it cannot change. Raises ValueError if it did."""
    if version not in _thawed:
        _thawed[version] = StudyPolicy.from_mapping(fields_of(db, version))
    return _thawed[version]


def fields_of(db: Session, version: str) -> dict[str, Any]:
    """Return a policy as it was stored. Raises ValueError where the fields are not those."""
    fields = rows.get_policy(db, version)
    if fields is None or version_of(fields) != version:
        message = f"the policy {version} is not stored as it was"
        raise ValueError(message)
    return fields
