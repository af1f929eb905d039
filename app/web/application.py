"""Puts the pages together: server HTML, read only; every write goes through the JSON doorway."""

import functools
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI

from app.lobby.letters import refuse_nul
from app.web import (
    acting,
    administration,
    assignment_rules,
    authoring,
    banks,
    batch,
    blueprints,
    certificates,
    class_public,
    classes,
    company,
    contest_people,
    contests,
    deletion,
    employer,
    errors,
    external_certificates,
    hours,
    institutions,
    joining,
    marking,
    matrix,
    off_line,
    organisations,
    own_data,
    phone,
    plans,
    policies,
    portrait,
    public,
    reminding,
    reporting,
    rosters,
    second_factor,
    shares,
    staff,
    staff_certificates,
    stated_certificates,
    study,
    switches,
    texts,
    units,
    vendor_pages,
    verifying,
    worker,
    wrong_questions,
)
from app.web.rendering import load_manifest, make_environment

ROUTERS: tuple[APIRouter, ...] = (
    acting.router, administration.router, assignment_rules.router,
    authoring.router, banks.router, batch.router, blueprints.router,
    marking.router, external_certificates.router, certificates.router,
    class_public.router, classes.router,
    company.router, deletion.router, employer.router, hours.router, institutions.router,
    matrix.router, staff_certificates.router, stated_certificates.router,
    joining.router,
    off_line.router, organisations.router,
    own_data.router, phone.router, plans.router, policies.router, portrait.router, public.router,
    reminding.router, reporting.router, rosters.router, second_factor.router, shares.router,
    staff.router,
    study.router, texts.router, units.router, vendor_pages.router, verifying.router, worker.router,
    wrong_questions.router,
    contests.router, contest_people.router,
    switches.router,
)  # fmt: skip


@functools.cache
def create_web(frontend_dir: Path) -> FastAPI:
    """Build the application of the pages over the templates and the build in a folder."""
    web = FastAPI(
        openapi_url=None, docs_url=None, redoc_url=None, dependencies=[Depends(refuse_nul)],
        # The framework's own redirect goes to whatever host the caller names, and to http.
        redirect_slashes=False,
    )  # fmt: skip
    web.state.routes = [route for router in ROUTERS for route in router.routes]
    web.state.templates = make_environment(frontend_dir)
    web.state.manifest = load_manifest(frontend_dir)
    errors.install(web)
    for router in ROUTERS:
        web.include_router(router)
    return web
