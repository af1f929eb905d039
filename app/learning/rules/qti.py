"""What both ways of QTI share: names, and the words for difficulty (IMS LOM).

IMS QTI 2.1 and 1EdTech QTI 3.0: three interactions (choice, textEntry, extendedText).
"""

import re

DIFFICULTY = ("very easy", "easy", "medium", "difficult", "very difficult")
"""LOM 1.0, educational/difficulty: 1 to 5 here."""
CHOICE, ENTRY, EXTENDED = "choiceInteraction", "textEntryInteraction", "extendedTextInteraction"
FEEDBACK = "EXPLANATION"
"""The identifier of the feedback that holds a question's explanation."""
_UPPER = re.compile(r"(?<=[a-z])([A-Z])")


def name_in_2(name: str) -> str:
    """An element's or attribute's name of either version as 2.1 has it."""
    head, *rest = name.removeprefix("qti-").split("-")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def name_in_3(name: str) -> str:
    """A name of 2.1 as 3.0 has it, without the prefix that its elements bear."""
    return _UPPER.sub(r"-\1", name).lower()
