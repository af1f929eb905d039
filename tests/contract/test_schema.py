"""What the OpenAPI document says and what the server does are the same: schemathesis tries both.

Alice calls, with every role, so that no handler hides behind a 403. Each generated call is made as
it was drawn and once more with the ids of things that exist.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi import checks as known_checks
from starlette.testclient import TestClient

from app.cli.beside import free_port, serving
from app.core.clock import SettableClock
from app.core.settings import Environment, Settings
from app.identity.services import signin
from app.learning.rules.chain import next_head
from app.lobby.parts import Parts
from app.main import build_parts, create_app
from tests.contract.household import Household, furnish, grant_everything
from tests.devices import SigningPlayer
from tests.people import ALICE

# Left out: positive_data_acceptance (a check digit, a day that has passed, a phone without a code
# are rules that no JSON schema can say; their 422 is right), use_after_free, ensure_resource_
# availability and the other stateful ones (nothing here is deleted by an address of its own), and
# ignored_auth (test_wrong_person.py tries every route as everybody).
CHECKS: list[Callable[..., bool | None]] = [
    schemathesis.checks.not_a_server_error,
    known_checks.status_code_conformance,
    known_checks.content_type_conformance,
    known_checks.response_schema_conformance,
    known_checks.response_headers_conformance,
    known_checks.negative_data_rejection,
    known_checks.missing_required_header,
    known_checks.unsupported_method,
    known_checks.allow_header_conformance,
]
# Of each mode, for each operation, besides the systematic cases; `DRAWN=50 ./run test …` for more.
DRAWN = int(os.environ.get("DRAWN", "3"))
# These end what the others stand on, so they come last.
LAST = [
    "POST /study-sessions", "DELETE /me/consents/face", "DELETE /me/employers/{org_id}",
    "DELETE /org/staff/{staff_id}", "POST /auth/sign-out",
]  # fmt: skip


def refusals_are_problems(
    _ctx: schemathesis.CheckContext, response: schemathesis.Response, _case: Case
) -> None:
    """Every refusal says what is wrong and what to do; a 422 names the field."""
    if response.status_code < 400 or response.request.method == "HEAD":
        return
    assert response.headers["content-type"] == ["application/problem+json"]
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["detail"]
    assert problem.get("remedy"), f"no remedy: {problem}"
    if response.status_code == 422:
        assert problem["errors"], f"no field: {problem}"
        # The empty pointer is the whole body (RFC 6901): what is no object has no field.
        assert all(each["field"][:1] in ("", "/") for each in problem["errors"]), problem


class World:
    """A served house with Alice's things in it."""

    def __init__(self, parts: Parts, household: Household, base_url: str) -> None:
        self.parts, self.household, self.base_url = parts, household, base_url
        self.browser = requests.Session()
        self.token = self._enter()

    def _enter(self) -> str:
        parts = self.parts
        with parts.database.transaction() as db:
            done = signin.enter(
                db, parts.keys, parts.settings.sign_in, learner_id=self.household.learner_id,
                device_id="0" * 26, now=parts.clock.now(),
            )  # fmt: skip
        return done.tokens.access

    def schema(self) -> BaseSchema:
        loaded = schemathesis.openapi.from_url(f"{self.base_url}/openapi.json")
        # What is too long for its field may be too long for the whole request.
        loaded.config.checks.negative_data_rejection.expected_statuses += ["413"]
        return loaded

    def call(self, case: Case) -> None:
        """Make a call and judge the answer. Raises FailureGroup."""
        if case.path.endswith("/sign-out"):
            self.token = self._enter()
        headers = {"authorization": f"Bearer {self.token}"} | self._signed(case)
        response = case.call(self.base_url, self.browser, headers)
        case.validate_response(
            response, checks=CHECKS, additional_checks=[refusals_are_problems], headers=headers
        )

    def _signed(self, case: Case) -> dict[str, str]:
        """Beats are signed, or no handler would ever look at them."""
        is_report = case.path.endswith("/beats") and case.method == "POST"
        if not is_report or case.meta is None or case.media_type != "application/json":
            return {}
        header = case.meta.components.get(ParameterLocation.HEADER)
        if header is not None and header.mode.is_negative:
            return {}
        sent = case.as_transport_kwargs(base_url=self.base_url)
        body = json.dumps(sent["json"]).encode() if "json" in sent else sent.get("data") or b""
        head = self.household.head
        raw = body.encode() if isinstance(body, str) else body
        return {"study-prev": head, "study-mac": next_head(self.household.session_key, head, raw)}

    def with_real_ids(self, case: Case) -> Case | None:
        """The same call about things that exist; None where there is nothing to put in.

        What was drawn to be wrong stays wrong.
        """
        ids = {name: getattr(self.household, name) for name in Household.__slots__}
        ids |= {"staff_ids": [ids["staff_id"]], "lesson": ids["lesson_id"], "code": "digital"}
        if "/face-sessions/" in case.path:
            ids["session_id"] = ids["face_session_id"]
        found = case.derive()
        wrong = {
            place for place, made in (case.meta.components if case.meta else {}).items()
            if made.mode.is_negative
        }  # fmt: skip
        if ParameterLocation.PATH not in wrong:
            found.path_parameters = {
                name: ids.get(name, value) for name, value in case.path_parameters.items()
            }
        if isinstance(case.body, dict) and ParameterLocation.BODY not in wrong:
            found.body = {name: ids.get(name, value) for name, value in case.body.items()}
        is_same = found.path_parameters == case.path_parameters and found.body == case.body
        return None if is_same else found


