"""Every route once with its limits on, as the product runs: a limit counts in its own transaction.

The other tests leave limits off; a route that counts inside of its own transaction would wait for
itself for ever, and all who write with it.
"""

import pytest

from app.core.settings import Settings
from tests.conftest import settings_of
from tests.contract.calls import Caller
from tests.contract.conftest import Town


@pytest.fixture
def settings(database_url: str, tmp_path) -> Settings:
    return settings_of(database_url, tmp_path).model_copy(update={"rate_limits": True})


def test_no_route_counts_inside_of_its_own_transaction(everybody: Town) -> None:
    browsers = everybody.browsers
    caller = Caller(everybody.household, browsers["alice"])
    paths = browsers["alice"].get("/api/v1/openapi.json").json()["paths"]
    tried = 0
    for name in ("nobody", "alice", "boss", "desk"):
        for path, verbs in sorted(paths.items()):
            for verb in verbs:
                if path == "/auth/sign-out":
                    continue
                # The client raises what the server did not answer.
                answer = caller.call(browsers[name], verb.upper(), path)
                assert answer.status_code != 500, (name, verb, path, answer.text)
                tried += 1
    assert tried > 200
