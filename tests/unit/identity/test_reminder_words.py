"""What reminders say: within the room of a template, and with nothing to click but our own."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.providers.simulation.messages import fits
from app.identity.rules.group_robots import is_robot_address
from app.identity.rules.reminder_words import SMS_ROOM, group_text, letter, sms_words, subject
from app.org.rules.attention import Pressing

URL = "https://shixue.example"
FACTS = {"employer": "岷江电子", "count": 2, "lines": ["《焊工》截止 2026-12-01", "《电工》"]}


@given(
    st.sampled_from(Pressing), st.text("岷江电子厂", min_size=1, max_size=120), st.integers(1, 999)
)
def test_a_message_fits_its_place_and_names_the_employer(
    reason: Pressing, employer: str, count: int
) -> None:
    words = sms_words(reason.value, {"employer": employer, "count": count})
    assert len(words) <= SMS_ROOM
    assert fits("reminder", [words])
    assert words.startswith(employer[:3])
    assert str(count) in words


@pytest.mark.parametrize("reason", [*Pressing, "digest"])
def test_a_letter_says_what_is_to_be_done_and_how_to_have_no_more(reason: str) -> None:
    text = letter(str(reason), FACTS, url=URL)
    assert all(line in text for line in FACTS["lines"])
    assert f"{URL}/me/messages" in text
    assert subject(str(reason)).startswith("【实学】")


def test_a_group_reads_lines_and_one_way_in() -> None:
    text = group_text(FACTS, url=URL)
    assert text.count("> ") == 2
    assert f"({URL}/employer/reminders)" in text


KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
GOOD = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"


def test_what_the_company_gives_out_is_taken() -> None:
    assert is_robot_address(GOOD, may_be_plain=False)
    assert is_robot_address(GOOD.replace("https", "http"), may_be_plain=True)
    assert not is_robot_address(GOOD.replace("https", "http"), may_be_plain=False)


@pytest.mark.parametrize(
    "wrong",
    [
        "", "x", GOOD + "&x=1", GOOD + "#x", GOOD.replace("send", "upload_media"),
        GOOD.replace("?key=", "?token="), GOOD.replace(KEY, "short"), GOOD + f"&key={KEY}",
        GOOD.replace("https://", "https://a@"), GOOD.replace(".com/", ".com:8443/"),
        GOOD.replace("https", "ftp"), "https://[::1", f"https:///cgi-bin/webhook/send?key={KEY}",
    ],
)  # fmt: skip
def test_anything_else_is_no_robot(wrong: str) -> None:
    assert not is_robot_address(wrong, may_be_plain=False)


@given(st.text())
def test_whatever_is_typed_is_judged_without_a_failure(text: str) -> None:
    if is_robot_address(text, may_be_plain=False):
        assert urlsplit(text).scheme == "https"
