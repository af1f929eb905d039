"""The archive of a class: what is signed names nobody, and binds every name that stands beside."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from app.org.rules import class_archive as rules
from app.org.rules.class_archive import ArchiveFacts, Holder, MemberFact, StudyFact, UnitFact
from app.org.rules.class_sheets import as_content, sheets_of

AT = dt.datetime(2026, 12, 20, 10, tzinfo=dt.UTC)
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1, max_size=8)
HOLDERS = st.builds(
    Holder, name=NAMES, masked_number=st.just("510***********0028"),
    salt=st.binary(min_size=16, max_size=16).map(bytes.hex),
)  # fmt: skip
STUDY = StudyFact(
    course_id="0" * 26, title="安全用电", hour_s=2700, required_ms=60_000, confirmed_ms=59_999,
    pending_ms=1, stated_hours="0.02", score="", passed=False, completed_on="", certificate="",
    policy="p1", entries=3, evidence="e" * 64, position=-1,
)  # fmt: skip
UNIT = UnitFact(
    number=1, day="2026-11-24", starts="14:00", minutes=90, topic="急救", place="实训室", came=1
)


def _facts(holders: list[Holder]) -> ArchiveFacts:
    members = tuple(
        MemberFact(
            holder=rules.holder_hash(each), source="self", joined_on="2026-11-24",
            attended=(1,), courses=(STUDY,),
        )
        for each in holders
    )  # fmt: skip
    return ArchiveFacts(
        class_id="1" * 26, title="电工班", summary="", organisation="学校", uscc="x",
        starts_on="2026-11-24", ends_on="2026-12-20", capacity=30, contract="", price_yuan=0,
        applied_at=rules.moment(AT), approved_at=rules.moment(AT), decision="齐全",
        closed_at=rules.moment(AT), open_reason="", courses=("安全用电",), teachers=(),
        units=(UNIT,), changes=(), members=members,
    )  # fmt: skip


def _stated(holders: list[Holder]) -> dict:
    return rules.statement(_facts(holders), operator="实学", made_at=AT, checkpoint="")


def _beside(holder: Holder) -> dict[str, str]:
    return {
        "holder": rules.holder_hash(holder), "name": holder.name,
        "masked_number": holder.masked_number, "salt": holder.salt,
    }  # fmt: skip


@given(st.lists(HOLDERS, min_size=1, max_size=4, unique_by=lambda each: each.salt), st.data())
def test_every_name_is_bound_and_another_one_is_noticed(
    holders: list[Holder], data: st.DataObject
) -> None:
    stated = _stated(holders)
    beside = [_beside(each) for each in holders]
    assert rules.names_agree(stated, beside)
    assert rules.names_agree(stated, beside[1:])  # who has left is named no more
    place = data.draw(st.integers(0, len(holders) - 1))
    field = data.draw(st.sampled_from(["name", "masked_number", "salt", "holder"]))
    wrong = [dict(each) for each in beside]
    wrong[place][field] += "0"
    assert not rules.names_agree(stated, wrong)
    assert not rules.names_agree(stated, [*beside, beside[place]])
    assert not rules.names_agree(_stated(holders[:place] + holders[place + 1 :]), beside)


@given(st.lists(HOLDERS, max_size=3, unique_by=lambda each: each.salt))
def test_what_is_signed_is_canonical_and_names_nobody(holders: list[Holder]) -> None:
    stated = _stated(holders)
    text = rules.text_of(stated)
    assert rules.text_of(dict(reversed(list(stated.items())))) == text
    assert "510***" not in text
    assert all(each.salt not in text for each in holders)
    assert rules.digest_of(text) != rules.digest_of(text + " ")
    assert rules.is_archive({"statement": stated})
    assert not rules.is_archive({"statement": {"format": "shixue-proof-2"}})


@given(st.lists(HOLDERS, max_size=3, unique_by=lambda each: each.salt))
def test_tables_and_paper_have_a_row_for_everybody(holders: list[Holder]) -> None:
    stated = _stated(holders)
    people = {rules.holder_hash(each): (each.name, each.masked_number) for each in holders[1:]}
    sheets = {title: rows for title, _, rows in sheets_of(stated, people, ["周敏"], "d" * 64)}
    told = [row[1] for row in sheets["学员和成绩"][1:]]
    assert told == [people.get(rules.holder_hash(each), ("（已注销）",))[0] for each in holders]
    for rows in sheets.values():
        assert {len(row) for row in rows} == {len(rows[0])}
    content = as_content(stated, people, ["周敏"])
    assert [row[1] for row in content["people"]] == told
