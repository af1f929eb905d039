"""Looks at this machine and says what is there, what is missing, and what to do about it."""

import argparse
import datetime as dt
import os
import shutil
import socket
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import segno
import zxingcpp
from PIL import Image

from app.certs.providers import document_keys, pdf_signing, sm2_keys
from app.certs.providers.sm2_keys import NoSm2Error
from app.certs.providers.type_table import FILE as TYPES_FILE
from app.certs.providers.type_table import read_types
from app.certs.rules.types import TypeFlawError
from app.cli import doctor_database
from app.cli.doctor_database import Finding
from app.core import typesetting
from app.core.clock import SystemClock
from app.core.errors import UnavailableError
from app.core.fitness import refusals
from app.core.settings import Settings
from app.identity.providers.face_engine import FaceEngine
from app.main import open_keys

_LEAST_SQLITE = (3, 35, 0)
_LEAST_DISK_MB, _LEAST_MEMORY_MB = 500, 1000
_RENEWED_BEFORE = dt.timedelta(days=30)


def run(_arguments: argparse.Namespace) -> int:
    """Look at everything; 1 where something stands in the way."""
    settings = Settings()
    checks: tuple[Callable[[], Finding], ...] = (
        _python, _sqlite, lambda: _folder(settings), _memory, lambda: _front_end(settings),
        lambda: _settings(settings), _type, lambda: certificate_types(settings), _scanning, _film,
        _face, lambda: document_key(settings), lambda: second_signature(settings), _port,
    )  # fmt: skip
    findings = [*(_safely(check) for check in checks), *doctor_database.look(settings)]
    for finding in findings:
        mark = "✗" if finding.remedy else "✓"
        sys.stdout.write(f"{mark} {finding.what}: {finding.says}\n")
        if finding.remedy:
            sys.stdout.write(f"    → {finding.remedy}\n")
    return int(any(finding.remedy for finding in findings))


def _safely(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 -- whatever is wrong with the machine is the finding
        name = getattr(check, "__name__", "check").strip("_")
        return Finding(name, f"{type(error).__name__}: {error}", "./run clean, then ./run setup")


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    wrong = sys.version_info[:2] != (3, 11)
    return Finding("Python", version, "install Python 3.11" if wrong else "")


def _sqlite() -> Finding:
    old = sqlite3.sqlite_version_info < _LEAST_SQLITE
    remedy = "SQLite 3.35 or newer is needed; use another Python, or PostgreSQL" if old else ""
    return Finding("SQLite", sqlite3.sqlite_version, remedy)


def _folder(settings: Settings) -> Finding:
    place = settings.data_dir
    while not place.exists():
        place = place.parent
    free_mb = shutil.disk_usage(place).free // 2**20
    if not os.access(place, os.W_OK):
        return Finding("data folder", f"{place} cannot be written", "choose SHIXUE_DATA_DIR")
    remedy = f"make room: {_LEAST_DISK_MB} MB are needed" if free_mb < _LEAST_DISK_MB else ""
    return Finding("data folder", f"{settings.data_dir}, {free_mb} MB free", remedy)


def _memory() -> Finding:
    lines = Path("/proc/meminfo").read_text().splitlines()
    available = next(line for line in lines if line.startswith("MemAvailable"))
    free_mb = int(available.split()[1]) // 1024
    short = free_mb < _LEAST_MEMORY_MB
    return Finding("memory", f"{free_mb} MB", "close other programs" if short else "")


def _front_end(settings: Settings) -> Finding:
    made = (settings.frontend_dir / "dist").is_dir()
    return Finding("front end", "built" if made else "not built", "" if made else "./run build")


def _settings(settings: Settings) -> Finding:
    refused = refusals(settings)
    says = settings.environment.value + (f"; refuses {', '.join(refused)}" if refused else "")
    return Finding("settings", says, "see app/core/settings.py" if refused else "")


def _type() -> Finding:
    with tempfile.TemporaryDirectory() as folder:
        sheet = Path(folder) / "sheet.typ"
        sheet.write_text('#set text(font: "Noto Sans SC")\n实学')
        size = len(typesetting.to_pdf(sheet, {}))
    return Finding("typesetting", f"Chinese PDF/A, {size // 1024} KB")


def certificate_types(settings: Settings) -> Finding:
    """The kinds of certificate: what is wrong in their file keeps every certificate waiting."""
    try:
        kinds = read_types(settings.reference_dir).kinds
    except TypeFlawError as flaw:
        remedy = f"correct it in {settings.reference_dir / TYPES_FILE}"
        return Finding("certificate types", f"{flaw.field}: {flaw}", remedy)
    issued = [kind.name for kind in kinds if kind.issued_here]
    return Finding("certificate types", f"{len(issued)} of {len(kinds)} are issued here")


def _scanning() -> Finding:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "code.png"
        segno.make("实学").save(str(path), scale=6)
        read = zxingcpp.read_barcodes(Image.open(path))
    good = [each.text for each in read] == ["实学"]
    return Finding("QR codes", "read back" if good else "unread", "" if good else "./run setup")


def _film() -> Finding:
    return Finding("ffmpeg", imageio_ffmpeg.get_ffmpeg_version())


def _face() -> Finding:
    FaceEngine().warm()
    return Finding("face engine", "weights are whole")


def document_key(settings: Settings) -> Finding:
    """Say by which certificate documents are signed; makes no key."""
    keys = open_keys(settings)
    if not keys.is_kept(document_keys.PURPOSE):
        return Finding("document key", "none yet; `./run cli keys make` makes it")
    try:
        own = pdf_signing.build(settings, keys).certificate()
    except (UnavailableError, RuntimeError) as error:
        return Finding("document key", type(error).__name__, str(error))
    until = own.not_valid_after_utc
    issuer = "itself" if own.issuer == own.subject else own.issuer.rfc4514_string()
    is_late = until < SystemClock().now() + _RENEWED_BEFORE
    remedy = "ask its authority for a new one (./run cli keys request)" if is_late else ""
    return Finding("document key", f"certified by {issuer} until {until:%Y-%m-%d}", remedy)


def second_signature(settings: Settings) -> Finding:
    """Say whether certificates are signed a second time, and whether this machine can."""
    if not settings.certs.sm2:
        return Finding("SM2", "certificates have one signature (SHIXUE_CERTS__SM2)")
    try:
        sm2_keys.must_be_able(is_wanted=True)
    except NoSm2Error as error:
        return Finding("SM2", "wanted, and nothing here can sign", str(error))
    return Finding("SM2", "certificates are signed a second time")


def _port() -> Finding:
    with socket.socket() as probe:
        taken = probe.connect_ex(("127.0.0.1", 8000)) == 0
    says = "something answers" if taken else "free"
    return Finding("port 8000", says, "./run demo --port 8001" if taken else "")
