"""What the machine's operator does while too few security administrators watch one another.

Names the first administrators, and resets the lost second factor of one.
"""

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
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--role", choices=sorted(ADMINISTRATORS))
    what.add_argument("--reset-second-factor", metavar="REASON", help="how the person was known")


def run(arguments: argparse.Namespace) -> None:
    """Act while fewer than two (other) security administrators can."""
    parts = build_parts(Settings())
    try:
        phone = signin.read_phone(arguments.phone)
        with parts.database.transaction() as db:
            now = parts.clock.now()
            person_id = administrators.find(db, parts.vault, phone)
            if arguments.role:
                role = Role(arguments.role)
                administrators.name_first(db, person_id, role, now=now)
                done = f"现在是{ROLE_NAMES[role]}"
            else:
                reason = arguments.reset_second_factor
                administrators.reset_by_operator(db, person_id, reason=reason, now=now)
                done = "的二次验证已重置，下次登录时重新设置"
            view = people.views(db, parts.vault, [person_id])[person_id]
    except AppError as error:
        sys.exit(f"{error.message}{error.remedy or ''}")
    finally:
        parts.database.close()
    sys.stdout.write(f"{view.masked_phone} {done}\n")
