"""Packages and the platform on hosts of their own: neither has what is the other's."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from app.core.fitness import refusals
from app.core.settings import Environment, Settings
from app.lobby.package_host import PackageHostMiddleware
from app.lobby.sandbox import frame_rights, policy_of

PLATFORM, OWN = "https://shixue.example", "https://packages.example"


def _client(origin: str) -> TestClient:
    settings = Settings(public_url=PLATFORM, package_origin=origin)

    async def answer(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("here")

    app = Starlette(
        routes=[Route("/{rest:path}", answer)],
        middleware=[Middleware(PackageHostMiddleware, settings=settings)],
    )
    return TestClient(app)


@pytest.mark.parametrize(
    ("origin", "host", "path", "status"),
    [
        (OWN, "packages.example", "/packages/t/a.html", 200),
        (OWN, "PACKAGES.example", "/packages/t/a.html", 200),
        (OWN, "packages.example", "/healthz", 200),
        (OWN, "packages.example", "/api/v1/me", 404),
        (OWN, "packages.example", "/", 404),
        (OWN, "packages.example", "/static/a.js", 404),
        (OWN, "shixue.example", "/packages/t/a.html", 404),
        (OWN, "shixue.example", "/api/v1/me", 200),
        ("", "shixue.example", "/packages/t/a.html", 200),
        ("", "shixue.example", "/api/v1/me", 200),
    ],
)
def test_each_host_has_its_own(origin: str, host: str, path: str, status: int) -> None:
    assert _client(origin).get(path, headers={"host": host}).status_code == status


def test_only_a_host_of_its_own_gives_an_origin() -> None:
    alone = Settings(public_url=PLATFORM, package_origin=OWN)
    beside = Settings(public_url=PLATFORM)
    assert "allow-same-origin" in frame_rights(alone)
    assert "allow-same-origin" not in frame_rights(beside)
    for settings in (alone, beside):
        rights = policy_of(settings, "h", "t").partition(";")[0]
        assert "top-navigation" not in rights
        assert "popups" not in rights


@pytest.mark.parametrize(
    "origin", [PLATFORM, "https://shixue.example:8443", "packages.example", "https://a.example/p"]
)
def test_an_origin_that_shares_the_platforms_cookies_is_refused(origin: str) -> None:
    with pytest.raises(ValueError, match="PACKAGE_ORIGIN"):
        Settings(public_url=PLATFORM, package_origin=origin)


def test_production_wants_https_for_it() -> None:
    settings = Settings(
        environment=Environment.PRODUCTION, public_url=PLATFORM, package_origin="http://p.example"
    )
    assert any("SHIXUE_PACKAGE_ORIGIN" in each for each in refusals(settings))
