"""The sheets about the person: who they are, sign-ins, checks, what they were told and wrote."""

from app.identity.rules.administrators import ROLE_NAMES
from app.identity.rules.documents import DOCUMENT_NAMES
from app.identity.rules.event_names import event_name
from app.identity.rules.own_data import OwnAccount, OwnIdentity
from app.identity.rules.registry import OUTCOME_NAMES
from app.identity.rules.roll_calls import STATE_NAMES
from app.oversight.rules.own_words import Sheet, moment, word

_DOCUMENTS = {kind.value: name for kind, name in DOCUMENT_NAMES.items()}
_OUTCOMES = {outcome.value: name for outcome, name in OUTCOME_NAMES.items()}
_ROLES = {role.value: name for role, name in ROLE_NAMES.items()}
_PRESENT = {state.value: name for state, name in STATE_NAMES.items()}
_METHODS = {
    "face": "人脸",
    "code_and_questions": "验证码加保密问题",
    "roll_call": "现场点名",
    "vendor_face": "认证人脸服务",
}
_PURPOSES = {"enrol": "登记人脸", "study": "学习中"}
_CHECKS = {
    "passed": "通过", "failed": "没有通过", "retry": "没有看清", "uncertain": "不够清楚，转人工",
    "wrong_face": "不是本人", "provider_error": "核对服务没有应答",
}  # fmt: skip
_ENDINGS = {
    "signed_out": "自己退出", "ended_by_owner": "自己退出", "ended_by_staff": "管理员退出",
    "reuse": "登录凭证被别人用过，自动退出", "replaced": "在这台设备上重新登录",
    "other_device": "登录凭证被拿到别的设备上，自动退出", "phone_changed": "换了手机号",
    "company_off": "单位停用了公司账号登录", "company_unlinked": "解除了公司账号",
}  # fmt: skip
_CHANGES = {
    "change": "两个号码都在手边",
    "recovery": "原号码不在手边",
    "own": "下载数据或注销前的核对",
}
_STATES = {
    "proving": "没有办完", "waiting": "在等", "left": "转人工", "at_desk": "人工核对中",
    "done": "已更换", "stopped": "已停止", "refused": "没有通过", "undone": "已换回",
}  # fmt: skip
_PROOF_STATES = _STATES | {"done": "已核对", "spent": "已核对"}
_FACTORS = {"app": "验证器", "key": "安全密钥", "recovery_code": "恢复码"}


def people_sheets(own: OwnIdentity) -> tuple[Sheet, ...]:
    """The sheets of the identity room's share, but for the account itself."""
    return (
        _notices(own), _cases(own), _access(own), _consents(own), _lookups(own), _checks(own),
        _presences(own), _signed_in(own), _phone_changes(own), _devices(own),
        _codes(own), _factors(own), _leaving(own), _events(own),
    )  # fmt: skip


def account_sheet(account: OwnAccount) -> Sheet:
    """Who the person is, in clear."""
    lines = (
        ("姓名", account.name or "还没有实名"),
        ("证件", word(_DOCUMENTS, account.document_type or "")),
        ("证件号码", account.document_number),
        ("手机", account.phone),
        ("实名时间", moment(account.verified_at)),
        ("核对方式", word(_METHODS, account.method or "")),
        ("注册时间", moment(account.created_at)),
        ("登录密码", moment(account.password_set_at) or "没有设置"),
        ("账号编号", account.id),
    )
    return Sheet("您的账号", "", (), lines)


def _consents(own: OwnIdentity) -> Sheet:
    lines = [
        ("同意使用人脸", moment(each.given_at), moment(each.withdrawn_at) or "没有撤回")
        for each in own.consents
    ]
    if own.face.made_at is not None:
        lines.append(("保存人脸的数字特征", moment(own.face.made_at), ""))
    lines += [(f"保密问题：{each.question}", moment(each.set_at), "") for each in own.questions]
    return Sheet("您同意过的事，核对用的资料", "", ("事项", "时间", "撤回"), lines)


def _factors(own: OwnIdentity) -> Sheet:
    lines = [
        (word(_FACTORS, each.kind), each.label, moment(each.since), moment(each.used_at))
        for each in own.factors
    ]
    lines += [
        (f"权限：{word(_ROLES, each.role)}", "", moment(each.granted_at), "") for each in own.roles
    ]
    return Sheet("权限和二次验证", "", ("项目", "名称", "从", "用过"), lines)


