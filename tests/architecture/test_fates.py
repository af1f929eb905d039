"""Every table that says whom a row is about has a fate for the day that person leaves."""

from sqlalchemy import Table

from app.core.db import Base
from tests.architecture.fates import DELETED, KEPT, WHOSE


def _about_somebody() -> set[str]:
    # The tables of every room are there once the migrations' environment has loaded them.
    tables: list[Table] = Base.metadata.sorted_tables
    return {table.name for table in tables if WHOSE & {column.name for column in table.columns}}


def test_every_table_about_a_person_has_one_fate() -> None:
    assert not DELETED & set(KEPT)
    assert _about_somebody() - DELETED - set(KEPT) == set(), "say in fates.py what becomes of it"
    assert (DELETED | set(KEPT)) - {table.name for table in Base.metadata.sorted_tables} == set()


def test_what_is_kept_says_why() -> None:
    assert all(len(reason.split()) > 3 for reason in KEPT.values())
