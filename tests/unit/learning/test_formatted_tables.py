"""A table whose empty cells are only formatted is as large as what stands in it."""

import io
import zipfile

import pytest

from app.learning.providers.item_files import unpack
from app.learning.rules.item_sheet import EXAMPLES
from app.learning.services import bank_files


def _with_rows(rows: str) -> bytes:
    """The template with more rows behind its own."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(bank_files.template())) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/worksheets/"):
                end = b"</sheetData>"
                assert end in content
                content = content.replace(end, rows.encode() + end)
            copy.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1048576"><c r="A1048576" s="0"/></row>',
        '<row r="900"><c r="XFD900" s="0"/></row>',
        "".join(
            f'<row r="{n}"><c r="A{n}" s="0"/><c r="B{n}" s="0"/></row>' for n in range(900, 20_900)
        ),
    ],
    ids=["last-row", "last-column", "borders"],
)
def test_what_is_only_formatted_takes_no_room(rows: str) -> None:
    table = unpack(_with_rows(rows))
    assert isinstance(table, list)
    filled = [row for row in table if any(row)]
    assert len(filled) == 1 + len(EXAMPLES)
    assert len(table) < 30
