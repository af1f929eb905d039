"""Folders for work in hand: gone when it is done, and cleared when its process was killed."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.core.workplace import clear, workplace

HOLD = (
    "import sys, time; from pathlib import Path; from app.core.workplace import workplace\n"
    "with workplace(Path(sys.argv[1]), 'film-') as folder:\n"
    "    print(folder, flush=True); time.sleep(60)"
)


def _folders(root: Path) -> list[Path]:
    return [each for each in root.iterdir() if each.is_dir()]


def test_it_goes_with_the_work_even_when_that_fails(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="broken"), workplace(tmp_path, "film-") as folder:
        (folder / "0.png").write_bytes(b"x")
        raise ValueError("broken")
    assert _folders(tmp_path) == []


def test_what_a_killed_process_left_is_cleared_and_what_is_in_use_stays(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as held:
        assert held.stdout is not None
        folder = Path(held.stdout.readline().strip())
        assert clear(tmp_path) == 0
        assert folder.exists()
        held.send_signal(signal.SIGKILL)
        held.wait()
    assert clear(tmp_path) == 1
    assert _folders(tmp_path) == []
