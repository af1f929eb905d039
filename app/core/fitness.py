"""What production must not run with: each thing with the setting that says so."""

from app.core.settings import Environment, Settings
from app.core.vendor_settings import is_answered_by_vendor


def refusals(settings: Settings) -> list[str]:
    """Say what production must not run with; empty where nothing stands in the way."""
    if settings.environment is not Environment.PRODUCTION:
        return []
    found = _simulated(settings) | _led_elsewhere(settings) | _in_clear(settings) | _loose(settings)
    return [name for name, wrong in found.items() if wrong]


def _simulated(settings: Settings) -> dict[str, bool]:
    """What plays a vendor."""
    return {
        "demo links (SHIXUE_DEMO)": settings.demo,
        "the simulated registry (SHIXUE_REGISTRY__KIND)": settings.registry.kind == "simulated",
        "simulated SMS (SHIXUE_SMS__KIND)": settings.sms.kind == "simulated",
        "simulated mail (SHIXUE_MAIL__KIND)": settings.mail.kind == "simulated",
        "the simulated face vendor (SHIXUE_FACE__KIND)": settings.face.kind == "simulated",
    }


def _led_elsewhere(settings: Settings) -> dict[str, bool]:
    """Vendors that are not asked where they answer, or not for what we need."""
    return {
        "an address that is not the vendor's, without SHIXUE_REGISTRY__GATEWAY "
        "(SHIXUE_REGISTRY__ENDPOINT)": not is_answered_by_vendor(settings.registry, "registry"),
        "an address that is not the vendor's, without SHIXUE_SMS__GATEWAY "
        "(SHIXUE_SMS__ENDPOINT)": not is_answered_by_vendor(settings.sms, "sms"),
        "an address that is not the vendor's, without SHIXUE_FACE__GATEWAY "
        "(SHIXUE_FACE__ENDPOINT)": not is_answered_by_vendor(settings.face, "face"),
        "a face vendor without its flow (SHIXUE_FACE__RULE_ID, SHIXUE_FACE__SCENE_ID)": (
            not settings.face.has_flow
        ),
    }


def _in_clear(settings: Settings) -> dict[str, bool]:
    """What others on the line could read or change."""
    return {
        "mail without TLS (SHIXUE_MAIL__SECURITY)": (
            settings.mail.kind == "smtp" and settings.mail.security == "plain"
        ),
        "a public address without https (SHIXUE_PUBLIC_URL)": not settings.is_https,
        "a witness's address without https (SHIXUE_LOG__ADDRESSES)": any(
            map(_is_in_clear, settings.log.addresses.values())
        ),
        "a package origin without https (SHIXUE_PACKAGE_ORIGIN)": _is_in_clear(
            settings.package_origin
        ),
        "a key service without https (SHIXUE_KEY_SERVICE__ENDPOINT)": _is_in_clear(
            settings.key_service.endpoint
        ),
        "time stamps without https (SHIXUE_CERTS__TIMESTAMPS)": _is_in_clear(
            settings.certs.timestamps
        ),
    }


def _loose(settings: Settings) -> dict[str, bool]:
    """What is for a desk of one's own only."""
    return {
        "keys made by the server itself (SHIXUE_KEYS_DIR)": settings.keys_dir is None,
        "the quick policy (SHIXUE_STUDY_POLICY)": settings.study_policy == "quick",
        "a settable clock (SHIXUE_SETTABLE_CLOCK)": settings.settable_clock,
        "switched-off rate limits (SHIXUE_RATE_LIMITS)": not settings.rate_limits,
        "debug logs (SHIXUE_LOG_LEVEL)": settings.log_level.lower() == "debug",
    }


def _is_in_clear(address: str) -> bool:
    return bool(address) and not address.startswith("https://")
