"""People's names: one spelling for comparison, and the masked forms that may be shown."""

import re
import unicodedata

LONGEST = 60
_FULL_WIDTH = {ord("\u3000"): " "} | {
    wide: wide - 0xFEE0 for wide in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_DOTS = str.maketrans(dict.fromkeys("•‧∙⋅・･．.﹒⸱", "·"))


class WrongNameError(ValueError):
    """A name that cannot be right, with a sentence for the person."""


def folded(text: str) -> str:
    """Bring what somebody typed to the spelling of `normalise`, whether or not it can be a name.

    Full-width Latin letters and spaces become plain ones. Other compatibility forms are left
    alone: NFKC would turn characters of CJK Compatibility that stand on people's documents into
    others.
    """
    plain = text.translate(_FULL_WIDTH)
    name = " ".join(unicodedata.normalize("NFC", plain).split())
    if any(unicodedata.category(char) == "Lo" for char in name):
        name = name.translate(_DOTS)
        name = re.sub(r" ?· ?", "·", name)
    return name


def normalise(text: str) -> str:
    """Bring a name to one spelling: NFC, one kind of middle dot, single spaces.

    Raises WrongNameError where it is empty, too long, or holds what no name holds.
    """
    name = folded(text)
    if len(name) < 2:
        raise WrongNameError("请填写证件上的完整姓名，至少 2 个字。")
    if len(name) > LONGEST:
        raise WrongNameError(f"姓名最长 {LONGEST} 个字，请对照证件检查。")
    wrong = next((char for char in name if not _may_stand(char)), None)
    if wrong is not None or name[0] in "·-'" or name[-1] in "·-'":
        raise WrongNameError("姓名里有证件上不会出现的符号或数字，请照证件填写。")
    return name


def _may_stand(char: str) -> bool:
    return char in " ·-'.’" or unicodedata.category(char) in {
        "Lo",
        "Lu",
        "Ll",
        "Lt",
        "Lm",
        "Mn",
        "Mc",
    }


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
