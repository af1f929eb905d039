"""Rosters of the tests: people by number, tables as xlsx and CSV, and handing one over."""

import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from starlette.testclient import TestClient

from app.identity.rules.id_number import check_letter
from tests.people import csrf

HEAD = ("姓名", "证件号码", "证件类型", "部门", "岗位", "标签")
_FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲红建国志"


def number_of(place: int) -> str:
    """The document number of the person at a place; no two are alike up to 900,000."""
    year, rest = 1960 + place // 25_000 % 36, place % 25_000
    day, serial = rest // 900, rest % 900
    body = f"510101{year}{1 + day // 28:02d}{1 + day % 28:02d}{serial + 100:03d}"
    return body + check_letter(body)


def name_of(place: int) -> str:
    """A name; many people have the same."""
    return (
        _FAMILY[place % len(_FAMILY)] + _GIVEN[place // 7 % len(_GIVEN)]
        + _GIVEN[place // 211 % len(_GIVEN)]
    )  # fmt: skip


def line_of(place: int) -> tuple[str, ...]:
    return name_of(place), number_of(place), "", f"{place % 40 + 1} 车间", "装配工"


def as_xlsx(lines: Iterable[Sequence[str | float]]) -> bytes:
    """A table with the heading, row by row, so that a long one takes no memory."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate([HEAD, *lines] if isinstance(lines, list) else _all(lines)):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell)
    return target.getvalue()


def _all(lines: Iterable[Sequence[str | float]]) -> Iterable[Sequence[str | float]]:
    yield HEAD
    yield from lines


def as_csv(lines: Iterable[Sequence[str]], encoding: str = "utf-8") -> bytes:
    return "\r\n".join(",".join(line) for line in (HEAD, *lines)).encode(encoding)


def hand_over(client: TestClient, content: bytes, name: str = "名单.xlsx") -> dict:
    answer = client.post(
        "/api/v1/org/imports", params={"name": name}, content=content, headers=csrf(client)
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def counts(standing: dict) -> dict[str, int]:
    names = ("lines", "fresh", "changed", "unchanged", "faulty")
    return {name: standing[name] for name in names if standing[name]}
