"""What stands open to everybody, for others' software: HEAD, Allow, CORS, no foreign host."""

import pytest
from starlette.testclient import TestClient

from tests.people import csrf

PUBLIC = (
    "/", "/verify", "/v/AbCdEfGhIjKlMnOp", "/courses", "/.well-known/did.json", "/status/1",
    "/log/checkpoint", "/api/v1/log", "/api/v1/verification/keys", "/healthz",
)  # fmt: skip
FOR_ALL = (
    "/.well-known/did.json", "/log/checkpoint", "/log/tile/0/000.p/1", "/api/v1/log",
    "/api/v1/verification/keys", "/api/v1/verification/documents/keys",
    "/api/v1/verification/sm2/keys", "/api/v1/verification/proofs/keys",
    "/api/v1/verification/archives/keys", "/api/v1/verification/documents.pem",
    "/api/v1/verification/AbCdEfGhIjKlMnOp/proof",
)  # fmt: skip
NOT_FOR_ALL = (
    "/verify", "/v/AbCdEfGhIjKlMnOp", "/api/v1/verification/AbCdEfGhIjKlMnOp", "/api/v1/me",
    "/api/v1/verification/shares/AbCdEfGhIjKlMnOp/proof",
)  # fmt: skip
_EVIL = {"host": "evil.example"}


def test_head_is_get_without_its_body(client: TestClient) -> None:
    for address in PUBLIC:
        whole, head = client.get(address), client.head(address)
        assert (head.status_code, head.content) == (whole.status_code, b""), address
        assert head.headers["content-type"] == whole.headers["content-type"], address
        assert int(head.headers["content-length"]) > 0, address


def test_a_wrong_method_is_told_the_right_ones(client: TestClient) -> None:
    for address in PUBLIC[:-1]:
        answer = client.put(address)
        assert answer.status_code == 405, address
        posted = ", POST" if address == "/verify" else ""
        assert answer.headers["allow"] == f"GET, HEAD{posted}", address
    assert client.put("/api/v1/verification").headers["allow"] == "POST"


def test_web_verifiers_of_any_origin_read_what_is_for_all(client: TestClient) -> None:
    origin = {"origin": "https://verifier.example"}
    for address in FOR_ALL:
        for answer in (client.get(address, headers=origin), client.head(address)):
            assert answer.headers["access-control-allow-origin"] == "*", address
            assert "access-control-allow-credentials" not in answer.headers
    for address in NOT_FOR_ALL:
        answer = client.get(address, headers=origin)
        assert "access-control-allow-origin" not in answer.headers, address


def test_a_list_and_the_keys_go_out_under_the_name_that_is_asked(client: TestClient) -> None:
    """Libraries that ask for JSON by its name read nothing that is called otherwise."""
    for address, own in (
        ("/status/1", "application/vc"), ("/.well-known/did.json", "application/did+json"),
    ):  # fmt: skip
        whole = client.get(address)
        assert whole.headers["content-type"] == own
        for accept, told in (
            ("*/*", own), ("application/ld+json, application/json", "application/ld+json"),
            ("application/json", "application/json"), (f"application/json, {own}", own),
            ("text/html", own),
        ):  # fmt: skip
            answer = client.get(address, headers={"accept": accept})
            assert answer.headers["content-type"] == told, (address, accept)
            assert answer.content == whole.content
            assert "accept" in answer.headers["vary"].lower()


def test_two_names_of_one_list_have_two_tags(client: TestClient) -> None:
    own, json = client.get("/status/1"), {"accept": "application/json"}
    other = client.get("/status/1", headers=json)
    assert own.headers["etag"] != other.headers["etag"]
    for named, tag, status in (
        (json, other.headers["etag"], 304), (json, own.headers["etag"], 200),
        ({}, own.headers["etag"], 304), ({}, other.headers["etag"], 200),
    ):  # fmt: skip
        answer = client.get("/status/1", headers={**named, "if-none-match": tag})
        assert answer.status_code == status
    weak = client.get("/status/1", headers={"if-none-match": f"W/{own.headers['etag']}"})
    assert weak.status_code == 304


def test_no_redirect_believes_the_host_that_a_caller_names(client: TestClient) -> None:
    for address, target in (
        ("/verify/", "/verify"), ("/v/AbCdEfGhIjKlMnOp/", "/v/AbCdEfGhIjKlMnOp"),
        ("/verify/?number=a", "/verify?number=a"),
        ("//evil.example/", "/evil.example"), ("///evil.example//", "/evil.example"),
        ("/\\evil.example/", "/%5Cevil.example"),
    ):  # fmt: skip
        answer = client.get(f"http://testserver{address}", headers=_EVIL, follow_redirects=False)
        assert answer.status_code == 308, address
        assert answer.headers["location"] == target, address
    assert client.get("/", headers=_EVIL, follow_redirects=False).status_code == 200


@pytest.mark.parametrize("way", ["files", "batch"])
def test_a_file_in_a_form_is_told_how_to_come(client: TestClient, way: str) -> None:
    answer = client.post(f"/api/v1/verification/{way}", files={"file": ("a.pdf", b"%PDF-1.7")})
    assert answer.status_code == 422
    told = answer.json()
    assert (told["code"], told["errors"][0]["field"]) == ("form", "/file")
    assert "application/octet-stream" in told["remedy"]


def test_a_blank_name_is_no_try(client: TestClient) -> None:
    asked = {"number": "ZZ51510000202600000001C", "name": "\u3000 "}
    for _ in range(40):
        answer = client.post("/api/v1/verification/numbers", json=asked, headers=csrf(client))
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "/name"
