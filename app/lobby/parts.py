"""The parts of the running product, built once by `app.main` and handed to every doorway."""

from dataclasses import dataclass

from app.certs.providers.pdf_signing import DocumentSigner
from app.certs.services.statuses import StatusLists
from app.core.clock import Clock
from app.core.crypto import KeyRing, Vault
from app.core.db import Database
from app.core.log_keys import LogKeys
from app.core.ratelimit import RateLimiter
from app.core.settings import Settings
from app.core.storage import Storage
from app.identity.providers import (
    CompanyDoors,
    FaceEngine,
    GroupRobots,
    MailSender,
    RegistryCheck,
    SmsSender,
    VendorFaces,
    VendorServer,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    settings: Settings
    database: Database
    clock: Clock
    vault: Vault
    keys: KeyRing
    log: LogKeys
    documents: DocumentSigner
    storage: Storage
    limiter: RateLimiter
    sms: SmsSender
    registry: RegistryCheck
    face: FaceEngine
    companies: CompanyDoors
    robots: GroupRobots
    statuses: StatusLists
    # None where no mail is sent.
    mail: MailSender | None = None
    face_vendor: VendorFaces | None = None
    # Simulated ones, where there are any: they listen until they are closed.
    vendors: VendorServer | None = None

    def close(self) -> None:
        """Stop what listens beside the product; a process that ends need not ask for it."""
        if self.vendors is not None:
            self.vendors.close()
