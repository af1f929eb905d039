"""Links that a holder gives out: what they show, how they are counted, and that they end."""

from collections.abc import Iterator

import pytest
from httpx import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from app.certs.models import CertificateShare
from app.certs.services import erasure, shares
from app.core.clock import SettableClock
from app.identity.services import disputes
from app.lobby.parts import Parts
from app.main import create_app
from tests import examinee
from tests.graduates import certificate_of, study_through
from tests.people import ALICE, csrf
from tests.reviewers import post, reviewer

_DAY_MS = 86_400_000


@pytest.fixture
def issued(client: TestClient, parts: Parts, clock: SettableClock) -> dict[str, str]:
    alice = study_through(client, parts, clock)
    examinee.sit(client, parts, alice.enrolment_id)
    return certificate_of(alice)


@pytest.fixture
def stranger(parts: Parts) -> Iterator[TestClient]:
    with TestClient(create_app(parts)) as opened:
        yield opened


def _make(client: TestClient, issued: dict[str, str], **wish: object) -> dict[str, str]:
    body = {"days": 7, "shows_name": False, "has_pdf": False} | wish
    made = post(client, f"/certificates/{issued['certificate_id']}/shares", body)
    assert made.status_code == 201, made.text
    answer: dict[str, str] = made.json()
    return answer | {"token": answer["address"].rpartition("/")[2]}


def _open(client: TestClient, made: dict[str, str]) -> Response:
    return post(client, "/verification/shares", {"token": made["token"]})


def _pdf(client: TestClient, made: dict[str, str]) -> Response:
    return client.get(f"/api/v1/verification/shares/{made['token']}/file.pdf")


def _listed(client: TestClient, issued: dict[str, str]) -> dict[str, object]:
    [one] = client.get(f"/api/v1/certificates/{issued['certificate_id']}/shares").json()
    return dict(one)


def test_a_link_shows_what_everybody_sees_and_no_more_unless_its_holder_says_so(
    client: TestClient, stranger: TestClient, parts: Parts, issued: dict[str, str]
) -> None:
    made = _make(client, issued)
    assert made["address"].startswith(f"{parts.settings.public_url.rstrip('/')}/s/")
    page = stranger.get(f"/s/{made['token']}")
    assert page.status_code == 200
    assert 'data-verdict="valid"' in page.text
    assert "证书照旧" in page.text
    assert "data-in-force" in page.text
    assert issued["number"] in page.text.replace('</span><span class="group">', "")
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in page.headers["x-robots-tag"]
    assert '<meta name="robots" content="noindex' in page.text
    assert page.headers["cache-control"] == "no-store"
    assert _open(stranger, made).json() == {"name": "", "has_pdf": False}
    assert _pdf(stranger, made).status_code == 404
    assert "有人打开您分享的证书链接" not in client.get("/me/access").text


def test_name_and_pdf_are_shown_where_its_holder_says_so_who_reads_of_it(
    client: TestClient, stranger: TestClient, issued: dict[str, str]
) -> None:
    made = _make(client, issued, shows_name=True, has_pdf=True)
    # A preview in a chat fetches the page: it finds no name, and counts as nobody.
    assert ALICE.name not in stranger.get(f"/s/{made['token']}").text
    assert _listed(client, issued)["opened"] == 0
    assert _open(stranger, made).json() == {"name": ALICE.name, "has_pdf": True}
    own = client.get(f"/api/v1/certificates/{issued['certificate_id']}/file.pdf")
    assert _pdf(stranger, made).content == own.content
    told = client.get("/me/access").text
    assert "有人打开您分享的证书链接" in told
    assert "有人从您分享的链接下载证书 PDF" in told


def test_openings_are_counted_but_for_the_holders_own(
    client: TestClient, stranger: TestClient, clock: SettableClock, issued: dict[str, str]
) -> None:
    made = _make(client, issued)
    _open(client, made)
    assert _listed(client, issued)["last_opened_at"] is None
    for _ in range(2):
        clock.advance(ms=1000)
        _open(stranger, made)
    listed = _listed(client, issued)
    assert listed["opened"] == 2
    assert str(listed["last_opened_at"])[:19] == clock.now().isoformat()[:19]
    page = client.get(f"/certificates/{issued['certificate_id']}/shares").text
    assert "打开过 2 次" in page
    assert made["token"] not in page


def test_of_a_token_a_keyed_hash_alone_is_kept(
    client: TestClient, parts: Parts, issued: dict[str, str]
) -> None:
    made = _make(client, issued)
    with parts.database.reading() as db:
        [row] = db.scalars(select(CertificateShare))
        kept = {name: str(getattr(row, name)) for name in row.__table__.columns.keys()}  # noqa: SIM118
    assert len(made["token"]) >= 32  # 192 bits
    assert not [name for name, value in kept.items() if made["token"] in value]
    assert made["address"] not in str(_listed(client, issued))


