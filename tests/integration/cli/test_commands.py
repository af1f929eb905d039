"""Commands that cannot go on say why in sentences, not in a traceback."""

import os
import subprocess
import sys
from pathlib import Path


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


def test_production_refuses_in_sentences(tmp_path: Path) -> None:
    for verb in ("serve", "worker"):
        ran = _run(tmp_path, verb, SHIXUE_ENVIRONMENT="production")
        assert ran.returncode == 1
        assert "production refuses:" in ran.stderr
        assert "- the simulated registry (SHIXUE_REGISTRY__KIND)" in ran.stderr
        assert "Traceback" not in ran.stderr
