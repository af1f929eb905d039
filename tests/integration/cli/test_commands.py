"""Commands that cannot go on say why in sentences, not in a traceback."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app.cli import __main__ as cli
from app.core import logging as logs


def _run(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in os.environ.items() if not name.startswith("SHIXUE_")}
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments], capture_output=True, text=True, check=False,
        timeout=120, env=given | {"SHIXUE_DATA_DIR": str(folder), **settings},
    )  # fmt: skip


def test_seeding_before_migrating_says_what_to_do(tmp_path: Path) -> None:
    ran = _run(tmp_path, "seed")
    assert ran.returncode == 1
    assert "./run migrate" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert _run(tmp_path, "migrate").returncode == 0
    seeded = _run(tmp_path, "seed")
    assert seeded.returncode == 0, seeded.stderr


ON_A_DATABASE = [
    ("audit", "verify"),
    ("bundle", "--enrolment", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "-o", "bundle.zip"),
    ("keys", "list"),
    ("log", "sequence"),
    ("role", "--phone", "13800000001", "--role", "admin"),
    ("seed",),
    ("serve", "--port", "0"),
    ("worker",),
]


@pytest.mark.parametrize("verb", ON_A_DATABASE, ids=lambda verb: verb[0])
def test_a_verb_without_its_database_names_it_and_makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: tuple[str, ...]
) -> None:
    folder = tmp_path / "nowhere"
    monkeypatch.setenv("SHIXUE_DATA_DIR", str(folder))
    monkeypatch.setattr(sys, "argv", ["cli", *verb])
    monkeypatch.setattr(logs, "configure", lambda _level: None)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = str(ended.value.code)
    assert f"no database at {folder / 'shixue.db'}" in said
    assert "./run migrate" in said
    assert "SHIXUE_DATA_DIR=var/demo" in said
    assert not folder.exists()


def test_a_database_that_was_not_migrated_is_told_from_none(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "shixue.db")) as empty:
        empty.execute("CREATE TABLE other (id)")
    ran = _run(tmp_path, "audit", "verify")
    assert ran.returncode == 1
    assert f"{tmp_path / 'shixue.db'} has no tables yet" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["shixue.db"]


def test_a_database_that_cannot_be_reached_is_named_without_its_password(tmp_path: Path) -> None:
    away = "postgresql://shixue:geheim@127.0.0.1:1/shixue"
    ran = _run(tmp_path, "audit", "verify", SHIXUE_DATABASE_URL=away)
    assert ran.returncode == 1
    assert "127.0.0.1:1/shixue cannot be reached" in ran.stderr
    assert "geheim" not in ran.stderr
    assert "Traceback" not in ran.stderr


def test_production_refuses_in_sentences(tmp_path: Path) -> None:
    for verb in ("serve", "worker"):
        ran = _run(tmp_path, verb, SHIXUE_ENVIRONMENT="production")
        assert ran.returncode == 1
        assert "production refuses:" in ran.stderr
        assert "- the simulated registry (SHIXUE_REGISTRY__KIND)" in ran.stderr
        assert "Traceback" not in ran.stderr
