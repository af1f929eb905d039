"""What is compared is the whole product: the server without the short way answers like any."""

import pytest
from starlette.testclient import TestClient

from tests.benches.servers import plain_from_environment
from tests.databases import SqliteFiles


def test_the_plain_server_answers(
    sqlite_databases: SqliteFiles, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite_databases.lent() as url:
        for name, value in {
            "ENVIRONMENT": "test", "DATA_DIR": str(tmp_path), "DATABASE_URL": url,
            "WORKER_IN_PROCESS": "false",
        }.items():  # fmt: skip
            monkeypatch.setenv(f"SHIXUE_{name}", value)
        with TestClient(plain_from_environment()) as client:
            assert client.get("/api/v1/readyz").json()["database"] == "ok"
