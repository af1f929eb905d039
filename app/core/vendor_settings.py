"""How a vendor over HTTP is reached, how patient we are with it, and whether it is the vendor."""

import re
from typing import Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, Field


class VendorSettings(BaseModel):
    """A vendor reached over HTTP; `simulated` speaks the same wire on this machine.

    `endpoint`: another address than the vendor's usual one. `gateway`: the host of a gateway of
    one's own in `endpoint` that hands calls on to the vendor; production wants it said twice.
    """

    kind: Literal["simulated", "tencent", "aliyun"] = "simulated"
    endpoint: str = ""
    gateway: str = ""
    region: str = "ap-guangzhou"
    secret_id: str = ""
    secret_key: str = ""
    app_id: str = ""
    sign_name: str = ""
    template_id: str = ""
    answer_template_id: str = ""
    # Without one nobody is reminded by SMS.
    reminder_template_id: str = ""
    # One attempt, and all attempts of a call together.
    timeout_s: float = Field(default=5.0, gt=0)
    deadline_s: float = Field(default=9.0, gt=0)
    attempts: int = Field(default=3, ge=1, le=5)
    # After so many failures in a row the vendor is left alone for so long.
    breaker_failures: int = Field(default=5, ge=1)
    breaker_rest_s: float = Field(default=30.0, gt=0)
    # Most calls of this account in a minute, over all processes.
    per_minute: int = Field(default=600, ge=1)


class FaceSettings(VendorSettings):
    """Who judges faces: the engine inside, or a certified vendor whose page the person goes to.

    `simulates`: which vendor's wire the simulation is spoken to in. `rule_id` is Tencent's
    (RuleId), `scene_id` Alibaba's (SceneId); both come from the vendor's console.
    """

    kind: Literal["builtin", "simulated", "tencent", "aliyun"] = "builtin"  # type: ignore[assignment]
    simulates: Literal["tencent", "aliyun"] = "tencent"
    rule_id: str = ""
    scene_id: str = ""
    # A desk asks every five seconds while somebody's phone is at the vendor's page.
    per_minute: int = Field(default=2400, ge=1)

    @property
    def vendor(self) -> Literal["tencent", "aliyun"] | None:
        """Whose wire is spoken; None where the engine inside judges."""
        if self.kind == "builtin":
            return None
        return self.simulates if self.kind == "simulated" else self.kind

    @property
    def has_flow(self) -> bool:
        """Tell whether the vendor's own number of the flow is set, without which it starts none."""
        needed = {"tencent": self.rule_id, "aliyun": self.scene_id}
        return self.kind in _NO_VENDOR or bool(needed[self.kind])


# Neither is refused by its address: one has none, the other is refused by its name.
_NO_VENDOR = frozenset({"simulated", "builtin"})
Service = Literal["registry", "sms", "face"]
# One label of a region at most: in both clouds customers get names of their own further down
# (a bucket, a function), and an answer from there would be anybody's.
_ALIYUN_REGION = r"(\.(cn|ap|us|eu|me|sa)-[a-z0-9-]+)?"
_HOSTS: Final = {
    ("tencent", "registry"): re.compile(r"faceid(\.[a-z0-9-]+)?\.tencentcloudapi\.com"),
    ("tencent", "sms"): re.compile(r"sms(\.[a-z0-9-]+)?\.tencentcloudapi\.com"),
    ("tencent", "face"): re.compile(r"faceid(\.[a-z0-9-]+)?\.tencentcloudapi\.com"),
    ("aliyun", "registry"): re.compile(rf"cloudauth(-[a-z]+)?{_ALIYUN_REGION}\.aliyuncs\.com"),
    ("aliyun", "face"): re.compile(rf"cloudauth(-[a-z]+)?{_ALIYUN_REGION}\.aliyuncs\.com"),
    ("aliyun", "sms"): re.compile(rf"dysmsapi(-[a-z]+)?{_ALIYUN_REGION}\.aliyuncs\.com"),
}


def is_answered_by_vendor(settings: VendorSettings, service: Service) -> bool:
    """Tell whether answers come from the vendor: over https, from its host or a named gateway.

    Who answers decides whose name is proven, so an address alone is not enough: one that is not
    the vendor's must be named a second time, and without https anybody on the way could answer.
    """
    if settings.kind in _NO_VENDOR or not settings.endpoint:
        return True  # the simulation is refused by its name; the usual address is the vendor's
    host = _host_of(settings.endpoint)
    is_own = _HOSTS[settings.kind, service].fullmatch(host) is not None
    is_gateway = host != "" and host == settings.gateway.lower()
    return settings.endpoint.lower().startswith("https://") and (is_own or is_gateway)


def _host_of(endpoint: str) -> str:
    """Return the host that would be asked; nothing where it is no address."""
    try:
        return urlsplit(endpoint).hostname or ""
    except ValueError:
        return ""


def source_of(settings: VendorSettings, service: Service) -> str:
    """Return who answers, for the record: the vendor, or the vendor and who stands between."""
    if settings.kind in _NO_VENDOR or not settings.endpoint:
        return settings.kind
    host = _host_of(settings.endpoint)
    is_own = _HOSTS[settings.kind, service].fullmatch(host) is not None
    return settings.kind if is_own else f"{settings.kind}@{host}"
