"""What a device is called on its owner's page: kind of machine and program, and no more.

Names from two closed lists; the text that a browser sends is not kept, so that a label can tell two
devices apart for the person who owns both, and nobody can recognise a device by it.
"""

_MACHINES = (
    ("iPhone", "苹果手机"), ("iPad", "苹果平板"), ("OpenHarmony", "鸿蒙设备"),
    ("HarmonyOS", "鸿蒙设备"), ("Android", "安卓设备"), ("Windows", "Windows 电脑"),
    ("Macintosh", "苹果电脑"), ("Linux", "Linux 电脑"),
)  # fmt: skip
# What is built upon another names that one too, so the first that fits counts.
_PROGRAMS = (
    ("wxwork", "企业微信"), ("MicroMessenger", "微信"), ("DingTalk", "钉钉"),
    ("AlipayClient", "支付宝"), ("HuaweiBrowser", "华为浏览器"), ("MiuiBrowser", "小米浏览器"),
    ("QQBrowser", "QQ 浏览器"), ("Edg", "Edge 浏览器"), ("Firefox", "火狐浏览器"),
    ("Chrome", "Chrome 浏览器"), ("Safari", "Safari 浏览器"),
)  # fmt: skip


def label_of(user_agent: str) -> str:
    """Name a device by what its browser says of itself; 一台设备 where it says nothing known."""
    found = [
        next((name for mark, name in names if mark in user_agent), "")
        for names in (_MACHINES, _PROGRAMS)
    ]
    return " · ".join(each for each in found if each) or "一台设备"
