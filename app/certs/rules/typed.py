"""What is typed at 证书查询 and needs no look-up to be told wrong: so it is no try either."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

from app.certs.rules import scan

MOST_NUMBER: Final = 60
MOST_NAME: Final = 120
_ADDRESS: Final = re.compile(r"https?:|.*/v/", re.IGNORECASE | re.DOTALL)
_SCHEME: Final = re.compile(r"https?:", re.IGNORECASE)
_DIGITS: Final = re.compile(r"#?[0-9]{40,}")
"""No number of a paper has so many; a whole code has hundreds."""
_HAN: Final = "\u3400-\u9fff"
_MASKS: Final = re.compile(f"[*×●○✱∗]|(?<=[{_HAN}])[xX]+(?=[{_HAN}]|$)")
"""Stars of every keyboard, and an x where a character stood; `Max` is a name."""
_NUMBER_INSTEAD: Final = "请填证书名称下面那个 ZZ51 开头的编号"


@dataclass(frozen=True, slots=True)
class Slip:
    """`field`: where it was typed; `code` says in a word what it is instead."""

    field: Literal["number", "name"]
    code: str
    message: str
    remedy: str

    @property
    def sentence(self) -> str:
        return f"{self.message}{self.remedy}。"


def is_code(text: str) -> bool:
    """Tell whether it is the digits of a code, or a good part of them, without their address."""
    return _DIGITS.fullmatch(_plain(text)) is not None


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def slip_of(number: str, name: str, *, hosts: Collection[str]) -> Slip | None:
    """The first thing that cannot be meant; it tells nothing about any certificate.

    `hosts` are those of our addresses, of today and before: to no other does an answer lead on.
    """
    if _ADDRESS.match(_plain(number)):
        return _address(number, hosts)
    if is_code(number):
        remedy = f"请直接扫证书上的方块码；要按编号查，{_NUMBER_INSTEAD}"
        return Slip("number", "a_code", "这是方块码里的一串数字，不是证书编号。", remedy)
    if len(number) > MOST_NUMBER:
        return Slip("number", "too_long", "证书编号太长。", _NUMBER_INSTEAD)
    if len(name) > MOST_NAME:
        return Slip("name", "too_long", "持证人姓名太长。", "请照证书重新填")
    if mask := _MASKS.search(_plain(name)):
        remedy = "请向持证人问清全名，填写完整姓名"
        return Slip("name", "masked_name", f"姓名里有“{mask[0]}”：纸面上隐去了几个字。", remedy)
    return None


def _address(typed: str, hosts: Collection[str]) -> Slip:
    """Ours only as it was typed: what full-width signs are to a browser is not for us to guess."""
    if scan.typed_host(typed.strip()) in hosts:
        remedy = f"要打开它，请粘贴到浏览器的地址栏；要按编号查，{_NUMBER_INSTEAD}"
        return Slip("number", "an_address", "这是网址，不是证书编号。", remedy)
    plain = _plain(typed)
    begin = _SCHEME.search(plain)
    host = scan.told_host(scan.typed_host(plain[begin.start() :] if begin else plain))
    is_foreign = bool(host) and host not in hosts
    says = "这不是本平台的网址" if is_foreign else "这段网址看不出是本平台的"
    remedy = f"请不要打开它；请在“查验证书”页扫纸上的方块码，要按编号查，{_NUMBER_INSTEAD}"
    return Slip("number", "foreign_address", f"{says}，也不是证书编号。", remedy)
