"""What lies outside: text messages and the population registry, each behind a small interface."""

from app.identity.providers.outside import Outside, RegistryCheck, SmsSender, build

__all__ = ["Outside", "RegistryCheck", "SmsSender", "build"]
