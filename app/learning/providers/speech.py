"""Speaks digits for those who cannot see the picture, with the engine inside the wheel."""

import ctypes
import io
import threading
import wave
from collections.abc import Callable
from functools import cache
from typing import Any

import espeakng_loader

_RETRIEVAL = 1  # AUDIO_OUTPUT_RETRIEVAL: samples come to us, no sound card is touched
_UTF8 = 1
_RATE, _SPEED = 1, 110
_lock = threading.Lock()  # the engine keeps its state in globals

_Take = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class SpeechError(RuntimeError):
    """The engine refused; the picture remains."""


class _Engine:
    def __init__(self) -> None:
        self._library: Any = ctypes.CDLL(espeakng_loader.get_library_path())
        data = str(espeakng_loader.get_data_path()).encode()
        self.rate: int = self._library.espeak_Initialize(_RETRIEVAL, 0, data, 0)
        if self.rate <= 0 or self._library.espeak_SetVoiceByName(b"cmn") != 0:
            raise SpeechError("the speech engine does not start")
        self._library.espeak_SetParameter(_RATE, _SPEED, 0)
        self._samples = bytearray()
        self._callback: Callable[..., int] = _Take(self._take)
        self._library.espeak_SetSynthCallback(self._callback)

    def _take(self, samples: Any, count: int, _events: Any) -> int:  # noqa: ANN401 -- C pointers
        if samples and count > 0:
            self._samples += ctypes.string_at(samples, count * 2)
        return 0

    def speak(self, text: str) -> bytes:
        self._samples.clear()
        raw = text.encode() + b"\x00"
        failed = self._library.espeak_Synth(raw, len(raw), 0, 0, 0, _UTF8, None, None)
        if failed or self._library.espeak_Synchronize() or not self._samples:
            raise SpeechError("the speech engine said nothing")
        return bytes(self._samples)


@cache
def _engine() -> _Engine:
    return _Engine()


def speak_digits(digits: str) -> bytes:
    """Return the digits, spoken one by one in Chinese, as a WAV file."""
    with _lock:
        engine = _engine()
        samples = engine.speak("。 ".join(digits) + "。")
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(engine.rate)
        file.writeframes(samples)
    return out.getvalue()
