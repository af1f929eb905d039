"""The interfaces to the outside, and the choice between vendors and their simulation."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from app.core.crypto import Vault
from app.core.db import Database
from app.core.errors import TooManyRequestsError
from app.core.ids import new_id
from app.core.ratelimit import RateLimiter
from app.core.settings import (
    Environment,
    FaceSettings,
    MailSettings,
    Settings,
    VendorSettings,
)
from app.core.vendor_settings import Service, source_of
from app.identity.models.signing import MESSAGE_PHONE, MESSAGE_TEXT, TextMessage
from app.identity.providers import aliyun, registry, tencent
from app.identity.providers.account import Budget, Surroundings, VendorAccount, Wire, policy_of
from app.identity.providers.aliyun import AliyunWire
from app.identity.providers.companies import CompanyDoors
from app.identity.providers.face_engine import FaceEngine
from app.identity.providers.face_vendors import (
    META_SCRIPT,
    AliyunFaces,
    TencentFaces,
    VendorFaces,
)
from app.identity.providers.group_robots import GroupRobots
from app.identity.providers.mail import MailSender, SimulatedMail, SmtpMail
from app.identity.providers.registry import VendorRegistry
from app.identity.providers.simulation import Population, VendorServer, read_population
from app.identity.providers.simulation.messages import Messages
from app.identity.providers.sms import AliyunSms, TencentSms
from app.identity.providers.tencent import TencentWire
from app.identity.rules.registry import RegistryAnswer

_Reached = TypeVar("_Reached", bound=VendorSettings)


class SmsSender(Protocol):
    """Sends one-time codes, answers to who has no account, and reminders."""

    def send_code(self, *, phone: str, code: str, now: dt.datetime) -> None: ...

    def send_answer(self, *, phone: str, number: str, answer: str, now: dt.datetime) -> None: ...

    @property
    def can_remind(self) -> bool: ...

    def send_reminder(self, *, phone: str, words: str, now: dt.datetime) -> None: ...


class RegistryCheck(Protocol):
    """Asks the population registry."""

    def check(self, *, name: str, number: str, now: dt.datetime) -> RegistryAnswer: ...


@dataclass(frozen=True, slots=True)
class Outside:
    """Everything the house reaches beyond its own walls."""

    sms: SmsSender
    registry: RegistryCheck
    face: FaceEngine
    face_vendor: VendorFaces | None
    companies: CompanyDoors
    mail: MailSender | None
    robots: GroupRobots
    vendors: VendorServer | None


def build(settings: Settings, *, database: Database, vault: Vault, limiter: RateLimiter) -> Outside:
    """Build the adapters; where a vendor is simulated, start the simulation and point at it."""
    simulated = "simulated" in {settings.sms.kind, settings.registry.kind, settings.face.kind}
    vendors = None
    keep = _keeper(database, vault)
    if simulated:
        vendors = VendorServer(_population(settings.registry_roster), keep).start()

    def reach(vendor: _Reached) -> _Reached:
        return vendors.settings(vendor) if vendors and vendor.kind == "simulated" else vendor

    return Outside(
        sms=sms_through(
            reach(settings.sms), Surroundings(budget=_budget(limiter, settings.sms, "sms"))
        ),
        registry=registry_through(
            reach(settings.registry),
            Surroundings(budget=_budget(limiter, settings.registry, "registry")),
        ),
        face=FaceEngine(),
        face_vendor=faces_through(
            reach(settings.face), Surroundings(budget=_budget(limiter, settings.face, "face"))
        ),
        # Only the simulation speaks http on this machine; production has neither.
        companies=CompanyDoors(may_be_plain=settings.environment is not Environment.PRODUCTION),
        mail=mail_through(settings.mail, keep),
        robots=GroupRobots(may_be_plain=settings.environment is not Environment.PRODUCTION),
        vendors=vendors,
    )


def registry_through(settings: VendorSettings, around: Surroundings) -> VendorRegistry:
    """Build the registry of one vendor; the simulation is spoken to as Tencent is."""
    if settings.kind == "aliyun":
        service = aliyun.CLOUDAUTH
        account = _account(
            AliyunWire(settings, service), settings, service.host, "registry", around
        )
        return VendorRegistry(account, registry.ask_aliyun, registry.read_aliyun)
    faceid = tencent.FACEID
    account = _account(TencentWire(settings, faceid), settings, faceid.host, "registry", around)
    return VendorRegistry(account, registry.ask_tencent, registry.read_tencent)


def sms_through(settings: VendorSettings, around: Surroundings) -> SmsSender:
    """Build the sender of one vendor; the simulation is spoken to as Tencent is."""
    if settings.kind == "aliyun":
        service = aliyun.DYSMS
        wire = AliyunWire(settings, service)
        return AliyunSms(_account(wire, settings, service.host, "sms", around), settings)
    sms = tencent.SMS
    account = _account(TencentWire(settings, sms), settings, sms.host, "sms", around)
    return TencentSms(account, settings)


def mail_through(settings: MailSettings, keep: Messages) -> MailSender | None:
    """Build what sends mail; None where none is sent."""
    if settings.kind == "none":
        return None
    return SmtpMail(settings) if settings.kind == "smtp" else SimulatedMail(keep)


def faces_through(settings: FaceSettings, around: Surroundings) -> VendorFaces | None:
    """Build the face sessions of one vendor; None where the engine inside judges."""
    if settings.vendor is None:
        return None
    is_https = not settings.endpoint.startswith("http://")
    if settings.vendor == "aliyun":
        service = aliyun.CLOUDAUTH
        wire = AliyunWire(settings, service)
        script = META_SCRIPT if is_https else f"{settings.endpoint}/jsvm_all.js"
        account = _account(wire, settings, service.host, "face", around)
        return VendorFaces(account, AliyunFaces(settings.scene_id), is_https, script)
    faceid = tencent.FACEID
    account = _account(TencentWire(settings, faceid), settings, faceid.host, "face", around)
    return VendorFaces(account, TencentFaces(settings.rule_id), is_https)


def _account(
    wire: Wire,
    settings: VendorSettings,
    host: str,
    service: Service,
    around: Surroundings,
) -> VendorAccount:
    return VendorAccount(
        wire, settings.endpoint or f"https://{host}", policy_of(settings),
        source=source_of(settings, service), around=around,
    )  # fmt: skip


def _budget(limiter: RateLimiter, settings: VendorSettings, service: str) -> Budget:
    """Count the calls of one account over all processes."""
    key = f"{service}:{settings.kind}:{settings.secret_id}"

    def take(now: dt.datetime) -> bool:
        try:
            limiter.take("vendor", key, limit=settings.per_minute, window_s=60, now=now)
        except TooManyRequestsError:
            return False
        return True

    return take


def _population(path: Path) -> Population:
    """Read the roster; the embedded default runs without one, and knows nobody then."""
    return read_population(path) if path.exists() else Population({})


def _keeper(database: Database, vault: Vault) -> Messages:
    """Keep simulated messages sealed, where the outbox page reads them."""

    def keep(phone: str, text: str, sent_at: dt.datetime) -> None:
        with database.transaction() as db:
            db.add(
                TextMessage(
                    id=new_id(sent_at), sent_at=sent_at,
                    phone_sealed=vault.seal(phone, context=MESSAGE_PHONE),
                    text_sealed=vault.seal(text, context=MESSAGE_TEXT),
                )
            )  # fmt: skip

    return keep
