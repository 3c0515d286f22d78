"""A signed JSON body to an office's own software: HMAC-SHA256 over time and body, no redirect followed."""

import hashlib
import hmac
import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from typing import Any

from engine.channels.addresses import is_inside, leads_inside, refusal
from engine.channels.contract import AMBIGUOUS, Result, Verdict
from engine.config import Settings
from engine.errors import Unavailable
from engine.i18n import _
from engine.rows import MessageRow

FOR_NOW = (408, 429)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """An address that moved is corrected in the directory, not followed: the notice is for the office that gave it."""

    def redirect_request(self, *_redirected: Any) -> None:
        return None


class _Checked(http.client.HTTPConnection):
    """Looks again at whom it is connected to before a word is sent: a name may answer differently the second time."""

    def __init__(self, trusted: Collection[str], *words: Any, **options: Any):
        super().__init__(*words, **options)
        self.trusted = trusted

    def connect(self) -> None:
        super().connect()
        if self.host not in self.trusted and is_inside(peer := self.sock.getpeername()[0]):
            self.close()
            raise ValueError(leads_inside(self.host, peer))


class _CheckedTls(_Checked, http.client.HTTPSConnection): ...


class _Checking(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    def __init__(self, trusted: Collection[str]):
        super().__init__()
        self.trusted = trusted

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(_Checked, self.trusted), request)

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(_CheckedTls, self.trusted), request)


class WebhookChannel:
    def __init__(self, settings: Settings):
        if not settings["webhook_secret"]:
            raise Unavailable(_("no secret to sign with is set (KH_WEBHOOK_SECRET)"))
        self.secret = settings["webhook_secret"].encode()
        self.timeout = settings.timeout
        self.allowed = settings.webhook_allow
        proxies = {urllib.parse.urlsplit(address).hostname or "" for address in urllib.request.getproxies().values()}
        self.opener = urllib.request.build_opener(_NoRedirect, _Checking(self.allowed | proxies))
        self.silent: set[str] = set()  # servers that did not answer in this batch: one wait for each is enough

    def send(self, message: MessageRow, at: datetime, ready: Callable[[], None]) -> Result:
        parts = urllib.parse.urlsplit(message.recipient)
        server = parts.netloc
        if server in self.silent:
            return Result(Verdict.LATER, _("{server} did not answer just now").format(server=server))
        if why := refusal(parts.hostname or "", self.allowed):
            return Result(Verdict.REFUSED, why)
        ready()
        result = self._post(message, at)
        if result.verdict is Verdict.LATER and not result.text[:3].isdigit():
            self.silent.add(server)
        return result

    def _post(self, message: MessageRow, at: datetime) -> Result:
        body = json.dumps(payload(message), ensure_ascii=False).encode()
        stamp = str(int(at.timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8", "User-Agent": "kh",
            "Idempotency-Key": message.message_id, "X-KH-Timestamp": stamp,
            "X-KH-Signature": f"sha256={signature(self.secret, stamp, body)}",
        }  # fmt: skip
        try:
            request = urllib.request.Request(message.recipient, body, headers, method="POST")
            with self.opener.open(request, timeout=self.timeout) as answer:
                return Result(Verdict.ACCEPTED, f"{answer.status} {answer.reason}")
        except urllib.error.HTTPError as error:
            with error:
                never = 400 <= error.code < 500 and error.code not in FOR_NOW
                return Result(Verdict.REFUSED if never else Verdict.LATER, f"{error.code} {error.reason}"[:500])
        except urllib.error.URLError as error:  # before the body was out
            return Result.of(Verdict.LATER, error)
        except (OSError, http.client.HTTPException):
            return Result(Verdict.LATER, AMBIGUOUS)
        except ValueError as error:  # an address that is none
            return Result.of(Verdict.REFUSED, error)

    def close(self) -> None: ...


def signature(secret: bytes, stamp: str, body: bytes) -> str:
    """What a receiver computes again, and compares, before it believes a body."""
    return hmac.new(secret, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()


def payload(message: MessageRow) -> dict[str, Any]:
    return {
        "message_id": message.message_id, "date": message.office_date.isoformat(), "severity": message.severity,
        "rung": message.rung, "subject": message.subject, "text": message.body,
        "items": [{"task": task, "rung": row.rung, "severity": row.severity}
                  for task, row in zip(message.tasks, message.decisions, strict=True)],
        "attachments": json.loads(message.attachments),
    }  # fmt: skip
