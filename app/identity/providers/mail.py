"""Mail over SMTP with TLS (RFC 5321, 8314, 3207): one letter a connection, each step with a name.

What goes wrong is told by what may have happened already: before the letter's text nothing was
sent, while its text is on the way it may have been.
"""

import datetime as dt
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as LINES
from email.utils import format_datetime
from typing import Protocol

from app.core.settings import MailSettings
from app.identity.providers.wire import VendorError
from app.identity.rules.vendor_calls import Failure

_PERMANENT = 500


@dataclass(frozen=True, slots=True)
class MailLetter:
    """`number` names the letter for ever: it is its Message-ID."""

    to: str
    subject: str
    number: str
    text: str


class MailSender(Protocol):
    """Sends a letter. Raises VendorError; of a recipient that is not there REFUSED, `rcpt …`."""

    def send(self, letter: MailLetter, *, now: dt.datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class SmtpMail:
    """A mail server that takes letters for others, as it is set."""

    settings: MailSettings

    def send(self, letter: MailLetter, *, now: dt.datetime) -> None:
        """Send. Raises VendorError."""
        message = compose(letter, self.settings, now)
        server = self._open()
        try:
            self._check(server.mail(self.settings.sender), "mail")
            self._check(server.rcpt(letter.to), "rcpt")
            try:
                code, _ = server.data(message.as_bytes(policy=LINES))
            except smtplib.SMTPDataError as refusal:
                self._check((refusal.smtp_code, b""), "data")
            except (OSError, smtplib.SMTPException) as error:
                raise VendorError(Failure.LOST, detail=type(error).__name__) from None
            else:
                self._check((code, b""), "data")
        except (OSError, smtplib.SMTPException) as error:
            raise VendorError(Failure.UNREACHED, detail=type(error).__name__) from None
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()

    def _open(self) -> smtplib.SMTP:
        """Connect, under TLS, and sign in; nothing has been said of any letter yet."""
        found = self.settings
        try:
            if found.security == "tls":
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    found.host, found.port, timeout=found.timeout_s, context=self._trust()
                )
            else:
                server = smtplib.SMTP(found.host, found.port, timeout=found.timeout_s)
        except (OSError, smtplib.SMTPException) as error:
            raise VendorError(Failure.UNREACHED, detail=type(error).__name__) from None
        try:
            if found.security == "starttls":
                server.starttls(context=self._trust())
            server.ehlo_or_helo_if_needed()
            if found.user:
                server.login(found.user, found.password)
        except (OSError, smtplib.SMTPException) as error:
            server.close()
            raise VendorError(Failure.UNREACHED, detail=type(error).__name__) from None
        return server

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.settings.ca_file)

    @staticmethod
    def _check(answer: tuple[int, bytes], step: str) -> None:
        """The server's words may repeat the address, so only its code is kept."""
        code = answer[0]
        if 200 <= code < 300:
            return
        failure = Failure.REFUSED if code >= _PERMANENT else Failure.THROTTLED
        raise VendorError(failure, detail=f"{step} {code}")


def compose(letter: MailLetter, settings: MailSettings, now: dt.datetime) -> EmailMessage:
    """A plain letter that says it was made by a machine (RFC 3834), so that none answers it."""
    message = EmailMessage()
    message["From"] = Address("实学", addr_spec=settings.sender)
    message["To"] = Address(addr_spec=letter.to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter.number.lower()}@{settings.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


@dataclass(frozen=True, slots=True)
class SimulatedMail:
    """Keeps letters where the outbox page of a demo shows them; production refuses it."""

    keep: Callable[[str, str, dt.datetime], None]

    def send(self, letter: MailLetter, *, now: dt.datetime) -> None:
        """Keep a letter."""
        self.keep(letter.to, f"{letter.subject}\n{letter.text}", now)
