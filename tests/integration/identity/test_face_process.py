"""What looks at pictures is a process beside: it may end, hang or be wrong; only checks wait."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.core.errors import UnavailableError
from app.identity.providers import face_engine
from app.identity.providers.face_engine import FaceEngine, Frame, UnfitWeightsError
from tests import faces

pytestmark = pytest.mark.xdist_group("faces")
PROGRAM = Path(face_engine.__file__).with_name("face_seeing.py")


def _shot() -> list[Frame]:
    return [Frame(0, next(faces.frames("a", [0.0])))]


def _pid(engine: FaceEngine) -> int:
    assert engine._process is not None  # noqa: SLF001 -- to end it from outside
    return engine._process._program.pid  # noqa: SLF001


def _is_there(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return status != "Z"


def _gone(pid: int, within_s: float = 10) -> bool:
    until = time.monotonic() + within_s
    while _is_there(pid) and time.monotonic() < until:
        time.sleep(0.05)
    return not _is_there(pid)


def test_a_process_that_ended_costs_one_answer() -> None:
    engine = FaceEngine()
    engine.warm()
    os.kill(_pid(engine), signal.SIGKILL)
    with pytest.raises(UnavailableError) as refused:
        engine.look(_shot())
    assert (refused.value.code, refused.value.retry_after_s) == ("faces_ended", 5)
    assert engine.look(_shot())[0].sighting.face_count == 1


def test_a_process_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = FaceEngine()
    engine.warm()
    hanging = _pid(engine)
    os.kill(hanging, signal.SIGSTOP)
    monkeypatch.setattr(face_engine, "LONGEST_S", 0.3)
    with pytest.raises(UnavailableError):
        engine.look(_shot())
    assert _gone(hanging)
    monkeypatch.setattr(face_engine, "LONGEST_S", 60)
    assert engine.look(_shot())[0].sighting.face_count == 1


def test_weights_that_nobody_measured_are_said_to_be_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    altered = tmp_path / "face_seeing.py"
    text = PROGRAM.read_text("utf-8")
    altered.write_text(text.replace("49f000ec", "49f000ed"), "utf-8")
    monkeypatch.setattr(face_engine, "_PROGRAM", altered)
    with pytest.raises(UnfitWeightsError, match="yunet"):
        FaceEngine().warm()


def test_it_stands_back_and_knows_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIXUE_REGISTRY__SECRET_KEY", "do-not-pass-on")
    engine = FaceEngine()
    engine.warm()
    pid = _pid(engine)
    own = os.getpriority(os.PRIO_PROCESS, 0)
    # As far as it goes: the tests themselves may run at the very back.
    assert os.getpriority(os.PRIO_PROCESS, pid) == min(19, own + 10)
    assert b"SHIXUE" not in Path(f"/proc/{pid}/environ").read_bytes()
    mapped = Path(f"/proc/{pid}/maps").read_text("utf-8", "replace")
    assert "cv2" in mapped
    assert "sqlalchemy" not in mapped, "it loads nothing of the house"


def test_it_ends_with_the_house(tmp_path: Path) -> None:
    """Killed without a word: the pipe closes, and the program with it."""
    script = tmp_path / "house.py"
    script.write_text(
        "import sys\n"
        "from app.identity.providers.face_engine import FaceEngine\n"
        "engine = FaceEngine()\n"
        "engine.warm()\n"
        "print(engine._process._program.pid, flush=True)\n"
        "sys.stdin.read()\n",
        "utf-8",
    )
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(root)},
    ) as house:  # fmt: skip
        assert house.stdout is not None
        pid = int(house.stdout.readline())
        assert _is_there(pid)
        house.kill()
    assert _gone(pid)


def test_who_is_no_longer_needed_takes_the_process_along() -> None:
    engine = FaceEngine()
    engine.warm()
    pid = _pid(engine)
    del engine
    assert _gone(pid)
