"""Verification for everybody: a code, a number and a name, or signed facts; no sign-in."""

import base64
import datetime as dt
import unicodedata
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, StringConstraints, field_validator
from starlette.convertors import Convertor, register_url_convertor

from app.api.answers import Answer
from app.api.files import TAKES_FILE, read_up_to
from app.api.problems import may_raise
from app.api.v1.class_papers import ArchiveOut
from app.certs.rules.facts import CertificateFacts
from app.certs.rules.holder_codes import CodeAnswer
from app.certs.rules.second_seal import SecondSeal
from app.certs.services import handed_over, holder_codes, log_proofs, verification
from app.certs.services.verdict_view import VerdictView
from app.core.errors import ForbiddenError, InvalidError, NotFoundError, TooManyRequestsError
from app.lobby import files, guesses, limits
from app.lobby.batch import whoever_looks
from app.lobby.deps import CallerAddress, DeviceId, Now, OwnHosts, PartsDep, ReadDb
from app.lobby.letters import Body
from app.lobby.limits import Looking

_PUBLIC_ID = "^[A-Za-z0-9_-]{10,40}$"


class _PublicId(Convertor[str]):
    """Keeps what can be no public id (`facts`, `keys`) from being taken for one."""

    regex = _PUBLIC_ID[1:-1]

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("public_id", _PublicId())
router = APIRouter(prefix="/verification", tags=["verification"])


class TextIn(Body):
    text: Annotated[str, Field(min_length=1, max_length=5000)]


class SecondSealIn(Body):
    key_id: Annotated[str, Field(max_length=16)]
    signature: Annotated[str, Field(max_length=200)]


class FactsIn(Body):
    """`sm2` is the record's second signature, where it has one."""

    facts: dict[str, Any]
    key_id: Annotated[str, Field(min_length=1, max_length=16)]
    signature: Annotated[str, Field(min_length=1, max_length=200)]
    sm2: SecondSealIn | None = None


class NumberIn(Body):
    """With room for what else is pasted there: it is told what it is, and is no try."""

    # Blanks are nothing yet: whoever left one empty is told so, and it is no try.
    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class HolderIn(Body):
    """The code as it is typed: full-width digits are the plain ones."""

    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]

    @field_validator("code", mode="before")
    @classmethod
    def plain(cls, value: Any) -> Any:  # noqa: ANN401 -- whatever JSON holds
        return unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else value


class HolderOut(BaseModel):
    """`picture` is the one on the certificate, a JPEG in base64; empty for none."""

    name: str
    document_number: str
    picture: str = ""


class DifferenceOut(Answer):
    field: str
    scanned: str
    recorded: str


class VerdictOut(Answer):
    """`finding` says in a word what was handed over, where the verdict alone does not tell."""

    verdict: str
    sentence: str
    facts: dict[str, Any] | None
    differences: list[DifferenceOut]
    key_id: str
    signature: str
    revoked_at: dt.datetime | None
    revoke_reason: str | None
    checked_at: dt.datetime
    stated_holder: tuple[str, str] | None = None
    suspended_until: dt.date | None = None
    suspend_reason: str | None = None
    log_position: int | None = None
    logged_since: dt.datetime | None = None
    superseded_at: dt.datetime | None = None
    successor_number: str | None = None
    sm2_key_id: str = ""
    seal_flaw: str | None = None
    finding: str = ""


class StatedCourseOut(Answer):
    title: str
    hours: str
    score: str


class StatedOut(Answer):
    """What a proof of hours states; `number` is empty where its person made it themselves."""

    number: str
    holder_name: str
    masked_number: str
    organisation: str
    made_on: str
    courses: list[StatedCourseOut]


class FileOut(VerdictOut):
    """`finding` says in a word what is wrong with the file; empty where nothing is.

    A certificate has `facts`, a proof of hours `proof`, a class `archive`; else none is ours.
    """

    kind: str
    proof: StatedOut | None
    archive: ArchiveOut | None


def _stated(view: VerdictView) -> dict[str, Any] | None:
    """As they were signed: a field that their version does not have would be another text."""
    return view.facts.to_mapping() if view.facts is not None else None


def _out(view: VerdictView) -> VerdictOut:
    return VerdictOut.of(view, facts=_stated(view))


