"""The questions that only the person can answer, and how an answer is compared."""

import unicodedata

ASKED = 3
"""How many a person chooses."""
LEAST_LETTERS, MOST_LETTERS = 2, 40
QUESTIONS: dict[str, str] = {
    "first_school": "您上的第一所小学叫什么？",
    "first_teacher": "您印象最深的老师姓名是什么？",
    "childhood_friend": "您小时候最好的朋友叫什么？",
    "first_job": "您第一份工作在哪个单位？",
    "mother_home": "您母亲的老家在哪个村或镇？",
    "favourite_dish": "您家里人做的菜，您最爱吃哪一道？",
    "first_trip": "您第一次出远门去了哪里？",
    "first_master": "教您手艺的第一位师傅叫什么？",
}


def normalise(answer: str) -> str:
    """What is compared: full and half width, case and blanks make no difference."""
    text = unicodedata.normalize("NFKC", answer).casefold()
    return "".join(char for char in text if not char.isspace())


def is_usable(answer: str) -> bool:
    return LEAST_LETTERS <= len(normalise(answer)) <= MOST_LETTERS
