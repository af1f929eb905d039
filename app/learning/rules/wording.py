"""What the learner is told, in plain words: why time was not counted, why it is on hold."""

from app.learning.rules.challenges import Ruling
from app.learning.rules.states import ChallengeKind, Cut, Hold

CUTS: dict[Cut, str] = {
    Cut.HELD: "还没有通过身份核对，这段时间不计入。",
    Cut.CLOCK: "设备的计时往回跳了，这一小段无法核对。",
    Cut.PAUSED: "播放暂停了。",
    Cut.TOO_FAST: "播放速度超过了正常速度。",
    Cut.HIDDEN: "页面不在前台。",
    Cut.CLOSED_HOURS: "不在允许学习的时间段内。",
    Cut.AHEAD: "跳过了还没学的内容，请从上次学到的位置继续。",
    Cut.LATE: "上报的时间比实际经过的时间多，或断网太久，多出的部分不计入。",
    Cut.NOT_DELIVERED: "这段内容还没有下载到您的设备上。",
    Cut.REPEATED: "这段内容以前已经计入，不重复计算。",
    Cut.DAILY_CAP: "今天的学习时间已达到上限，明天可以继续。",
    Cut.BREAK_DUE: "连续学习的时间到了上限，请休息，休息够了接着计入。",
    Cut.FORFEITED: "核对没有通过或没有按时完成，上次通过核对之后的时间不计入，可以重新学习。",
    Cut.TOO_SHORT: "连续学习的时间太短，没有达到最低要求。",
    Cut.EXPIRED: "待核对的时间超过期限没有核对，可以重新学习。",
}
NEXT_TIME: dict[Cut, str] = {
    Cut.HELD: "打开课程后先完成身份核对，再开始看。",
    Cut.CLOCK: "学习时不要改手机的时间；打开“自动设置时间”。",
    Cut.PAUSED: "接着播放就会继续计时。",
    Cut.TOO_FAST: "请用正常速度（1 倍）播放。",
    Cut.HIDDEN: "学习时让页面一直显示着：不要切到别的应用，不要锁屏。",
    Cut.CLOSED_HOURS: "请在规定的时间段内学习。",
    Cut.AHEAD: "不要往后拖，从上次学到的位置接着看。",
    Cut.LATE: "在信号好的地方学；断网后尽快连上，页面会自动补报。",
    Cut.NOT_DELIVERED: "等视频或课文加载出来再看；换到信号好的地方，或刷新页面。",
    Cut.REPEATED: "这段已经算过，不用再看；请学后面的内容。",
    Cut.DAILY_CAP: "今天已学满，明天接着学。",
    Cut.FORFEITED: "出现核对时，请在时间内本人完成。这部分可以重新学。",
    Cut.TOO_SHORT: "每次请连续学一会儿，不要频繁暂停。这部分可以重新学。",
    Cut.EXPIRED: "学完请做一次身份核对再离开。这部分可以重新学。",
    Cut.BREAK_DUE: "连续学久了要歇一会儿：歇够时间，从停下的地方接着学。",
}
"""What the learner can do, so that it does not happen again."""
HOLDS: dict[Hold, str] = {
    Hold.OPENING: "开始学习前请先完成一次身份核对。",
    Hold.FAILED: "核对没有通过，请重新完成一次身份核对。",
    Hold.MISSED: "没有按时完成核对，请重新完成一次身份核对。",
    Hold.SILENT: "连续两次没有回应核对，请完成一次身份核对。",
    Hold.WRONG_FACE: "核对时不是本人，请本人完成一次身份核对。",
    Hold.UNPROVEN: "您换过核对方式，要由人工确认一次是您本人。待核对的时间为您保留。",
    Hold.UNCERTAIN: "核对结果不够清楚，已转人工核对。待核对的时间为您保留。",
}


def amount(ms: int) -> str:
    """A length of time as people say it: 1 小时 2 分 3 秒."""
    seconds = ms // 1000
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    parts = ((hours, "小时"), (minutes, "分"), (seconds, "秒"))
    said = " ".join(f"{count} {unit}" for count, unit in parts if count)
    return said or "不到 1 秒"


KIND_NAMES = {ChallengeKind.PRESENCE.value: "在场核对", ChallengeKind.IDENTITY.value: "身份核对"}
METHOD_NAMES = {
    "code_and_questions": "验证码加保密问题",
    "face": "人脸",
    "vendor_face": "人脸（核身方）",
    "roll_call": "现场点名",
    "picture": "点选图案",
    "audio": "听数字",
}
RULING_NAMES: dict[Ruling, str] = {
    Ruling.PASSED: "通过",
    Ruling.WRONG: "答错一次",
    Ruling.FAILED: "三次没有通过",
    Ruling.MISSED: "没有按时完成",
    Ruling.ALLOWED_MISS: "没有按时完成，在允许次数内",
    Ruling.SILENT: "没有回应",
    Ruling.LAPSED: "过期作废",
    Ruling.RETRY: "没有看清，重来",
    Ruling.UNCERTAIN: "不够清楚，转人工",
    Ruling.UNPROVEN: "换过核对方式，转人工",
    Ruling.WRONG_FACE: "不是本人",
    Ruling.REPLACED: "换了一次核对",
}
_RULINGS: dict[Ruling, str] = {
    Ruling.FAILED: "三次都不对。上次通过核对之后的时间不计入，可以重新学习；请完成一次身份核对。",
    Ruling.RETRY: "这次没有看清，不算次数，请再来一次。",
    Ruling.UNCERTAIN: HOLDS[Hold.UNCERTAIN],
    Ruling.UNPROVEN: HOLDS[Hold.UNPROVEN],
    Ruling.WRONG_FACE: "核对时不是本人，待核对的时间不计入。如有疑问可以申诉。",
}


def ruling_sentence(ruling: Ruling | None, kind: ChallengeKind, tries_left: int) -> str:
    """What the learner reads after an answer, or after asking for a check."""
    if ruling is None:
        return "请完成身份核对，通过后待核对的时间全部计入学时。"
    if ruling is Ruling.PASSED:
        is_identity = kind is ChallengeKind.IDENTITY
        return "核对通过，时间已计入学时。" if is_identity else "核对通过，请继续学习。"
    if ruling is Ruling.WRONG:
        return f"不对，请再试一次，还可以试 {tries_left} 次。"
    return _RULINGS[ruling]
