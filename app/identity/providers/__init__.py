"""What lies outside: messages, the population registry, faces, each behind a small interface."""

from app.identity.providers.companies import CompanyDoors
from app.identity.providers.face_engine import FaceEngine
from app.identity.providers.face_vendors import VendorFaces
from app.identity.providers.outside import Outside, RegistryCheck, SmsSender, build

__all__ = [
    "CompanyDoors",
    "FaceEngine",
    "Outside",
    "RegistryCheck",
    "SmsSender",
    "VendorFaces",
    "build",
]
