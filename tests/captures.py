"""What a phone sends when a session asks somebody to turn the head."""

import base64
from collections.abc import Mapping
from typing import Any

from tests import faces


def captured(prompt: Mapping[str, Any], who: str, *, is_held: bool = True) -> dict[str, Any]:
    """The frames of somebody of `faces` who does what the prompt says, with its nonce."""
    plan = faces.turns_for(prompt["actions"])
    shots = faces.frames(who, [turn for _, turn in plan], is_held=is_held)
    return {
        "nonce": prompt["nonce"],
        "frames": [
            {"step": step, "jpeg": base64.b64encode(shot).decode()}
            for (step, _), shot in zip(plan, shots, strict=True)
        ],
    }