@pytest.mark.parametrize("how", ["over", "withdrawn"])
def test_a_link_that_ended_says_so_in_a_sentence(
    *, client: TestClient, stranger: TestClient, clock: SettableClock, issued: dict[str, str],
    how: str,
) -> None:  # fmt: skip
    made = _make(client, issued, shows_name=True, has_pdf=True)
    if how == "over":
        clock.advance(ms=7 * _DAY_MS)
        assert stranger.get(f"/s/{made['token']}").status_code == 200
        clock.advance(ms=_DAY_MS)
    else:
        path = f"/api/v1/certificates/{issued['certificate_id']}/shares/{made['share_id']}"
        for _ in range(2):
            assert client.delete(path, headers=csrf(client)).status_code == 204
    page = stranger.get(f"/s/{made['token']}")
    assert page.status_code == 410
    assert ("到期" if how == "over" else "停用") in page.text
    assert "证书本身不受影响" in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    for answer in (_open(stranger, made), _pdf(stranger, made)):
        assert (answer.status_code, answer.json()["code"]) == (410, f"share_{how}")
    if how == "withdrawn":
        assert _listed(client, issued)["state"] == how


def test_an_unknown_link_is_none(stranger: TestClient, issued: dict[str, str]) -> None:
    assert issued
    page = stranger.get("/s/" + "A" * 32)
    assert page.status_code == 404
    assert "没有复制完整" in page.text
    assert _open(stranger, {"token": "A" * 32}).status_code == 404


def test_the_verdict_behind_a_link_is_todays(
    client: TestClient, stranger: TestClient, parts: Parts, issued: dict[str, str]
) -> None:
    made = _make(client, issued, shows_name=True, has_pdf=True)
    path = f"/certificates/{issued['certificate_id']}"
    with reviewer(parts) as wu:
        post(wu, f"{path}/suspension", {"reason": "有人举报，先核查"})
    page = stranger.get(f"/s/{made['token']}").text
    assert 'data-verdict="suspended"' in page
    assert "证书照旧" not in page
    assert "data-in-force" not in page
    assert _open(stranger, made).json() == {"name": "", "has_pdf": False}
    assert _pdf(stranger, made).status_code == 404
    refused = post(client, f"{path}/shares", {"days": 7, "shows_name": True, "has_pdf": False})
    assert refused.json()["code"] == "not_in_force"
    assert _make(client, issued)["state"] == "open"


def test_nobodys_name_is_shown_once_it_is_proven_no_more(
    client: TestClient, stranger: TestClient, parts: Parts, issued: dict[str, str]
) -> None:
    made = _make(client, issued, shows_name=True, has_pdf=True)
    learner_id = client.get("/api/v1/me").json()["account_id"]
    with parts.database.transaction() as db:
        disputes.withdraw_identity(
            db, learner_id, reason="冒用", actor_id=None, now=parts.clock.now()
        )
    assert _open(stranger, made).json() == {"name": "", "has_pdf": False}
    assert _pdf(stranger, made).status_code == 404


def test_links_end_with_the_account(
    client: TestClient, stranger: TestClient, parts: Parts, issued: dict[str, str]
) -> None:
    made = _make(client, issued, shows_name=True)
    learner_id = client.get("/api/v1/me").json()["account_id"]
    with parts.database.transaction() as db:
        erasure.forget_holder(
            db, parts.keys, learner_id, address=parts.settings.public_url, now=parts.clock.now()
        )
    assert stranger.get(f"/s/{made['token']}").status_code == 404
    with parts.database.transaction() as db:
        shares.forget(db, learner_id)
        assert db.scalars(select(CertificateShare)).first() is None


def test_a_certificate_has_so_many_links_in_use_and_old_ones_go(
    client: TestClient, parts: Parts, clock: SettableClock, issued: dict[str, str]
) -> None:
    made = [_make(client, issued) for _ in range(20)]
    path = f"/certificates/{issued['certificate_id']}/shares"
    body = {"days": 7, "shows_name": False, "has_pdf": False}
    assert post(client, path, body).json()["code"] == "too_many"
    client.delete(f"/api/v1{path}/{made[0]['share_id']}", headers=csrf(client))
    assert post(client, path, body).status_code == 201
    clock.advance(ms=120 * _DAY_MS)
    with parts.database.transaction() as db:
        learner_id = db.scalars(select(CertificateShare.learner_id)).first()
        assert learner_id is not None
        wish = shares.Wish(7, shows_name=False, has_pdf=False)
        shares.make(
            db, parts.vault, parts.keys, issued["certificate_id"], wish, learner_id=learner_id,
            now=clock.now(),
        )  # fmt: skip
        assert len(db.scalars(select(CertificateShare)).all()) == 1
