"""What a password must be: long enough and not among the first that are guessed (NIST SP 800-63B).

No rule about kinds of letters, no change by the calendar: both make people write worse ones down
(section 5.1.1.2). Any letter of any script counts, in its normal form.
"""

import unicodedata

LEAST, LEAST_FOR_STAFF, MOST = 8, 12, 128
# The most used ones of eight letters and more in published leaks, Chinese habits included; what is
# merely counted up or repeated is found by rule, and needs no line here.
_COMMON = frozenset({
    "password", "password1", "password123", "passw0rd", "p@ssw0rd", "p@ssword", "iloveyou",
    "sunshine", "princess", "football", "baseball", "superman", "starwars", "whatever", "trustno1",
    "computer", "internet", "michelle", "jennifer", "letmein1", "welcome1", "welcome123",
    "admin123", "admin888", "administrator", "root1234", "test1234", "changeme", "qwerty123",
    "qwertyuiop", "qwerty12345", "q1w2e3r4", "q1w2e3r4t5", "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx",
    "1qaz@wsx", "qazwsxedc", "zaq12wsx", "asdfghjk", "asdfghjkl", "zxcvbnm123", "abcd1234",
    "abc12345", "abc123456", "a1234567", "a12345678", "a123456789", "aa123456", "aa12345678",
    "qq123456", "qq123456789", "wang1234", "zhang123", "woaini123", "woaini1314", "woaini520",
    "woaini521", "5201314520", "woaiwojia", "tiantian", "nihao123", "xiaoming", "woshishui",
    "wodemima", "mima1234", "mima123456", "zhongguo", "zhonghua", "china123", "beijing1",
    "sichuan1", "chengdu1", "caonima1", "88888888a", "aini1314", "1314520520", "5201314a",
    "110110110", "119119119", "147258369", "159357159", "123qweasd", "123qwe123", "123123abc",
    "asd123456", "zxc123456", "qwe123456", "iloveyou1", "dragon123", "monkey123", "shadow123",
    "master123", "killer123", "shixue123", "shixue2026", "peixun123", "xuexi123", "xuexi123456",
})  # fmt: skip
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz", "01234567890123456789")


def normalise(text: str) -> str:
    """One spelling for what looks the same, however a keyboard wrote it (NFKC)."""
    return unicodedata.normalize("NFKC", text)


def fault_of(password: str, *, is_staff: bool, phone: str) -> str | None:
    """Say what is wrong with a normalised password; None where it will do."""
    least = LEAST_FOR_STAFF if is_staff else LEAST
    if len(password) < least:
        return f"密码至少要 {least} 个字。"
    if len(password) > MOST:
        return f"密码最多 {MOST} 个字。"
    plain = password.lower()
    if plain in _COMMON or _is_a_pattern(plain):
        return "这个密码太常见，别人容易猜到。"
    if phone in plain or plain in phone:
        return "密码不能是自己的手机号。"
    return None


def _is_a_pattern(plain: str) -> bool:
    """Tell whether it is one piece said again and again, or a walk along a row of keys."""
    for length in range(1, len(plain) // 2 + 1):
        if plain == (plain[:length] * len(plain))[: len(plain)] and length <= 4:
            return True
    return any(plain in row or plain in row[::-1] for row in _ROWS)
