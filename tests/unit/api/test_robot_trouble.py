"""What is said where a group's robot takes no message."""

import pytest

from app.api.v1.reminding import robot_trouble
from app.identity.providers.wire import VendorError
from app.identity.rules.vendor_calls import Failure

ANSWERED = {Failure.REFUSED, Failure.THROTTLED}


@pytest.mark.parametrize("failure", sorted(set(Failure) - ANSWERED))
def test_silence_is_said_without_a_programmers_word(failure: Failure) -> None:
    said = robot_trouble(VendorError(failure, detail="ConnectError"))
    assert said
    assert not any(each.isascii() for each in said)


@pytest.mark.parametrize("failure", sorted(ANSWERED))
def test_a_no_is_told_with_its_number(failure: Failure) -> None:
    said = robot_trouble(VendorError(failure, detail="errcode 93000"))
    assert said == "它的服务器不收（errcode 93000）"
