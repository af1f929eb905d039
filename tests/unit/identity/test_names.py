"""Names: one spelling for what people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.rules.names import WrongNameError, folded, normalise


@pytest.mark.parametrize("dot", "·•‧∙⋅・･．.﹒")
@pytest.mark.parametrize("around", ["{}", " {}", "{} ", " {} ", "\u3000{}\u3000"])
def test_every_middle_dot_is_one(dot: str, around: str) -> None:
    typed = "阿依古丽" + around.format(dot) + "买买提"
    assert folded(typed) == normalise(typed) == "阿依古丽·买买提"


def test_full_width_letters_are_plain_ones_and_a_latin_full_stop_stays() -> None:
    assert normalise("Ｊｏｈｎ\u3000Ａ. Smith") == "John A. Smith"


@pytest.mark.parametrize("wrong", ["", "李", "夏\0", "\0\1", "夏8", "·夏芳", "夏" * 61])
def test_what_cannot_be_a_name_is_refused(wrong: str) -> None:
    with pytest.raises(WrongNameError):
        normalise(wrong)


@pytest.mark.parametrize(
    "name",
    [
        "刘〇", "张㐀", "张\U00020000", "张\U0002ebf0", "张\U00030000", "张\U00031350",
        "张\U000323b0",
        "阿依古丽·买买提", "ئايگۈل", "བཀྲ་ཤིས", "ᠮᠣᠩᠭᠣᠯ", "ꀀꀁ", "José Niño", "O'Brien",
        "Anne-Marie",
    ],
)  # fmt: skip
def test_names_of_every_script_stand_as_they_are(name: str) -> None:
    assert normalise(name) == name


@pytest.mark.parametrize(
    "typed",
    [
        "张 三",
        "张\u3000三",
        "张\ufe0f三",
        "张\U000e0100三",
        "张\u034f三",
        "\ufeff张三",
        "张\u200b三\u200e",
    ],
)
def test_what_nobody_sees_makes_no_other_name(typed: str) -> None:
    assert normalise(typed) == "张三"


@pytest.mark.parametrize(("typed", "name"), [
    ("O’Brien", "O'Brien"), ("OʼBrien", "O'Brien"), ("Anne‐Marie", "Anne-Marie"),
    ("阿●木", "阿·木"), ("阿··木", "阿·木"), ("阿 · 木", "阿·木"),
])  # fmt: skip
def test_signs_that_look_alike_are_one(typed: str, name: str) -> None:
    assert normalise(typed) == name


@pytest.mark.parametrize(
    "typed",
    ["\u3164\u3164", "\u1160\u1160", "\uffa0\uffa0", "\u0301\u0301", "张" + "\u0301" * 59,
     "张\ue000",
     "张\U000ffffe", "张\U0001f600", "a'", "··",
     "张三" + "\u0301\u0302\u0303\u0304\u0305\u0306\u0307"],
)  # fmt: skip
def test_what_is_not_seen_or_no_letter_is_no_name(typed: str) -> None:
    with pytest.raises(WrongNameError):
        normalise(typed)


@given(st.text(max_size=70))
def test_a_spelling_is_its_own(text: str) -> None:
    try:
        name = normalise(text)
    except WrongNameError:
        return
    assert normalise(name) == name
    assert 2 <= len(name) <= 60
