"""Identity document numbers: form, region, real birth date, check digit, age."""

import datetime as dt
import re
import unicodedata

from app.identity.rules.documents import Document, DocumentError, DocumentFlaw, DocumentType

MINIMUM_AGE = 16  # 劳动法 art. 15; 川人社规〔2025〕11号: trainees are 16 or older
MAXIMUM_AGE = 100

# First two digits of GB/T 2260: the provinces.
_PROVINCES = frozenset(
    str(code)
    for area, last in ((10, 15), (20, 23), (30, 37), (40, 46), (49, 54), (60, 65))
    for code in range(area + 1, last + 1)
) | {"71", "81", "82"}
_PERMIT_REGIONS = frozenset({"810000", "820000", "830000"})

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_LETTERS = "10X98765432"

_FORMS = {
    DocumentType.RESIDENT_ID: re.compile(r"[1-8]\d{16}[\dX]"),
    DocumentType.RESIDENCE_PERMIT: re.compile(r"8[123]0000\d{11}[\dX]"),
    DocumentType.FOREIGN_PERMANENT: re.compile(r"9\d{16}[\dX]|[A-Z]{3}\d{12}"),
}
_FORM_HINTS = {
    DocumentType.RESIDENT_ID: "居民身份证号码应为 18 位：前 17 位是数字，最后一位是数字或 X。",
    DocumentType.RESIDENCE_PERMIT: "居住证号码应为 18 位，以 810000、820000 或 830000 开头。",
    DocumentType.FOREIGN_PERMANENT: (
        "永久居留身份证号码应为 18 位（以 9 开头），或旧版 15 位（3 个字母加 12 位数字）。"
    ),
}
_SPACES = re.compile(r"[\s\-\u00ad\u200b-\u200f\u2060\ufeff]+")


def normalise(text: str) -> str:
    """Full-width digits to plain ones, x to X, no spaces and no hyphens."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).upper()


def check_letter(first_17: str) -> str:
    """Compute the last character of an 18-character number (ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True))
    return _CHECK_LETTERS[total % 11]


def foreign_check_digit(first_14: str) -> str:
    """Compute the last digit of the 15-character form (ICAO 9303: weights 7, 3, 1)."""
    total = sum(
        (int(char) if char.isdigit() else ord(char) - 55) * (7, 3, 1)[place % 3]
        for place, char in enumerate(first_14)
    )
    return str(total % 10)


def age_on(born_on: dt.date, today: dt.date) -> int:
    """Count whole years; someone born on 29 February turns older on 1 March."""
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


def likely_type(text: str) -> DocumentType:
    """Tell which document a number was copied from, where nobody was asked: by how it begins."""
    number = normalise(text)
    if number[:6] in _PERMIT_REGIONS:
        return DocumentType.RESIDENCE_PERMIT
    if number[:1] == "9" or number[:1].isalpha():
        return DocumentType.FOREIGN_PERMANENT
    return DocumentType.RESIDENT_ID


def parse(document_type: DocumentType, text: str, *, today: dt.date) -> Document:
    """Read a number and try it by every rule; raises DocumentError with the first flaw."""
    number = normalise(text)
    if not _FORMS[document_type].fullmatch(number) or not number.isascii():
        raise DocumentError(DocumentFlaw.FORMAT, _FORM_HINTS[document_type])
    document = _read_15(number, today) if len(number) == 15 else _read_18(document_type, number)
    _check_age(document, today)
    return document


def _read_18(document_type: DocumentType, number: str) -> Document:
    _check_region(document_type, number)
    born_on = _date(number[6:14])
    if check_letter(number[:17]) != number[17]:
        raise DocumentError(
            DocumentFlaw.CHECK_DIGIT, "证件号码的最后一位与前面的数字不符，请对照证件逐位检查。"
        )
    return Document(document_type, number, born_on, is_male=int(number[16]) % 2 == 1)


def _check_region(document_type: DocumentType, number: str) -> None:
    known = {
        DocumentType.RESIDENT_ID: number[:2] in _PROVINCES and number[:6] not in _PERMIT_REGIONS,
        DocumentType.RESIDENCE_PERMIT: number[:6] in _PERMIT_REGIONS,
        # 9, then the region of application (province), then the region of nationality.
        DocumentType.FOREIGN_PERMANENT: number[1:3] in _PROVINCES,
    }[document_type]
    if known:
        return
    if number[:6] in _PERMIT_REGIONS:
        sentence = "这是港澳台居民居住证的号码，请在上面改选证件类型。"
    else:
        sentence = "证件号码开头的地区代码不存在，请对照证件检查前 6 位。"
    raise DocumentError(DocumentFlaw.REGION, sentence)


def _read_15(number: str, today: dt.date) -> Document:
    """Read the form of 2004: nationality (3 letters), region (4), birth date (6), serial, check."""
    if number[3:5] not in _PROVINCES:
        raise DocumentError(
            DocumentFlaw.REGION, "证件号码第 4 至 7 位的地区代码不存在，请对照证件检查。"
        )
    century = "20" if int(number[7:9]) <= today.year % 100 - MINIMUM_AGE else "19"
    born_on = _date(century + number[7:13])
    if foreign_check_digit(number[:14]) != number[14]:
        raise DocumentError(
            DocumentFlaw.CHECK_DIGIT, "证件号码的最后一位与前面的内容不符，请对照证件逐位检查。"
        )
    # The form of 2004 does not tell the sex; the registry does where it matters.
    return Document(
        DocumentType.FOREIGN_PERMANENT, number, born_on, is_male=int(number[13]) % 2 == 1
    )


def _date(digits: str) -> dt.date:
    try:
        return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        raise DocumentError(
            DocumentFlaw.BIRTH_DATE, "证件号码里的出生日期不存在，请对照证件检查。"
        ) from None


def _check_age(document: Document, today: dt.date) -> None:
    age = age_on(document.born_on, today)
    if age < MINIMUM_AGE:
        raise DocumentError(
            DocumentFlaw.TOO_YOUNG, f"年满 {MINIMUM_AGE} 周岁才能注册，请检查证件号码。"
        )
    if age > MAXIMUM_AGE:
        raise DocumentError(DocumentFlaw.TOO_OLD, "证件号码里的出生年份太早，请对照证件检查。")
