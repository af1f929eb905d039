"""Both vendors over real HTTP: what each answer means, and that nothing broken is ever a pass."""

import logging
import socket
import threading
import time as wall
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.core.settings import VendorSettings
from app.identity.providers.account import Surroundings
from app.identity.providers.simulation import Fault
from app.identity.providers.wire import VendorError
from app.identity.rules.deletions import RECEIPT
from app.identity.rules.registry import RegistryOutcome
from app.identity.rules.vendor_calls import Failure
from app.oversight.services.complaints import WHERE_TO_READ
from tests.vendors import (
    FORCED,
    KINDS,
    NAME,
    NOW,
    NUMBER,
    PERMIT,
    PHONE,
    Kind,
    Time,
    Vendor,
    around,
    patience,
    registry_through,
    sms_through,
    vendor,
)

# What is settled with the first answer; the rest is asked again.
_FINAL = (Fault.WRONG_BODY, Fault.WRONG_SHAPE, Fault.EMPTY, Fault.HALF, Fault.HUGE, Fault.REDIRECT)
_FINAL += (Fault.SHORT_LENGTH,)
_PASSING = tuple(fault for fault in Fault if fault not in _FINAL)
both = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def server() -> Iterator[Vendor]:
    with vendor() as found:
        yield found


@pytest.fixture
def time() -> Time:
    return Time()


def _check(settings: VendorSettings, time: Time, name: str = NAME, number: str = NUMBER):
    return registry_through(settings, around(time)).check(name=name, number=number, now=NOW)


@both
@pytest.mark.parametrize(
    ("name", "number", "outcome"),
    [
        (NAME, NUMBER, RegistryOutcome.MATCH),
        ("李晓海", NUMBER, RegistryOutcome.MISMATCH),
        (NAME, "510104199001010019", RegistryOutcome.NO_RECORD),
        ("陈港生", PERMIT, RegistryOutcome.MATCH),
        (NAME, FORCED[RegistryOutcome.NO_RECORD], RegistryOutcome.NO_RECORD),
        (NAME, FORCED[RegistryOutcome.UPSTREAM_ERROR], RegistryOutcome.UPSTREAM_ERROR),
        (NAME, FORCED[RegistryOutcome.RATE_LIMITED], RegistryOutcome.RATE_LIMITED),
        (NAME, FORCED[RegistryOutcome.BAD_NAME], RegistryOutcome.BAD_NAME),
    ],
)
def test_every_answer_is_understood(
    server: Vendor, time: Time, kind: Kind, name: str, number: str, outcome: RegistryOutcome
) -> None:
    answer = _check(server.settings(kind), time, name, number)
    assert answer.outcome is outcome
    assert len(answer.transaction_id) == 36
    assert (answer.earlier_ids, time.slept, server.server.asked) == ((), [], 1)
    assert answer.source == f"{kind}@127.0.0.1"


@both
def test_a_number_that_vendors_do_not_document_is_not_sent(
    server: Vendor, time: Time, kind: Kind
) -> None:
    answer = _check(server.settings(kind), time, "Marie Dupont", "FRA510081080304")
    assert (answer.outcome, answer.transaction_id) == (RegistryOutcome.PENDING_MANUAL, "")
    assert (answer.source, server.server.asked) == ("", 0)


@both
@pytest.mark.parametrize("fault", _PASSING)
def test_a_question_is_asked_again_after_what_passes(
    server: Vendor, time: Time, kind: Kind, fault: Fault
) -> None:
    server.server.misbehave([fault], slow_s=1.0)
    registry = registry_through(server.settings(kind, **patience(fault)), _with_wall(time))
    answer = registry.check(name=NAME, number=NUMBER, now=NOW)
    assert (answer.outcome, server.server.asked) == (RegistryOutcome.MATCH, 2)
    assert len(time.slept) == 1


@both
@pytest.mark.parametrize("fault", Fault)
def test_no_broken_answer_is_ever_a_pass(
    server: Vendor, time: Time, kind: Kind, fault: Fault
) -> None:
    server.server.misbehave([fault] * 9, slow_s=1.0)
    registry = registry_through(server.settings(kind, **patience(fault)), _with_wall(time))
    answer = registry.check(name=NAME, number=NUMBER, now=NOW)
    assert answer.outcome is RegistryOutcome.UPSTREAM_ERROR
    assert server.server.asked == (1 if fault in _FINAL else 3)


