"""What a certificate can print, asked long before there is one: where a name is entered.

And what is printed where a name was published that cannot be: the same name put right.
"""

from dataclasses import replace

from sqlalchemy.orm import Session

from app.certs.rules import lint
from app.certs.rules.corrections import is_correction
from app.certs.rules.lint import Flaw
from app.core import glyphs
from app.learning.services import versions
from app.learning.services.completion import CompletionFacts


def flaw_of(field: str, text: str) -> Flaw | None:
    """What keeps a name from being printed; `field` is one of `lint.LABELS`. None where nothing."""
    return lint.text_flaw(field, text, glyphs.covered())


def named_to_print(db: Session, facts: CompletionFacts) -> tuple[CompletionFacts, int | None]:
    """What a certificate may state, with names that can be printed, and the version they are of.

    The names are those of the version that was learnt. Where one of them cannot be printed, it is
    taken from the newest version published since that says the same name put right
    (`rules/corrections.py`); nothing else is taken from there. None: all is as it was learnt.
    """
    fonts = glyphs.covered()
    said = {"course": facts.course_title, "institution": facts.institution}
    wrong = [field for field, text in said.items() if not lint.can_print(text, fonts)]
    if not wrong:
        return facts, None
    for later in versions.names_since(db, facts.enrolment_id):
        known = {"course": later.title, "institution": later.institution}
        if all(is_correction(said[field], known[field], fonts) for field in wrong):
            named = said | {field: known[field] for field in wrong}
            told = replace(facts, course_title=named["course"], institution=named["institution"])
            return told, later.number
    return facts, None
