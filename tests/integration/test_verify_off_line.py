"""What a device may keep of the verification page, and that it can be taken back."""

import struct

import pytest
from starlette.testclient import TestClient

from app.lobby.parts import Parts
from tests.people import ALICE, sign_in

_ALL = (
    "/verify/app.webmanifest", "/verify/icon-192.png", "/verify/off-line", "/verify/worker.js",
)  # fmt: skip


def test_the_worker_may_have_the_page_and_no_other(client: TestClient) -> None:
    answer = client.get("/verify/worker.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["service-worker-allowed"] == "/verify"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.text.startswith('const SHELL = {"version": "')
    for part in ("zxing_reader", "signedpdf", "site-"):
        assert part in answer.text.partition("\n")[0]


def test_the_worker_is_the_same_while_nothing_changes(client: TestClient, parts: Parts) -> None:
    first = client.get("/verify/worker.js").text
    sign_in(client, parts, ALICE)
    assert client.get("/verify/worker.js").text == first
    parts.settings.filing.operator = "别的运营方"
    assert client.get("/verify/worker.js").text != first


def test_the_kept_page_is_nobodys(client: TestClient, parts: Parts) -> None:
    before = client.get("/verify/off-line").text
    sign_in(client, parts, ALICE)
    after = client.get("/verify/off-line").text
    assert after == before
    assert '<meta name="csrf-token" content="">' in after
    assert "没有连上网络" in after
    assert "/sign-in" in after


def test_a_device_can_put_it_beside_its_apps(client: TestClient) -> None:
    told = client.get("/verify/app.webmanifest")
    assert told.headers["content-type"] == "application/manifest+json"
    assert (told.json()["start_url"], told.json()["scope"]) == ("/verify", "/verify")
    sizes = {each["sizes"] for each in told.json()["icons"]}
    assert sizes == {"192x192", "512x512"}
    for each in told.json()["icons"]:
        png = client.get(each["src"]).content
        assert png.startswith(b"\x89PNG")
        width, height = struct.unpack(">II", png[16:24])
        assert f"{width}x{height}" == each["sizes"]
    assert client.get("/verify/icon-500.png").status_code == 404


def test_what_a_cache_may_give_to_everybody_brings_no_cookie(client: TestClient) -> None:
    client.cookies.clear()
    for address in ("/verify/app.webmanifest", "/verify/icon-192.png"):
        answer = client.get(address)
        assert "public" in answer.headers["cache-control"]
        assert "set-cookie" not in answer.headers, address


@pytest.mark.parametrize("path", _ALL)
def test_all_of_it_is_gone_when_it_is_switched_off(
    client: TestClient, parts: Parts, path: str
) -> None:
    assert client.get(path).status_code == 200
    parts.settings.verify_off_line = False
    assert client.get(path).status_code == 404
    page = client.get("/verify")
    assert page.status_code == 200
    assert "app.webmanifest" not in page.text
