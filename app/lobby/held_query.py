"""What an address of the staff's certificates asks for; its page and its file show the same."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query

from app.lobby.letters import ONE_LINE
from app.lobby.sought import SearchText
from app.org.rules.certificates_held import Ending, Source
from app.org.services.staff_certificates import Asked


def asked(
    *,
    ending: Annotated[Ending, Query()] = Ending.NEAR,
    source: Annotated[Source, Query()] = Source.ALL,
    unit: Annotated[str, Query(max_length=200, pattern=ONE_LINE)] = "",
    q: SearchText = "",
) -> Asked:
    """Last days that are meant, where from, unit with what is below it, name or number's end."""
    return Asked(ending=ending, source=source, unit=unit.strip(), text=q.strip())


AskedHeld = Annotated[Asked, Depends(asked)]


def query_of(wanted: Asked, **more: str) -> str:
    """The same as an address's query, with `more` in it; what is empty is left out."""
    pairs = {
        "ending": wanted.ending.value,
        "source": "" if wanted.source is Source.ALL else wanted.source.value,
        "unit": wanted.unit, "q": wanted.text,
    } | more  # fmt: skip
    return urlencode({name: value for name, value in pairs.items() if value})