@both
@pytest.mark.parametrize("fault", Fault)
def test_a_message_that_may_have_arrived_is_not_sent_again(
    server: Vendor, time: Time, kind: Kind, fault: Fault
) -> None:
    server.server.misbehave([fault] * 9, slow_s=1.0)
    sms = sms_through(server.settings(kind, **patience(fault)), _with_wall(time))
    with pytest.raises(VendorError) as lost:
        sms.send_code(phone=PHONE, code="123456", now=NOW)
    assert PHONE not in str(lost.value)
    assert len(server.sent) == 1


@both
def test_messages_arrive_as_they_were_meant(server: Vendor, time: Time, kind: Kind) -> None:
    sms = sms_through(server.settings(kind), around(time))
    sms.send_code(phone=PHONE, code="012345", now=NOW)
    sms.send_answer(phone=PHONE, number="A1", answer="已“改”好：50% & 请再看 {1}", now=NOW)
    code, answer = server.sent
    assert code == (PHONE, "【实学】验证码 012345，请勿告诉他人。")
    assert answer[1].endswith("已有结果：已“改”好：50% & 请再看 {1}。")


@both
def test_a_letter_does_not_fit_into_a_template(server: Vendor, time: Time, kind: Kind) -> None:
    sms = sms_through(server.settings(kind), around(time))
    with pytest.raises(VendorError, match=r"(?i)length"):
        sms.send_answer(phone=PHONE, number="A1", answer="字" * 36, now=NOW)
    assert server.sent == []
    for words in (WHERE_TO_READ, RECEIPT):  # what is sent does
        sms.send_answer(phone=PHONE, number="0123456789", answer=words, now=NOW)


@both
def test_a_template_that_the_vendor_does_not_know_is_no_success(
    server: Vendor, time: Time, kind: Kind
) -> None:
    settings = server.settings(kind).model_copy(update={"template_id": "999"})
    with pytest.raises(VendorError) as refused:
        sms_through(settings, around(time)).send_code(phone=PHONE, code="123456", now=NOW)
    assert refused.value.failure is Failure.REFUSED
    assert (server.sent, server.server.asked) == ([], 1)


@both
@pytest.mark.parametrize("wrong", [{"secret_key": "wrong"}, {"secret_id": "wrong"}])
def test_a_wrong_signature_proves_nothing(
    server: Vendor, time: Time, kind: Kind, wrong: dict[str, str]
) -> None:
    settings = server.settings(kind).model_copy(update=wrong)
    answer = _check(settings, time)
    assert answer.outcome is RegistryOutcome.UPSTREAM_ERROR
    assert len(answer.transaction_id) == 36
    with pytest.raises(VendorError):
        sms_through(settings, around(time)).send_code(phone=PHONE, code="123456", now=NOW)
    assert (server.sent, server.server.asked, time.slept) == ([], 2, [])


@both
def test_nobody_there_is_asked_again_and_then_given_up(
    server: Vendor, time: Time, kind: Kind
) -> None:
    """Nothing can have arrived, so a message is sent again too."""
    server.server.close()
    settings = server.settings(kind)
    answer = _check(settings, time)
    assert (answer.outcome, answer.transaction_id) == (RegistryOutcome.UPSTREAM_ERROR, "")
    with pytest.raises(VendorError) as unreached:
        sms_through(settings, around(time)).send_code(phone=PHONE, code="123456", now=NOW)
    assert unreached.value.failure is Failure.UNREACHED
    assert time.slept == [0.15, 0.3] * 2


@both
def test_all_attempts_together_keep_to_the_deadline(server: Vendor, kind: Kind) -> None:
    """On the machine's own clock: the answers drip, so that no single wait is long."""
    server.server.misbehave([Fault.DRIP] * 5, slow_s=20.0)
    settings = server.settings(kind, timeout_s=3.0, deadline_s=3.0, attempts=5)
    begun = wall.monotonic()
    registry = registry_through(settings, Surroundings())
    answer = registry.check(name=NAME, number=NUMBER, now=NOW)
    assert answer.outcome is RegistryOutcome.UPSTREAM_ERROR
    assert wall.monotonic() - begun < 19  # one answer alone drips for 20 s


@both
def test_a_wait_is_no_longer_than_what_is_left(server: Vendor, kind: Kind) -> None:
    """The answer begins late and then stalls: its last wait ends with the attempt."""
    settings = server.settings(kind, timeout_s=1.5, attempts=1)
    registry, took = registry_through(settings, Surroundings()), []
    for _ in range(12):  # a busy machine may be late, but not each time
        server.server.misbehave([Fault.STALL], slow_s=4.0)
        begun = wall.monotonic()
        answer = registry.check(name=NAME, number=NUMBER, now=NOW)
        took.append(wall.monotonic() - begun)
        assert answer.outcome is RegistryOutcome.UPSTREAM_ERROR
        if took[-1] < 2.3:
            break
    assert 1.4 < min(took) < 2.3


