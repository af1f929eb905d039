"""What the events of the audit trail are called in Chinese, for whoever reads the trail.

The codes are what the log commits to and never change; these words may.
"""

TOPICS: dict[str, str] = {
    "sign_in.": "登录", "second_factor.": "二次验证", "password.": "密码", "phone.": "手机号",
    "role.": "角色", "person.": "账号和数据", "identity.": "实名和核对", "consent.": "人脸同意",
    "case.": "审核事项",
    "roll_call.": "现场点名", "enrolment.": "报名", "study.": "学习和学时", "exam.": "考试",
    "certificate.": "证书", "risk.": "风险", "org.": "单位", "staff.": "名单",
    "assignment.": "学习安排", "proof.": "学时证明", "policy.": "学时规则", "switch.": "开关",
    "log.": "公开日志", "keeping.": "到期删除",
}  # fmt: skip
"""By the beginning of an event's code, in the order of the page's filter."""
EVENT_NAMES: dict[str, str] = {
    "sign_in.started": "登录",
    "sign_in.ended": "退出登录",
    "sign_in.other_device": "登录凭证在另一台设备上使用，已退出",
    "sign_in.reuse": "旧登录凭证被再次使用，已全部退出",
    "second_factor.passed": "二次验证通过",
    "second_factor.failed": "二次验证没通过",
    "second_factor.added": "增加二次验证方式",
    "second_factor.removed": "去掉二次验证方式",
    "second_factor.codes_renewed": "换新恢复码",
    "second_factor.reset": "重置二次验证",
    "password.set": "设置密码",
    "password.removed": "取消密码",
    "password.failed": "密码不对",
    "phone.changed": "更换手机号",
    "phone.changed_back": "换回原手机号",
    "phone.objected": "原手机号表示不是本人",
    "role.granted": "授予角色",
    "role.revoked": "收回角色",
    "role.lapsed": "换了证件，角色失效",
    "role.named_by_operator": "由机器管理员任命",
    "person.deletion_asked": "申请注销账号",
    "person.deletion_cancelled": "撤回注销申请",
    "person.deleted": "账号已注销",
    "person.data_taken": "下载本人的全部数据",
    "identity.checked": "姓名和证件号核验",
    "identity.withdrawn": "撤下实名信息",
    "identity.method_chosen": "选定核对方式",
    "identity.way_replaced": "换了核对方式",
    "identity.way_judged": "人工判断换过的核对方式",
    "identity.face_sent": "去核身方核身",
    "identity.face_left": "核身后没有回来",
    "identity.device_key_registered": "登记设备签名钥匙",
    "identity.device_key_revoked": "作废设备签名钥匙",
    "consent.given": "同意使用人脸",
    "consent.withdrawn": "撤回人脸同意",
    "case.proposed": "提出处理意见",
    "case.sent_back": "退回处理意见",
    "case.decided": "作出处理决定",
    "case.unmasked": "查看完整信息",
    "roll_call.opened": "开始点名",
    "roll_call.marked": "改动到场情况",
    "roll_call.closed": "结束点名",
    "enrolment.started": "报名课程",
    "enrolment.completed": "完成课程",
    "study.time_granted": "申诉补记学时",
    "study.answer_refused": "检查的签名没通过",
    "study.check_asked": "要求加做核对",
    "study.review_decided": "待定学时复核",
    "study.bad_mac": "学习报告被改动",
    "study.evidence_let_go": "到期清除学习上报",
    "study.evidence_unsound": "学习证据对不上",
    "exam.started": "开始考试",
    "exam.graded": "考试评分",
    "certificate.prepared": "准备证书",
    "certificate.issued": "发证",
    "certificate.revoked": "撤销证书",
    "certificate.holder_gone": "持证人已注销",
    "risk.device_marked": "标记共用设备",
    "risk.case_opened": "风险转人工",
    "risk.case_joined": "风险并入已有事项",
    "org.created": "登记单位",
    "org.favoured": "单位状态变更",
    "org.member_added": "增加单位经办人",
    "staff.invited": "加入名单并邀请",
    "staff.joined": "确认加入单位",
    "staff.corrected": "更正名单",
    "staff.removed": "移出名单",
    "staff.left": "自己离开单位",
    "assignment.made": "安排学习",
    "assignment.reminded": "提醒学习",
    "proof.made": "开具学时证明",
    "policy.revised": "修改学时规则",
    "switch.thrown": "拨动开关",
    "keeping.let_go": "到期的资料已删除",
    "log.witness_ahead": "见证方看到的日志更长",
}
FACT_NAMES: dict[str, str] = {
    "ack_seq": "报告序号", "before": "早于", "case_id": "事项", "challenge_id": "检查",
    "check_id": "核对", "vendor": "核身方", "confirmed_ms": "学时毫秒",
    "course_id": "课程", "decision": "决定", "device_id": "设备", "factor": "方式",
    "hold_id": "待定", "is_same_person": "是本人", "is_shared": "共用", "key_id": "钥匙",
    "kind": "类别", "learner_id": "人员", "method": "方式", "model": "模型", "ms": "毫秒",
    "number": "编号", "org_id": "单位", "outcome": "结果", "passed": "通过", "place": "地点",
    "proposed_by": "提出人", "purpose": "用途", "reason": "理由", "role": "角色",
    "rows": "行数", "roll_call_id": "点名", "scope": "范围", "score": "分数",
    "session_id": "学习场次", "size": "条数", "source": "来源", "staff": "人员", "state": "状态",
    "to": "改为", "why": "原因",
}  # fmt: skip


def event_name(code: str) -> str:
    """What an event is called; its code where it has no name (an older release's)."""
    return EVENT_NAMES.get(code, code)


def fact_name(key: str) -> str:
    """What a member of an event's facts is called."""
    return FACT_NAMES.get(key, key)
