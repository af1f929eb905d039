"""The simulated vendors (registry, messages, faces) as a server of their own, for others to use."""

import argparse
import sys
from pathlib import Path

from app.core.clock import SystemClock
from app.core.settings import Environment, FaceSettings, Settings, VendorSettings
from app.identity.providers.simulation import (
    Credentials,
    Fault,
    Population,
    RosterError,
    VendorServer,
    read_population,
)
from app.identity.providers.simulation.company_side import AGENT_ID, CLIENT_ID, CORP_ID
from app.identity.providers.simulation.page import Messages

_FROM_SETTINGS = "default: SHIXUE_REGISTRY__{}, or one made now"


def add_arguments(verb: argparse.ArgumentParser) -> None:
    """Declare the arguments of `registry`."""
    verb.add_argument("--host", default="127.0.0.1")
    verb.add_argument("--port", type=int, default=9100)
    verb.add_argument(
        "--roster", type=Path, help="people as .csv or .xlsx (default: SHIXUE_REGISTRY_ROSTER)"
    )
    verb.add_argument("--secret-id", help=_FROM_SETTINGS.format("SECRET_ID"))
    verb.add_argument("--secret-key", help=_FROM_SETTINGS.format("SECRET_KEY"))
    verb.add_argument(
        "--misbehave", action="append", default=[], choices=[each.value for each in Fault],
        help="spoil the next answer so; again for the one after it",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted; tells the settings with which the product reaches it."""
    settings = Settings()
    if settings.environment is Environment.PRODUCTION:
        sys.stderr.write("the simulated registry knows nobody: production refuses it\n")
        return 1
    path = arguments.roster or settings.registry_roster
    try:
        population = read_population(path)
    except (RosterError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    server = _server(arguments, settings, population)
    sys.stdout.write(_explanation(server, path, len(population.residents)))
    sys.stdout.flush()
    try:
        server.serve()
    except KeyboardInterrupt:
        server.release()
    return 0


def _server(
    arguments: argparse.Namespace, settings: Settings, population: Population
) -> VendorServer:
    made, messages = Credentials(), Messages()
    credentials = Credentials(
        arguments.secret_id or settings.registry.secret_id or made.secret_id,
        arguments.secret_key or settings.registry.secret_key or made.secret_key,
    )
    server = VendorServer(
        population, messages.keep, credentials=credentials,
        address=(arguments.host, arguments.port), now=SystemClock().now, page=messages.page,
    )  # fmt: skip
    server.misbehave(map(Fault, arguments.misbehave))
    return server


def _explanation(server: VendorServer, roster: Path, count: int) -> str:
    """Return what to set, for all services and one vendor; the other takes the same."""
    lines = [f"{server.url}: {count} people of {roster}; messages are shown on the page there", ""]
    for service, names in (
        ("REGISTRY", ("endpoint", "secret_id", "secret_key")),
        (
            "SMS",
            (
                "endpoint", "secret_id", "secret_key", "app_id", "sign_name", "template_id",
                "answer_template_id", "reminder_template_id",
            ),
        ),
    ):  # fmt: skip
        reached = server.settings(VendorSettings(kind="tencent")).model_dump()
        lines.append(f"SHIXUE_{service}__KIND=tencent")
        lines += [f"SHIXUE_{service}__{name.upper()}={reached[name]}" for name in names]
    reached = server.settings(VendorSettings(kind="aliyun")).model_dump()
    faces = server.settings(FaceSettings(kind="tencent")).model_dump()
    lines.append("SHIXUE_FACE__KIND=tencent")
    lines += [
        f"SHIXUE_FACE__{name.upper()}={faces[name]}"
        for name in ("endpoint", "secret_id", "secret_key", "rule_id", "scene_id")
    ]
    lines += [
        "", "or, the other vendor: SHIXUE_REGISTRY__KIND=aliyun, SHIXUE_SMS__KIND=aliyun,",
        "SHIXUE_FACE__KIND=aliyun,",
        f"SHIXUE_SMS__TEMPLATE_ID={reached['template_id']}",
        f"SHIXUE_SMS__ANSWER_TEMPLATE_ID={reached['answer_template_id']}",
        f"SHIXUE_SMS__REMINDER_TEMPLATE_ID={reached['reminder_template_id']}", "",
    ]  # fmt: skip
    company = server.company
    lines += [
        "and, for 公司账号登录 of an organisation (系统管理 → the organisation):",
        f"OpenID Connect: issuer {company.url}, client {CLIENT_ID}, secret {company.client_secret}",
        f"企业微信: the same issuer and secret, CorpID {CORP_ID}, AgentId {AGENT_ID}", "",
        f"and a robot of a group, for digests (单位页面 → 提醒 → 设置): {server.robot.address}", "",
    ]  # fmt: skip
    return "\n".join(lines)
