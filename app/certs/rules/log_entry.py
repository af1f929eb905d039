"""What a record says of the public log, and the sentence for what is wrong with that.

A signature shows who made a certificate, the log that it was made known when it was made. A file
whose entry is missing may be honest; one that contradicts the log is not as it was given out.
"""

from enum import StrEnum

MEMBERS = frozenset(
    {"kind", "record_id", "position", "salt", "commitment", "path", "size", "checkpoint"}
)


class LogFlaw(StrEnum):
    MISSING = "log_missing"
    CONTRADICTS = "log_contradicts"
    AHEAD = "log_ahead"
    FORKED = "log_forked"
    NEVER_ENTERED = "log_never_entered"


AHEAD = (
    "文件里的日志检查点比现在的公开日志还长，日志可能从备份恢复过。请保留这个文件，向主管部门核实。"
)
"""Said of a certificate that is out of use, too: of the log it tells the same."""
MISSING_OF_NOBODY = "公开日志里有它，但这个文件里没有日志证明，没有网络时查不了这一项。"
"""Said of a record whose holder left: there is nobody to ask for another one."""
SENTENCES: dict[LogFlaw, str] = {
    LogFlaw.MISSING: (
        "证书真实有效，公开日志里有它；但这个文件里没有日志证明，没有网络时查不了这一项。"
        "要离线查验，请向持证人索要原件。"
    ),
    LogFlaw.CONTRADICTS: (
        "文件里的公开日志证明和日志对不上，不是签发时的样子，请勿采信。请向持证人索要原件。"
    ),
    LogFlaw.AHEAD: f"证书真实有效；但{AHEAD}也可以请持证人重新下载。",
    LogFlaw.FORKED: (
        "文件里的日志检查点有日志的签名，内容却和公开的日志不同：有人改写过日志，请勿采信。"
        "请保留这个文件，交给主管部门。"
    ),
    LogFlaw.NEVER_ENTERED: "登记里的这张证书没有写进公开日志，可能是擅自加进去的，请勿采信。",
}


def is_grave(flaw: LogFlaw) -> bool:
    """Tell whether nobody may believe the certificate, and not only its file says another thing."""
    return flaw not in (LogFlaw.MISSING, LogFlaw.AHEAD)
