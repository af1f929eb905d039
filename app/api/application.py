"""Puts the JSON routes together; mounted at /api/v1 by `app.main`."""

import functools

from fastapi import Depends, FastAPI, Request

from app.api import problems
from app.api.v1 import (
    acting,
    assignment_rules,
    audit_trail,
    auth,
    authoring,
    authoring_lessons,
    batch,
    catalogue,
    certificates,
    class_papers,
    class_people,
    class_plan,
    classes,
    company_accounts,
    complaints,
    contest_people,
    contest_results,
    contests,
    course_reviews,
    deletion,
    demo,
    desk,
    exam_bank_files,
    exam_banks,
    exam_blueprints,
    exam_watching,
    exams,
    external_certificates,
    face_trips,
    faces,
    films,
    health,
    hours,
    join_codes,
    log,
    marking,
    materials,
    matrix,
    me,
    media,
    org,
    organisations,
    oversight,
    own_data,
    own_hours,
    own_messages,
    own_proofs,
    package_drafts,
    packages,
    passwords,
    phone_changes,
    phone_proofs,
    plans,
    policies,
    portraits,
    public_keys,
    qualifications,
    questions,
    reminding,
    roll_calls,
    rosters,
    second_factors,
    security,
    shares,
    sign_ins,
    staff_certificates,
    stated_certificates,
    study,
    switches,
    system,
    tags,
    units,
    verification,
    wrong_questions,
)
from app.lobby.caller import refuse_forged
from app.lobby.letters import refuse_nul

TOPICS = (
    acting,
    audit_trail, auth, batch, catalogue, external_certificates, certificates, company_accounts,
    complaints, deletion, demo, desk, exams, face_trips, faces, health, hours, join_codes, log, me,
    media, org, organisations, oversight, own_data, own_hours, own_proofs, passwords,
    phone_changes, phone_proofs, policies, portraits, qualifications, questions, roll_calls,
    own_messages, reminding, rosters, second_factors, security, shares, sign_ins, study, system,
    switches, public_keys, verification,
    authoring, authoring_lessons, course_reviews, films, materials, package_drafts,
    packages,
    exam_bank_files, exam_banks, exam_blueprints, exam_watching, marking, matrix,
    assignment_rules, plans, tags, units,
    classes, class_papers, class_people, class_plan,
    wrong_questions, staff_certificates, stated_certificates,
    contests, contest_people, contest_results,
)  # fmt: skip


async def check_forgery(request: Request) -> None:
    """Stand in front of every route; see `refuse_forged`."""
    refuse_forged(vars(request.state)["_state"])


@functools.cache
def create_api() -> FastAPI:
    """Build the API application; a request brings the parts, so one serves every house."""
    api = FastAPI(
        title="Shixue 实学",
        version="1",
        description="Study hours that can be believed. Errors are RFC 9457 problem documents.",
        dependencies=[Depends(check_forgery), Depends(refuse_nul)],
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    api.state.routes = [route for topic in TOPICS for route in topic.router.routes]
    problems.install(api)
    for topic in TOPICS:
        api.include_router(topic.router)
    return api
