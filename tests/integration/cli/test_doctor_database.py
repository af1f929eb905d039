"""The doctor asks the database all its questions over one opening of it."""

from pathlib import Path

import pytest

from app.cli import doctor_database
from app.core.db import Database
from app.core.settings import Settings
from app.lobby.parts import Parts


def test_the_database_is_opened_once_and_closed(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Database] = []
    closed: list[Database] = []

    class Counted(Database):
        def __init__(self, url: str) -> None:
            super().__init__(url)
            opened.append(self)

        def close(self) -> None:
            closed.append(self)
            super().close()

    monkeypatch.setattr(doctor_database, "Database", Counted)
    found = doctor_database.look(parts.settings)
    assert [each.what for each in found] == [check.what for check in doctor_database.CHECKS]
    assert [each for each in found if each.remedy] == []
    assert "schema" in found[0].says
    assert (len(opened), closed) == (1, opened)


def test_what_cannot_be_asked_is_said_of_each_question(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert {each.says for each in doctor_database.look(settings)} == {"no database yet"}
    (tmp_path / "empty.db").touch()
    empty = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'empty.db'}"})
    found = doctor_database.look(empty)
    assert all("migrate" in each.remedy for each in found if each.what != "keys")
    assert len(found) == len(doctor_database.CHECKS)
