"""What people write in their own words reaches its reader as it was read by who wrote it."""

import pytest
from pydantic import TypeAdapter, ValidationError

from app.api.v1.texts import PersonText

_words = TypeAdapter(PersonText).validate_python


@pytest.mark.parametrize("mark", [*"\u061c\u200e\u200f\u202a\u202d\u202e\u2066\u2069"])
def test_marks_that_turn_the_writing_are_left_out(mark: str) -> None:
    assert _words(f"请{mark}通过{mark}") == "请通过"
    with pytest.raises(ValidationError, match="text_blank"):
        _words(mark)


@pytest.mark.parametrize("mark", ["\x00", "\x1b", "\x7f", "\x9b", "\ud800"])
def test_control_characters_are_refused(mark: str) -> None:
    with pytest.raises(ValidationError, match="text_control"):
        _words(f"请{mark}通过")


def test_lines_and_joined_signs_stay() -> None:
    text = "第一行\n第二行\t\U0001f469\u200d\U0001f527 10:00–10:05"
    assert _words(text) == text
