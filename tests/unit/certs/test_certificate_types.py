"""Kinds of certificate are data: what the table may say, and what it keeps from being issued."""

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.certs.providers import artwork
from app.certs.providers.type_table import FILE, read_types
from app.certs.rules import types
from app.certs.rules.types import FIELDS, LAYOUTS, TypeFlawError, Validity, table_of
from tests import papers

FOLDER = Path(__file__).parents[3] / "reference"
GIVEN: dict[str, Any] = tomllib.loads((FOLDER / FILE).read_text(encoding="utf-8"))
TABLE = read_types(FOLDER)
OURS = [kind.name for kind in TABLE.kinds if types.refusal_of(kind, kind.name) is None]


def _changed(code: str, /, **changes: Any) -> dict[str, Any]:
    """The table with one kind changed; None takes a field away."""
    found = copy.deepcopy(GIVEN)
    [row] = [row for row in found["certificate_types"] if row["code"] == code]
    for name, value in changes.items():
        row.pop(name, None)
        if value is not None:
            row[name] = value
    return found


def test_three_kinds_are_issued_here_and_each_names_its_source() -> None:
    assert OURS == ["在线培训证书", "培训合格证书", "行业安全技能培训合格证书"]
    assert all(kind.source.document for kind in TABLE.kinds)


def test_the_uniform_certificate_has_its_fields_in_their_order_and_the_number_masked() -> None:
    kind = TABLE.named("培训合格证书")
    assert kind is not None
    uniform = ["number", "name", "identity_masked", "course", "period", "institution", "issued_on"]
    assert [line.field for line in kind.lines if line.field in uniform] == uniform
    page = papers.page(kind.name)
    assert ["证件号码", "居民身份证 5101**********0028"] in list(page["lines"])  # type: ignore[call-overload]


def test_the_safety_certificate_ends_and_says_what_is_due_then() -> None:
    kind = TABLE.named("行业安全技能培训合格证书")
    assert kind is not None
    assert (kind.validity, types.months_of(kind, None), types.months_of(kind, 24)) == (
        Validity.REQUIRED, 36, 24
    )  # fmt: skip
    assert [label for label, _ in papers.page(kind.name)["lines"]][-1] == "复审"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "name", ["职业资格证书", "职业技能等级证书", "专项职业能力证书", "特种作业操作证书"]
)
def test_national_certificates_are_not_ours_to_issue(name: str) -> None:
    said = types.refusal_of(TABLE.named(name), name)
    assert said is not None
    assert f"{name}由" in said
    assert "不归本平台签发" in said


def test_hours_in_person_cannot_be_earned_on_line() -> None:
    said = types.refusal_of(TABLE.coded("safety_in_person"), "")
    assert said is not None
    assert "线下学时不少于 30 %" in said
    assert "没有“学位证书”" in (types.refusal_of(TABLE.named("学位证书"), "学位证书") or "")


@pytest.mark.parametrize("name", ["在线培训证书", "行业安全技能培训合格证书"])
def test_a_validity_that_the_kind_does_not_know_is_refused(name: str) -> None:
    kind = TABLE.named(name)
    assert kind is not None
    wrong, right = (12, None) if kind.validity is Validity.FORBIDDEN else (None, 12)
    assert name in (types.validity_refusal(kind, wrong) or "")
    assert types.validity_refusal(kind, right) is None


@pytest.mark.parametrize(
    ("code", "changes", "field"),
    [
        ("online_training", {"name": "培训合格证书"}, "[1].name"),
        ("online_training", {"code": "training_completion"}, "[1].code"),
        ("online_training", {"issued_here": 1}, "[0].issued_here"),
        ("online_training", {"training": "fun"}, "[0].training"),
        ("online_training", {"source": None}, "[0].source"),
        ("online_training", {"colour": "red"}, "[0].colour"),
        ("online_training", {"layout": "poster"}, "[0].layout"),
        ("online_training", {"lines": [{"field": "shoe", "label": "鞋码"}]}, "[0].lines"),
        ("online_training", {"lines": [{"field": "hours"}]}, "[0].lines[0]"),
        ("online_training", {"lines": [{"field": "hours", "label": "学时"}] * 2}, "[0].lines"),
        ("online_training", {"validity_months": 12}, "[0].validity_months"),
        ("online_training", {"retraining": "复审"}, "[0].retraining"),
        ("training_completion", {"lines": [{"field": "name", "label": "姓名"}]}, "[1].lines"),
        ("safety_completion", {"validity_months": None}, "[2].validity_months"),
        ("safety_completion", {"lines": [{"field": "hours", "label": "学时"}]}, "[2].lines"),
        ("safety_in_person", {"in_person_percent": 101}, "[3].in_person_percent"),
        ("skill_level", {"layout": "statement"}, "layout"),
    ],
)
def test_what_is_wrong_in_the_table_is_named_by_field(
    code: str, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(TypeFlawError) as raised:
        table_of(_changed(code, **changes))
    assert field in raised.value.field


def test_a_table_that_cannot_be_read_is_a_flaw_too(tmp_path: Path) -> None:
    with pytest.raises(TypeFlawError):
        read_types(tmp_path)
    with pytest.raises(TypeFlawError):
        table_of({})


@given(st.lists(st.sampled_from(sorted(FIELDS)), unique=True), st.sampled_from(sorted(LAYOUTS)))
def test_whatever_is_taken_says_who_what_when_and_by_whom(fields: list[str], layout: str) -> None:
    lines = [{"field": field, "label": "某项"} for field in fields]
    try:
        table = table_of(_changed("training_completion", lines=lines, layout=layout))
    except TypeFlawError:
        return
    kind = table.coded("training_completion")
    assert kind is not None
    stated = LAYOUTS[layout] | {line.field for line in kind.lines}
    assert stated >= {
        "number",
        "name",
        "course",
        "period",
        "institution",
        "issued_on",
        "expires_on",
    }
    assert stated & {"identity", "identity_masked"}


@pytest.mark.parametrize("name", OURS)
def test_every_kind_can_be_drawn_and_its_code_read_with_the_longest_names(name: str) -> None:
    page = papers.page(name) | {"address": "https://shixue.example", "qr": papers.code()}
    long = {"name": "阿卜杜" * 20, "course": "甲" * 120, "institution": "某" * 120}
    lines = [[label, "长" * 120] for label, _ in page["lines"]]  # type: ignore[attr-defined]
    for facts in (page, page | long | {"lines": lines}):
        assert artwork.read_codes(artwork.draw_png(facts)) == [papers.VECTOR["text"]]
        assert artwork.draw_pdf(facts).startswith(b"%PDF-")
