"""How many people's faces are stored, and from which number on the authority has to be told.

人脸识别技术应用安全管理办法 (in force since 2025-06-01), article 15: who stores the faces of
100,000 people files with the provincial authority for the internet within 30 working days.
"""

from typing import Final

WARNED_FROM: Final = 80_000
FILED_FROM: Final = 100_000


def advice(stored: int) -> str:
    """What is to be done about so many, for those who look after the platform; empty: nothing."""
    if stored >= FILED_FROM:
        return (
            f"已存储 {stored} 人的人脸信息，达到 {FILED_FROM} 人：30 个工作日内向省级网信部门备案。"
        )
    if stored >= WARNED_FROM:
        return f"已存储 {stored} 人的人脸信息，接近 {FILED_FROM} 人的备案线，请着手准备备案材料。"
    return ""
