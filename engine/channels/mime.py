"""A stored message as the bytes of a mail; and the proof that a reader will see what was stored, and nothing else."""

import base64
import email
import json
from collections.abc import Iterator
from datetime import datetime
from email import encoders
from email.charset import BASE64, Charset
from email.errors import HeaderParseError
from email.generator import BytesGenerator
from email.header import Header, decode_header, make_header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import Compat32
from email.utils import format_datetime, formataddr, getaddresses, parseaddr
from io import BytesIO
from pathlib import Path
from typing import Any

from engine.rows import MessageRow
from engine.templates import header_text


class _AsWritten(Compat32):
    """Headers are folded when they are made, and go out so; the library would take each of them apart again."""

    def fold_binary(self, name: str, value: str) -> bytes:
        return f"{name}: {value}".replace("\n", "\r\n").encode("ascii") + b"\r\n"


WIRE = _AsWritten(linesep="\r\n")
# Every part is base64, where no line begins so; and a message is the same mail at every attempt.
MIXED, ALTERNATIVE = "=_kh_mixed", "=_kh_alternative"


def _utf_8() -> Any:  # typeshed knows only names, the library charsets as well
    """UTF-8 in base64, whatever another library (apprise does) has made of it for the whole process."""
    found = Charset("utf-8")
    found.header_encoding = found.body_encoding = BASE64
    return found


def seal(message: MessageRow, sender: str, at: datetime) -> bytes:
    """The mail, proved good to send. Raises ValueError where it cannot be written, or would read otherwise."""
    raw = compose(message, sender, at)
    try:
        wrong = differences(raw, message, sender)
    except (LookupError, HeaderParseError) as error:  # words in a charset that is none
        raise ValueError(f"not sent: {error}") from error
    if wrong:
        raise ValueError(f"not sent: {', '.join(wrong)} would read otherwise than stored")
    return raw


def compose(message: MessageRow, sender: str, at: datetime) -> bytes:
    """The mail as it goes over the wire; built from the stored row alone."""
    files = json.loads(message.attachments)
    mail = _text(message)
    if files:
        mail, text = MIMEMultipart("mixed", MIXED), mail
        for part in (text, *map(_attachment, files)):
            mail.attach(part)
    for name, value in _headers(message, sender, at).items():
        mail[name] = value if value.isascii() else Header(value, "utf-8", header_name=name).encode()
    written = BytesIO()
    BytesGenerator(written, mangle_from_=False, policy=WIRE).flatten(mail)
    return written.getvalue()


def _headers(message: MessageRow, sender: str, at: datetime) -> dict[str, str]:
    thread = {"In-Reply-To": message.follows, "References": message.follows} if message.follows else {}
    return {
        "From": formataddr(parseaddr(header_text(sender)), "utf-8"), "To": message.recipient,
        "Subject": header_text(message.subject), "Date": format_datetime(at), "Message-ID": message.message_id,
        "Auto-Submitted": "auto-generated", **thread,
    }  # fmt: skip


def _text(message: MessageRow) -> MIMEBase:
    plain = MIMEText(message.body, "plain", _utf_8())
    if not message.html:
        return plain
    both = MIMEMultipart("alternative", ALTERNATIVE)
    both.attach(plain)
    both.attach(MIMEText(message.html, "html", _utf_8()))
    return both


def _attachment(file: dict[str, str]) -> MIMEBase:
    kind, _slash, detail = file.get("type", "text/plain").partition("/")
    part = MIMEText("", detail, _utf_8()) if kind == "text" else MIMEBase(kind, detail or "octet-stream")
    del part["Content-Transfer-Encoding"]
    part.set_payload(_content(file))
    encoders.encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=_file_name(header_text(file["name"])))
    return part


def attached(files: str) -> dict[str, bytes]:
    """What is attached to a stored message: file name → content."""
    return {Path(header_text(file["name"])).name: _content(file) for file in json.loads(files)}


def _content(file: dict[str, str]) -> bytes:
    return file["text"].encode() if "text" in file else base64.b64decode(file["base64"])


def _file_name(name: str) -> Any:
    return name if name.isascii() else ("utf-8", "", name)


def differences(raw: bytes, message: MessageRow, sender: str) -> list[str]:
    """What a reader of these bytes would see other than it was stored; empty where they are good to send."""
    mail = email.message_from_bytes(raw)
    read = {name: str(make_header(decode_header(value))) for name, value in mail.items()}
    thread = {"In-Reply-To", "References"} if message.follows else set()
    expected = {
        "recipients": (_addresses(mail, "To", "Cc", "Bcc"), [message.recipient]),
        "sender": (_addresses(mail, "From"), [parseaddr(sender)[1]]),
        "subject": (read.get("Subject"), header_text(message.subject)),
        "Message-ID": (read.get("Message-ID"), message.message_id),
        "headers": (sorted(set(mail.keys()) - _OF_MIME), sorted(_OF_OURS | thread)),
        "number of headers": (len(mail.keys()), len(set(mail.keys()))),
        "text": (_decoded(_first(mail, "text/plain")), _lines(message.body)),
        "attachments": ([part.get_filename() for part in mail.walk() if part.get_filename()],
                        [header_text(file["name"]) for file in json.loads(message.attachments)]),
    }  # fmt: skip
    return [name for name, (seen, stored) in expected.items() if seen != stored]


_OF_OURS = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"}
_OF_MIME = {"MIME-Version", "Content-Type", "Content-Transfer-Encoding"}


def _addresses(mail: Message, *headers: str) -> list[str]:
    return [address for _name, address in getaddresses([str(v) for name in headers for v in mail.get_all(name, [])])]


def _first(mail: Message, kind: str) -> Message | None:
    parts: Iterator[Message] = mail.walk()
    return next((part for part in parts if part.get_content_type() == kind and not part.get_filename()), None)


def _decoded(part: Message | None) -> str:
    payload = part.get_payload(decode=True) if part else b""
    return _lines(payload.decode("utf-8", "replace")) if isinstance(payload, bytes) else ""


def _lines(text: str) -> str:
    """However a mail spells its ends of lines."""
    return "\n".join(text.splitlines())
