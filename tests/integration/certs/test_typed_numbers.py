"""A certificate's number as people type it, and what is told of what is none: page and API."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.certs.rules import numbers
from app.certs.rules.verdicts import (
    A_NUMBER,
    MISSPELT,
    NO_CODE,
    NO_NUMBER,
    NOT_FOUND,
    PROOF_OF_HOURS,
)
from app.lobby import guesses
from app.lobby.parts import Parts
from app.main import create_app
from tests.papers_issued import Issued, issue_one
from tests.people import csrf

Told = dict[str, Any]


@pytest.fixture(scope="module")
def one(shared_parts: Parts) -> Issued:
    return issue_one(shared_parts)


@pytest.fixture(scope="module")
def client(shared_parts: Parts) -> Iterator[TestClient]:
    with TestClient(create_app(shared_parts), follow_redirects=False) as client:
        client.get("/verify")
        yield client


def _asked(client: TestClient, path: str, body: Told) -> Told:
    answer = client.post(f"/api/v1/verification{path}", json=body, headers=csrf(client))
    assert answer.status_code == 200, answer.text
    found: Told = answer.json()
    return found


def _wide(text: str) -> str:
    """As a Chinese keyboard types it in full width."""
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def test_a_number_is_understood_as_it_is_typed(client: TestClient, one: Issued) -> None:
    number = one.number
    for typed in (
        number.lower(), _wide(number), _wide(number.lower()), f"　{number[:4]}——{number[4:]} ",
        f"{number[:10]}－{number[10:]}\u200b",
    ):  # fmt: skip
        found = _asked(client, "/numbers", {"number": typed, "name": "赵码"})
        assert (found["verdict"], found["facts"]["number"]) == ("valid", number)
        form = {"number": typed, "name": "赵码"}
        page = client.post("/verify", data=form, headers=csrf(client))
        assert page.headers["location"].endswith(f"/v/{one.public_id}"), typed


def test_what_is_no_number_says_so_and_what_to_do(client: TestClient, one: Issued) -> None:
    for typed, finding, sentence in (
        ("张三", "no_number", NO_NUMBER), ("510000202600000001", "no_number", NO_NUMBER),
        (one.number[:-2], "misspelt", MISSPELT), ("ｘｓ２０２６", "proof_of_hours", PROOF_OF_HOURS),
    ):  # fmt: skip
        form = {"number": typed[:60], "name": "赵码"}
        found = _asked(client, "/numbers", form)
        assert (found["verdict"], found["finding"]) == ("unknown", finding)
        assert found["sentence"] == sentence
        assert sentence in client.post("/verify", data=form, headers=csrf(client)).text
    wrong = _asked(client, "/numbers", {"number": one.number, "name": "别人"})
    assert (wrong["verdict"], wrong["finding"]) == ("unknown", "")
    nobodys = numbers.make_number(2026, 99_999_999)
    unknown = _asked(client, "/numbers", {"number": nobodys, "name": "赵码"})
    assert (wrong["sentence"], unknown["sentence"]) == (NOT_FOUND, NOT_FOUND)
    assert "编号和姓名" in NOT_FOUND


def test_what_nobody_can_have_meant_is_named_at_its_field_and_no_try(
    client: TestClient, one: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guesses, "take", lambda *_, **__: pytest.fail("a try was counted"))
    host, digits = one.page.partition("/v/")[0], one.text.partition("#")[2]
    for number, name, field, code, words in (
        (one.text, "赵码", "number", "an_address", "这是网址，不是证书编号"),
        (one.text[:60], "赵码", "number", "an_address", "这是网址，不是证书编号"),
        ("http://evil.example/v/AAAAAAAAAAAA", "赵码", "number", "foreign_address", "请不要打开"),
        (
            f"http://evil.example/{one.page}",
            "赵码",
            "number",
            "foreign_address",
            "不是本平台的网址",
        ),
        (f"{host}@evil.example/v/AAAAAAAAAAAA", "赵码", "number", "foreign_address", "请不要打开"),
        (digits, "赵码", "number", "a_code", "这是方块码里的一串数字"),
        (f"#{digits[:60]}", "赵码", "number", "a_code", "扫证书上的方块码"),
        ("Z" * 61, "赵码", "number", "too_long", "证书编号太长"),
        (one.number, "赵*码", "name", "masked_name", "填写完整姓名"),
        (one.number, "赵＊", "name", "masked_name", "填写完整姓名"),
        (one.number, "赵✱码", "name", "masked_name", "填写完整姓名"),
        (one.number, "赵x", "name", "masked_name", "填写完整姓名"),
    ):
        form = {"number": number, "name": name}
        answer = client.post("/api/v1/verification/numbers", json=form, headers=csrf(client))
        assert answer.status_code == 422
        [told] = answer.json()["errors"]
        assert (told["field"], told["code"]) == (f"/{field}", code)
        page = client.post("/verify", data=form)
        assert page.status_code == 422
        assert words in page.text.partition(f'id="e-{field}"')[2].partition("</p>")[0]
        is_ours, is_code = host in number and len(number) > 60, code == "a_code"
        assert (f'href="/v/{one.public_id}#{digits}"' in page.text) == is_ours
        assert ('href="#scan-title"' in page.text) == is_code
        row = client.post(
            "/api/v1/verification/batch", content=f"{number},{name}".encode(),
            headers=csrf(client) | {"content-type": "application/octet-stream"},
        ).json()["rows"][0]  # fmt: skip
        assert (row["verdict"], words in row["sentence"]) == ("not_checked", True), row


def test_an_address_that_we_do_not_have_is_no_number_that_was_copied_wrongly(
    client: TestClient, one: Issued
) -> None:
    for answer in (
        client.get("/api/v1/verification/AAAAAAAAAAAAAAAA").json(),
        _asked(client, "", {"text": f"{one.page.partition('/v/')[0]}/v/AAAAAAAAAAAAAAAA"}),
    ):
        assert (answer["verdict"], answer["finding"]) == ("unknown", "no_page")
        assert "没有抄全" in answer["sentence"]
        assert "检查编号" not in answer["sentence"]
        assert answer["sentence"] in client.get("/v/AAAAAAAAAAAAAAAA").text
    proof = client.get("/api/v1/verification/AAAAAAAAAAAAAAAA/proof").json()
    assert "没有抄全" in proof["detail"]
    assert "重新扫" in proof["remedy"]


def test_a_number_where_a_code_is_asked_for_is_told_its_way(
    client: TestClient, one: Issued
) -> None:
    for text in (one.number, _wide(one.number.lower())):
        found = _asked(client, "", {"text": text})
        assert (found["verdict"], found["finding"]) == ("unknown", "a_number")
        assert found["sentence"] == A_NUMBER
    for text in ("12345", "https://shixue.example/", f"{one.text} x", "张三"):
        found = _asked(client, "", {"text": text})
        assert (found["verdict"], found["finding"]) == ("unknown", "no_code")
        assert found["sentence"] == NO_CODE
    address = client.get(f"/api/v1/verification/{one.number.lower()}").json()
    assert (address["verdict"], address["finding"]) == ("unknown", "a_number")
    assert A_NUMBER in client.get(f"/v/{one.number}").text
    assert _asked(client, "", {"text": f" {one.text}\n"})["verdict"] in {"valid", "unknown"}
    assert client.get(f"/api/v1/verification/{one.public_id}").json()["finding"] == ""


def test_a_one_time_code_is_understood_in_full_width(client: TestClient, one: Issued) -> None:
    path = f"/api/v1/verification/{one.public_id}/holder"
    for typed in ("１２３４５６", " 123456 "):
        answer = client.post(path, json={"code": typed}, headers=csrf(client))
        assert answer.json()["code"] == "spent_code", answer.text
    for typed in ("12345", "一二三四五六", "٠١٢٣٤٥"):
        answer = client.post(path, json={"code": typed}, headers=csrf(client))
        assert (answer.status_code, answer.json()["code"]) != (422, "spent_code")
