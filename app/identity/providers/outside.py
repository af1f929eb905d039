"""The interfaces to the outside, and the choice between a real vendor and its simulation."""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from app.core.crypto import Vault
from app.core.db import Database
from app.core.ids import new_id
from app.core.settings import Settings, VendorSettings
from app.identity.models.signing import MESSAGE_PHONE, MESSAGE_TEXT, TextMessage
from app.identity.providers.face_engine import FaceEngine
from app.identity.providers.simulated import VendorServer
from app.identity.providers.tencent import TencentApi, TencentRegistry, TencentSms
from app.identity.rules.registry import RegistryAnswer


class SmsSender(Protocol):
    """Sends one-time codes, and answers to who has no account."""

    def send_code(self, *, phone: str, code: str, now: dt.datetime) -> None: ...

    def send_answer(self, *, phone: str, number: str, answer: str, now: dt.datetime) -> None: ...


class RegistryCheck(Protocol):
    """Asks the population registry."""

    def check(self, *, name: str, number: str, now: dt.datetime) -> RegistryAnswer: ...


@dataclass(frozen=True, slots=True)
class Outside:
    """Everything the house reaches beyond its own walls."""

    sms: SmsSender
    registry: RegistryCheck
    face: FaceEngine
    vendors: VendorServer | None

    def close(self) -> None:
        """Stop the simulated vendors where there are any."""
        if self.vendors is not None:
            self.vendors.close()


def build(settings: Settings, *, database: Database, vault: Vault) -> Outside:
    """Build the adapters; where a vendor is simulated, start the simulation and point at it."""

    def keep(phone: str, text: str, sent_at: dt.datetime) -> None:
        with database.transaction() as db:
            db.add(
                TextMessage(
                    id=new_id(sent_at), sent_at=sent_at,
                    phone_sealed=vault.seal(phone, context=MESSAGE_PHONE),
                    text_sealed=vault.seal(text, context=MESSAGE_TEXT),
                )
            )  # fmt: skip

    simulated = "simulated" in {settings.sms.kind, settings.registry.kind}
    vendors = VendorServer(settings.registry_roster, keep) if simulated else None

    def reach(vendor: VendorSettings) -> VendorSettings:
        return vendors.settings(vendor) if vendors and vendor.kind == "simulated" else vendor

    sms, registry = reach(settings.sms), reach(settings.registry)
    return Outside(
        sms=TencentSms(TencentApi(sms, "sms"), sms),
        registry=TencentRegistry(TencentApi(registry, "faceid")),
        face=FaceEngine(),
        vendors=vendors,
    )
