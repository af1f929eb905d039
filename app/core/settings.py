"""Every setting, each with a default that runs embedded: no service, no secret to hand in."""

from enum import StrEnum
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.core.keeping import wrong_periods
from app.core.vendor_settings import FaceSettings, VendorSettings

__all__ = [
    "AuthoringSettings", "CertsSettings",
    "Environment", "FaceSettings", "FilingSettings", "LogSettings", "MailSettings",
    "RiskSettings", "Settings", "SignInSettings", "StorageSettings", "VendorSettings",
]  # fmt: skip


class Environment(StrEnum):
    EMBEDDED = "embedded"
    TEST = "test"
    PRODUCTION = "production"


class StorageSettings(BaseModel):
    """Where objects live: a local folder, or an S3-compatible bucket."""

    kind: Literal["local", "s3"] = "local"
    bucket: str = ""
    endpoint: str = ""
    region: str = "us-east-1"
    access_key: str = ""
    secret_key: str = ""


class SignInSettings(BaseModel):
    """How long a sign-in lasts."""

    access_s: int = 15 * 60
    refresh_s: int = 30 * 24 * 3600


class LogSettings(BaseModel):
    """The transparency log: its name, and the verifier keys of the witnesses that cosign it.

    The name counts when the log begins; empty takes the public address without its scheme.
    `addresses`: where to ask for their lines (the submission prefix), by the witness's name.
    """

    origin: str = ""
    witnesses: list[str] = Field(default_factory=list)
    addresses: dict[str, str] = Field(default_factory=dict)


class CertsSettings(BaseModel):
    """The signatures of certificates.

    `timestamps`: a service of time stamps (RFC 3161) for those inside PDFs; empty asks none.
    `chain`: a file with the certificates in PEM that an authority gave out for the newest document
    key. `sm2`: whether certificates get a second signature by SM2 国密 (GB/T 32918).
    """

    timestamps: str = ""
    timestamps_wait_s: float = Field(default=5.0, gt=0, le=30)
    chain: Path | None = None
    sm2: bool = False


class KeyServiceSettings(BaseModel):
    """A service that wraps the ring's keys: Vault's or OpenBao's Transit.

    Without one the files hold them in clear.
    """

    endpoint: str = ""
    token: str = ""
    mount: str = "transit"
    key_name: str = "shixue"
    timeout_s: float = 5.0


class MailSettings(BaseModel):
    """The mail server that takes reminders; `none` sends no mail.

    `security`: TLS from the first byte (`tls`, RFC 8314), or asked for and insisted on
    (`starttls`). `ca_file`: authorities in PEM beside the system's, for a server of one's own.
    """

    kind: Literal["none", "simulated", "smtp"] = "none"
    host: str = ""
    port: int = Field(default=465, ge=1, le=65535)
    security: Literal["tls", "starttls", "plain"] = "tls"
    user: str = ""
    password: str = ""
    sender: str = Field(default="", pattern=r"^([!-?A-~]+@[0-9A-Za-z.-]+)?$")
    ca_file: Path | None = None
    timeout_s: float = Field(default=10.0, gt=0)

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """A server is asked by name, and letters come from somebody."""
        if self.kind == "smtp" and not (self.host and self.sender):
            message = "SHIXUE_MAIL__HOST and SHIXUE_MAIL__SENDER are needed where mail is sent"
            raise ValueError(message)
        return self


class RiskSettings(BaseModel):
    """From which score (0..100) people look, and how many days things last.

    A decision quiets what it was about for `quiet_days`; the rest is how long rows are kept.
    """

    case_score: int = Field(default=50, ge=1, le=100)
    quiet_days: int = Field(default=30, ge=0)
    place_days: int = Field(default=90, ge=14)
    score_days: int = Field(default=180, ge=1)


class AuthoringSettings(BaseModel):
    """Films and packages that institutions send: the largest, and all of one that wait to be coded.

    `piece_bytes`: one request of an upload; small enough for a line that breaks off every minute.
    """

    film_bytes: int = Field(default=2 * 2**30, ge=2**20)
    package_bytes: int = Field(default=300 * 2**20, ge=2**20, le=2**30)
    waiting_bytes: int = Field(default=20 * 2**30, ge=2**20)
    piece_bytes: int = Field(default=2 * 2**20, ge=64 * 2**10, le=16 * 2**20)


class FilingSettings(BaseModel):
    """What the law wants in the footer; empty ones are not shown."""

    operator: str = "实学平台演示运营方"
    icp: str = ""
    public_security: str = ""
    complaint_phone: str = ""
    complaint_mail: str = ""


def _origin(name: str, given: str) -> str:
    """An address as it is kept: scheme, host, unusual port. Raises ValueError for more."""
    parts = urlsplit(given.strip())
    is_origin = parts.scheme in {"http", "https"} and bool(parts.hostname)
    if not is_origin or parts.path not in {"", "/"} or "@" in parts.netloc:
        message = f"{name} is https://host or https://host:port, without a path"
        raise ValueError(message)
    if parts.query or parts.fragment:
        message = f"{name} has nothing behind the host"
        raise ValueError(message)
    if not parts.netloc.isascii():
        message = f"{name} writes a host in other letters as browsers send it: xn--…"
        raise ValueError(message)
    # As browsers write it, so that it is compared as they send it.
    usual = ":443" if parts.scheme == "https" else ":80"
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(usual)}"