@pytest.fixture
def world(sqlite_template: Path, tmp_path: Path, clock: SettableClock) -> Iterator[World]:
    path = tmp_path / "test.db"
    shutil.copyfile(sqlite_template, path)
    parts = build_parts(
        Settings(
            environment=Environment.TEST, data_dir=tmp_path / "var",
            database_url=f"sqlite:///{path}", worker_in_process=False, rate_limits=False,
            settable_clock=True,
        ),
        clock,
    )  # fmt: skip
    with TestClient(create_app(parts)) as alice, TestClient(create_app(parts)) as boss:
        household = furnish(alice, boss, SigningPlayer(alice, parts, clock, ALICE))
    grant_everything(parts, ALICE)
    port = free_port()
    with serving(parts, port):
        yield World(parts, household, f"http://127.0.0.1:{port}/api/v1")


def _operations(schema: BaseSchema) -> list[APIOperation]:
    found = [result.ok() for result in schema.get_all_operations()]
    return sorted(found, key=lambda each: (each.label in LAST, each.label))


def _cases(schema: BaseSchema, operation: APIOperation) -> Iterator[Case]:
    """First systematically (boundaries, wrong methods, missing parts), then by chance."""
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    yield from schema.iter_coverage_cases(
        operation, generation_modes=modes, generation_config=schema.config.generation
    )
    takes_something = bool(operation.body) or any(operation.iter_parameters())
    for mode in modes if takes_something else modes[:1]:  # nothing taken, nothing to get wrong
        yield from _drawn(operation, mode)


def _drawn(operation: APIOperation, mode: GenerationMode) -> list[Case]:
    found: list[Case] = []

    @settings(
        max_examples=DRAWN, derandomize=True, database=None, deadline=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(mode))
    def draw(case: Case) -> None:
        found.append(case)

    draw()
    return found


def _failures_of(world: World, schema: BaseSchema, operation: APIOperation) -> dict[str, str]:
    """What each kind of failure said first."""
    found: dict[str, str] = {}
    for drawn in _cases(schema, operation):
        real = world.with_real_ids(drawn)
        for case in (drawn,) if real is None else (drawn, real):
            try:
                world.call(case)
            except FailureGroup as group:
                for failure in group.exceptions:
                    found.setdefault(type(failure).__name__, str(group))
    return found


def test_the_document_and_the_server_say_the_same(world: World) -> None:
    schema = world.schema()
    found: dict[str, dict[str, str]] = {}
    for operation in _operations(schema):
        if failures := _failures_of(world, schema, operation):
            found[operation.label] = failures
    assert found == {}, "\n\n".join(
        f"{label}: {said}" for label, kinds in found.items() for said in kinds.values()
    )