@router.post("/numbers", responses=may_raise(InvalidError, ForbiddenError, TooManyRequestsError))
def look_up(
    body: NumberIn, parts: PartsDep, now: Now, hosts: OwnHosts,
    who: Annotated[Looking, Depends(whoever_looks)],
) -> VerdictOut:  # fmt: skip
    """证书查询: look a certificate up by number and name. A POST: addresses are kept in logs."""
    return _out(guesses.look_up(parts, who, body.number, body.name, hosts=hosts, now=now))


@router.get("/{public_id:public_id}", responses=may_raise(NotFoundError))
def read_verdict(
    public_id: Annotated[str, Path(pattern=_PUBLIC_ID)], db: ReadDb, parts: PartsDep, now: Now
) -> VerdictOut:
    """Check a certificate by the id in its address."""
    return _out(verification.by_public_id(db, parts.keys, public_id, now=now))


@router.post("", responses=may_raise(InvalidError, ForbiddenError))
def check_text(body: TextIn, hosts: OwnHosts, db: ReadDb, parts: PartsDep, now: Now) -> VerdictOut:
    """Check what was read from a QR code."""
    return _out(verification.by_text(db, parts.keys, body.text, hosts=hosts, now=now))


async def raw_body(request: Request) -> bytes:
    """The file as it came; one that is too long is not read to its end."""
    return await read_up_to(request, handed_over.MOST_BYTES)


@router.post(
    "/files", responses=may_raise(InvalidError, ForbiddenError, TooManyRequestsError),
    openapi_extra=TAKES_FILE,
)  # fmt: skip
def check_file(
    *, content: Annotated[bytes, Depends(raw_body)], parts: PartsDep, now: Now,
    device_id: DeviceId, address: CallerAddress,
) -> FileOut:  # fmt: skip
    """Check a file that was handed over: a certificate's PDF, credential or record, or a proof.

    A proof of hours 学时证明 or a class's archive 班级档案 as signed JSON: of when it was made.
    """
    if not content:
        raise InvalidError(
            "没有收到文件。",
            field="/file",
            code="missing",
            remedy="请选择证书的 PDF、电子凭证，或学时证明、班级档案的签名文件",
        )
    limits.before_file_check(parts, device_id=device_id, address=address, now=now)
    found = files.check(parts, content, now=now)
    return FileOut.of(found.view, found, facts=_stated(found.view))


@router.get("/{public_id:public_id}/proof", responses=may_raise(NotFoundError))
def read_proof(public_id: Annotated[str, Path(pattern=_PUBLIC_ID)], db: ReadDb) -> dict[str, Any]:
    """The signed record, and that the log holds it: for everybody."""
    return log_proofs.proved_record(db, public_id)


@router.post("/facts", responses=may_raise(InvalidError, ForbiddenError))
def check_facts(body: FactsIn, db: ReadDb, parts: PartsDep, now: Now) -> VerdictOut:
    """Check signed facts that somebody handed over, as a record has them.

    What lacks a field is a request that was not written whole, and no certificate that was altered.
    """
    if missing := CertificateFacts.missing_in(body.facts):
        raise RequestValidationError(
            [{"type": "missing", "loc": ("body", "facts", name)} for name in missing]
        )
    second = SecondSeal(body.sm2.key_id, body.sm2.signature) if body.sm2 is not None else None
    view = verification.by_facts(
        db, parts.keys, body.facts, body.key_id, body.signature, second=second, now=now
    )
    return _out(view)


@router.post(
    "/{public_id:public_id}/holder",
    responses=may_raise(InvalidError, ForbiddenError, NotFoundError, TooManyRequestsError),
)
def read_holder(
    *, public_id: Annotated[str, Path(pattern=_PUBLIC_ID)], body: HolderIn, parts: PartsDep,
    now: Now, device_id: DeviceId, address: CallerAddress,
) -> HolderOut:  # fmt: skip
    """Read the full name and number with the code that the holder made; it is used up by this."""
    limits.before_holder(parts, device_id=device_id, address=address, now=now)
    with parts.database.transaction() as db:
        shown = holder_codes.show(db, parts.vault, parts.keys, public_id, body.code, now=now)
    if shown.answer is CodeAnswer.WRONG:
        raise InvalidError(
            "一次性码不对。", field="/code", code="wrong_code", remedy="请看持证人手机上的六位数字"
        )
    if shown.answer is CodeAnswer.SPENT:
        raise InvalidError(
            "一次性码没有或已失效。", field="/code", code="spent_code",
            remedy="请持证人在“我的证书”里重新生成",
        )  # fmt: skip
    return HolderOut(
        name=shown.name, document_number=shown.document_number,
        picture=base64.b64encode(shown.picture).decode(),
    )  # fmt: skip
