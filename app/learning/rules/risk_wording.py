"""A finding in words for who has to judge it: what was seen, and how it may be innocent."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from app.learning.rules.risk_signals import Finding, Signal
from app.learning.rules.wording import amount


class Reason(Struct, frozen=True):
    """One line of an explained score; `weight` in points of a hundred."""

    code: str
    name: str
    weight: int
    seen: str
    innocent: str


SIGNAL_NAMES: Mapping[Signal, str] = MappingProxyType(
    {
        Signal.AUTOMATION: "浏览器由程序操作",
        Signal.VIRTUAL_CAMERA: "相机可能是虚拟的",
        Signal.SHARED_DEVICE: "一台设备多人学习",
        Signal.RHYTHM: "上报节奏没有变化",
        Signal.ANSWERS_FAST: "核对回答太快",
        Signal.ANSWERS_ALIKE: "核对用时都一样",
        Signal.ANSWERS_LAST: "核对总在最后一刻回答",
        Signal.IN_STEP: "总和另一账号同时开始",
        Signal.MEDIA_UNSEEN: "没有取视频就报播放",
        Signal.DEVICE_SWITCHES: "设备来回切换",
        Signal.SHARED_PLACE: "同一网络下人多",
        Signal.NIGHT: "多在深夜学习",
    }
)
_SEEN: Mapping[Signal, str] = MappingProxyType(
    {
        Signal.AUTOMATION: "浏览器有 {times} 次报告自己由程序驱动。",
        Signal.VIRTUAL_CAMERA: "人脸核对时有 {times} 次报告相机是虚拟的，或取相机的功能被改过。",
        Signal.SHARED_DEVICE: "当天同一台设备上有 {people} 人学习。",
        Signal.RHYTHM: "{beats} 段里 {alike_percent}% 一样长，一毫秒不差；"
        "到达的时间有 {steady_percent}% 没有波动。",
        Signal.ANSWERS_FAST: "{answers} 次里有 {fast} 次比人能读完题更快，最快 {quickest} 秒。",
        Signal.ANSWERS_ALIKE: "{answers} 次回答的用时最多差 {spread} 秒。",
        Signal.ANSWERS_LAST: "{answers} 次里有 {late} 次在时限快到时才回答。",
        Signal.IN_STEP: "两周里有 {days} 天和另外 {learners} 个账号在几秒内同时开始。",
        Signal.MEDIA_UNSEEN: "上报播放 {reported}，其中 {unseen} 从没有取过视频。",
        Signal.DEVICE_SWITCHES: "一小时里换了 {switches} 次设备。",
        Signal.SHARED_PLACE: "当天同一网络下有 {learners} 人学习。",
        Signal.NIGHT: "学习 {reported}，其中 {night} 在零点到五点。",
    }
)
_INNOCENT: Mapping[Signal, str] = MappingProxyType(
    {
        Signal.AUTOMATION: "辅助软件、单位的测试电脑也会这样。",
        Signal.VIRTUAL_CAMERA: "电脑装过直播或会议软件，默认相机可能就是虚拟的。",
        Signal.SHARED_DEVICE: "家人共用手机，或车间的公用电脑。公用的请标为公用设备。",
        Signal.RHYTHM: "很快的电脑和稳定的专线会接近，但很少到这个程度。",
        Signal.ANSWERS_FAST: "手机自动填验证码会快一些。",
        Signal.ANSWERS_ALIKE: "动作熟练的人用时也接近。",
        Signal.ANSWERS_LAST: "年纪大、眼睛不好、短信来得慢的人会用满时间。",
        Signal.IN_STEP: "班组长喊一起开始、同一间教室上课。",
        Signal.MEDIA_UNSEEN: "视频从浏览器缓存里放，或网络在中途断过。",
        Signal.DEVICE_SWITCHES: "手机没电换电脑，来回试哪台能用。",
        Signal.SHARED_PLACE: "工厂、学校、手机网络都是许多人用一个出口，很平常。",
        Signal.NIGHT: "倒班的工人夜里学习很平常。",
    }
)


def reason_of(finding: Finding) -> Reason:
    """The finding with its numbers in the sentence."""
    seen = dict(finding.seen)
    words: dict[str, object] = {
        name.removesuffix("_ms"): amount(ms) for name, ms in seen.items() if name.endswith("_ms")
    }
    for name in ("quickest_ms", "spread_ms"):
        if name in seen:
            words[name.removesuffix("_ms")] = f"{seen[name] / 1000:.1f}"
    return Reason(
        finding.signal.value, SIGNAL_NAMES[finding.signal], finding.weight,
        _SEEN[finding.signal].format_map(seen | words), _INNOCENT[finding.signal],
    )  # fmt: skip
