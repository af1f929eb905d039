"""Whether one name is another put right: only what cannot be printed was taken out or replaced.

A course may be renamed in its next version for any reason. A certificate of who learnt the version
before takes the new name only where the old one cannot be printed, and the new one says the same.
"""

import re
import unicodedata
from itertools import groupby

from app.certs.rules.lint import Fonts, clusters, is_printable

MOST_RUNS = 4
"""Places in a name where something cannot be printed; more of them is another name."""
_IDEOGRAPH = "[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]"


def is_correction(said: str, corrected: str, fonts: Fonts) -> bool:
    """Tell whether `corrected` can be printed and is `said` but for what of it cannot be."""
    runs = [
        (is_kept, list(run))
        for is_kept, run in groupby(clusters(said), key=lambda each: is_printable(each, fonts))
    ]
    kept = sum(len("".join(run).strip()) for is_kept, run in runs if is_kept)
    lost = sum(len(run) for is_kept, run in runs if not is_kept)
    count = sum(not is_kept for is_kept, _ in runs)
    if not 0 < count <= MOST_RUNS or kept <= lost:
        return False
    if not all(is_printable(each, fonts) for each in clusters(corrected)):
        return False
    pattern = "".join(
        re.escape("".join(run).strip()) if is_kept else rf"\s?{''.join(map(_instead, run))}\s?"
        for is_kept, run in runs
    )
    return re.fullmatch(pattern, corrected.strip()) is not None


def _instead(lost: str) -> str:
    """What may stand in the place of one that cannot be printed, as a pattern; always nothing.

    Its plain form (Unicode's NFKC): “₂” is “2”, “™” is “TM”. For an ideograph another one, also for
    a character of somebody's own making, which is how Chinese systems write those they lack. More
    would say what the name did not say before.
    """
    plain = re.escape(unicodedata.normalize("NFKC", lost))
    is_ideograph = re.match(_IDEOGRAPH, lost) or unicodedata.category(lost[0]) == "Co"
    return f"(?:{plain}|{_IDEOGRAPH})?" if is_ideograph else f"(?:{plain})?"
