"""What a check of a certificate can find, and the sentence that says it."""

import datetime as dt
from enum import StrEnum


class Verdict(StrEnum):
    VALID = "valid"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    ALTERED = "altered"
    INCOMPLETE = "incomplete"
    UNKNOWN = "unknown"


SENTENCES: dict[Verdict, str] = {
    Verdict.VALID: "证书真实有效，请核对下面的内容与纸面一致。",
    Verdict.EXPIRED: (
        "证书是真的，但已经过了有效期。请问持证人有没有复训后新发的证书，按新证书查验。"
    ),
    Verdict.SUPERSEDED: "证书已换发新证，这一张不再使用。请向持证人索要新的证书。",
    Verdict.SUSPENDED: (
        "证书暂停使用，正在核查。核查有结果以前，请不要采信；急着用的，请向证书上写的培训机构核实。"
    ),
    Verdict.REVOKED: (
        "证书已被撤销，不再有效，请不要采信。请问持证人有没有另外的有效证书，"
        "或向证书上写的培训机构核实。"
    ),
    Verdict.ALTERED: (
        "内容与签发时不一致，可能被改过，请勿采信。"
        "请在本平台输入编号和姓名查询，或向持证人索要原件；觉得是假证的，请举报。"
    ),
    Verdict.INCOMPLETE: "码没有读全，还不能判断真假。请对准整个方块码再扫一次。",
    Verdict.UNKNOWN: (
        "本平台的登记里查不到这张证书。请输入编号和持证人姓名再查一次，或向持证人索要原件。"
    ),
}

HOLDER_GONE = (
    "证书真实有效。持证人已注销账号，平台不再保存姓名。"
    "要核对姓名，请扫纸面上的方块码；其余内容请与纸面核对。"
)
"""Said instead where the holder deleted their account."""

HOLDER_ON_PAPER = (
    "证书真实有效。持证人已注销账号，下面的姓名和证件号码取自签名，请务必与纸面、与持证人核对。"
)
"""Said where they did, and what was handed over still names them under our signature."""

ELSEWHERE = (
    "码里的网址不是本平台的，请不要打开，也不要采信。请在本平台输入编号和姓名查询，"
    "或向持证人索要原件。"
)
"""Said of what is ours, by its key or its page, behind an address of somebody else's pages."""

DIFFERS = (
    "签名是本平台的密钥所签，内容和登记的不一样：不是本平台签发的那一份，请勿采信。"
    "请在本平台输入编号和姓名查询，并把这份文件交给主管部门。"
)
"""Said of what a key of ours signed, and the register has otherwise: somebody else had the key."""

HOLDER_HIDDEN = (
    "文件里写着“持证人已注销”，但这张证书的持证人没有注销账号：姓名是被人抹掉的，请勿采信。"
    "请向持证人索要证书的 PDF 原件，或扫证书上的方块码。"
)
"""Said of a record that hides a holder who has not left: their name is signed by its digest alone,
so whoever shows another's record can take the name out of it."""

OTHER_PAPER = (
    "文件的签名是本平台的，但不是登记里签发的那一份 PDF，请勿采信。请扫证书上的方块码，"
    "或让持证人从“我的证书”重新下载后再查；仍是这样，请把这份文件交给主管部门。"
)
"""Said of a PDF that our key signed around a true record, and that was not the one handed out."""

OTHER_CODE = (
    "码里的签名是本平台的，写的却不是这个地址登记的证书，请勿采信。"
    "请在本平台输入编号和姓名查询，或向持证人索要原件。"
)
"""Said of a true code behind the address of another certificate."""

UNKNOWN_KEY = (
    "用的是本平台的地址，签名的密钥却不是本平台的：是冒用，请勿采信。"
    "请在本平台输入编号和姓名查询，或向持证人索要原件。"
)
"""Said of what claims a page of ours under a key that we do not have."""

_NOT_BY_US = "这不是本平台签发的，本平台查不到它。"


def other_platform(host: str = "") -> str:
    """Said of what bears no key of ours and claims no page of ours: nothing is said against it.

    `host` is where it says that it was issued, as `scan.told_host` tells it; nobody signed that to
    us, so nobody is sent there who does not know the place.
    """
    if not host:
        return f"{_NOT_BY_US}它可能是另一个平台签发的，请到签发它的平台查验，或向发证的单位核实。"
    return (
        f"{_NOT_BY_US}它写的网址是 {host}，可能是那个平台签发的：认得那个平台的，请到那里查验；"
        "不认得的，请不要打开，先向发证的单位核实。"
    )


MISSPELT = "编号不完整，或者抄错了一位，请对照证书重新输入。"
"""Said where the check character does not fit: it tells nothing about any certificate."""

NO_NUMBER = (
    "这不是本平台的证书编号。编号以 ZZ51 开头，共 23 位，在证书名称下面，请对照证书重新输入；"
    "证书上有方块码的，请扫码。"
)
"""Said where what was typed does not even begin like one."""

NOT_FOUND = (
    "按这个编号和姓名查不到证书。请对照证书检查编号和姓名，两样都要和证书上一样，姓名要填全名；"
    "还是查不到，请扫证书上的方块码，或向持证人索要原件。"
)
"""Said of a number that nobody has and of a wrong name: neither tells which it was."""

NO_PAGE = "这个网址查不到证书：网址没有抄全，或者不是本平台给出的。"
"""Said of the id of a page that we do not have: whoever came by it had no number."""

SCAN_AGAIN = "请重新扫证书上的方块码，或者输入编号和持证人姓名查询"

A_NUMBER = "这是证书编号，不是证书上的码，也不是网址。请在“查验证书”里输入编号和持证人姓名查询。"
"""Said of a number where a code or the id of a page is asked for."""

NO_CODE = "这不是本平台证书上的码。请对准证书上的整个方块码再扫，或者输入编号和持证人姓名查询。"
"""Said of a text that has not the shape of a code's, whatever it is."""

PROOF_OF_HOURS = (
    "XS 开头的是学时证明的编号，不是证书，这里查不到。请向证明上写明的单位核对这份学时证明。"
)
"""Said of a number that begins like a proof's: the employer who had it made can have it made again,
and unless more was learnt since it bears the same number."""


def verdict_of(
    *,
    is_authentic: bool,
    is_revoked: bool,
    is_suspended: bool,
    is_superseded: bool,
    expires_on: str,
    today: dt.date,
) -> Verdict:
    """The worst that is true: altered, revoked, suspended, superseded, expired, in this order.

    Superseded before expired, because there is a newer one to ask for; suspended before
    superseded, because a doubt about a certificate is one about what was made from it.
    """
    if not is_authentic:
        return Verdict.ALTERED
    if is_revoked:
        return Verdict.REVOKED
    if is_suspended:
        return Verdict.SUSPENDED
    if is_superseded:
        return Verdict.SUPERSEDED
    if expires_on and today > dt.date.fromisoformat(expires_on):
        return Verdict.EXPIRED
    return Verdict.VALID
