"""Many files at once from a browser without scripts: one form, the same answers and limits."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from httpx import Response
from starlette.testclient import TestClient

from app import worker
from app.core.ratelimit import RateLimiter
from app.lobby.parts import Parts
from app.main import create_app
from tests import finished
from tests.contract.calls import changed, dump
from tests.papers_issued import Issued, take


@pytest.fixture(scope="module")
def issued(shared_parts: Parts) -> Issued:
    [course] = finished.courses(shared_parts, ("usual",))
    done = finished.finish(shared_parts, course, "李晓梅", 1)
    worker.drain(shared_parts)
    return take(shared_parts, done.enrolment_id)


@pytest.fixture
def stranger(shared_parts: Parts) -> Iterator[TestClient]:
    with TestClient(create_app(shared_parts)) as opened:
        yield opened


def _token(client: TestClient) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/verify/batch").text)
    assert found is not None
    return found[1]


def _send(client: TestClient, token: str, *files: tuple[str, bytes]) -> Response:
    sent = [("files", (name, content, "application/pdf")) for name, content in files]
    return client.post("/verify/batch", data={"csrf": token}, files=sent or [("files", ("", b""))])


def test_files_are_answered_as_one_alone_and_nothing_is_written(
    stranger: TestClient, issued: Issued, shared_parts: Parts
) -> None:
    token = _token(stranger)
    before = dump(shared_parts.database)
    altered = bytearray(issued.pdf)
    altered[len(altered) // 3] ^= 1
    answer = _send(
        stranger, token, ("证书.pdf", issued.pdf), ("证书.pdf", bytes(altered)), ("x.pdf", b"x")
    )
    assert answer.status_code == 200, answer.text
    told = re.findall(r'<tr data-verdict="(\w+)"><th scope="row">(\d)\. .*?break-all">(.*?)<',
                      answer.text)  # fmt: skip
    assert told == [
        ("valid", "1", "证书.pdf"),
        ("altered", "2", "证书.pdf"),
        ("unknown", "3", "x.pdf"),
    ]
    assert issued.facts.holder_name in answer.text
    assert "下载结果（Excel）" in answer.text
    assert changed(before, dump(shared_parts.database)) == []


def test_one_table_is_read_as_it_is(stranger: TestClient, issued: Issued) -> None:
    table = f"证书编号,姓名\n{issued.number},{issued.name}\n".encode()
    answer = _send(stranger, _token(stranger), ("多人.csv", table))
    assert '<tr data-verdict="valid">' in answer.text


def test_what_cannot_be_read_says_why_at_the_files(stranger: TestClient) -> None:
    token = _token(stranger)
    for answer, words in (
        (_send(stranger, token), "没有选文件"),
        (_send(stranger, "else", ("a.pdf", b"%PDF-1.7")), "页面已过期"),
        (_send(stranger, token, ("a.zip", b"PK\x03\x04 broken")), "已损坏"),
        (stranger.post("/verify/batch", content=b"x"), "没有传完整"),
    ):
        assert answer.status_code == 422
        assert words in answer.text.partition('id="e-files"')[2][:200]
    large = _send(stranger, token, ("a.pdf", bytes(24 * 2**20 + 1)))
    assert large.status_code == 422
    assert "文件太大" in large.text


def test_pasted_lines_with_a_sign_that_nobody_types_are_to_be_typed_again(
    stranger: TestClient,
) -> None:
    """They were told to save a file as Excel, and had the sign in the page again."""
    pasted = {"csrf": (None, _token(stranger)), "lines": (None, "ZZ51 王五\r\nZZ51 李\0梅")}
    answer = stranger.post("/verify/batch", files=pasted)
    assert answer.status_code == 422
    told = answer.text.partition('id="e-lines"')[2].partition("</p>")[0]
    assert "第 2 行里有读不出来的字符。请把这一行的编号和姓名重新打一遍" in told
    assert "ZZ51 李梅</textarea>" in answer.text
    assert "\0" not in answer.text


def test_more_files_or_bytes_than_one_form_takes_are_told_so(stranger: TestClient) -> None:
    """What is wrong is their number or size: nothing was damaged on its way, and nobody zipped."""
    token = _token(stranger)
    for count in (201, 300):
        many = _send(stranger, token, *((f"{place}.pdf", b"%PDF-1.7") for place in range(count)))
        assert many.status_code == 422
        told = many.text.partition('id="e-files"')[2][:300]
        assert "一次最多查 200 个文件" in told
        assert "其余的再查一次" in told
    large = _send(stranger, token, ("a.pdf", bytes(25 * 2**20)))
    assert large.status_code == 413
    assert "合计超过 24 MB" in large.text.partition('id="e-files"')[2][:300]


def test_a_single_document_is_checked_as_one(stranger: TestClient, issued: Issued) -> None:
    token = _token(stranger)
    for name, content in (
        ("credential.json", issued.credential), ("record.json", b"\xef\xbb\xbf" + issued.record),
        ("证书.pdf", issued.pdf),
    ):  # fmt: skip
        answer = _send(stranger, token, (name, content))
        told = re.findall(r'<tr data-verdict="(\w+)">.*?break-all">(.*?)<', answer.text)
        assert told == [("valid", name)], name


def test_the_limits_are_those_of_the_other_way(shared_parts: Parts, issued: Issued) -> None:
    limiter = RateLimiter(shared_parts.database, b"k" * 32, enabled=True)
    with TestClient(create_app(replace(shared_parts, limiter=limiter))) as client:
        token = _token(client)
        files = [(f"{place}.pdf", issued.pdf) for place in range(61)]
        first = _send(client, token, *files)
        assert first.text.count('data-verdict="valid"') == 61
        second = _send(client, token, *files)
        assert second.text.count('data-verdict="not_checked"') == 2