@both
def test_the_ids_of_all_attempts_are_kept(server: Vendor, time: Time, kind: Kind) -> None:
    """A failure with an answer has an id of its own; a page of a proxy has none."""
    server.break_first(kind, "one", "two")
    found = _check(server.settings(kind), time)
    assert (found.outcome, found.earlier_ids) == (RegistryOutcome.MATCH, ("one", "two"))
    assert len(found.transaction_id) == 36
    server.break_first(kind, "one", "two", "three")
    given_up = _check(server.settings(kind), time)
    assert given_up.outcome is RegistryOutcome.UPSTREAM_ERROR
    assert (given_up.earlier_ids, given_up.transaction_id) == (("one", "two"), "three")


@both
def test_who_fails_too_often_rests_and_one_call_tries(
    server: Vendor, time: Time, kind: Kind
) -> None:
    settings = server.settings(kind, breaker_failures=4, breaker_rest_s=60)
    registry = registry_through(settings, around(time))
    server.server.misbehave([Fault.SERVER_ERROR] * 5)
    for _ in range(4):
        answer = registry.check(name=NAME, number=NUMBER, now=NOW)
        assert answer.outcome is RegistryOutcome.UPSTREAM_ERROR
    assert server.server.asked == 4
    time.at_s += 60
    assert registry.check(name=NAME, number=NUMBER, now=NOW).outcome is not RegistryOutcome.MATCH
    assert server.server.asked == 5
    time.at_s += 60
    for _ in range(3):
        answer = registry.check(name=NAME, number=NUMBER, now=NOW)
        assert answer.outcome is RegistryOutcome.MATCH
    assert server.server.asked == 8


@both
def test_a_budget_that_is_used_up_asks_nobody(server: Vendor, time: Time, kind: Kind) -> None:
    left = [True]
    spare = around(time, budget=lambda _now: bool(left) and left.pop())
    settings = server.settings(kind)
    registry = registry_through(settings, spare)
    found = [registry.check(name=NAME, number=NUMBER, now=NOW).outcome for _ in range(2)]
    assert found == [RegistryOutcome.MATCH, RegistryOutcome.RATE_LIMITED]
    with pytest.raises(VendorError) as spared:
        sms_through(settings, spare).send_code(phone=PHONE, code="123456", now=NOW)
    assert (spared.value.failure, server.server.asked) == (Failure.SPARED, 1)


@both
def test_nothing_personal_is_logged(
    server: Vendor, time: Time, kind: Kind, caplog: pytest.LogCaptureFixture
) -> None:
    server.server.misbehave([Fault.SERVER_ERROR] * 3 + [Fault.HALF])
    with caplog.at_level(logging.DEBUG):
        _check(server.settings(kind), time)
        with pytest.raises(VendorError):
            sms_through(server.settings(kind), around(time)).send_code(
                phone=PHONE, code="654321", now=NOW
            )
    own = [record for record in caplog.records if record.name == "shixue.vendors"]
    told = [(record.failure, record.attempts) for record in own]  # type: ignore[attr-defined]
    assert told == [("broken", 3), ("malformed", 1)]
    said = repr([vars(record) for record in caplog.records if record.levelno >= logging.INFO])
    assert not any(personal in said for personal in (NAME, NUMBER, PHONE, "654321"))


@both
def test_threads_share_an_account(server: Vendor, kind: Kind) -> None:
    registry = registry_through(server.settings(kind), Surroundings())

    def ask(name: str) -> RegistryOutcome:
        return registry.check(name=name, number=NUMBER, now=NOW).outcome

    names = [NAME, "李晓海"] * 20
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, names))
    assert found == [RegistryOutcome.MATCH, RegistryOutcome.MISMATCH] * 20


@both
def test_what_answers_no_http_at_all_proves_nothing(time: Time, kind: Kind) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def answer() -> None:
            for _ in range(3):
                taken, _address = listening.accept()
                with taken:
                    taken.recv(65536)
                    taken.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        settings = VendorSettings(kind=kind, endpoint=f"http://127.0.0.1:{port}")
        assert _check(settings, time).outcome is RegistryOutcome.UPSTREAM_ERROR
        thread.join(timeout=30)


def _with_wall(time: Time) -> Surroundings:
    """The machine's clock for what really waits, none for the pauses between attempts."""
    return around(time, ticks=wall.monotonic, sleep=time.slept.append)
