"""The first list of who is revoked is there before there is a certificate: it says that nobody is.

Whoever opens the page of verification keeps the lists; one that is not there would be an error in
their browser, and nothing to check with once the first certificate names it.
"""

import json

from starlette.testclient import TestClient

from app.certs.providers import proofs
from app.certs.rules import status_list
from app.certs.rules.did_web import did_of
from app.certs.services import statuses
from app.lobby.parts import Parts


def test_a_house_without_certificates_has_its_first_list_and_no_second(
    client: TestClient, parts: Parts
) -> None:
    answer = client.get("/status/1")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vc"
    assert "link" not in answer.headers
    listed = json.loads(answer.content)
    keys, did = parts.keys.public_keys(statuses.PURPOSE), did_of(parts.settings.public_url)
    assert proofs.verify(listed, did=did, keys=keys, now=parts.clock.now()) is None
    encoded = listed["credentialSubject"]["encodedList"]
    assert encoded == status_list.encode(())
    again = client.get("/status/1", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    for beyond in ("/status/2", "/status/1000000"):
        assert client.get(beyond).status_code == 404


def test_a_list_that_is_handed_over_is_called_one(client: TestClient) -> None:
    told = client.post("/api/v1/verification/files", content=client.get("/status/1").content).json()
    assert (told["kind"], told["verdict"], told["finding"]) == ("other", "unknown", "status_list")
    assert "这是作废名单，不是证书" in told["sentence"]
