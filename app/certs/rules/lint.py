"""What can be wrong with a certificate before it has a number: each field, each character.

Held against what will be printed, so that nothing is drawn as an empty box or not at all, and no
number is spent on a page that cannot be made.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

MOST_SHOWN = 5
"""As many characters are told by name; the rest is of the same kind."""
MOST_MODULES = 73
"""Of one side of the code, without the quiet zone: two decoders still read it of a photograph."""
_PERSONAL = frozenset({"name", "identity"})
_DATA_BYTES = (
    19, 34, 55, 80, 108, 136, 156, 194, 232, 274, 324, 370, 428, 461, 523, 589, 647, 721, 795, 861,
)  # fmt: skip
"""ISO/IEC 18004, table 7: what the versions 1 to 20 hold at level L."""
LABELS: dict[str, str] = {
    "type": "证书种类",
    "name": "姓名",
    "identity": "证件号码",
    "programme": "培训计划",
    "course": "课程名称",
    "cluster": "产业集群",
    "period": "起止日期",
    "hours": "认定学时",
    "score": "考试成绩",
    "institution": "培训机构",
    "code": "二维码",
    "credential": "电子凭证",
}
"""The fields that are looked at, as the desk calls them."""
_MOST = {
    "type": 60, "name": 60, "identity": 60, "programme": 200, "course": 120, "cluster": 80,
    "period": 40, "hours": 60, "score": 12, "institution": 120,
}  # fmt: skip
_MAY_BE_EMPTY = frozenset({"programme", "cluster"})
_MARKS = frozenset({"Mn", "Mc", "Me"})
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

Fonts = tuple[frozenset[int], ...]
"""The code points that each font has a glyph for."""


class Problem(StrEnum):
    """What is wrong with a field."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNSEEN = "unseen"
    PRIVATE = "private"
    NO_GLYPH = "no_glyph"
    CODE_TOO_DENSE = "code_too_dense"
    UNSAYABLE = "unsayable"


_SENTENCES: dict[Problem, str] = {
    Problem.EMPTY: "没有填",
    Problem.TOO_LONG: "太长，证书上印不下",
    Problem.UNSEEN: "里有看不见的控制字符：",
    Problem.PRIVATE: "里有自造字（字库自定义区的字，别处显示不出来）：",
    Problem.NO_GLYPH: "里有证书字体没有的字：",
    Problem.CODE_TOO_DENSE: "太密，手机扫不出来：课程名称和培训机构名称合起来太长",
    Problem.UNSAYABLE: "写不进这些内容：",
}
_NAME_FIX = (
    "请核对当事人证件上的写法，登记有误的先更正姓名；写法没错的，请技术人员补字体后再重新出证"
)
_FIX = "请培训机构发布改正了名称的下一个版本，再重新出证"
_FIXES = {Problem.UNSAYABLE: "请转技术人员处理后再重新出证"}


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong; `detail` are the characters, or what else shows it."""

    field: str
    problem: Problem
    detail: str = ""

    def said(self, *, is_clear: bool = False) -> str:
        """The reason and what to do, for the desk; in clear nothing of a person's name is told."""
        is_told = not (is_clear and self.field in _PERSONAL)
        fix = _FIXES.get(self.problem) or (_NAME_FIX if self.field in _PERSONAL else _FIX)
        told = self.cause if is_told else self.in_short
        if is_clear and self.is_personal:  # what to do stands with the letters
            return told
        return f"{told}{fix}。"

    @property
    def cause(self) -> str:
        """The reason alone, with the characters."""
        sentence = _SENTENCES[self.problem]
        told = sentence + self.detail if self.detail else sentence.rstrip("：")
        return f"{LABELS[self.field]}{told}。"

    @property
    def in_short(self) -> str:
        """The reason without the characters: it may be told to anybody whom it concerns."""
        return f"{LABELS[self.field]}{_SENTENCES[self.problem].rstrip('：')}。"

    @property
    def is_personal(self) -> bool:
        return self.field in _PERSONAL and bool(self.detail)


