"""What a check while studying asked: let go with the check's own record, and with the person.

The page alone reads a prompt, while its challenge is open. Nothing that is judged again rests on
it: releases rest on ruling, moments and the hash of the answer.
"""

from typing import Final

from app.core.letting_go import keeper_of
from app.learning.repository import study_checks as rows

KEEPER: Final = keeper_of(rows.PROMPTS)
