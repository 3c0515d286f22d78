"""E-mail over SMTP: one connection a batch, the same Message-ID at every attempt."""

import re
import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime
from email.utils import parseaddr

from engine.channels import mime
from engine.channels.contract import AMBIGUOUS, Channel, Result, Verdict
from engine.channels.file import FileChannel
from engine.config import Settings, Smtp
from engine.errors import Unavailable
from engine.faults import point
from engine.i18n import _
from engine.rows import MessageRow

LOSSES = 2  # so many connections lost in a row, and the server counts as gone until the next tick


def email_channel(settings: Settings) -> Channel:
    """The mail server; a folder where none is named but that is."""
    if settings.smtp is not None:
        return SmtpChannel(settings.smtp, settings.timeout)
    if settings.mail_folder is None:
        raise Unavailable(_("no mail server is set (KH_SMTP_HOST or kh.toml)"))
    return FileChannel(settings)


class SmtpChannel:
    """The connection opens with the first message and closes with the batch."""

    def __init__(self, settings: Smtp, timeout: float):
        self.settings, self.timeout = settings, timeout
        self.envelope = parseaddr(settings.sender)[1]  # the header may carry a name besides
        self.server: smtplib.SMTP | None = None
        self.lost = 0  # connections, in a row

    def send(self, message: MessageRow, at: datetime, ready: Callable[[], None]) -> Result:
        try:
            raw = mime.seal(message, self.settings.sender, at)
        except ValueError as error:
            return Result(Verdict.REFUSED, str(error))
        try:
            server = self.connected()
        except smtplib.SMTPAuthenticationError as error:
            return self._unreachable(f"{error.smtp_code} login refused")
        except (OSError, smtplib.SMTPException) as error:
            return self._unreachable(Result.of(Verdict.UNREACHABLE, error).text)
        try:
            return self._hand_over(server, message.recipient, raw, ready)
        except (OSError, smtplib.SMTPException) as error:
            self.hang_up(lost=True)
            return Result.of(Verdict.LATER, error)

    def connected(self) -> smtplib.SMTP:
        if self.lost >= LOSSES:
            raise smtplib.SMTPServerDisconnected(f"{self.lost} connections were lost in a row")
        if self.server is None:
            self.server = self._connect()
        return self.server

    def _connect(self) -> smtplib.SMTP:
        own = self.settings
        point("smtp connect")
        context = ssl.create_default_context() if own.tls != "none" else None  # it reads every certificate there is
        # Said in HELO; smtplib would ask the DNS for our own name, which an office network may never answer.
        myself = self.envelope.rpartition("@")[2] or "localhost"
        if own.tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(own.host, own.port, myself, timeout=self.timeout, context=context)
        else:
            server = smtplib.SMTP(own.host, own.port, myself, self.timeout)
        try:
            if own.tls == "starttls":
                server.starttls(context=context)
            if own.user:
                server.login(own.user, own.password)
            server.ehlo_or_helo_if_needed()
        except BaseException:
            server.close()
            raise
        return server

    def _hand_over(self, server: smtplib.SMTP, recipient: str, raw: bytes, ready: Callable[[], None]) -> Result:
        """The dialogue, step by step: only after the last dot may a lost reply hide that it was accepted."""
        code, text = server.mail(self.envelope)
        if code // 100 == 2:
            point("smtp recipient")
            code, text = server.rcpt(recipient)
        if code // 100 == 2:
            point("smtp data")
            code, text = server.docmd("data")
        if code != 354:
            return self._declined(server, code, text)
        ready()
        point("smtp text")
        server.send(re.sub(rb"(?m)^\.", b"..", raw) + b".\r\n")
        point("smtp reply")
        try:
            code, text = server.getreply()
        except (OSError, smtplib.SMTPServerDisconnected):
            self.hang_up(lost=True)
            return Result(Verdict.LATER, AMBIGUOUS)
        if code // 100 != 2:
            return self._declined(server, code, text)
        self.lost = 0
        point("smtp accepted")
        return Result(Verdict.ACCEPTED, _said(code, text))

    def _declined(self, server: smtplib.SMTP, code: int, text: bytes) -> Result:
        self.lost = 0
        try:
            if code == 421:
                raise smtplib.SMTPServerDisconnected
            server.rset()
        except (OSError, smtplib.SMTPException):  # it hung up after it had said so: what it said counts
            self.hang_up()
        return Result(Verdict.REFUSED if code // 100 == 5 else Verdict.LATER, _said(code, text))

    def _unreachable(self, why: str) -> Result:
        self.hang_up()
        return Result(Verdict.UNREACHABLE, _("the mail server does not answer ({why})").format(why=why))

    def hang_up(self, *, lost: bool = False) -> None:
        self.lost += lost
        server, self.server = self.server, None
        if server is not None:
            try:
                server.quit()
            except (OSError, smtplib.SMTPException):
                server.close()

    close = hang_up


def _said(code: int, text: bytes) -> str:
    return f"{code} {text.decode('utf-8', 'replace')}"[:500]
