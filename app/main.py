"""The composition root: builds the parts from the settings and puts the doorways together."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Receive, Scope, Send

from app.api import problems
from app.api.application import create_api
from app.api.beats import BeatsDoorway
from app.api.log_tiles import create_log
from app.api.packages import create_packages
from app.api.published import create_statuses, create_well_known
from app.certs.providers import pdf_signing, sm2_keys
from app.certs.services.statuses import StatusLists
from app.core import key_marks
from app.core import logging as logs
from app.core.clock import Clock, SystemClock
from app.core.crypto import KeyRing, Vault
from app.core.db import SEAL, Database
from app.core.fitness import refusals
from app.core.key_service import TransitKeys
from app.core.log_keys import LogKeys
from app.core.ratelimit import RateLimiter
from app.core.settings import Environment, Settings
from app.core.storage import open_storage
from app.identity import providers
from app.learning.services.live_ingest import LiveIngest
from app.learning.services.media_notes import MediaNotes
from app.lobby import slices
from app.lobby.built_files import BuiltFiles
from app.lobby.caller import CallerMiddleware
from app.lobby.former import FormerAddressMiddleware
from app.lobby.package_host import PackageHostMiddleware
from app.lobby.parts import Parts
from app.lobby.process import settle_in
from app.lobby.public_reading import PublicReadingMiddleware
from app.lobby.shell import ShellMiddleware
from app.web.application import create_web
from app.web.browser_refusals import BrowserRefusals
from app.worker import Worker

_log = logging.getLogger("shixue")


class UnfitForProductionError(RuntimeError):
    """The settings hold something that production must not run with."""

    def __init__(self, refusals: list[str]) -> None:
        super().__init__("production refuses: " + "; ".join(refusals))
        self.refusals = refusals


def check_fitness(settings: Settings) -> None:
    """Raises UnfitForProductionError that names everything production must not have."""
    if found := refusals(settings):
        raise UnfitForProductionError(found)


def open_keys(settings: Settings) -> KeyRing:
    """Open the key ring, by the service that wraps it where one is set."""
    service = settings.key_service
    return KeyRing(
        settings.resolved_keys_dir, may_create=settings.environment is not Environment.PRODUCTION,
        wrapper=TransitKeys(service) if service.endpoint else None,
    )  # fmt: skip


def _log_keys(settings: Settings, keys: KeyRing) -> LogKeys:
    return LogKeys.build(
        settings.resolved_log_origin, keys, settings.log.witnesses, settings.log.addresses
    )


def build_parts(
    settings: Settings, clock: Clock | None = None, database: Database | None = None
) -> Parts:
    """Build everything the product runs on; refuses what production must not have.

    Raises UnfitForProductionError, LostKeyError where the keys are not the database's,
    WrongChainError where the document key's certificates are another key's, and NoSm2Error where
    second signatures are wanted and cannot be made.
    """
    check_fitness(settings)
    sm2_keys.must_be_able(is_wanted=settings.certs.sm2)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = database or Database(settings.resolved_database_url)
    keys = open_keys(settings)
    key_marks.check(database, keys)
    database.seal_with(keys.secret(SEAL))
    vault = Vault(keys)
    limiter = RateLimiter(database, keys.secret("limits"), enabled=settings.rate_limits)
    outside = providers.build(settings, database=database, vault=vault, limiter=limiter)
    return Parts(
        settings=settings,
        database=database,
        clock=clock or SystemClock(),
        vault=vault,
        keys=keys,
        log=_log_keys(settings, keys),
        documents=pdf_signing.build(settings, keys),
        storage=open_storage(settings.storage, settings.data_dir),
        limiter=limiter,
        sms=outside.sms,
        registry=outside.registry,
        face=outside.face,
        companies=outside.companies,
        robots=outside.robots,
        mail=outside.mail,
        statuses=StatusLists(keys),
        face_vendor=outside.face_vendor,
        vendors=outside.vendors,
    )


class Product(Starlette):
    """The application; beats are taken before routing, cookies and everything else."""

    def __init__(
        self,
        parts: Parts,
        ingest: LiveIngest,
        **rest: Any,  # noqa: ANN401 -- Starlette's own
    ) -> None:
        super().__init__(**rest)
        self.parts = parts
        self.notes = MediaNotes(parts.database, ingest.hear_of_media)
        self._beats = BeatsDoorway(super().__call__, ingest, parts.clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope.setdefault("state", {}).update(parts=self.parts, notes=self.notes)
        await self._beats(scope, receive, send)


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("ok")


def _doorways(settings: Settings) -> list[BaseRoute]:
    web = create_web(settings.frontend_dir)
    return [
        Route("/healthz", _alive),
        Mount("/api/v1", BrowserRefusals(create_api(), web)),
        Mount("/log", create_log()),
        Mount("/.well-known", create_well_known()),
        Mount("/status", create_statuses()),
        Mount("/packages", create_packages()),
        Mount("/static", BuiltFiles(directory=settings.frontend_dir / "dist")),
        Mount("/", web),
    ]


def create_app(parts: Parts) -> Product:
    """Put API, pages and files together over the parts."""
    settings = parts.settings
    ingest = LiveIngest(parts.database, parts.vault, is_limited=settings.rate_limits)

    @asynccontextmanager
    async def lifespan(app: Product) -> AsyncIterator[None]:
        worker = Worker(parts) if settings.worker_in_process else None
        if worker is not None:
            worker.start()
        yield
        ingest.stop()
        app.notes.stop()
        if worker is not None:
            worker.stop()

    return Product(
        parts,
        ingest,
        routes=_doorways(settings),
        middleware=[
            Middleware(ShellMiddleware, settings=settings, clock=parts.clock),
            Middleware(PackageHostMiddleware, settings=settings),
            Middleware(FormerAddressMiddleware, settings=settings),
            Middleware(PublicReadingMiddleware),
            Middleware(CallerMiddleware, parts=parts),
        ],
        # For what reaches no doorway at all: an address with a line break in it.
        exception_handlers={HTTPException: problems.on_http_error},
        lifespan=lifespan,
    )


def app_from_environment() -> Product:
    """What uvicorn calls: settings from the environment."""
    settings = Settings()
    logs.configure(settings.log_level)
    slices.ask_for_short_ones()
    product = create_app(build_parts(settings))
    settle_in()
    return product
