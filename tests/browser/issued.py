"""A house in which one certificate was issued, and what its holder has of it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.testclient import TestClient

from app.certs.providers import artwork
from app.certs.services import wallet
from app.core import log_sequencer
from app.core.clock import SettableClock, SystemClock
from app.identity.rules.actors import Actor, Role
from app.main import create_app
from tests import examinee
from tests.browser.house import House, open_house
from tests.graduates import certificate_of, study_through

STAFF = Actor(
    account_id="0" * 26, learner_id="0" * 26, roles=frozenset({Role.REVIEWER}), org_ids=(),
    region_code=None, device_id="", sign_in_id="", is_verified=True, display_name="",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Issued:
    """The house, the certificate's names, and its files as the holder downloads them.

    `digits` is what stands behind the address in its code, with the #.
    """

    house: House
    certificate_id: str
    public_id: str
    number: str
    digits: str
    pdf: bytes
    credential: bytes
    record: bytes

    def revoke(self, reason: str) -> None:
        parts = self.house.parts
        with parts.database.transaction() as db:
            wallet.revoke(
                db, self.certificate_id, reason=reason, actor=STAFF, now=parts.clock.now()
            )


@contextmanager
def open_office(folder: Path, sqlite_template: Path) -> Iterator[Issued]:
    """Serve a house whose one learner has a certificate; no worker runs in it."""
    database = folder / "house.db"
    shutil.copyfile(sqlite_template, database)
    clock = SettableClock(SystemClock().now())
    with open_house(folder / "var", database, clock=clock, works=False) as house:
        parts = house.parts
        with TestClient(create_app(parts)) as client:
            alice = study_through(client, parts, clock)
            examinee.sit(client, parts, alice.enrolment_id)
            found = certificate_of(alice)
            log_sequencer.sequence_all(parts.database, parts.log, now=clock.now())
            files = f"/api/v1/certificates/{found['certificate_id']}"
            pdf = client.get(f"{files}/file.pdf").content
            code = artwork.read_codes(client.get(f"{files}/preview.png").content)[0]
            credential = client.get(f"{files}/credential.json").content
            record = client.get(f"/api/v1/verification/{found['public_id']}/proof").content
        yield Issued(
            house, found["certificate_id"], found["public_id"], found["number"],
            "#" + code.partition("#")[2], pdf, credential, record,
        )  # fmt: skip
