"""A picture for certificates: agreed to by itself, of the person, without what a camera adds."""

import base64
import io

import pytest
from PIL import Image
from starlette.testclient import TestClient

from app.identity.models.faces import Consent, FaceTemplate, Portrait
from app.identity.services import consents, portraits
from app.lobby.parts import Parts
from tests import faces
from tests.captures import captured
from tests.people import ALICE, csrf, sign_in, verify


def _agree(client: TestClient, kind: str, version: str) -> None:
    body = {"kind": kind, "version": version, "accepted": True}
    answer = client.post("/api/v1/me/consents", json=body, headers=csrf(client))
    assert answer.status_code == 201, answer.text


def _enrol(client: TestClient) -> None:
    _agree(client, "face", consents.VERSION)
    headers = csrf(client)
    opened = client.post(
        "/api/v1/me/face-sessions", json={"purpose": "enrol"}, headers=headers
    ).json()
    answer = client.post(
        f"/api/v1/me/face-sessions/{opened['id']}/frames",
        json=captured(opened, "a"), headers=headers,
    )  # fmt: skip
    assert answer.json()["outcome"] == "passed", answer.text


@pytest.fixture
def alice(client: TestClient, parts: Parts) -> TestClient:
    sign_in(client, parts, ALICE)
    verify(client, ALICE)
    _enrol(client)
    return client


def _photograph(name: str, *, room: bool = True, exif: bool = False) -> bytes:
    """A picture as the page sends it: with a margin around it, or the face up to its edges."""
    with Image.open(io.BytesIO(faces.picture(name))) as opened:
        picture = opened.convert("RGB")
    if not room:
        wide, tall = picture.size
        picture = picture.crop((wide // 5, tall // 8, wide * 4 // 5, tall * 6 // 8))
    else:
        wide, tall = picture.size
        larger = Image.new("RGB", (wide * 2, tall * 2), (200, 210, 220))
        larger.paste(picture, (wide // 2, tall // 2))
        picture = larger
    picture.thumbnail((1000, 1000))
    note = Image.Exif()
    note[0x010E] = "taken at home"
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85, **({"exif": note} if exif else {}))
    return out.getvalue()


def _choose(client: TestClient, jpeg: bytes):
    body = {"jpeg": base64.b64encode(jpeg).decode()}
    return client.put("/api/v1/me/portrait", json=body, headers=csrf(client))


def test_nothing_is_compared_without_its_own_consent(alice: TestClient, parts: Parts) -> None:
    refused = _choose(alice, _photograph("a2"))
    assert (refused.status_code, refused.json()["code"]) == (409, "no_consent")
    page = alice.get("/me/portrait").text
    assert portraits.TEXT in page
    assert 'type="file"' not in page
    _agree(alice, "portrait", portraits.VERSION)
    assert 'type="file"' in alice.get("/me/portrait").text
    with parts.database.reading() as db:
        assert sorted(row.kind for row in db.query(Consent)) == ["face", "portrait"]


def test_a_picture_is_cut_small_and_tells_nothing_but_the_face(
    alice: TestClient, parts: Parts
) -> None:
    _agree(alice, "portrait", portraits.VERSION)
    sent = _photograph("a2", exif=True)
    assert b"taken at home" in sent
    answer = _choose(alice, sent)
    assert answer.status_code == 200, answer.text
    kept = alice.get("/api/v1/me/portrait.jpg")
    assert kept.headers["cache-control"] == "no-store"
    assert len(kept.content) <= 30_000
    assert b"Exif" not in kept.content
    assert b"taken at home" not in kept.content
    with Image.open(io.BytesIO(kept.content)) as opened:
        assert (opened.format, opened.size) == ("JPEG", (350, 490))
        assert not opened.getexif()
    with parts.database.reading() as db:
        [row] = db.query(Portrait).all()
        assert kept.content not in row.image_sealed
    assert "会印上的照片" in alice.get("/me/portrait").text


@pytest.mark.parametrize(
    ("jpeg", "code", "word"),
    [
        (lambda: _photograph("b"), "wrong_face", "不一致"),
        (lambda: _photograph("a2", room=False), "retry", "离照片的边太近"),
        (lambda: b"no picture", "retry", "打不开"),
    ],
)
def test_another_face_no_room_and_no_picture_are_refused_and_keep_nothing(
    alice: TestClient, parts: Parts, jpeg, code: str, word: str
) -> None:
    _agree(alice, "portrait", portraits.VERSION)
    refused = _choose(alice, jpeg())
    assert refused.status_code == 422, refused.text
    [error] = refused.json()["errors"]
    assert (error["field"], error["code"]) == ("/jpeg", code)
    assert word in refused.json()["detail"]
    with parts.database.reading() as db:
        assert db.query(Portrait).count() == 0


def test_taking_it_back_deletes_the_picture_and_not_the_face(
    alice: TestClient, parts: Parts
) -> None:
    _agree(alice, "portrait", portraits.VERSION)
    assert _choose(alice, _photograph("a2")).status_code == 200
    headers = csrf(alice)
    assert alice.delete("/api/v1/me/consents/portrait", headers=headers).status_code == 204
    assert alice.delete("/api/v1/me/consents/portrait", headers=headers).status_code == 404
    assert alice.get("/api/v1/me/portrait.jpg").status_code == 404
    with parts.database.reading() as db:
        assert db.query(Portrait).count() == 0
        assert db.query(FaceTemplate).count() == 1


def test_taking_the_face_back_leaves_the_picture(alice: TestClient, parts: Parts) -> None:
    """Two consents: each ends what rests on it alone."""
    _agree(alice, "portrait", portraits.VERSION)
    assert _choose(alice, _photograph("a2")).status_code == 200
    assert alice.delete("/api/v1/me/consents/face", headers=csrf(alice)).status_code == 204
    with parts.database.reading() as db:
        assert db.query(FaceTemplate).count() == 0
    assert alice.get("/api/v1/me/portrait.jpg").status_code == 200
    refused = _choose(alice, _photograph("a2"))
    assert (refused.status_code, refused.json()["code"]) == (409, "no_face")
    assert "现在不能放照片" in alice.get("/me/portrait").text
