"""The embedded face engine: one thread that asks a process of its own what is in the pictures.

Why a process: what unpacks pictures from anywhere may crash or hang and takes nobody else along;
and its work never holds the lock under which everything else in here runs (decision 0010).
"""

import hashlib
import logging
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, TypeVar, cast

import msgspec
import numpy as np

from app.core.errors import UnavailableError
from app.identity.rules.faces import Sighting

MOST_CHECKS: Final = 16
"""Checks that may wait for the thread: each holds one of the threads that serve all pages."""
LONGEST_S: Final = 120.0
"""What looks for longer at a check hangs: a second is what it takes."""
_PROGRAM = Path(__file__).with_name("face_seeing.py")
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL")
"""Of the environment; where the settings stand there are passwords too."""
_log = logging.getLogger("shixue.faces")
_T = TypeVar("_T")


class UnfitWeightsError(RuntimeError):
    """The weights are not those that were measured."""


class EndedError(RuntimeError):
    """The process ended before it answered."""


@dataclass(frozen=True, slots=True)
class Frame:
    step: int
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """A frame with what the engine saw; `embedding` is empty where there is no single face."""

    sighting: Sighting
    embedding: bytes


class _Look(msgspec.Struct, array_like=True, frozen=True):
    """As the process answers for each picture (`face_seeing.Look`)."""

    is_picture: bool
    face_count: int
    width: int
    sharpness: float
    luma: float
    turn: float
    likeness: bytes
    embedding: bytes


class _Cut(msgspec.Struct, array_like=True, frozen=True):
    """As the process answers for a portrait (`face_seeing.Cut`)."""

    look: _Look
    jpeg: bytes
    is_tight: bool


@dataclass(frozen=True, slots=True)
class Portrait:
    """A portrait with what the engine saw in it; no picture where none could be cut out."""

    seen: Seen
    jpeg: bytes
    is_tight: bool


class FaceEngine:
    """Whoever asks waits in line for the one process; it is started when first needed."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="faces")
        self._room = threading.BoundedSemaphore(MOST_CHECKS)
        self._process: _Process | None = None

    def look(self, frames: Sequence[Frame]) -> list[Seen]:
        """See what is in the frames; tens of milliseconds each, so never in a transaction.

        Raises UnavailableError where too many wait already, or the process ended: nothing was
        looked at then, and the next one who asks finds another process.
        """
        looks = self._wait_for([frame.jpeg for frame in frames], list[_Look])
        return [_seen(frame, look) for frame, look in zip(frames, looks, strict=True)]

    def cut(self, jpeg: bytes) -> Portrait:
        """Cut a portrait out of a picture and look at it; as slow, and raises the same."""
        found = self._wait_for({"cut": jpeg}, _Cut)
        return Portrait(_seen(Frame(0, found.jpeg), found.look), found.jpeg, found.is_tight)

    def _wait_for(self, wish: object, kind: type[_T]) -> _T:
        if not self._room.acquire(blocking=False):
            raise _unavailable("现在核对的人太多。", "faces_busy")
        try:
            return self._thread.submit(self._ask, wish, kind).result()
        except EndedError as error:
            raise _unavailable("这次核对没有完成。", "faces_ended") from error
        finally:
            self._room.release()

    def warm(self) -> None:
        """Load the weights now. Raises UnfitWeightsError where they are not the known ones."""
        self._thread.submit(self._ask, [], list[_Look]).result()

    def _ask(self, wish: object, kind: type[_T]) -> _T:
        try:
            if self._process is None:
                self._process = _Process()
            return self._process.ask(wish, kind)
        except EndedError as error:
            self._process = None
            _log.error("the process that looks at faces ended", extra={"how": str(error)})
            raise


class _Process:
    """The program beside, and the two pipes to it; it ends when they do."""

    def __init__(self) -> None:
        self._program = subprocess.Popen(  # noqa: S603 -- our own file
            [sys.executable, "-I", str(_PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        )  # fmt: skip
        weakref.finalize(self, _end, self._program)
        self._sink = cast("BinaryIO", self._program.stdin)
        self._source = cast("BinaryIO", self._program.stdout)
        if unfit := msgspec.msgpack.decode(self._exchange(b""), type=str):
            raise UnfitWeightsError(unfit)

    def ask(self, wish: object, kind: type[_T]) -> _T:
        """Pictures to look at, or one to cut a portrait out of. Raises EndedError."""
        asked = msgspec.msgpack.encode(wish)
        answer = self._exchange(len(asked).to_bytes(4, "big") + asked)
        return msgspec.msgpack.decode(answer, type=kind)

    def _exchange(self, asked: bytes) -> bytes:
        """Say something and hear one message; whoever takes too long is ended."""
        watch = threading.Timer(LONGEST_S, self._program.kill)
        watch.start()
        try:
            self._sink.write(asked)
            self._sink.flush()
            head = self._source.read(4)
            length = int.from_bytes(head, "big")
            answer = self._source.read(length)
        except OSError as error:
            raise EndedError(f"its pipe is closed ({error})") from error
        finally:
            watch.cancel()
        if len(head) < 4 or len(answer) < length:
            raise EndedError(f"it ended with {self._program.wait()}")
        return answer


def _end(program: subprocess.Popen[bytes]) -> None:
    program.kill()
    program.communicate()


def _unavailable(sentence: str, code: str) -> UnavailableError:
    return UnavailableError(
        sentence, code=code, remedy="请等几秒再试，这次不算", retry_after_s=5
    )  # fmt: skip


def _seen(frame: Frame, look: _Look) -> Seen:
    sighting = Sighting(
        step=frame.step, digest=hashlib.sha256(frame.jpeg).hexdigest(),
        face_count=look.face_count, is_picture=look.is_picture, width=look.width,
        sharpness=look.sharpness, luma=look.luma, turn=look.turn,
        likeness=int.from_bytes(look.likeness, "big"),
    )  # fmt: skip
    return Seen(sighting, look.embedding)


def _unit(vector: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]") -> bytes:
    raw = vector.astype(np.float32)
    unit: bytes = (raw / max(float(np.linalg.norm(raw)), 1e-9)).tobytes()
    return unit


def cosine(left: bytes, right: bytes) -> float:
    """Compare two embeddings."""
    return float(np.frombuffer(left, np.float32) @ np.frombuffer(right, np.float32))


def mean(embeddings: Sequence[bytes]) -> bytes:
    """One template out of several frames."""
    stacked = np.stack([np.frombuffer(each, np.float32) for each in embeddings])
    return _unit(stacked.mean(axis=0))
