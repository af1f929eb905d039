"""What the demo's machine has: the front end's running packages, and nothing of development."""

import json
import re
from pathlib import Path

FRONTEND = Path(__file__).parents[3] / "frontend"


def test_the_build_imports_nothing_that_only_development_installs() -> None:
    package = json.loads((FRONTEND / "package.json").read_text("utf-8"))
    imported = re.findall(r'from "([^"]+)"', (FRONTEND / "vite.config.ts").read_text("utf-8"))
    foreign = {name for name in imported if not name.startswith("node:")}
    assert foreign <= set(package["dependencies"])
    assert foreign
