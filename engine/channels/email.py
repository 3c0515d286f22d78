"""E-mail over SMTP: one connection a batch, the same Message-ID at every attempt."""

import base64
import json
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from enum import StrEnum
from types import TracebackType
from typing import Any

from engine.config import Smtp
from engine.templates import header_text

TIMEOUT_SECONDS = 30


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    LATER = "later"  # 4xx, or no answer: worth another try
    REFUSED = "refused"  # 5xx: it will never be accepted
    UNREACHABLE = "unreachable"  # the server, not the message


@dataclass(frozen=True, slots=True)
class Result:
    verdict: Verdict
    text: str


class EmailChannel:
    """A context: the connection opens with the first message and closes at the end."""

    def __init__(self, settings: Smtp):
        self.settings = settings
        self.envelope = parseaddr(settings.sender)[1]  # the header may carry a name besides
        self.server: smtplib.SMTP | None = None

    def __enter__(self) -> "EmailChannel":
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.hang_up()

    def send(self, message: Any, at: datetime) -> Result:
        """Hand one stored message over. Never raises for what a server may do."""
        try:
            server = self.connected()
        except smtplib.SMTPAuthenticationError as error:
            return Result(Verdict.UNREACHABLE, f"{error.smtp_code} login refused")
        except (OSError, smtplib.SMTPException) as error:
            self.hang_up()
            return Result(Verdict.UNREACHABLE, _words(error))
        try:
            server.send_message(compose(message, self.settings.sender, at), self.envelope, message.recipient)
        except smtplib.SMTPRecipientsRefused as error:
            code, reason = next(iter(error.recipients.values()))
            return self.answered(code, reason)
        except smtplib.SMTPServerDisconnected as error:
            self.hang_up()
            return Result(Verdict.LATER, _words(error))
        except smtplib.SMTPResponseException as error:
            return self.answered(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            self.hang_up()
            return Result(Verdict.LATER, _words(error))
        except ValueError as error:  # an address or header that cannot be written
            return Result(Verdict.REFUSED, _words(error))
        return Result(Verdict.ACCEPTED, "250")

    def connected(self) -> smtplib.SMTP:
        if self.server is None:
            self.server = self._connect()
        return self.server

    def _connect(self) -> smtplib.SMTP:
        own = self.settings
        context = ssl.create_default_context()
        # Said in HELO; smtplib would ask the DNS for our own name, which an office network may never answer.
        myself = self.envelope.rpartition("@")[2] or "localhost"
        if own.tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                own.host, own.port, myself, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(own.host, own.port, myself, TIMEOUT_SECONDS)
        try:
            if own.tls == "starttls":
                server.starttls(context=context)
            if own.user:
                server.login(own.user, own.password)
        except BaseException:
            server.close()
            raise
        return server

    def answered(self, code: int, reason: bytes | str) -> Result:
        text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        if code == 421:
            self.hang_up()
        return Result(Verdict.LATER if 400 <= code < 500 else Verdict.REFUSED, f"{code} {text}"[:500])

    def hang_up(self) -> None:
        server, self.server = self.server, None
        if server is not None:
            try:
                server.quit()
            except (OSError, smtplib.SMTPException):
                server.close()


def compose(message: Any, sender: str, at: datetime) -> EmailMessage:
    """The mail as it goes over the wire; built from the stored row alone."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = message.recipient
    mail["Subject"] = header_text(message.subject)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.body, cte="base64")
    for attachment in json.loads(message.attachments):
        kind, _slash, subtype = attachment.get("type", "text/plain").partition("/")
        if "base64" in attachment:
            content = base64.b64decode(attachment["base64"])
            mail.add_attachment(content, kind, subtype, filename=attachment["name"])
        else:
            mail.add_attachment(attachment["text"], subtype=subtype, filename=attachment["name"], cte="base64")
    return mail


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
