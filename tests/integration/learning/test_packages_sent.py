"""An institution sends a package: in pieces, unpacked by the worker, timed, looked through."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from app import worker
from app.learning.models.catalogue import Lesson
from app.lobby.parts import Parts
from tests import packages
from tests.institutions import (
    AUTHOR,
    COLLEAGUE,
    SCHOOL,
    Writer,
    fill_bank,
    found_school,
    writer,
)
from tests.people import csrf


@pytest.fixture
def author(parts: Parts) -> Iterator[Writer]:
    found_school(parts, SCHOOL, AUTHOR, COLLEAGUE)
    made = writer(parts, AUTHOR)
    yield made
    made.client.__exit__(None, None, None)


def _lesson(author: Writer) -> tuple[str, str]:
    version_id = author.write_course()
    chapter_id = author.draft(version_id)["chapters"][0]["chapter_id"]
    body = {"kind": "package", "title": "配电箱课件"}
    return version_id, author.make(f"/chapters/{chapter_id}/lessons", body)


def _put(author: Writer, upload_id: str, content: bytes) -> int:
    headers = csrf(author.client) | {"x-piece-hash": hashlib.sha256(content).hexdigest()}
    path = f"/api/v1/authoring/uploads/{upload_id}/pieces/0"
    return author.client.put(path, content=content, headers=headers).status_code


def _send(author: Writer, parts: Parts, lesson_id: str, content: bytes) -> dict[str, Any]:
    """Send it whole, let the worker have it; returns how far it is then."""
    body = {"name": "课件.zip", "size": len(content)}
    upload = author.call("POST", f"/lessons/{lesson_id}/uploads", body, wanted=201)
    assert _put(author, upload["upload_id"], content) == 200
    author.call("POST", f"/uploads/{upload['upload_id']}/completion", wanted=200)
    worker.drain(parts)
    found: dict[str, Any] = author.call("GET", f"/lessons/{lesson_id}", wanted=200)["film"]
    return found


def test_from_an_archive_to_a_published_version(author: Writer, parts: Parts) -> None:
    version_id, lesson_id = _lesson(author)
    fill_bank(parts, version_id)
    lengths = f"/lessons/{lesson_id}/lengths"
    author.call("PUT", lengths, {"minutes": [10]}, wanted=409)
    assert _send(author, parts, lesson_id, packages.scorm_2004(["", ""]))["state"] == "ready"
    missing = author.call("POST", f"/versions/{version_id}/submission", wanted=422)
    assert "时长" in str(missing)
    for minutes, field in (([10], "/minutes"), ([10, 0], "/minutes/1"), ([241, 1], "/minutes/0")):
        problem = author.call("PUT", lengths, {"minutes": minutes}, wanted=422)
        assert problem["errors"][0]["field"] == field
    author.call("PUT", lengths, {"minutes": [2, 3]})
    question = {
        "stem": "先做什么？", "choices": ["断电", "上锁", "喝水", "回家"], "answer": [0],
        "explanation": "先断电。", "page": 2,
    }  # fmt: skip
    author.call("PUT", f"/lessons/{lesson_id}/questions", {"questions": [question]})
    with parts.database.reading() as db:
        row = db.get_one(Lesson, lesson_id)
        assert [(page["title"], page["ms"]) for page in row.pages] == [
            ("第 1 部分", 120_000), ("第 2 部分", 180_000)
        ]  # fmt: skip
        assert [(q["from_ms"], q["to_ms"]) for q in row.questions or []] == [(120_000, 300_000)]
    # Another export of the same: its lengths stay as they were stated.
    assert _send(author, parts, lesson_id, packages.scorm_12(["", ""]))["state"] == "ready"
    page = author.client.get(f"/authoring/lessons/{lesson_id}/preview").text
    assert page.count("<iframe") == 2
    assert "allow-same-origin" not in page
    address = page.partition('src="/packages/')[2].partition('"')[0]
    opened = author.client.get(f"/packages/{address}", follow_redirects=True)
    assert "run-time.js" in opened.text
    author.call("POST", f"/versions/{version_id}/submission")
    colleague = writer(parts, COLLEAGUE)
    colleague.call("POST", f"/versions/{version_id}/review", {"publishes": True})
    colleague.client.__exit__(None, None, None)
    author.call("PUT", lengths, {"minutes": [9, 9]}, wanted=409)


def test_what_is_wrong_with_it_is_said_and_another_can_be_sent(
    author: Writer, parts: Parts
) -> None:
    _, lesson_id = _lesson(author)
    body = {"name": "x.zip", "size": 4}
    upload = author.call("POST", f"/lessons/{lesson_id}/uploads", body, wanted=201)
    assert _put(author, upload["upload_id"], b"MZ\x90\x00") == 422
    leads_out = packages.scorm_12(more={"../../etc/cron.js": "x"})
    failed = _send(author, parts, lesson_id, leads_out)
    assert failed["state"] == "failed"
    assert "cron.js" in failed["problem"]
    assert "重新导出" in failed["problem"]
    assert parts.storage.size("etc/cron.js") is None
    assert _send(author, parts, lesson_id, packages.cmi5())["state"] == "ready"
    author.call("PUT", f"/lessons/{lesson_id}/text", {"text": "## a\n\nb"}, wanted=422)