class Settings(BaseSettings):
    """Read from the environment (`SHIXUE_…`, nested with `__`) or from files in `secrets_dir`."""

    model_config = SettingsConfigDict(
        env_prefix="SHIXUE_", env_nested_delimiter="__", extra="forbid", secrets_dir=None
    )

    environment: Environment = Environment.EMBEDDED
    demo: bool = False
    data_dir: Path = Path("var")
    database_url: str = ""
    public_url: str = "http://127.0.0.1:8000"
    # Where learning packages run; empty: on the public address, as pages of no origin at all.
    package_origin: str = ""
    # Addresses from before, the newest first: certificates in people's hands still name them.
    former_urls: tuple[str, ...] = ()
    frontend_dir: Path = Path("frontend")
    reference_dir: Path = Path("reference")
    demo_dir: Path = Path("demo")
    keys_dir: Path | None = None
    storage: StorageSettings = Field(default_factory=StorageSettings)
    sms: VendorSettings = Field(default_factory=VendorSettings)
    registry: VendorSettings = Field(default_factory=VendorSettings)
    face: FaceSettings = Field(default_factory=FaceSettings)
    registry_roster: Path = Path("demo/registry.csv")
    sign_in: SignInSettings = Field(default_factory=SignInSettings)
    filing: FilingSettings = Field(default_factory=FilingSettings)
    log: LogSettings = Field(default_factory=LogSettings)
    certs: CertsSettings = Field(default_factory=CertsSettings)
    risk: RiskSettings = Field(default_factory=RiskSettings)
    authoring: AuthoringSettings = Field(default_factory=AuthoringSettings)
    mail: MailSettings = Field(default_factory=MailSettings)
    # Most messages beside codes that leave the house in a minute, over all processes.
    reminders_per_minute: int = Field(default=120, ge=1)
    # Days, by the class's name (core/keeping.py); what is left out has the table's.
    keeping: dict[str, int] = Field(default_factory=dict)
    key_service: KeyServiceSettings = Field(default_factory=KeyServiceSettings)
    study_policy: str = "platform"
    settable_clock: bool = False
    worker_in_process: bool = True
    rate_limits: bool = True
    # Whether devices may keep the verification page; switched off, those that did forget it.
    verify_off_line: bool = True
    # How many proxies in front of us add to X-Forwarded-For; what stands before is not believed.
    trusted_proxies: int = Field(default=0, ge=0, le=10)
    # Most codes for signing in that the whole platform sends in an hour: they cost money.
    sms_per_hour: int = Field(default=2000, ge=1)
    log_level: str = "info"

    @field_validator("public_url")
    @classmethod
    def check_public_url(cls, given: str) -> str:
        """It stands in every printed code, with /v/… behind it: an origin and nothing more."""
        return _origin("SHIXUE_PUBLIC_URL", given)

    @field_validator("package_origin")
    @classmethod
    def check_package_origin(cls, given: str) -> str:
        return _origin("SHIXUE_PACKAGE_ORIGIN", given) if given else ""

    @field_validator("former_urls")
    @classmethod
    def check_former_urls(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_origin("SHIXUE_FORMER_URLS", each) for each in given)

    @model_validator(mode="after")
    def check_addresses(self) -> Self:
        """An address is the one of today or a former one, and stands once."""
        hosts = [urlsplit(each).netloc.lower() for each in (self.public_url, *self.former_urls)]
        names = [
            (urlsplit(each).hostname or "").lower() for each in (self.public_url, *self.former_urls)
        ]
        if self.package_origin and urlsplit(self.package_origin).hostname in names:
            message = "SHIXUE_PACKAGE_ORIGIN has a host of its own: cookies are shared by ports"
            raise ValueError(message)
        if len(set(hosts)) < len(hosts):
            message = "SHIXUE_FORMER_URLS names each host once, and not that of SHIXUE_PUBLIC_URL"
            raise ValueError(message)
        return self

    @field_validator("keeping")
    @classmethod
    def check_periods(cls, given: dict[str, int]) -> dict[str, int]:
        """Refuse what is shorter than the law's or the purpose's least."""
        spelled = {name.lower(): days for name, days in given.items()}
        if wrong := wrong_periods(spelled):
            raise ValueError("; ".join(f"SHIXUE_KEEPING__{each}" for each in wrong))
        return spelled

    @property
    def resolved_database_url(self) -> str:
        """The database's address; a file in the data folder where none is set."""
        url = self.database_url or f"sqlite:///{self.data_dir / 'shixue.db'}"
        return url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def resolved_keys_dir(self) -> Path:
        return self.keys_dir or self.data_dir / "keys"

    @property
    def resolved_log_origin(self) -> str:
        return self.log.origin or self.public_url.partition("://")[2].rstrip("/") + "/log"

    @property
    def work_dir(self) -> Path:
        """Where work in hand lies; what a killed process left there is cleared at the start."""
        return self.data_dir / "tmp"

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")
