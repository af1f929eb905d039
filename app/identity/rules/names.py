"""People's names: one spelling for comparison, and the masked forms that may be shown."""

import re
import unicodedata

LONGEST = 60
_FULL_WIDTH = {ord("\u3000"): " "} | {
    wide: wide - 0xFEE0 for wide in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_DOTS = str.maketrans(dict.fromkeys("•‧∙⋅・･．.﹒⸱⸳․ꞏㆍᆞ●◦", "·"))
_ONE_SPELLING = str.maketrans(dict.fromkeys("’ʼ＇‘", "'") | dict.fromkeys("‐‑", "-"))
# What chooses a glyph, a line's break or a direction comes along when text is copied, and is no
# letter: registries know none of it.
_UNSEEN = dict.fromkeys(
    (0xAD, 0x34F, *range(0x180B, 0x180F), *range(0x200B, 0x2010), *range(0x202A, 0x202F),
     *range(0x2060, 0x2070), *range(0xFE00, 0xFE10), 0xFEFF, *range(0xE0100, 0xE01F0))
)  # fmt: skip
# Letters by their category that nobody sees: fillers of Hangul, inherent vowels of Khmer.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u17b4\u17b5")
# By range and not by category, which knows only the characters of the Python that runs: ideographs
# of the first plane, all of the two planes given to them (Extensions B to J), and the zero 〇.
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_BETWEEN_HAN = re.compile(f"(?<=[{_HAN}]) (?=[{_HAN}])")
_IS_HAN = re.compile(f"[{_HAN}]")
_MARKS = frozenset({"Mn", "Mc"})
_LETTERS = frozenset({"Lo", "Lu", "Ll", "Lt", "Lm"})
_CASED = frozenset({"Lu", "Ll", "Lt", "Lm"})
_INSIDE = " ·-'.་"  # the last parts the syllables of Tibetan
_TOO_SHORT = "请填写证件上的完整姓名，至少 2 个字。"
_MOST_MARKS = 6
"""On one letter: a Tibetan stack has five."""


class WrongNameError(ValueError):
    """A name that cannot be right, with a sentence for the person."""


def without_unseen(text: str) -> str:
    """Return a text without what nobody sees of it and copying brings along; NFC, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text.translate(_UNSEEN)).split())


def folded(text: str) -> str:
    """Bring what somebody typed to the spelling of `normalise`, whether or not it can be a name.

    Full-width Latin letters and spaces become plain ones, apostrophes and hyphens one of each,
    spaces between ideographs go. Other compatibility forms are left alone: NFKC would turn
    characters of CJK Compatibility that stand on people's documents into others.
    """
    plain = text.translate(_UNSEEN).translate(_FULL_WIDTH).translate(_ONE_SPELLING)
    name = " ".join(unicodedata.normalize("NFC", plain).split())
    if any(_is_letter(char) and unicodedata.category(char) not in _CASED for char in name):
        name = name.translate(_DOTS)
        name = re.sub(r"(?: ?· ?)+", "·", name)
    return _BETWEEN_HAN.sub("", name)


def normalise(text: str) -> str:
    """Bring a name to one spelling: NFC, one kind of middle dot, single spaces.

    Raises WrongNameError where it is empty, too long, or holds what no name holds.
    """
    name = folded(text)
    if len(name) < 2:
        raise WrongNameError(_TOO_SHORT)
    if len(name) > LONGEST:
        raise WrongNameError(f"姓名最长 {LONGEST} 个字，请对照证件检查。")
    if not all(map(_may_stand, name)) or not _is_letter(name[0]) or name[-1] in "·-'":
        raise WrongNameError("姓名里有证件上不会出现的符号或数字，请照证件填写。")
    if re.search(f"m{{{_MOST_MARKS + 1},}}", "".join(map(_mark_or_not, name))):
        raise WrongNameError("一个字上的附加符号太多，请照证件填写。")
    if sum(map(_is_letter, name)) < 2:
        raise WrongNameError(_TOO_SHORT)
    return name


def _is_letter(char: str) -> bool:
    """Tell a letter or ideograph that is seen."""
    if _IS_HAN.match(char):
        return True
    return char not in _FILLERS and unicodedata.category(char) in _LETTERS


def _may_stand(char: str) -> bool:
    return char in _INSIDE or _is_letter(char) or unicodedata.category(char) in _MARKS


def _mark_or_not(char: str) -> str:
    return "m" if unicodedata.category(char) in _MARKS else "-"


def mask_name(name: str) -> str:
    """张*三, 张*, 阿*·*木: the first and the last character, stars between."""
    if len(name) < 3:
        return name[:1] + "*"
    return name[0] + "".join("·" if char == "·" else "*" for char in name[1:-1]) + name[-1]


def mask_number(number: str) -> str:
    """5101**********1234: the first four and the last four."""
    if len(number) <= 8:
        return "*" * len(number)
    return number[:4] + "*" * (len(number) - 8) + number[-4:]


def mask_phone(phone: str) -> str:
    """138****1234."""
    return phone[:3] + "****" + phone[-4:]
