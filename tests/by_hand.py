"""A reader with a shell, OpenSSL and a bare Python, who pastes what docs/verify-by-hand.md says.

`curl` gives what lies in a folder in the place of the platform, and `date` tells a fixed moment.
"""

import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "verify-by-hand.md"
PAGE = ROOT / "reference" / "texts" / "by_hand.md"
SITE = "https://shixue.example"
SIGNED = "Signature Verified Successfully"
WHOLE = "CAdES Verification successful"
_STEP = re.compile(r"^## (\d+)\. ", re.MULTILINE)
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FETCHED = re.compile(r'^curl -fsS "\$site(/[^"]*)" -o (\S+)', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Told:
    """How a step's last command ended, and all that was shown."""

    code: int
    text: str


def steps(path: Path) -> dict[int, list[str]]:
    """The blocks of commands by the number of their step."""
    _, *found = _STEP.split(path.read_text(encoding="utf-8"))
    return {
        int(number): _BLOCK.findall(text)
        for number, text in zip(found[::2], found[1::2], strict=True)
    }


def addresses() -> list[str]:
    """What the commands fetch, as it is written."""
    return [path for path, _ in _FETCHED.findall(DOCUMENT.read_text(encoding="utf-8"))]


@dataclass(frozen=True, slots=True)
class Reader:
    """`folder` is where they work, `served` what the platform would answer, by its path."""

    folder: Path
    served: Path
    programs: Path

    def serve(self, path: str, content: bytes) -> None:
        place = self.served / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)

    def paste(self, commands: str, **put_in: str) -> Told:
        """Run a block in a shell of its own, in which `site` is known as in the reader's.

        `put_in` are the lines that a reader has to change, by their name.
        """
        for name, value in put_in.items():
            commands, count = re.subn(
                rf"^{name}=.*$", f"{name}={value}", commands, flags=re.MULTILINE
            )
            assert count == 1
        done = subprocess.run(
            ["/bin/sh", "-c", f"site={SITE}\n{commands}"], cwd=self.folder, capture_output=True,
            text=True, timeout=120, check=False,
            env={"PATH": f"{self.programs}:/usr/local/bin:/usr/bin:/bin"},
        )  # fmt: skip
        return Told(done.returncode, done.stdout + done.stderr)

    def copy(self, to: Path) -> "Reader":
        """The same reader at the same moment, in folders of their own."""
        shutil.copytree(self.folder, to / "work")
        shutil.copytree(self.served, to / "served")
        return equip(to, moment=(self.programs / "moment").read_text("utf-8"))


def equip(place: Path, *, moment: str) -> Reader:
    """`moment` is what `date` tells, as the recipe asks for it."""
    assert shutil.which("openssl"), "no openssl: on Debian python3-venv brings it, by way of pip"
    reader = Reader(place / "work", place / "served", place / "programs")
    for each in (reader.folder, reader.served, reader.programs):
        each.mkdir(parents=True, exist_ok=True)
    (reader.programs / "moment").write_text(moment, "utf-8")
    served = shlex.quote(str(reader.served))
    for name, line in (
        # Nothing that is installed beside the standard library is found.
        ("python3", f'exec {shlex.quote(sys.executable)} -E -s -S "$@"'),
        ("curl", f'[ "$1 $3" = "-fsS -o" ] && cp {served}"${{2#{SITE}}}" "$4"'),
        ("date", f"cat {shlex.quote(str(reader.programs / 'moment'))}"),
    ):
        program = reader.programs / name
        program.write_text(f"#!/bin/sh\n{line}\n", "utf-8")
        program.chmod(0o755)
    return reader
