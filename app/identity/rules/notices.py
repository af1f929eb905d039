"""What the inbox says: each kind of notice as a title and a sentence."""

from collections.abc import Mapping
from enum import StrEnum


class NoticeKind(StrEnum):
    """Why somebody is told something."""

    HOLD = "hold"
    FORFEITED = "forfeited"
    PENDING_EXPIRING = "pending_expiring"
    PENDING_EXPIRED = "pending_expired"
    RELEASED = "released"
    CERTIFICATE_READY = "certificate_ready"
    CERTIFICATE_WAITS = "certificate_waits"
    CERTIFICATE_REVOKED = "certificate_revoked"
    CERTIFICATE_EXPIRING = "certificate_expiring"
    CERTIFICATE_REPLACED = "certificate_replaced"
    CERTIFICATE_STATED = "certificate_stated"
    STATEMENT_WITHDRAWN = "statement_withdrawn"
    STATED_EXPIRING = "stated_expiring"
    REISSUE_LAPSED = "reissue_lapsed"
    CERTIFICATE_SUSPENDED = "certificate_suspended"
    CERTIFICATE_RESTORED = "certificate_restored"
    ASSIGNED = "assigned"
    ASSIGNMENT_WITHDRAWN = "assignment_withdrawn"
    REMINDED = "reminded"
    REMINDED_OF_SEVERAL = "reminded_of_several"
    DEADLINE_NEAR = "deadline_near"
    OVERDUE = "overdue"
    DIGEST = "digest"
    MAIL_REFUSED = "mail_refused"
    MAIL_PROVEN = "mail_proven"
    JOINED_EMPLOYER = "joined_employer"
    OWN_NAME_TAKEN = "own_name_taken"
    STAFF_NAME_TAKEN = "staff_name_taken"
    OFFICE_OFFERED = "office_offered"
    OFFICE_ENDED = "office_ended"
    INVITED = "invited"
    REMOVED_BY_EMPLOYER = "removed_by_employer"
    CLASS_ENTERED = "class_entered"
    CLASS_MOVED_UP = "class_moved_up"
    CLASS_REMOVED = "class_removed"
    CLASS_CANCELLED = "class_cancelled"
    CLASS_OVER = "class_over"
    CLASS_CHANGED = "class_changed"
    CLASS_DAYS_CHANGED = "class_days_changed"
    CASE_DECIDED = "case_decided"
    COMPLAINT_ANSWERED = "complaint_answered"
    IDENTITY_WITHDRAWN = "identity_withdrawn"
    TIME_GRANTED = "time_granted"
    COURSE_PUBLISHED = "course_published"
    COURSE_RETURNED = "course_returned"
    EXAM_RESULT = "exam_result"
    EXAM_HELD = "exam_held"
    CONTEST_OPEN = "contest_open"
    CONTEST_HELD = "contest_held"
    CONTEST_RANKED = "contest_ranked"
    CONTEST_CANCELLED = "contest_cancelled"
    DEVICE_KEY = "device_key"
    EXTRA_CHECK = "extra_check"
    WAY_REPLACED = "way_replaced"
    SECOND_FACTOR = "second_factor"
    PHONE_ASKED = "phone_asked"
    PHONE_CHANGED = "phone_changed"
    PASSWORD = "password"  # noqa: S105 -- a kind of notice
    DATA_TAKEN = "data_taken"
    COMPANY_LINKED = "company_linked"
    COMPANY_USED = "company_used"
    DELETION_ASKED = "deletion_asked"
    DELETION_STOPPED = "deletion_stopped"


