"""The demo's people stand in the simulated registry, and in the tests' own list."""

import csv
from pathlib import Path

import pytest

from app.cli.fields import ContentError
from app.cli.people import read_people
from app.cli.reference import read_reference
from app.identity.rules.actors import Role
from tests.people import ALICE, CAROL, MALLORY

ROOT = Path(__file__).parents[3]
REFERENCE = read_reference(ROOT / "reference")
PATH = ROOT / "demo" / "people.toml"
CAST = read_people(PATH, REFERENCE)


def test_everybody_is_in_the_registry() -> None:
    with (ROOT / "demo" / "registry.csv").open(encoding="utf-8", newline="") as file:
        known = {row["number"]: row["name"] for row in csv.DictReader(file)}
    for person in CAST.people:
        assert known.get(person.number) == person.name
    for line in CAST.staff:
        assert known.get(line.new.document_number) == line.new.name


def test_the_named_ones_are_those_of_the_tests() -> None:
    found = {person.key: (person.phone, person.name, person.number) for person in CAST.people}
    for key, someone in (("alice", ALICE), ("carol", CAROL), ("mallory", MALLORY)):
        assert found[key] == (someone.phone, someone.name, someone.number)
    roles = {person.key: person.role for person in CAST.people}
    assert (roles["rui"], roles["jing"]) == (Role.REGULATOR, Role.REVIEWER)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('uscc = "91510100MA6CX101X8"', 'uscc = "91510100MA6CX101X9"', "organisations[0].uscc"),
        ('prefecture = "510700"', 'prefecture = "110000"', "organisations[1].prefecture"),
        ('agent = "bob"', 'agent = "eve"', "organisations[0].agent"),
        ('person = "carol"', 'person = "eve"', "staff[4].person"),
        ('role = "regulator"', 'role = "king"', "people[3].role"),
        ('key = "bob"', 'key = "alice"', "people[1].key"),
        ('phone = "13800000002"', 'phone = "13800000001"', "people[1].phone"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, field: str) -> None:
    text = PATH.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "people.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError) as raised:
        read_people(path, REFERENCE)
    assert raised.value.field == field
