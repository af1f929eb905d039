"""Names: one spelling for what people type."""

import pytest

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
