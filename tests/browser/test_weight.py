"""What a learner's page weighs on the wire: styles and scripts together, as brotli sends them."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import NODE

DIST = Path("frontend/dist")
MOST_BYTES = 40 * 1024
_WEIGH = (
    "const z = require('zlib'), f = require('fs');"
    "console.log(process.argv.slice(1).reduce("
    "(sum, path) => sum + z.brotliCompressSync(f.readFileSync(path)).length, 0))"
)


def _files(manifest: dict[str, dict[str, Any]], entry: str) -> set[str]:
    """Everything that an entry loads at once; what it fetches later on need is not counted."""
    chunk = manifest[entry]
    found = {str(chunk["file"]), *chunk.get("css", [])}
    for imported in chunk.get("imports", []):
        found |= _files(manifest, imported)
    return found


@pytest.mark.parametrize("island", ["", "learn", "exam", "face", "signin"])
def test_a_learners_page_is_light(island: str) -> None:
    manifest = json.loads((DIST / ".vite" / "manifest.json").read_text("utf-8"))
    entries = ["src/entries/site.ts"] + ([f"src/entries/{island}.ts"] if island else [])
    files = set[str]().union(*(_files(manifest, entry) for entry in entries))
    paths = [str(DIST / file) for file in sorted(files)]
    assert any(path.endswith(".css") for path in paths)
    told = subprocess.run(
        [NODE, "-e", _WEIGH, *paths], check=True, capture_output=True, text=True
    ).stdout
    assert int(told) <= MOST_BYTES, f"{told.strip()} bytes"
