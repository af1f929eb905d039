"""Every table that says whom a row is about is in the person's download, or says why it is not."""

import msgspec
import pytest
from sqlalchemy import Table

from app.core.db import Base
from app.oversight.rules.own_data import OwnData
from tests.architecture.fates import WHOSE
from tests.architecture.taken import LEFT_OUT, TAKEN, TOGETHER, UNNAMED


def _about_somebody() -> set[str]:
    # The tables of every room are there once the migrations' environment has loaded them.
    tables: list[Table] = Base.metadata.sorted_tables
    return {table.name for table in tables if WHOSE & {column.name for column in table.columns}}


def test_every_table_about_a_person_has_one_place() -> None:
    places = [*TAKEN, *TOGETHER, *LEFT_OUT]
    assert len(places) == len(set(places))
    assert _about_somebody() - set(places) == set(), "say in taken.py where it stands, or why not"
    assert set(places) - _about_somebody() == {"person"}  # names itself by its id
    assert set(UNNAMED) <= {table.name for table in Base.metadata.sorted_tables}


@pytest.mark.parametrize("way", sorted({*TAKEN.values(), *UNNAMED.values()}))
def test_every_place_is_a_list_of_the_schema(way: str) -> None:
    components = msgspec.json.schema(OwnData)["$defs"]
    here = components["OwnData"]
    for step in way.split("."):
        there = here["properties"][step]
        reference = there.get("$ref") or there.get("items", {}).get("$ref") or "/"
        here = components.get(reference.rpartition("/")[2], {})
    assert there["type"] == "array"


def test_what_is_left_out_or_changed_says_why() -> None:
    assert all(len(reason.split()) > 3 for reason in (*TOGETHER.values(), *LEFT_OUT.values()))
