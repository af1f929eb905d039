"""Everything about oneself as one file: every room gives its share, nothing is stored.

Personal Information Protection Law, article 45. The caller has proven the person with a fresh
code; what is asked for is written down and told, then the file is made beside any transaction.
"""

import datetime as dt
import io
import zipfile
from typing import Final

import msgspec
from sqlalchemy.orm import Session

from app.certs.services import external, shares
from app.certs.services import own_data as certificates
from app.core import audit
from app.core.crypto import Vault
from app.core.db import Database
from app.core.errors import TooLargeError
from app.core.storage import Storage
from app.identity.rules.local_days import SHANGHAI
from app.identity.services import inbox, person_keys
from app.identity.services import own_data as identity
from app.identity.services.inbox import NoticeKind
from app.learning.services import own_data as study
from app.org.services import own_data as work
from app.oversight.providers.own_page import write_page
from app.oversight.rules.own_data import NOT_INSIDE, OwnData
from app.oversight.rules.own_sheets import sheets
from app.oversight.rules.own_words import moment

TAKEN: Final = "person.data_taken"
MOST_BYTES: Final = 64 * 2**20
"""Of the whole file, before it is packed."""
_PREFACE = (
    "这是平台保存的、和您有关的全部资料，依照《中华人民共和国个人信息保护法》第四十五条提供。",
    "里面有您的证件号码和手机号，请像保管证件一样保管它，不要发到群里。",
    "data.json 里是同样的内容，给程序读取；schema.json 说明每一项是什么。",
)


def note_taken(db: Session, person_id: str, *, now: dt.datetime) -> None:
    """Write down that somebody with a fresh code takes everything, and tell the person."""
    audit.record(db, TAKEN, now=now, actor_id=person_id, subject_id=person_id)
    inbox.notify(db, person_id, NoticeKind.DATA_TAKEN, now=now)


def gather(db: Session, vault: Vault, person_id: str, *, now: dt.datetime) -> OwnData:
    """Collect every room's share. Raises NotFoundError, ConflictError where it is too much."""
    own, papers = identity.take_along(db, vault, person_id), certificates.take_along(db, person_id)
    return OwnData(
        made_at=now, identity=own, study=study.take_along(db, vault, person_id),
        certificates=papers, certificate_suspensions=certificates.suspensions(db, papers),
        certificate_codes=certificates.codes(db, papers),
        certificate_shares=shares.take_along(db, person_id),
        external_certificates=external.take_along(db, vault, person_id),
        work=work.take_along(db, vault, person_id, [line.id for line in own.roster]),
    )  # fmt: skip


def make_file(
    database: Database, vault: Vault, storage: Storage, person_id: str, *, now: dt.datetime
) -> bytes:
    """Return the zip, in one reading; the documents are fetched after it.

    Raises NotFoundError, ConflictError for too many rows, TooLargeError.
    """
    with database.reading() as db:
        data = gather(db, vault, person_id, now=now)
        own = person_keys.vault_of(db, vault, person_id)
    page = write_page(
        sheets(data), title=f"我的数据（{moment(now)}）", preface=_PREFACE, left_out=NOT_INSIDE
    )
    packed = io.BytesIO()
    left = MOST_BYTES
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        texts = (
            ("index.html", page.encode()), ("data.json", msgspec.json.encode(data)),
            ("schema.json", msgspec.json.encode(msgspec.json.schema(OwnData))),
        )  # fmt: skip
        papers = certificates.documents(own, storage, data.certificates)
        for name, content in (*texts, *((f"certificates/{name}", each) for name, each in papers)):
            left -= len(content)
            if left < 0:
                raise TooLargeError(
                    "您的资料太大，网页上一次下载不完。",
                    remedy="请在“找人帮忙”里选“个人信息权利请求”，由工作人员导出给您",
                )
            archive.writestr(zipfile.ZipInfo(name, _stamp(now)), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _stamp(now: dt.datetime) -> tuple[int, int, int, int, int, int]:
    local = now.astimezone(SHANGHAI)
    return local.year, local.month, local.day, local.hour, local.minute, local.second