def _lookups(own: OwnIdentity) -> Sheet:
    return Sheet(
        "实名核验", "", ("时间", "结果"),
        [(moment(each.at), word(_OUTCOMES, each.outcome)) for each in own.lookups],
    )  # fmt: skip


def _checks(own: OwnIdentity) -> Sheet:
    return Sheet(
        "身份核对", "不保存照片，只保存结果。", ("时间", "用途", "方式", "结果"),
        [
            (
                moment(each.opened_at), word(_PURPOSES, each.purpose),
                word(_METHODS, each.method), word(_CHECKS, each.outcome or "") or "没有做完",
            )
            for each in own.checks
        ],
    )  # fmt: skip


def _signed_in(own: OwnIdentity) -> Sheet:
    return Sheet(
        "登录记录", "", ("设备", "登录", "最近使用", "到期", "退出"),
        [
            (
                each.device_label or "一台设备", moment(each.started_at), moment(each.renewed_at),
                moment(each.expires_at),
                f"{moment(each.revoked_at)} {word(_ENDINGS, each.revoked_for or '')}".strip(),
            )
            for each in own.sign_ins
        ],
    )  # fmt: skip


def _phone_changes(own: OwnIdentity) -> Sheet:
    return Sheet(
        "换手机号和核对本人", "", ("申请", "办法", "结果", "完成"),
        [
            (
                moment(each.asked_at), word(_CHANGES, each.kind),
                word(_PROOF_STATES if each.kind == "own" else _STATES, each.state),
                moment(each.done_at),
            )
            for each in own.phone_changes
        ],
    )  # fmt: skip


def _devices(own: OwnIdentity) -> Sheet:
    return Sheet(
        "学习设备", "这些设备上的核对带有设备自己的签名。",
        ("指纹", "登记", "用过", "移除"),
        [
            (
                each.thumbprint[:16], moment(each.registered_at), moment(each.used_at),
                moment(each.revoked_at),
            )
            for each in own.devices
        ],
    )  # fmt: skip


def _presences(own: OwnIdentity) -> Sheet:
    return Sheet(
        "现场点名", "", ("地点", "报到", "结果", "确认"),
        [
            (
                each.place, moment(each.joined_at), word(_PRESENT, each.state),
                moment(each.marked_at),
            )
            for each in own.presences
        ],
    )  # fmt: skip


def _notices(own: OwnIdentity) -> Sheet:
    return Sheet(
        "消息", "", ("时间", "标题", "内容", "读过"),
        [
            (moment(each.created_at), each.title, each.text, moment(each.read_at))
            for each in own.notices
        ],
    )  # fmt: skip


def _cases(own: OwnIdentity) -> Sheet:
    return Sheet(
        "投诉、申诉和核对", "您写的话和我们的答复。",
        ("编号", "事项", "时间", "您写的", "留的电话", "结果", "答复", "答复时间"),
        [
            (
                each.number, each.kind_name, moment(each.opened_at),
                each.text or " ".join(filter(None, (each.claimed_name, each.claimed_number))),
                each.contact, each.decision_name or "处理中", each.reason,
                moment(each.decided_at),
            )
            for each in own.cases
        ],
    )  # fmt: skip


def _access(own: OwnIdentity) -> Sheet:
    return Sheet(
        "谁看过您的信息", "", ("时间", "看了什么", "用途", "谁"),
        [(moment(each.at), each.what, each.purpose, each.by) for each in own.access],
    )  # fmt: skip


def _leaving(own: OwnIdentity) -> Sheet:
    return Sheet(
        "注销申请", "", ("回执号", "申请", "到期", "撤回"),
        [
            (each.number, moment(each.asked_at), moment(each.due_at), moment(each.cancelled_at))
            for each in own.deletions
        ],
    )  # fmt: skip


def _codes(own: OwnIdentity) -> Sheet:
    return Sheet(
        "发到您手机的验证码", "验证码本身不保存。", ("发送", "填了几次", "用掉"),
        [(moment(each.sent_at), str(each.tries), moment(each.used_at)) for each in own.codes],
    )  # fmt: skip


def _events(own: OwnIdentity) -> Sheet:
    return Sheet(
        "写进日志的操作", "您做过的，和别人对您账号做的（角色、实名、手机号）。",
        ("时间", "操作"), [(moment(each.at), event_name(each.event)) for each in own.events],
    )  # fmt: skip
