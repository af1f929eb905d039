"""A verdict's page is packed for a first visit, and for nobody who has a token already."""

import re

from starlette.testclient import TestClient

from app.lobby.parts import Parts
from tests.people import ALICE, sign_in

PAGE = "/v/AbCdEfGhIjKlMnOp"
_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


def test_a_first_visit_is_packed(client: TestClient) -> None:
    client.cookies.clear()
    packed = client.get(PAGE, headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    client.cookies.clear()
    plain = client.get(PAGE, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert int(packed.headers["content-length"]) < len(plain.content) // 2
    for answer in (packed, plain):
        assert 'data-verdict="unknown"' in answer.text
        assert answer.headers["vary"] == "accept-encoding, cookie"


def test_a_first_visit_brings_its_look_and_others_link_to_it(client: TestClient) -> None:
    client.cookies.clear()
    first = client.get(PAGE).text
    head, _, body = first.partition("<body>")
    assert "<style nonce=" in head
    assert 'rel="stylesheet"' not in head
    # Once for who has no scripts, once for those that bring it when the page is drawn.
    assert body.count('rel="stylesheet"') == 2
    without = [part.partition("</noscript>")[0] for part in body.split("<noscript>")[1:]]
    assert sum(part.count("stylesheet") for part in without) == 1
    assert (
        body.partition('<template id="later">')[2].partition("</template>")[0].count("stylesheet")
    )
    later = client.get(PAGE).text
    assert "<style" not in later
    assert later.partition("<body>")[0].count('rel="stylesheet"') == 1
    for page in (first, later):
        assert page.count('<script type="module"') == 2
        assert "&lt;" not in page


def test_no_token_that_is_used_twice_is_ever_packed(client: TestClient, parts: Parts) -> None:
    """What is packed holds a token of that answer alone, so that its length tells nothing."""
    accept = {"accept-encoding": "gzip"}
    tokens = set()
    for _ in range(3):
        client.cookies.clear()
        found = _TOKEN.search(client.get(PAGE, headers=accept).text)
        assert found is not None
        tokens.add(found[1])
    assert len(tokens) == 3
    assert "content-encoding" not in client.get(PAGE, headers=accept).headers
    sign_in(client, parts, ALICE)
    assert "content-encoding" not in client.get(PAGE, headers=accept).headers
    client.cookies.clear()
    bearer = accept | {"authorization": "Bearer x"}
    assert "content-encoding" not in client.get(PAGE, headers=bearer).headers
