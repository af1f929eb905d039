"""Makes a film of slides and speech with the ffmpeg inside the wheel."""

from pathlib import Path

from app.core.workplace import workplace
from app.learning.providers import ffmpeg, slides
from app.learning.providers.narration import Narration, narrate
from app.learning.rules.teaching import FRAME_MS, Line, VideoLesson, sentences, timetable

_KEY_EVERY = 20  # pictures: a film can be entered every two seconds


def make(lesson: VideoLesson, root: Path) -> bytes:
    """Return the lesson as an MP4 file (H.264 baseline and AAC, its table of contents first).

    It is made in a folder under `root`, which goes when the film is done or the process ends.
    The same lesson gives the same bytes with the same versions of engine, font and ffmpeg.
    Raises ScriptError, NarrationError, FilmError.
    """
    said = [text for slide in lesson.slides for text in sentences(slide.narration)]
    narration = narrate(said)
    lines = timetable(lesson, narration.lengths_ms())
    with workplace(root, "film-") as folder:
        (folder / "voice.raw").write_bytes(_voice(lesson, lines, narration))
        _draw_pictures(folder, lesson, lines)
        return _film(folder, lesson, narration.rate)


def _voice(lesson: VideoLesson, lines: list[Line], narration: Narration) -> bytes:
    track = bytearray(lesson.length_ms * narration.rate // 1000 * 2)
    for line, samples in zip(lines, narration.sentences, strict=True):
        start = line.start_ms * narration.rate // 1000 * 2
        end = min(len(track), start + len(samples))
        track[start:end] = samples[: end - start]
    return bytes(track)


def _draw_pictures(folder: Path, lesson: VideoLesson, lines: list[Line]) -> None:
    """One picture a sentence, and the list that says how long each one stays."""
    entries = ["ffconcat version 1.0"]
    for number, line in enumerate(lines):
        frame = slides.Frame(lesson.title, line.slide + 1, len(lesson.slides), line.text)
        picture = slides.draw(lesson.slides[line.slide], frame)
        picture.save(folder / f"{number}.png", compress_level=1)
        seconds = (line.end_ms - line.start_ms) / 1000
        entries += [f"file {number}.png", f"duration {seconds:.1f}"]
    # The last duration is only kept where another picture follows.
    entries += [f"file {len(lines) - 1}.png", "duration 1.0"] * 2
    (folder / "pictures.txt").write_text("\n".join(entries), encoding="utf-8")


def _film(folder: Path, lesson: VideoLesson, rate: int) -> bytes:
    arguments = [
        "-f", "concat", "-i", "pictures.txt",
        "-f", "s16le", "-ar", str(rate), "-ac", "1", "-i", "voice.raw",
        "-map", "0:v", "-map", "1:a", "-t", f"{lesson.length_ms / 1000:.1f}",
        "-vf", f"fps={1000 // FRAME_MS},format=yuv420p",
        "-c:v", "libx264", "-preset", "veryfast", "-tune", "stillimage",
        "-profile:v", "baseline", "-level", "3.1", "-crf", "28", "-threads", "1",
        "-g", str(_KEY_EVERY), "-keyint_min", str(_KEY_EVERY), "-sc_threshold", "0",
        "-c:a", "aac", "-b:a", "48k",
        "-map_metadata", "-1", "-fflags", "+bitexact",
        "-flags:v", "+bitexact", "-flags:a", "+bitexact",
        "-movflags", "+faststart", "film.mp4",
    ]  # fmt: skip
    ffmpeg.run(arguments, folder)
    return (folder / "film.mp4").read_bytes()
