"""Films for the fake camera: a person who looks, turns left, looks, turns right, and so on."""

from pathlib import Path

from tests import faces

_FPS = 30
_CYCLE = (0.0, 0.7, 0.0, -0.7)
_SECONDS = 30


def make_clip(
    path: Path, name: str, *, cycle: tuple[float, ...] = _CYCLE, seconds: int = _SECONDS
) -> Path:
    """Three seconds a round, so that any action is seen within one step of a check."""
    part = 3 * _FPS // len(cycle)
    turns = [turn for turn in cycle for _ in range(part)]
    rounds = seconds * _FPS // len(turns)
    with path.open("wb") as file:
        for jpeg in faces.frames(name, turns * rounds):
            file.write(jpeg)
    return path
