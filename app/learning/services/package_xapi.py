"""cmi5's side of a part: the token for one sitting, statements and documents of this part alone.

The token opens nothing but these records of one learner's part while the session is open.
"""

import datetime as dt
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy.orm import Session

from app.core.crypto import KeyRing, Vault, b64url, same
from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.learning.repository import packages as rows
from app.learning.repository.packages import Whose
from app.learning.rules import xapi
from app.learning.rules.package_files import RUN_TIME
from app.learning.rules.xapi import XapiFlawError
from app.learning.services import package_kept
from app.learning.services.package_addresses import Opened
from app.learning.services.package_kept import Kept
from app.learning.services.package_records import STATEMENT

FETCHED, STATE, PROFILE = "session", "state", "profile"
_HOME = "https://shixue.invalid"
_LAUNCH_DATA = "LMS.LaunchData"


def actor_of(whose: Whose) -> dict[str, Any]:
    """Whom statements are about: a number of this part's own, no name."""
    account = {"homePage": _HOME, "name": xapi.registration(*whose)}
    return {"objectType": "Agent", "account": account}


def launch_query(opened: Opened, base: str) -> str:
    """What the address of a unit carries (cmi5, 8.1); `base` is the address all lies under."""
    if opened.whose is None:
        return ""
    own = f"{base}/{RUN_TIME}"
    told = {
        "endpoint": f"{own}/xapi/", "fetch": f"{own}/fetch",
        "actor": json.dumps(actor_of(opened.whose), separators=(",", ":")),
        "registration": xapi.registration(*opened.whose), "activityId": opened.part.identifier,
    }  # fmt: skip
    return urlencode(told, quote_via=quote)


def fetch_token(db: Session, keys: KeyRing, opened: Opened, token: str, *, now: dt.datetime) -> str:
    """The unit's token: once an address and part. Raises ConflictError, NotFoundError."""
    whose = _whose(opened)
    vault = Vault(keys)
    row, kept = package_kept.held(db, vault, whose, FETCHED, _digest(token), now=now)
    if kept.content:
        raise ConflictError("这个口令已经领过。", code="fetched", remedy="请重新打开这一部分")
    package_kept.put(db, vault, row, Kept(kept.name, "fetched", ""), now=now)
    return _token(keys, token)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _token(keys: KeyRing, token: str) -> str:
    mac = hmac.new(keys.secret("media"), f"xapi/{token}".encode(), hashlib.sha256)
    return b64url(mac.digest()[:24])


def check_token(keys: KeyRing, token: str, header: str) -> None:
    """Raises ForbiddenError where the header is not `Basic` with this address's token."""
    given = header.removeprefix("Basic ") if header.startswith("Basic ") else ""
    if not same(given, _token(keys, token)):
        raise ForbiddenError("口令不对。", code="package_token", remedy="请重新打开这一部分")


def keep_statements(
    db: Session, vault: Vault, opened: Opened, body: bytes, *, now: dt.datetime
) -> list[str]:
    """Keep what a unit says; returns the ids. The same id again changes nothing.

    Raises InvalidError, ConflictError, NotFoundError.
    """
    whose = _whose(opened)
    try:
        sent = xapi.read_statements(body, actor_of(whose))
    except XapiFlawError as flaw:
        raise _flaw(str(flaw)) from None
    if rows.count(db, whose, STATEMENT) + len(sent) > xapi.MOST_STATEMENTS:
        raise ConflictError("课件包说得太多了。", code="too_many", remedy="请告诉开课的机构")
    for place, (name, text) in enumerate(sent):
        at = now + dt.timedelta(microseconds=place)  # they keep their order
        row, kept = package_kept.held(db, vault, whose, STATEMENT, name, now=at)
        if not kept.content:
            package_kept.put(db, vault, row, Kept(name, text, "application/json"), now=at)
    return [name for name, _ in sent]


def statements(db: Session, vault: Vault, opened: Opened) -> list[Any]:
    """Everything that a unit said here. Raises NotFoundError."""
    found = package_kept.all_of(db, vault, _whose(opened), STATEMENT)
    return [json.loads(kept.content) for kept in found]


def launch_data(opened: Opened, *, returns_to: str) -> dict[str, Any]:
    """The document that a unit reads first (cmi5, 10.2)."""
    registration = xapi.registration(*_whose(opened))
    return {
        "contextTemplate": {
            "registration": registration,
            "contextActivities": {"grouping": [{"id": opened.part.identifier}]},
            "extensions": {"https://w3id.org/xapi/cmi5/context/extensions/sessionid": registration},
        },
        "launchMode": "Normal", "launchMethod": "AnyWindow",
        "moveOn": opened.part.move_on or "NotApplicable", "returnURL": returns_to,
        **({"launchParameters": opened.part.launch_data} if opened.part.launch_data else {}),
        **({"masteryScore": float(opened.part.mastery)} if opened.part.mastery else {}),
    }  # fmt: skip


def document(
    db: Session, vault: Vault, opened: Opened, kind: str, name: str, *, returns_to: str
) -> tuple[str, str]:
    """A document's text and type. Raises NotFoundError."""
    if (kind, name) == (STATE, _LAUNCH_DATA):
        return json.dumps(launch_data(opened, returns_to=returns_to)), "application/json"
    kept = package_kept.find(db, vault, _whose(opened), kind, name)
    if kept is None:
        raise _missing()
    return kept.content, kept.content_type


def documents(db: Session, vault: Vault, opened: Opened, kind: str) -> list[str]:
    """The names of what is kept of one kind. Raises NotFoundError."""
    return [kept.name for kept in package_kept.all_of(db, vault, _whose(opened), kind)]


def keep_document(
    db: Session, vault: Vault, opened: Opened, kind: str, name: str, *,
    body: bytes, content_type: str, now: dt.datetime,
) -> None:  # fmt: skip
    """Keep a document; what the launch says is nobody's to write.

    Raises InvalidError, ConflictError, NotFoundError.
    """
    whose = _whose(opened)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise _flaw("a document is UTF-8") from None
    if name == _LAUNCH_DATA or len(name) > 200 or len(text) > xapi.MOST_DOCUMENT or "\0" in text:
        raise _flaw("that document is not kept")
    is_new = package_kept.find(db, vault, whose, kind, name) is None
    if is_new and rows.count(db, whose, kind) >= xapi.MOST_DOCUMENTS:
        raise ConflictError("课件包存得太多了。", code="too_many", remedy="请告诉开课的机构")
    row, _ = package_kept.held(db, vault, whose, kind, name, now=now)
    package_kept.put(db, vault, row, Kept(name, text, content_type[:100]), now=now)


def drop_document(db: Session, vault: Vault, opened: Opened, kind: str, name: str) -> None:
    """Forget a document. Raises NotFoundError."""
    package_kept.drop(db, vault, _whose(opened), kind, name)


def _whose(opened: Opened) -> Whose:
    if opened.whose is None:
        raise _missing()
    return opened.whose


def _missing() -> NotFoundError:
    return NotFoundError("这里没有保存什么。", remedy="请从课程页进入")


def _flaw(sentence: str) -> InvalidError:
    return InvalidError(
        f"课件包发来的内容没有保存（{sentence}）。", field="/body", code="package_data",
        remedy="学时不受影响；请告诉开课的机构检查课件",
    )  # fmt: skip
