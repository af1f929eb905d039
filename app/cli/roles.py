"""Names the first administrators; later ones are named by the security administrators."""

import argparse
import sys

from app.core.errors import AppError
from app.core.settings import Settings
from app.identity.rules.actors import Role
from app.identity.rules.administrators import ADMINISTRATORS, ROLE_NAMES
from app.identity.services import administrators, people, signin
from app.main import build_parts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--phone", required=True, help="of somebody who has signed in once")
    parser.add_argument("--role", required=True, choices=sorted(ADMINISTRATORS))


def run(arguments: argparse.Namespace) -> None:
    """Give an administrator's role while fewer than two security administrators watch."""
    parts = build_parts(Settings())
    role = Role(arguments.role)
    try:
        phone = signin.read_phone(arguments.phone)
        with parts.database.transaction() as db:
            now = parts.clock.now()
            person_id = administrators.find(db, parts.vault, phone)
            administrators.name_first(db, person_id, role, now=now)
            view = people.views(db, parts.vault, [person_id])[person_id]
    except AppError as error:
        sys.exit(f"{error.message}{error.remedy or ''}")
    finally:
        parts.database.close()
    sys.stdout.write(f"{view.masked_phone} 现在是{ROLE_NAMES[role]}\n")
