"""The archive of a class, read by the stand-alone verifier: each alteration has its own answer."""

import copy
import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.certs.rules.numbers import make_number
from app.core.crypto import b64url
from app.core.signatures import SigningKey
from app.org.rules import class_archive as rules
from app.org.rules.class_archive import ArchiveFacts, Holder, MemberFact, StudyFact, UnitFact
from tests import papers_off_line
from verifier import __main__ as program
from verifier.issuer import Issuer
from verifier.log_proofs import RejectedError, read_key
from verifier.periods import Period
from verifier.pinned import Pinned
from verifier.recipe import verify_certificate

AT = dt.datetime(2026, 12, 20, 10, tzinfo=dt.UTC)
KEY = SigningKey("0a0b0c0d", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = SigningKey("0f0e0d0c", Ed25519PrivateKey.from_private_bytes(bytes(32)))
PEOPLE = [
    Holder(name=name, masked_number=f"510***********{place:04}", salt=f"{place:032x}")
    for place, name in enumerate(("钱磊", "赵红", "欧阳建国"))
]
STUDY = StudyFact(
    course_id="0" * 26, title="安全用电", hour_s=2700, required_ms=60_000, confirmed_ms=90_000,
    pending_ms=0, stated_hours="0.03", score="85", passed=True, completed_on="2026-12-01",
    certificate=make_number(2026, 7), policy="p1", entries=3, evidence="e" * 64, position=3,
)  # fmt: skip
UNITS = tuple(
    UnitFact(number=number, day="2026-11-24", starts="14:00", minutes=90, topic="急救",
             place="实训室", came=came)
    for number, came in ((1, 3), (2, -1))
)  # fmt: skip
CHECKPOINT = papers_off_line.vectors()["record"]["log"]["checkpoint"]
File = dict[str, Any]


def _file(key: SigningKey = KEY, change: Callable[[File], object] = lambda _: None) -> File:
    """What the house gives out; `change` alters the statement before it is signed."""
    members = tuple(
        MemberFact(
            holder=rules.holder_hash(each), source="self", joined_on="2026-11-24", attended=(1,),
            courses=(replace(STUDY, position=place),),
        )
        for place, each in enumerate(PEOPLE)
    )  # fmt: skip
    facts = ArchiveFacts(
        class_id="1" * 26, title="电工班", summary="", organisation="学校", uscc="x",
        starts_on="2026-11-24", ends_on="2026-12-20", capacity=30, contract="", price_yuan=0,
        applied_at=rules.moment(AT), approved_at=rules.moment(AT), decision="齐全",
        closed_at=rules.moment(AT), open_reason="", courses=("安全用电",), teachers=(),
        units=UNITS, changes=(), members=members,
    )  # fmt: skip
    stated = rules.statement(facts, operator="实学", made_at=AT, checkpoint=CHECKPOINT)
    change(stated)
    signature = b64url(key.sign(rules.message_of(rules.text_of(stated))))
    names = [
        {"holder": rules.holder_hash(each), "name": each.name,
         "masked_number": each.masked_number, "salt": each.salt}
        for each in PEOPLE
    ]  # fmt: skip
    return {"statement": stated, "names": names, "key_id": key.key_id, "signature": signature}


def _pinned(**more: Any) -> Pinned:
    issuer = Issuer("did:web:shixue.example", {})
    return Pinned(issuer, archive_keys={KEY.key_id: KEY.public_key}, **more)


def _verify(file: File, pinned: Pinned | None = None) -> str:
    told: list[str] = []
    content = json.dumps(file, ensure_ascii=False).encode()
    verify_certificate(content, pinned or _pinned(), now=AT, say=told.append)
    return "\n".join(told)


def test_a_whole_one_holds_and_says_whom_it_is_about() -> None:
    told = _verify(_file())
    for each in (
        "电工班",
        "钱磊 510***********0000",
        STUDY.certificate,
        "安全用电 0.03",
        "3 people",
    ):
        assert each in told
    assert rules.digest_of(rules.text_of(_file()["statement"])) in told
    assert "no key of the log is pinned" in told


def test_who_deleted_their_account_is_named_no_more() -> None:
    file = _file()
    del file["names"][0]
    told = _verify(file)
    assert "钱磊" not in told
    assert "(deleted their account)" in told


def test_the_log_of_its_checkpoint_is_looked_at_where_a_key_is_pinned() -> None:
    keys = (read_key(papers_off_line.vectors()["log_keys"][0]),)
    assert "no checkpoint is pinned" in _verify(_file(), _pinned(keys=keys))

    def behind(stated: File) -> None:
        stated["members"][0]["courses"][0]["position"] = papers_off_line.SIZE

    with pytest.raises(RejectedError, match=r"step 6 \(log\): an entry's place lies behind"):
        _verify(_file(change=behind), _pinned(keys=keys))

    def torn(stated: File) -> None:
        stated["checkpoint"] = CHECKPOINT.replace("\n7\n", "\n8\n")

    with pytest.raises(RejectedError, match=r"step 6 \(log\)"):
        _verify(_file(change=torn), _pinned(keys=keys))


OUTSIDE: list[tuple[Callable[[File], object], str]] = [
    (lambda f: f["statement"].update(title="焊工班"), r"step 3 \(signature\)"),
    (lambda f: f["statement"]["members"][1]["courses"][0].update(stated_hours="80"), "step 3"),
    (lambda f: f["statement"]["members"].pop(), "step 3"),
    (lambda f: f["statement"]["units"][1].update(came=2), "step 3"),
    (lambda f: f.update(signature=f["signature"][:-2] + "AA"), "step 3"),
    (lambda f: f.update(key_id="01020304"), r"step 2 \(key\)"),
    (lambda f: f.update(key_id=["0a0b0c0d"]), r"step 2 \(key\)"),
    (lambda f: f["statement"].update(format="shixue-class-9"), "of a form that this verifier"),
    (lambda f: f.update(more=1), "step 0.*no archive of the platform holds"),
    (lambda f: f.pop("names"), "step 0"),
    (lambda f: f["names"][0].update(name="孙磊"), r"step 4 \(holder\)"),
    (lambda f: f["names"][0].update(masked_number="510***********9999"), "step 4"),
    (lambda f: f["names"].append(dict(f["names"][0])), "step 4.*twice"),
    (lambda f: f["names"][0].update(salt="0" * 31 + "9"), "step 4"),
    (lambda f: f["names"][0].update(more="x"), "step 4"),
    (lambda f: f["names"][0].update(name=7), "step 4"),
]


@pytest.mark.parametrize(("change", "why"), OUTSIDE)
def test_what_is_altered_afterwards(change: Callable[[File], object], why: str) -> None:
    file = copy.deepcopy(_file())
    change(file)
    with pytest.raises(RejectedError, match=why):
        _verify(file)


SIGNED: list[tuple[Callable[[File], object], str]] = [
    (lambda s: s.update(people=4), r"step 7 \(agreement\): its people"),
    (lambda s: s["members"].append(s["members"][0]), "step 7.*its people"),
    (lambda s: s["units"][0].update(came=2), "step 7.*more came to unit 1"),
    (lambda s: s["members"][0].update(attended=[1, 2]), "step 7.*more came to unit 2"),
    (lambda s: s["members"][0].update(attended=[1, 7]), "step 7.*a unit that is not in it"),
    (
        lambda s: s["members"][1]["courses"][0].update(certificate="ZZ51510100202600000717"),
        "step 5",
    ),
    (lambda s: s["members"].clear(), "step 4"),
    (lambda s: s.pop("made_at"), "step 0"),
]


@pytest.mark.parametrize(("change", "why"), SIGNED)
def test_what_somebody_with_the_key_makes_up(change: Callable[[File], object], why: str) -> None:
    with pytest.raises(RejectedError, match=why):
        _verify(_file(change=change))


def test_by_another_key_under_our_name() -> None:
    with pytest.raises(RejectedError, match="step 3"):
        _verify(_file(OTHER) | {"key_id": KEY.key_id})


def test_its_key_has_its_time() -> None:
    ended = {KEY.key_id: Period(None, AT)}
    assert "电工班" in _verify(_file(), _pinned(archive_periods=ended))
    late = {KEY.key_id: Period(None, AT - dt.timedelta(seconds=1))}
    with pytest.raises(RejectedError, match=r"step 2 \(key\).*not signed in its key's time"):
        _verify(_file(), _pinned(archive_periods=late))


def test_the_program_reads_it_with_the_published_keys(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "pinned"
    folder.mkdir()
    did = (Path(__file__).parents[2] / "golden" / "did-1.json").read_bytes()
    (folder / "did.json").write_bytes(did)
    listed = {"key_id": KEY.key_id, "public_key": b64url(KEY.public_key), "used_from": None,
              "used_until": "2026-12-20T10:00:00Z"}  # fmt: skip
    (folder / "archive-keys.json").write_text(json.dumps([listed]), "utf-8")
    file = tmp_path / "archive.json"
    file.write_text(json.dumps(_file(), ensure_ascii=False), "utf-8")
    command = ["verify-certificate", str(file), "--pinned", str(folder)]
    assert program.main(command) == 0
    assert "电工班" in capsys.readouterr().out
    listed["used_until"] = "2026-12-20T09:59:59Z"
    (folder / "archive-keys.json").write_text(json.dumps([listed]), "utf-8")
    assert program.main(command) == program.REJECTED
    assert "in its key's time" in capsys.readouterr().err
    (folder / "archive-keys.json").write_text('{"keys": []}', "utf-8")
    assert program.main(command) == program.REJECTED
    assert "archive-keys.json is no list" in capsys.readouterr().err
