"""Letters handed to a real mail server, over TLS alone; what it answers has a name."""

import asyncio
import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from app.cli import nearby
from app.core.clock import SystemClock
from app.core.settings import MailSettings
from app.identity.providers.mail import MailLetter, SmtpMail
from app.identity.providers.wire import VendorError
from app.identity.rules.vendor_calls import Failure

NOW = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)
LETTER = MailLetter("li@factory.example", "【实学】学习任务快到期", "01ABC", "您好：\n《焊工》\n")
PASSWORD = "right"  # noqa: S105 -- of a server in this test


@dataclass
class _Box:
    """What a server answers to each step, and what it took. `answers`: by step."""

    answers: dict[str, str] = field(default_factory=dict)
    taken: list[Envelope] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 -- the name that the server looks for
        self, _server: object, _session: Session, envelope: Envelope, address: str,
        _options: list[str],
    ) -> str:  # fmt: skip
        if "rcpt" in self.answers:
            return self.answers["rcpt"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 -- the name that the server looks for
        self, server: object, _session: Session, envelope: Envelope
    ) -> str:
        if self.answers.get("data") == "hang up":
            server.transport.abort()
        self.taken.append(envelope)
        return self.answers.get("data", "250 OK")


@dataclass(frozen=True)
class _Kept:
    box: _Box
    settings: MailSettings

    def send(self, **changes: object) -> None:
        SmtpMail(self.settings.model_copy(update=changes)).send(LETTER, now=NOW)

    def fails(self, **changes: object) -> tuple[Failure, str]:
        with pytest.raises(VendorError) as caught:
            self.send(**changes)
        return caught.value.failure, caught.value.detail


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("mail")
    now = SystemClock().now()
    found, key = nearby.certificate(folder, "127.0.0.1", now=now)
    return Path(found), Path(key)


@contextmanager
def _serving(certificate: tuple[Path, Path], security: str, **answers: str) -> Iterator[_Kept]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    box = _Box(answers)
    options = {
        "tls": {"auth_require_tls": False},
        "starttls": {"tls_context": context, "require_starttls": True},
        "plain": {"auth_require_tls": False},
    }[security]

    def talk() -> SMTP:
        return SMTP(
            box, hostname="mail.example", authenticator=_authenticate, loop=loop, **options
        )  # fmt: skip

    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(
        loop.create_server(talk, "127.0.0.1", 0, ssl=context if security == "tls" else None)
    )
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    port = server.sockets[0].getsockname()[1]
    try:
        yield _Kept(
            box,
            MailSettings(
                kind="smtp", host="127.0.0.1", port=port, security=security,
                sender="study@shixue.example", user="shixue", password=PASSWORD,
                ca_file=certificate[0], timeout_s=60,
            ),
        )  # fmt: skip
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(_let_go(loop))
        loop.close()


async def _let_go(loop: asyncio.AbstractEventLoop) -> None:
    """End the conversations that are open still."""
    others = [task for task in asyncio.all_tasks(loop) if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _authenticate(
    _server: object, _session: object, _envelope: object, _mechanism: str, data: object
) -> AuthResult:
    return AuthResult(success=getattr(data, "password", b"") == PASSWORD.encode())


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_letter_arrives_as_it_was_written(certificate: tuple[Path, Path], security: str) -> None:
    with _serving(certificate, security) as server:
        server.send()
    [envelope] = server.box.taken
    assert envelope.mail_from == "study@shixue.example"
    assert envelope.rcpt_tos == ["li@factory.example"]
    assert b"\n" not in envelope.original_content.replace(b"\r\n", b"")
    found = message_from_bytes(envelope.content, policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert found["Subject"] == LETTER.subject
    assert str(found["From"]) == "实学 <study@shixue.example>"
    assert found["Message-ID"] == "<01abc@shixue.example>"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found.get_content().replace("\r\n", "\n") == LETTER.text


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"rcpt": "550 no such user"}, (Failure.REFUSED, "rcpt 550")),
        ({"rcpt": "451 later"}, (Failure.THROTTLED, "rcpt 451")),
        ({"data": "554 looks like spam"}, (Failure.REFUSED, "data 554")),
        ({"data": "452 full"}, (Failure.THROTTLED, "data 452")),
    ],
)
def test_what_the_server_says_has_a_name(
    certificate: tuple[Path, Path], answers: dict[str, str], expected: tuple[Failure, str]
) -> None:
    with _serving(certificate, "tls", **answers) as server:
        assert server.fails() == expected


def test_a_server_that_hangs_up_over_the_text_may_have_taken_it(
    certificate: tuple[Path, Path],
) -> None:
    with _serving(certificate, "tls", data="hang up") as server:
        assert server.fails()[0] is Failure.LOST


def test_nothing_is_said_to_who_cannot_be_trusted(certificate: tuple[Path, Path]) -> None:
    with _serving(certificate, "tls") as server:
        assert server.fails(ca_file=None)[0] is Failure.UNREACHED
        assert server.fails(password="wrong")[0] is Failure.UNREACHED
    with _serving(certificate, "plain") as plain:
        assert plain.fails(security="starttls")[0] is Failure.UNREACHED
    assert plain.fails()[0] is Failure.UNREACHED
    assert server.box.taken == plain.box.taken == []