_TEXTS: dict[NoticeKind, tuple[str, str]] = {
    NoticeKind.HOLD: ("学习已暂停核对", "{reason}在人工核对结束前，这门课的学时暂不确认。"),
    NoticeKind.FORFEITED: ("一段学时未计入", "有 {amount} 未计入：{reason}如有疑问可以申诉。"),
    NoticeKind.PENDING_EXPIRING: (
        "待核对的时间快过期了", "有 {amount} 待核对，请在 {until} 前再进入课程完成一次身份核对。",
    ),
    NoticeKind.PENDING_EXPIRED: ("待核对的时间已过期", "有 {amount} 超过期限没有核对，没有计入。"),
    NoticeKind.RELEASED: ("核对结束，学习恢复", "{reason}可以继续学习了。"),
    NoticeKind.CERTIFICATE_READY: ("证书已生成", "《{course}》的证书已生成，编号 {number}。"),
    NoticeKind.CERTIFICATE_WAITS: (
        "证书还出不了",
        "《{course}》您已经学完、考过，证书暂时印不出来：{reason}工作人员会处理，处理好自动出证，再发消息给您。您的学时和成绩不受影响，不用再学再考。",
    ),
    NoticeKind.CERTIFICATE_REVOKED: (
        "证书已撤销",
        "编号 {number} 的证书已撤销：{reason}不认可的，请到“投诉与建议”写明编号和理由，由人复核。",
    ),
    NoticeKind.CERTIFICATE_EXPIRING: (
        "证书快到期", "《{course}》的证书（{number}）有效到 {until}，还有 {left} 天。{how}",
    ),
    NoticeKind.CERTIFICATE_STATED: (
        "单位给您登记了一张证书",
        "{employer}给您登记了一张别处发的{certificate}。请看看对不对，在“我的”的“单位登记的证书”里确认或者不认可。",
    ),
    NoticeKind.STATEMENT_WITHDRAWN: (
        "单位撤回了登记的证书", "{employer}撤回了给您登记的“{title}”，原因写在“单位登记的证书”里。",
    ),
    NoticeKind.STATED_EXPIRING: (
        "别处发的证书快到期",
        "单位给您登记的“{title}”有效到 {until}，还有 {left} 天。请向发证单位问清复训、复审的时间。",
    ),
    NoticeKind.CERTIFICATE_REPLACED: (
        "证书已换发",
        "《{course}》的新证书已生成，编号 {number}。原来的 {old} 不再使用，请用新的。",
    ),
    NoticeKind.REISSUE_LAPSED: (
        "证书没有换发",
        "同意换发以后您的姓名或证件号码又变了，{number} 没有换发。要换发请在它的页面上重新申请。",
    ),
    NoticeKind.CERTIFICATE_SUSPENDED: (
        "证书暂停使用",
        "编号 {number} 的证书暂停使用，正在核查：{reason}没有撤销的话，{until} 过后自动恢复。",
    ),
    NoticeKind.CERTIFICATE_RESTORED: ("证书恢复使用", "编号 {number} 的证书恢复使用：{reason}"),
    NoticeKind.ASSIGNED: ("新的学习任务", "{employer}安排您学习《{course}》，截止 {due}。"),
    NoticeKind.ASSIGNMENT_WITHDRAWN: (
        "学习任务已撤回",
        "{employer}不再要求您学习《{course}》。学过的学时仍是您的，可以接着学；单位不再看到它的进度。",
    ),
    NoticeKind.REMINDED: ("单位提醒您学习", "{employer}提醒您学完《{course}》，截止 {due}。"),
    NoticeKind.REMINDED_OF_SEVERAL: (
        "单位提醒您学习", "{employer}提醒您学完 {count} 门课：{courses}。{due}",
    ),
    NoticeKind.OVERDUE: (
        "学习任务已逾期", "《{course}》{due} 已经截止，还差{missing}。请尽快学完。",
    ),
    NoticeKind.DIGEST: ("本周要办", "{employer}：{lines}。请到单位页面的“提醒”里办理。"),
    NoticeKind.MAIL_REFUSED: (
        "邮件送不到",
        "对方的邮件服务器说没有您填的邮箱，以后不再往那里发。要收邮件，请在“我的”里重新填写。",
    ),
    NoticeKind.MAIL_PROVEN: (
        "绑定了邮箱",
        "您的账号刚刚绑定了一个邮箱，用来收学习提醒。不是您本人办的，请在“我的”里删去，并告诉我们。",
    ),
    NoticeKind.DEADLINE_NEAR: ("学习任务快到期", "《{course}》截止 {due}，还差{missing}。"),
    NoticeKind.JOINED_EMPLOYER: (
        "已加入单位", "您已加入{employer}，单位能看到所安排课程的进度。",
    ),
    NoticeKind.OWN_NAME_TAKEN: (
        "名单上的姓名改成了您的实名",
        "{employer}的名单上写的不是您的实名。您加入后，名单、进度和学时证明都用您的实名。",
    ),
    NoticeKind.STAFF_NAME_TAKEN: (
        "名单上的姓名和本人实名不同",
        "有一位员工加入了{employer}，名单上写的姓名和本人实名不同，已改用实名。请在“员工”里核对。",
    ),
    NoticeKind.OFFICE_OFFERED: (
        "单位请您担任经办人",
        "{employer}请您担任“{duty}”，在平台上替单位办事。愿意的，请在“我的”里确认；不愿意的，不用理会。",
    ),
    NoticeKind.OFFICE_ENDED: (
        "不再是单位的经办人", "您不再是{employer}的经办人。您自己的学习和证书不受影响。",
    ),
    NoticeKind.INVITED: ("单位邀请您加入",
        "{employer}把您列入了职工名册。您确认以前，单位看不到您的学习。是您的单位，请在“我的”里确认。",
    ),
    NoticeKind.REMOVED_BY_EMPLOYER: (
        "已不在单位名单里", "{employer}已把您移出职工名册。学过的学时和课程仍是您自己的。",
    ),
    NoticeKind.CLASS_ENTERED: (
        "您已编入班级",
        "{employer}把您编入“{title}”，{starts} 开班。课程在“我的课程”里，班级在“我的”里。",
    ),
    NoticeKind.CLASS_MOVED_UP: (
        "候补成功",
        "“{title}”有了名额，您已经在班里，{starts} 开班。不来的，请在“我的班级”里退出。",
    ),
    NoticeKind.CLASS_REMOVED: (
        "已不在班级里", "{employer}把您移出了“{title}”。学过的学时和课程仍是您自己的。",
    ),
    NoticeKind.CLASS_CANCELLED: (
        "班级取消了", "{employer}取消了“{title}”：{reason}学过的学时和课程仍是您自己的。",
    ),
    NoticeKind.CLASS_OVER: (
        "候补结束了", "{employer}的“{title}”已经结班，没有等到名额。想学的，请看看别的班级或课程。",
    ),
    NoticeKind.CLASS_CHANGED: (
        "您批准的班级有改动", "{employer}改了“{title}”的{what}，改前改后都写在开班申请里。",
    ),
    NoticeKind.CLASS_DAYS_CHANGED: (
        "班级的安排有变动", "{employer}改了“{title}”的安排：{what}。",
    ),
    NoticeKind.CASE_DECIDED: ("处理结果", "{subject}已处理：{decision}。{reason}（处理人：{by}）"),
    NoticeKind.COMPLAINT_ANSWERED: ("投诉的答复", "编号 {number} 的答复：{answer}（处理人：{by}）"),
    NoticeKind.IDENTITY_WITHDRAWN: (
        "实名已撤回",
        "您账号上的实名经核查已撤回：{reason}请用本人的证件重新核验，再重新选核对方式。",
    ),
    NoticeKind.TIME_GRANTED: ("申诉得到支持", "《{lesson}》补记 {amount}，已计入学时。"),
    NoticeKind.DEVICE_KEY: (
        "一台新的设备通过了核对",
        "您的账号在一台新的设备上通过了身份核对。不是您本人，请在“我的”里移除它，并告诉我们。",
    ),
    NoticeKind.SECOND_FACTOR: (
        "二次验证方式有变动",
        "您账号的二次验证方式刚刚添加、更换或重置过。不是您本人办的，请马上告诉我们。",
    ),
    NoticeKind.PASSWORD: (
        "登录密码已设置",
        "您账号的登录密码刚刚设置或更换过，其他设备已退出。不是您本人办的，请马上告诉我们。",
    ),
    NoticeKind.DATA_TAKEN: (
        "您的数据被下载了一份",
        "刚刚有人核对过身份，下载了您的全部数据。不是您本人，请马上退出其他设备，并告诉我们。",
    ),
    NoticeKind.DELETION_ASKED: (
        "账号将要注销",
        "注销申请已收到，回执号 {number}，七天后注销。不是您本人办的，请马上到“我的”里撤回。",
    ),
    NoticeKind.DELETION_STOPPED: (
        "注销申请已取消",
        "手机号换了，以前的注销申请（{number}）不再生效。还要注销的，72 小时后请重新申请。",
    ),
    NoticeKind.COMPANY_LINKED: (
        "绑定了公司账号",
        "刚刚有一个公司账号绑定到您的账号，可以用它进入单位页面。不是您本人绑的，请在“我的”里解除，并告诉我们。",
    ),
    NoticeKind.COMPANY_USED: (
        "公司账号在新的设备上登录",
        "有人用您绑定的公司账号，在一台没有用过的设备上进入了单位页面。不是您本人，请在“我的”里解除绑定，并告诉单位和我们。",
    ),
    NoticeKind.PHONE_ASKED: (
        "有人申请换您账号的手机号",
        "不是您本人办的，请马上到“我的”里点“不是我，停止”。原手机号也收到了短信。",
    ),
    NoticeKind.PHONE_CHANGED: (
        "手机号已更换",
        "其他设备已退出，72 小时内不发新证书。不是您本人办的，请照原手机的短信停止，或告诉我们。",
    ),
    NoticeKind.EXTRA_CHECK: (
        "请多做一次身份核对", "下次学习时会多核对一次身份，已计入的学时不受影响。{reason}",
    ),
    NoticeKind.WAY_REPLACED: (
        "您的核对方式换了",
        "您账号的身份核对方式刚刚换过。要人工确认的，确认以前学时先留着。不是您本人换的，请马上告诉我们。",
    ),
    NoticeKind.COURSE_PUBLISHED: (
        "课程已发布", "您参与编写的《{course}》第 {number} 版审核通过，已经发布。{note}",
    ),
    NoticeKind.COURSE_RETURNED: (
        "课程退回修改",
        "您参与编写的《{course}》第 {number} 版退回：{note}请在“我们的课程”里修改后再提交。",
    ),
    NoticeKind.EXAM_RESULT: ("考试成绩", "《{course}》考试 {score} 分，{verdict}。"),
    NoticeKind.EXAM_HELD: (
        "考试成绩要人工复核",
        "《{course}》已交卷。有情况要核实（{reason}），成绩要人工复核后才算，证书先等一等。不用再考，结果会发消息告诉您；有情况要说明的，可以到“投诉和建议”里写明。",
    ),
    NoticeKind.CONTEST_OPEN: (
        "可以参加练兵和竞赛",
        "{employer}举办“{contest}”，{from}开始，请在“我的”里的“练兵和竞赛”参加。",
    ),
    NoticeKind.CONTEST_HELD: (
        "练兵和竞赛的成绩要人工复核",
        "“{course}”已交卷。有情况要核实（{reason}），人工复核后才排名次。不用再答，结果会发消息告诉您；有情况要说明的，可以到“投诉和建议”里写明。",
    ),
    NoticeKind.CONTEST_RANKED: ("排名已公布", "“{contest}”{result}{next}"),
    NoticeKind.CONTEST_CANCELLED: ("练兵或竞赛已取消", "“{contest}”已取消：{reason}"),
}  # fmt: skip


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "—"


def sentence_of(kind: NoticeKind, facts: Mapping[str, object]) -> tuple[str, str]:
    """Return title and sentence; a fact that is missing shows as a dash, never as an error."""
    title, text = _TEXTS[kind]
    return title, text.format_map(_Blank({name: str(value) for name, value in facts.items()}))
