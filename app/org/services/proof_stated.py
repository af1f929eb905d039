"""Certificates from elsewhere in the file of one person: beside what is proved, not of it."""

from collections.abc import Iterator, Sequence

from app.org.rules.stated_certificates import NOT_HOURS
from app.org.services.stated_views import StatedView

STATED_SAYS = (
    f"以下由用人单位登记、本人确认，本平台未核验，{NOT_HOURS}，也不在内容摘要和数字签名之内。"
)
STATED_HEADING = ("种类", "名称", "编号", "发证单位", "发证日期", "有效期至", "单位说明")


def stated_lines(stated: Sequence[StatedView]) -> Iterator[tuple[str, ...]]:
    """A line of texts for each, by the columns of the heading."""
    for each in stated:
        said = [f"对应《{each.course}》"] if each.course else []
        said += [each.verdict_says] if each.verdict_says else []
        until = each.valid_until.isoformat() if each.valid_until else "没有写明"
        yield (
            each.kind_name, each.title, each.number, each.issuer, each.issued_on.isoformat(),
            until, "；".join(said) or "—",
        )  # fmt: skip
