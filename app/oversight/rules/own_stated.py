"""Certificates from elsewhere that employers stated for the person, as a sheet to read."""

from app.org.rules.stated_certificates import (
    KIND_NAMES,
    STATE_NAMES,
    STATED_BY,
    StatedState,
    verdict_words,
)
from app.oversight.rules.own_data import OwnData
from app.oversight.rules.own_words import Sheet, beijing_day, day, moment


def stated_sheets(data: OwnData) -> tuple[Sheet, ...]:
    """One sheet, also where nothing was stated."""
    employers = {each.id: each.employer for each in data.work.memberships}
    return (
        Sheet(
            f"单位登记的别处的证书（{STATED_BY}）",
            "证书的文件在“单位登记的证书”里可以打开，这里写它的 SHA-256。",
            (
                "单位", "种类", "名称", "编号", "发证单位", "发证日期", "有效期至", "对应课程",
                "查验", "答复", "说明", "登记", "答复时间", "文件",
            ),
            [
                (
                    employers.get(each.membership_id, ""), KIND_NAMES.get(each.kind, ""),
                    each.title, each.number, each.issuer, day(each.issued_on),
                    day(each.valid_until), each.course,
                    verdict_words(each.verdict, beijing_day(each.stated_at)),
                    STATE_NAMES[StatedState(each.state)], each.reason, moment(each.stated_at),
                    moment(each.answered_at), each.proof_digest,
                )
                for each in data.work.stated
            ],
        ),
    )  # fmt: skip
