"""What a demo shows before anybody did anything: a course studied to its certificate, a fraud.

Nothing is written past the rules. The product is served on a port of its own with a clock of two
hours ago, and Carol studies over HTTP like everybody; only the clock runs faster than hers.
"""

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from app.cli import beside, courses, pupil, seed
from app.cli.people import Person, read_people
from app.cli.reference import read_reference
from app.core.clock import SettableClock, SystemClock
from app.core.settings import Settings
from app.lobby.parts import Parts
from app.main import build_parts
from app.org.services.staff import NewStaff

COURSE = "policy-645"
_NOTED = ("public_id", "number")
"""What is kept between two demos of the certificate: nothing that says whose it is."""
_BEFORE = dt.timedelta(hours=2)
_IMPOSTOR_PHONE = "13800000019"


@dataclass(frozen=True, slots=True)
class Shown:
    """What there is to look at: a certificate, and a lead on the desk."""

    public_id: str
    number: str
    name: str
    lead: str


def perform(settings: Settings) -> Shown:
    """Bring courses and people in two hours ago, let Carol study and an impostor try.

    Done before, it only says what there is.
    """
    note = settings.data_dir / "rehearsal.json"
    reference = read_reference(settings.reference_dir)
    cast = read_people(settings.demo_dir / "people.toml", reference)
    carol = next(person for person in cast.people if person.key == "carol")
    victim = next(line.new for line in cast.staff if line.person is None)
    if not note.exists():
        with _stage(settings) as stage:
            seed.everything(stage.parts)
            certificate = _study(stage, carol)
            _impostor(stage, victim)
        found = {name: certificate[name] for name in _NOTED}
        note.write_text(json.dumps(found))
    found = json.loads(note.read_text())
    return Shown(
        found["public_id"], found["number"], carol.name,
        f"有人用{victim.name}的证件号码配别的名字，试了三次",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stage:
    parts: Parts
    clock: SettableClock
    address: str

    def caller(self) -> httpx.Client:
        return httpx.Client(base_url=self.address, timeout=60)


@contextmanager
def _stage(settings: Settings) -> Iterator[Stage]:
    clock = SettableClock(SystemClock().now() - _BEFORE)
    quiet = settings.model_copy(update={"worker_in_process": False, "rate_limits": False})
    parts, port = build_parts(quiet, clock), beside.free_port()
    with beside.serving(parts, port):
        yield Stage(parts, clock, f"http://127.0.0.1:{port}")


def _study(stage: Stage, person: Person) -> dict[str, str]:
    reference = read_reference(stage.parts.settings.reference_dir)
    folder = stage.parts.settings.demo_dir / "courses"
    course = next(c for c in courses.read_courses(folder, reference) if c.code == COURSE)
    with stage.caller() as http:
        learner = pupil.Pupil(http, stage.parts, stage.clock, person.phone)
        learner.sign_in()
        learner.finish(course.title, course.bank.items)
        return learner.certificates()[0]


def _impostor(stage: Stage, victim: NewStaff) -> None:
    """A new phone that claims somebody's number under other names, until a person must look."""
    with stage.caller() as http:
        impostor = pupil.Pupil(http, stage.parts, stage.clock, _IMPOSTOR_PHONE)
        impostor.sign_in()
        for name in ("赵大海", "赵小海", "赵海"):
            impostor.claim(victim.document_number, name)
