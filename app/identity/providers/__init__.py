"""What lies outside: messages, the population registry, faces, each behind a small interface."""

from app.identity.providers.companies import CompanyDoors
from app.identity.providers.face_engine import FaceEngine
from app.identity.providers.face_vendors import VendorFaces
from app.identity.providers.group_robots import GroupRobots
from app.identity.providers.mail import MailSender
from app.identity.providers.outside import Outside, RegistryCheck, SmsSender, build
from app.identity.providers.simulation import VendorServer

__all__ = [
    "CompanyDoors",
    "FaceEngine",
    "GroupRobots",
    "MailSender",
    "Outside",
    "RegistryCheck",
    "SmsSender",
    "VendorFaces",
    "VendorServer",
    "build",
]