def flaws_of(printed: Mapping[str, str], fonts: Fonts) -> tuple[Flaw, ...]:
    """Everything wrong with what will be printed: `printed` has all of `LABELS` that are texts."""
    return tuple(
        flaw for field in _MOST for flaw in _field_flaws(field, printed.get(field, ""), fonts)
    )


def text_flaw(field: str, text: str, fonts: Fonts) -> Flaw | None:
    """The first thing wrong with one field."""
    return next(_field_flaws(field, text, fonts), None)


def can_print(text: str, fonts: Fonts) -> bool:
    """Tell whether each character of a text is seen and has a glyph."""
    return all(is_printable(cluster, fonts) for cluster in clusters(text))


def is_printable(cluster: str, fonts: Fonts) -> bool:
    """Tell whether a character with the marks upon it is seen, and the same everywhere."""
    if any(unicodedata.category(char) in _UNSEEN | {"Co"} for char in cluster):
        return False
    return not missing_glyphs(cluster, fonts)


def modules_of(address_bytes: int, digits: int) -> int:
    """The modules on one side of the code for an address and so many digits (ISO/IEC 18004).

    The address is one segment of bytes, the digits one of numbers; beyond version 20 it is that of
    version 21, whatever comes.
    """
    for version, held in enumerate(_DATA_BYTES, 1):
        is_wide = version > 9
        bits = 4 + (16 if is_wide else 8) + 8 * address_bytes
        bits += 4 + (12 if is_wide else 10) + 10 * (digits // 3) + (0, 4, 7)[digits % 3]
        if bits <= 8 * held:
            return 17 + 4 * version
    return 17 + 4 * (len(_DATA_BYTES) + 1)


def code_flaw(address_bytes: int, payload_bytes: int) -> Flaw | None:
    """Whether the signed minimum makes a code that phones can read: `payload_bytes` long."""
    digits = len(str(256**payload_bytes - 1))
    modules = modules_of(address_bytes, digits)
    if modules <= MOST_MODULES:
        return None
    return Flaw("code", Problem.CODE_TOO_DENSE, f"（{modules} 格，最多 {MOST_MODULES} 格）")


def _field_flaws(field: str, text: str, fonts: Fonts) -> Iterator[Flaw]:
    if not text.strip():
        if field not in _MAY_BE_EMPTY:
            yield Flaw(field, Problem.EMPTY)
        return
    if len(text) > _MOST[field]:
        yield Flaw(field, Problem.TOO_LONG, f"（最多 {_MOST[field]} 个字）")
        return
    for problem, found in (
        (Problem.UNSEEN, [char for char in text if unicodedata.category(char) in _UNSEEN]),
        (Problem.PRIVATE, [char for char in text if unicodedata.category(char) == "Co"]),
    ):
        if found:
            yield Flaw(field, problem, _shown(found))
            return
    if missing := missing_glyphs(text, fonts):
        yield Flaw(field, Problem.NO_GLYPH, _shown(missing))


def missing_glyphs(text: str, fonts: Fonts) -> list[str]:
    """The characters that cannot be drawn, each with the marks upon it.

    A letter and its marks have to be in one font: two fonts are never put upon one another.
    """
    return [
        cluster
        for cluster in clusters(text)
        if not any(all(ord(char) in font for char in cluster) for font in fonts)
    ]


def clusters(text: str) -> list[str]:
    """The characters of a text, each with the marks upon it."""
    found: list[str] = []
    for char in text:
        if found and unicodedata.category(char) in _MARKS:
            found[-1] += char
        else:
            found.append(char)
    return found


def _shown(characters: list[str]) -> str:
    """The characters by their numbers in Unicode: who reads it may lack a font for them too."""
    unique = list(dict.fromkeys(characters))
    shown = "、".join(_named(each) for each in unique[:MOST_SHOWN])
    return shown + (f" 等 {len(unique)} 个" if len(unique) > MOST_SHOWN else "")


def _named(cluster: str) -> str:
    points = " ".join(f"U+{ord(char):04X}" for char in cluster)
    is_seen = all(unicodedata.category(char)[0] != "C" for char in cluster)
    return f"“{cluster}”（{points}）" if is_seen else points
