"""Speaks the sentences of a lesson, in a process of its own.

The speech engine keeps its state in globals and goes on from where it was: only a fresh process
says the same sentence with the same samples every time, and none disturbs a server that speaks.
"""

import ctypes
import json
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import espeakng_loader

_RETRIEVAL = 1  # AUDIO_OUTPUT_RETRIEVAL: samples come to us, no sound card is touched
_UTF8 = 1
_RATE, _SPEED = 1, 180
_LONGEST_S = 120
_HOME = Path(__file__).parents[3]
_Take = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class NarrationError(RuntimeError):
    """The speech engine does not start, or said nothing."""


@dataclass(frozen=True, slots=True)
class Narration:
    """Each sentence as 16-bit samples of one channel."""

    rate: int
    sentences: tuple[bytes, ...]

    def lengths_ms(self) -> list[int]:
        return [len(samples) * 500 // self.rate for samples in self.sentences]


def narrate(sentences: list[str]) -> Narration:
    """Speak sentences in Chinese. Raises NarrationError."""
    ran = subprocess.run(
        [sys.executable, "-m", "app.learning.providers.narration"],
        input=json.dumps(sentences).encode(),
        cwd=_HOME,
        capture_output=True,
        timeout=_LONGEST_S,
        check=False,
    )
    if ran.returncode:
        raise NarrationError(ran.stderr.decode(errors="replace")[-500:])
    (rate,) = struct.unpack_from(">I", ran.stdout)
    spoken: list[bytes] = []
    position = 4
    while position < len(ran.stdout):
        (size,) = struct.unpack_from(">I", ran.stdout, position)
        spoken.append(ran.stdout[position + 4 : position + 4 + size])
        position += 4 + size
    if len(spoken) != len(sentences) or not all(spoken):
        raise NarrationError("the speech engine left a sentence out")
    return Narration(rate, tuple(spoken))


def _speak_all(sentences: list[str]) -> bytes:
    """Rate, then each sentence's length in bytes and its samples."""
    engine: Any = ctypes.CDLL(str(espeakng_loader.get_library_path()))
    rate: int = engine.espeak_Initialize(
        _RETRIEVAL, 0, str(espeakng_loader.get_data_path()).encode(), 0
    )
    if rate <= 0 or engine.espeak_SetVoiceByName(b"cmn") != 0:
        raise NarrationError("the speech engine does not start")
    engine.espeak_SetParameter(_RATE, _SPEED, 0)
    samples = bytearray()

    def take(found: Any, count: int, _events: Any) -> int:  # noqa: ANN401 -- C pointers
        if found and count > 0:
            samples.extend(ctypes.string_at(found, count * 2))
        return 0

    callback = _Take(take)
    engine.espeak_SetSynthCallback(callback)
    out = bytearray(struct.pack(">I", rate))
    for sentence in sentences:
        samples.clear()
        raw = sentence.encode() + b"\x00"
        if engine.espeak_Synth(raw, len(raw), 0, 0, 0, _UTF8, None, None):
            raise NarrationError("the speech engine refused a sentence")
        engine.espeak_Synchronize()
        out += struct.pack(">I", len(samples)) + samples
    return bytes(out)


if __name__ == "__main__":
    sys.stdout.buffer.write(_speak_all(json.load(sys.stdin)))
