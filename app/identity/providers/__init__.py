"""What lies outside: text messages and the population registry, each behind a small interface."""

from app.identity.providers.face_engine import FaceEngine
from app.identity.providers.outside import Outside, RegistryCheck, SmsSender, build

__all__ = ["FaceEngine", "Outside", "RegistryCheck", "SmsSender", "build"]
