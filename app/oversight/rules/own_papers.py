"""The sheets of certificates: what was issued, what became of it, and what others issued."""

from app.certs.rules.external import NAMES as EXTERNAL_NAMES
from app.certs.rules.external import UNVERIFIED
from app.certs.rules.own_data import OwnCertificate
from app.oversight.rules.own_data import OwnData
from app.oversight.rules.own_words import Sheet, day, moment


def paper_sheets(data: OwnData) -> tuple[Sheet, ...]:
    """The sheets of certificates, one's own first."""
    return _certificates(data), _suspensions(data), _codes(data), _shares(data), _externals(data)


def _certificates(data: OwnData) -> Sheet:
    numbers = _numbers(data)
    return Sheet(
        "证书", "可以打印的证书在 certificates 文件夹里。",
        ("编号", "课程", "学时", "发证", "到期", "到期提醒", "换发", "撤销或作废", "文件"),
        [
            (
                each.number, str(each.facts["course"]), str(each.facts["hours"]),
                moment(each.issued_at), day(each.expires_on) or "长期",
                "" if each.reminded_days is None else f"提前 {each.reminded_days} 天提醒过",
                _exchanged(each, numbers), _taken_back(each), each.file,
            )
            for each in data.certificates
        ],
    )  # fmt: skip


def _numbers(data: OwnData) -> dict[str, str]:
    return {each.id: each.number for each in data.certificates}


def _exchanged(one: OwnCertificate, numbers: dict[str, str]) -> str:
    said = []
    if one.replaces_id is not None:
        said.append(f"代替 {numbers.get(one.replaces_id, '原来的一张')}")
    if one.superseded_at is not None:
        said.append(f"{moment(one.superseded_at)} 换发，不再使用")
    elif one.reissue_granted_at is not None:
        said.append(f"{moment(one.reissue_granted_at)} 同意换发，新证书在做")
    return "；".join(said)


def _taken_back(one: OwnCertificate) -> str:
    if one.revoked_at is not None:
        return f"{moment(one.revoked_at)} 撤销：{one.revoke_reason}"
    if one.voided_at is not None:
        return f"{moment(one.voided_at)} 编号作废，没有出过证：{one.void_reason}"
    return ""


def _suspensions(data: OwnData) -> Sheet:
    numbers = _numbers(data)
    return Sheet(
        "证书的暂停", "", ("编号", "暂停", "理由", "最后一天", "提前恢复", "恢复的理由"),
        [
            (
                numbers[each.certificate_id], moment(each.suspended_at), each.reason,
                day(each.ends_on), moment(each.lifted_at), each.lift_reason or "",
            )
            for each in data.certificate_suspensions
        ],
    )  # fmt: skip


def _codes(data: OwnData) -> Sheet:
    numbers = _numbers(data)
    return Sheet(
        "给查验人的一次性码", "码本身不保存；谁凭它核对过姓名，在“谁看过您的信息”里。",
        ("证书编号", "有效到", "填错了几次"),
        [
            (numbers[each.certificate_id], moment(each.ends_at), str(each.tries))
            for each in data.certificate_codes
        ],
    )  # fmt: skip


def _shares(data: OwnData) -> Sheet:
    numbers = _numbers(data)
    return Sheet(
        "您分享的证书链接", "谁打开过没有记录，只记次数。",
        ("证书编号", "生成", "最后一天", "停用", "显示全名", "可下载 PDF", "打开次数", "最近打开"),
        [
            (
                numbers.get(each.certificate_id, ""), moment(each.made_at), day(each.ends_on),
                moment(each.withdrawn_at), "是" if each.shows_name else "否",
                "是" if each.has_pdf else "否", str(each.opened), moment(each.last_opened_at),
            )
            for each in data.certificate_shares
        ],
    )  # fmt: skip


def _externals(data: OwnData) -> Sheet:
    return Sheet(
        "别处发的证书", f"{UNVERIFIED}。",
        ("证书", "职业或作业类别", "编号", "发证单位", "发证", "到期", "登记"),
        [
            (
                EXTERNAL_NAMES.get(each.kind, "其他证书"), each.title, each.number, each.issuer,
                day(each.issued_on), day(each.valid_until) or "长期", moment(each.recorded_at),
            )
            for each in data.external_certificates
        ],
    )  # fmt: skip
