"""What a page is asked to look for: words of any length, as they are typed or pasted."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator

MOST: Final = 500
"""Characters that are looked for: far more than any name, number or title has."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def sought(text: str) -> str:
    """The words without characters that nothing contains, cut where nothing can match any more.

    A long search finds nothing and is shown as typed; it is no address that does not exist.
    """
    return _CONTROL.sub(" ", text)[:MOST]


SearchText = Annotated[str, AfterValidator(sought)]
