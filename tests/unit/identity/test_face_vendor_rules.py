"""Every code that the vendors document, as a table; whatever else they say is never a pass."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.providers.account import Answer, Call, VendorAccount
from app.identity.providers.face_vendors import (
    AliyunFaces,
    FaceAsk,
    FaceTrip,
    TencentFaces,
    VendorFaces,
)
from app.identity.rules import face_vendors as rules
from app.identity.rules.documents import DocumentType
from app.identity.rules.face_decisions import FaceOutcome, Liveness
from app.identity.rules.face_vendors import AliyunResult, FaceVendorKind, TencentResult

ASK = FaceAsk(order_no="0" * 32, name="李晓梅", number="510101198803070028", return_url="")
TENCENT = {
    FaceOutcome.PASSED: {0},
    FaceOutcome.FAILED: {
        16, 301, 1002, 1003, 1005, 1103, 1109, 1207, 1208, 1209, 1301, 1302, 1401, 2011, 2015, 2016,
    },
    FaceOutcome.UNCERTAIN: {302, 2002, 2003, 2005, 2006, 2007, 2008, 2009},
    FaceOutcome.RETRY: {
        15, 17, 201, 202, 303, 1004, 1008, 1101, 1102, 1104, 1105, 1106, 1107, 1108, 1201, 1202,
        1203, 1204, 1205, 1206, 1210, 1303, 2004, 2010, 2012, 2013, 2014,
    },
    FaceOutcome.PROVIDER_ERROR: {
        1, 2, 3, 4, 8, 10, 12, 13, 14, 203, 204, 1001, 1006, 1007, 2001, 2017,
    },
}  # fmt: skip
ALIYUN = {
    "200": FaceOutcome.PASSED, "201": FaceOutcome.UNCERTAIN, "202": FaceOutcome.UNCERTAIN,
    "203": FaceOutcome.UNCERTAIN, "204": FaceOutcome.FAILED, "205": FaceOutcome.FAILED,
    "206": FaceOutcome.UNCERTAIN, "207": FaceOutcome.FAILED, "209": FaceOutcome.PROVIDER_ERROR,
    "210": FaceOutcome.UNCERTAIN,
}  # fmt: skip
CALLS = {
    FaceOutcome.RETRY: {"403", "424", "414", "415", "416", "418"},
    FaceOutcome.UNCERTAIN: {"427", "417"},
    FaceOutcome.PROVIDER_ERROR: {"400", "401", "402", "404", "406", "410", "411", "412", "500"},
}


def _tencent(code: int | None, **changes: object) -> FaceOutcome:
    sound: dict[str, Any] = {"live": 0, "compared": 0, "likeness": 94.3, "is_ours": True} | changes
    return rules.judge_tencent(TencentResult(code=code, **sound)).outcome


def _text(**changes: object) -> dict:
    return {
        "ErrCode": 0, "LiveStatus": 0, "Comparestatus": 0, "Sim": "94.30", "Extra": ASK.order_no,
        "IdCard": ASK.number, "Name": ASK.name,
    } | changes  # fmt: skip


@pytest.mark.parametrize("outcome", FaceOutcome)
def test_every_code_of_tencent_has_its_outcome(outcome: FaceOutcome) -> None:
    found = {code for code, said in rules.TENCENT.items() if said.outcome is outcome}
    assert found == TENCENT.get(outcome, set())
    for code in found:
        assert _tencent(code) is outcome


def test_every_code_of_aliyun_has_its_outcome() -> None:
    assert {code: said.outcome for code, said in rules.ALIYUN_RESULTS.items()} == ALIYUN
    for code, outcome in ALIYUN.items():
        passed = "T" if code in {"200", "210"} else "F"
        result = AliyunResult(code="200", passed=passed, sub_code=code)
        assert rules.judge_aliyun(result).outcome is outcome
    for outcome, codes in CALLS.items():
        for code in codes:
            assert rules.judge_aliyun(AliyunResult(code=code)).outcome is outcome
    assert rules.ALIYUN_CALLS.keys() == set().union(*CALLS.values())


def test_each_but_the_pass_says_something_to_the_person() -> None:
    every = (*rules.TENCENT.values(), *rules.ALIYUN_RESULTS.values(), *rules.ALIYUN_CALLS.values())
    for said in every:
        assert bool(said.sentence) is (said.outcome is not FaceOutcome.PASSED)
        assert not said.sentence.endswith("。")


@pytest.mark.parametrize(
    "change",
    [
        {"live": None}, {"live": 1}, {"compared": None}, {"compared": 2016}, {"likeness": None},
        {"likeness": 69.99}, {"likeness": 100.1}, {"is_ours": False},
    ],
)  # fmt: skip
def test_a_pass_that_is_not_one_in_every_member_is_an_error(change: dict) -> None:
    assert _tencent(0, likeness=70.0) is FaceOutcome.PASSED
    assert _tencent(0, **change) is FaceOutcome.PROVIDER_ERROR


def test_an_answer_about_somebody_else_decides_nothing() -> None:
    for code in rules.TENCENT:
        assert _tencent(code, is_ours=False) is FaceOutcome.PROVIDER_ERROR


@pytest.mark.parametrize(
    ("passed", "sub_code"),
    [("T", "204"), ("F", "200"), ("T", None), (None, "200"), ("t", "200"), ("F", "210"), ("T", "")],
)
def test_aliyun_against_itself_is_an_error(passed: str | None, sub_code: str | None) -> None:
    result = AliyunResult(code="200", passed=passed, sub_code=sub_code)
    assert rules.judge_aliyun(result).outcome is FaceOutcome.PROVIDER_ERROR


def test_a_found_attack_outweighs_a_pass() -> None:
    result = AliyunResult(code="200", passed="T", sub_code="200", is_attack=True)
    assert rules.judge_aliyun(result).outcome is FaceOutcome.FAILED


LEAVES = st.sampled_from(
    [0, 0.0, "0", True, False, None, "", "T", "F", "200", 200, 94.3, "94.3", "nan", "inf", -1, 70,
     ASK.order_no, ASK.number, ASK.name, []]
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(sorted(_text())), LEAVES))
def test_nothing_but_the_documented_pass_of_tencent_passes(changes: dict) -> None:
    text = _text(**changes)
    decision = TencentFaces("1").judged({"Text": text}, ASK)
    zeros = [text[name] for name in ("ErrCode", "LiveStatus", "Comparestatus")]
    is_zero = all(type(value) is int and value == 0 for value in zeros)
    is_alike = type(text["Sim"]) is not bool and text["Sim"] in (70, 94.3, "94.3", "94.30")
    named = (text["Extra"], text["IdCard"], text["Name"])
    is_ours = named == (ASK.order_no, ASK.number, ASK.name)
    assert (decision.outcome is FaceOutcome.PASSED) is (is_zero and is_alike and is_ours)
    assert (decision.liveness is Liveness.CERTIFIED) is (decision.outcome is FaceOutcome.PASSED)


RESULT = {"Passed": "T", "SubCode": "200", "MaterialInfo": json.dumps({"faceAttack": "F"})}


@given(
    st.dictionaries(st.sampled_from(sorted(RESULT)), LEAVES),
    st.sampled_from(["200", 200, None, "OK", "424"]),
)
def test_nothing_but_the_documented_pass_of_aliyun_passes(changes: dict, code: object) -> None:
    result = RESULT | changes
    decision = AliyunFaces("1").judged({"Code": code, "ResultObject": result}, ASK)
    is_said = (code, result["Passed"], result["SubCode"]) == ("200", "T", "200")
    is_pass = is_said and result["MaterialInfo"] in (None, "", RESULT["MaterialInfo"])
    assert (decision.outcome is FaceOutcome.PASSED) is is_pass


@pytest.mark.parametrize(
    "material",
    [
        "[" * 60_000, "{", "[]", "1", 1, ["T"], '{"faceAttack": true}', '{"faceAttack": "t"}',
        '{"faceAttack": ["T"]}', '{"faceAttack": null}', '{"faceAttack": "F"',
    ],
)  # fmt: skip
def test_pass_whose_word_about_an_attack_cannot_be_read_is_none(material: object) -> None:
    result = RESULT | {"MaterialInfo": material}
    decision = AliyunFaces("1").judged({"Code": "200", "ResultObject": result}, ASK)
    assert (decision.outcome, decision.liveness) == (FaceOutcome.PROVIDER_ERROR, Liveness.NONE)


@pytest.mark.parametrize("score", [10**400, "1e2", "９９", "9_9", " 99 ", "nan", "-1", [99], True])
def test_score_that_is_no_number_is_left_out(score: object) -> None:
    scores = {"faceAttack": "F", "facialPictureFront": {"verifyScore": score, "qualityScore": 88}}
    result = RESULT | {"MaterialInfo": json.dumps(scores)}
    decision = AliyunFaces("1").judged({"Code": "200", "ResultObject": result}, ASK)
    assert (decision.outcome, decision.score) == (FaceOutcome.PASSED, None)
    assert decision.quality == 88
    tencent = TencentFaces("1").judged({"Text": _text(Sim=score)}, ASK)
    assert (tencent.outcome, tencent.score) == (FaceOutcome.PROVIDER_ERROR, None)


@pytest.mark.parametrize("code", [10**400, -(10**10), "0", True])
def test_code_that_is_none_is_an_error(code: object) -> None:
    decision = TencentFaces("1").judged({"Text": _text(ErrCode=code)}, ASK)
    assert (decision.outcome, decision.code) == (FaceOutcome.PROVIDER_ERROR, "None")


@pytest.mark.parametrize(
    "url",
    [
        "https://user:pw@vendor.example/", "https://user@vendor.example/", "https://vendor\n.evil/",
        "https://vendor.example/\x00", "https://vendor.example/ x", "https://vendor.example\\@evil/",
        "https://核身.example/", "https:///x", "https://[::1", "https://vendor.example:99999/",
        "javascript://vendor.example/%0aalert(1)", "//vendor.example/", "",
    ],
)  # fmt: skip
def test_page_of_another_kind_is_nowhere_to_send_anybody(url: str) -> None:
    assert _begun(url) is rules.UNKNOWN
    assert isinstance(_begun("https://vendor.example:8443/h5?t=a%20b#x"), FaceTrip)


@dataclass(frozen=True, slots=True)
class _Answers:
    """An account whose vendor answers this."""

    content: dict[str, Any]
    source: str = "tencent"

    def ask(self, _call: Call, *, now: dt.datetime) -> Answer:
        del now
        return Answer(self.content, "t", ())


def _begun(url: str) -> FaceTrip | rules.Said:
    account = cast("VendorAccount", _Answers({"BizToken": "b", "Url": url}))
    now = dt.datetime(2026, 11, 27, tzinfo=dt.UTC)
    return VendorFaces(account, TencentFaces("1")).start(ASK, now=now)


@pytest.mark.parametrize("content", [{}, {"Text": None}, {"Text": []}, {"ResultObject": "T"}])
def test_an_answer_of_another_shape_is_an_error(content: dict) -> None:
    for vendor in (TencentFaces("1"), AliyunFaces("1")):
        assert vendor.judged(content, ASK).outcome is FaceOutcome.PROVIDER_ERROR


@pytest.mark.parametrize("kind", FaceVendorKind)
def test_only_documents_that_a_vendor_documents_are_taken(kind: FaceVendorKind) -> None:
    taken = {each for each in DocumentType if rules.takes(kind, each, "陈港生")}
    wanted = {DocumentType.RESIDENT_ID}
    wanted |= {DocumentType.RESIDENCE_PERMIT} if kind is FaceVendorKind.TENCENT else set()
    assert taken == wanted
    assert not rules.takes(kind, DocumentType.RESIDENT_ID, "名" * 33)
