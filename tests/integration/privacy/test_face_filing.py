"""The platform says by itself when so many faces are stored that the authority has to be told."""

import pytest
from starlette.testclient import TestClient

from app.cli import doctor_database
from app.identity.models.faces import Consent, FaceTemplate
from app.identity.rules import face_filing
from app.identity.rules.actors import Role
from app.identity.services import face_filing as counting
from app.lobby.parts import Parts
from tests.people import ALICE, sign_in
from tests.reviewers import with_role


@pytest.mark.parametrize(
    ("stored", "said"),
    [(0, ""), (79_999, ""), (80_000, "准备"), (99_999, "准备"), (100_000, "30 个工作日"),
     (250_000, "30 个工作日")],
)  # fmt: skip
def test_what_so_many_faces_ask_for(stored: int, said: str) -> None:
    advice = face_filing.advice(stored)
    assert said in advice
    assert bool(advice) == bool(said)


def test_the_regulator_and_the_doctor_are_told(
    client: TestClient, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = str(sign_in(client, parts, ALICE)["account_id"])
    now = parts.clock.now()
    with parts.database.transaction() as db:
        db.add(Consent(id="C" * 26, person_id=account, kind="face", version="1", given_at=now))
        db.flush()
        db.add(
            FaceTemplate(
                person_id=account, consent_id="C" * 26, pipeline="1", template=b"x", made_at=now
            )
        )
    with parts.database.reading() as db:
        assert counting.stored_faces(db) == counting.StoredFaces(1, "")
    parts.clock.advance(ms=61_000)  # type: ignore[attr-defined]
    with_role(client, parts, Role.REGULATOR)
    assert "存储人脸 1 人" in client.get("/regulator").text
    monkeypatch.setattr(face_filing, "WARNED_FROM", 1)
    assert "备案线" in client.get("/regulator").text
    found = doctor_database.look(parts.settings, doctor_database.STORED_FACES)[0]
    assert (found.says, "备案线" in found.remedy) == ("of 1 people", True)
