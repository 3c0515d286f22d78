"""Delivery to a mail server that plays every trick: what it says is recorded, nothing is lost, repeats are the same."""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import charset
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from conftest import Kh, Mailbox, act, at, free_port
from hypothesis import given
from hypothesis import strategies as st

from engine.channels import mime
from engine.channels.contract import AMBIGUOUS
from engine.delivery import BACK_OFF, JITTER, back_off, deliver
from engine.office import Office
from engine.pace import Pace
from engine.rows import MessageRow
from engine.service.moves import move
from engine.service.select import Selection
from engine.service.start import start
from engine.service.ticking import tick
from engine.states import Trigger

Write = Callable[..., Path]
ON = "2020-03-04T08:00"


class Actor(SMTP):
    """A mail server that answers a step of the dialogue as the script says, and as usual where it says nothing.

    `close` drops the connection, `silence` never answers, a final `!` drops it after the answer.
    """

    def connection_made(self, transport: Any) -> None:
        self.event_handler.actors.append(self)
        super().connection_made(transport)

    async def act(self, step: str, argument: str = "") -> bool:
        for key, said in self.event_handler.script.items():
            if key.partition(" ")[0] == step and key.partition(" ")[2] in argument:
                if said == "silence":
                    await asyncio.Event().wait()
                if said != "close":
                    await super().push(said.rstrip("!"))
                if said.endswith(("close", "!")):
                    self.transport.abort()
                return True
        return False

    async def push(self, status: Any) -> None:
        greeting = isinstance(status, str) and status.startswith("220 ") and "TLS" not in status
        if not (greeting and await self.act("greeting")):
            await super().push(status)

    async def smtp_EHLO(self, hostname: str) -> None:
        if not await self.act("EHLO"):
            await super().smtp_EHLO(hostname)

    async def smtp_MAIL(self, arg: str) -> None:
        if not await self.act("MAIL", arg):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str) -> None:
        if not await self.act("RCPT", arg):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:
        if not await self.act("DATA"):
            await super().smtp_DATA(arg)


class Play(Mailbox):
    script: dict[str, str]
    actors: list[Actor]

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> Any:
        usual = await super().handle_DATA(server, session, envelope)
        said = self.script.get("text", usual)
        if said in ("close", "silence"):
            await server.act("text")
        return said

    async def clear(self) -> None:
        """Hang up on whoever still waits."""
        for actor in self.actors:
            if actor.transport:
                actor.transport.abort()
        await asyncio.sleep(0)


class Stage(Controller):
    def factory(self) -> Actor:
        return Actor(self.handler, **self.SMTP_kwargs)


@contextmanager
def on_stage(monkeypatch: pytest.MonkeyPatch, **more: Any) -> Iterator[Play]:
    play = Play()
    play.script, play.actors = {}, []
    play.port = free_port()
    stage = Stage(play, hostname=play.host, port=play.port, **more)
    stage.start()
    for name, value in {"HOST": play.host, "PORT": play.port, "FROM": "Sở A <kh@office.example.vn>"}.items():
        monkeypatch.setenv(f"KH_SMTP_{name}", str(value))
    try:
        yield play
    finally:
        asyncio.run_coroutine_threadsafe(play.clear(), stage.loop).result()
        stage.stop()


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Iterator[Play]:
    with on_stage(monkeypatch) as found:
        yield found


@pytest.fixture
def started(kh: Kh, plan_file: Write) -> Kh:
    kh("start", str(plan_file()), "--id", "nho", "--at", ON)
    return kh


def listed(kh: Kh) -> dict[str, tuple[str, str]]:
    """Each unit's message: how it stands, and why."""
    rows = kh("notices", "list", "--json").json
    return {row["recipient"].partition("@")[0]: (row["status"], row["reason"]) for row in rows}


def hurry(monkeypatch: pytest.MonkeyPatch, script: dict[str, str]) -> None:
    """Wait for no answer that never comes; but long enough for any other on a busy machine."""
    monkeypatch.setenv("KH_DELIVERY_TIMEOUT", "0.2" if "silence" in script.values() else "30")


def ids(mails: list[EmailMessage]) -> list[str]:
    return [mail["Message-ID"] for mail in mails]


LATER = {
    "4xx at MAIL": ({"MAIL": "451 try later"}, "451 try later"),
    "4xx at RCPT": ({"RCPT": "450 greylisted"}, "450 greylisted"),
    "4xx at DATA": ({"DATA": "452 disk full"}, "452 disk full"),
    "4xx after the text": ({"text": "451 scanner is down"}, "451 scanner is down"),
    "421 in the middle": ({"RCPT": "421 closing!"}, "421 closing"),
    "closed at MAIL": ({"MAIL": "close"}, "SMTPServerDisconnected"),
    "closed before DATA": ({"DATA": "close"}, "SMTPServerDisconnected"),
    "silent at RCPT": ({"RCPT": "silence"}, "timed out"),
    "nonsense": ({"RCPT": "what?"}, "-1"),
    "closed in the middle of DATA": ({"DATA": "354 go on!"}, AMBIGUOUS),
    "accepted, then closed": ({"text": "close"}, AMBIGUOUS),
    "accepted, then silent": ({"text": "silence"}, AMBIGUOUS),
}


@pytest.mark.parametrize(("script", "why"), LATER.values(), ids=LATER.keys())
def test_what_may_yet_succeed_is_repeated_as_the_same_mail(
    started: Kh, play: Play, monkeypatch: pytest.MonkeyPatch, script: dict[str, str], why: str
) -> None:
    hurry(monkeypatch, script)
    play.script = script
    assert "2 to be tried again" in started("tick", "--at", ON).err
    assert {status for status, _reason in listed(started).values()} == {"pending"}
    assert all(why in reason for _status, reason in listed(started).values())
    maybe = ids(play.mails)
    play.script, play.mails = {}, []
    hurry(monkeypatch, play.script)
    started("tick", "--at", "2020-03-04T08:02")
    rows = started("notices", "list", "--json").json
    assert sorted(ids(play.mails)) == sorted(row["message_id"] for row in rows)
    assert set(maybe) <= set(ids(play.mails))
    assert {(row["status"], row["attempts"]) for row in rows} == {("sent", 2)}
    assert {row["reason"] == AMBIGUOUS for row in rows} == {why == AMBIGUOUS}  # a doubt stays on record


@pytest.mark.parametrize("said", ["554 never", "554 never!"])
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_what_is_refused_for_good_is_parked(started: Kh, play: Play, step: str, said: str) -> None:
    play.script = {step: said}
    assert "2 refused for good (554 never)" in started("tick", "--at", ON).err
    assert set(listed(started).values()) == {("dead", "554 never")}
    assert "messages refused for good: 2" in started("doctor", ok=False).out


def test_what_is_refused_after_the_text_is_parked(started: Kh, play: Play) -> None:
    play.script = {"text": "552 too big"}
    started("tick", "--at", ON)
    assert set(listed(started).values()) == {("dead", "552 too big")}


def test_a_refused_recipient_stops_nobody_else(started: Kh, play: Play) -> None:
    play.script = {"RCPT h1@": "550 no such user"}
    started("tick", "--at", ON)
    assert listed(started) == {"h1": ("dead", "550 no such user"), "h2": ("sent", "250 OK")}


UNREACHABLE: dict[str, tuple[dict[str, str], dict[str, str], str]] = {
    "421 for a greeting": ({"greeting": "421 busy!"}, {}, "421"),
    "554 for a greeting": ({"greeting": "554 no"}, {}, "554"),
    "no greeting": ({"greeting": "silence"}, {}, "timed out"),
    "hangs up at once": ({"greeting": "close"}, {}, "closed"),
    "STARTTLS missing": ({}, {"TLS": "starttls"}, "STARTTLS extension not supported"),
    "no TLS at all": ({"greeting": "silence"}, {"TLS": "tls"}, "timed out"),
    "AUTH missing": ({}, {"USER": "kh", "PASSWORD": "x"}, "AUTH extension not supported"),
}


@pytest.mark.parametrize(("script", "settings", "why"), UNREACHABLE.values(), ids=UNREACHABLE.keys())
def test_a_server_that_cannot_be_spoken_to_costs_no_attempt(
    started: Kh, play: Play, monkeypatch: pytest.MonkeyPatch, script: dict[str, str], settings: dict[str, str], why: str
) -> None:
    hurry(monkeypatch, script)
    play.script = script
    for name, value in settings.items():
        monkeypatch.setenv(f"KH_SMTP_{name}", value)
    said = started("tick", "--at", ON).err
    assert "2 messages wait: the mail server does not answer" in said
    assert why in said
    play.script = {}
    hurry(monkeypatch, play.script)
    for name in settings:
        monkeypatch.delenv(f"KH_SMTP_{name}")
    started("tick", "--at", ON)
    assert {row["attempts"] for row in started("notices", "list", "--json").json} == {1}
    assert len(play.mails) == 2


def test_a_server_that_loses_every_connection_is_left_alone_until_the_next_tick(
    started: Kh, plan_file: Write, play: Play
) -> None:
    text = plan_file().read_text("utf-8").replace("{level: district}", "[h1, h2, so-a, ubnd]")
    started("start", str(plan_file(text, "more.yaml")), "--id", "more", "--at", ON)
    play.script = {"MAIL": "close"}
    said = started("tick", "--at", ON).err
    assert "2 messages wait: the mail server does not answer" in said
    assert "2 to be tried again" in said


def test_an_old_server_is_spoken_to_in_its_own_way(started: Kh, monkeypatch: pytest.MonkeyPatch) -> None:
    with on_stage(monkeypatch, enable_SMTPUTF8=False) as play:
        play.script = {"EHLO": "502 what?"}
        started("tick", "--at", ON)
        (mail,) = play.to("h1@t.example.vn")
        assert "Giao việc" in mail["Subject"]
        assert mail["From"] == "Sở A <kh@office.example.vn>"


@pytest.mark.parametrize("mode", ["tls", "starttls"])
@pytest.mark.parametrize(
    ("name", "trusted", "sent"), [("127.0.0.1", True, 2), ("127.0.0.1", False, 0), ("x.vn", True, 0)]
)
def test_only_a_server_that_can_show_who_it_is_gets_anything(
    started: Kh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, name: str, trusted: bool, sent: int
) -> None:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    (authority if trusted else trustme.CA()).cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("KH_SMTP_TLS", mode)
    options = {"ssl_context": context} if mode == "tls" else {"tls_context": context, "require_starttls": True}
    with on_stage(monkeypatch, **options) as play:
        ran = started("tick", "--at", ON)
    assert len(play.mails) == sent
    assert ("CERTIFICATE_VERIFY_FAILED" in ran.err) == (not sent)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize(("password", "sent"), [("right", 2), ("wrong", 0)])
def test_a_login_is_made_and_a_refused_one_is_said(
    started: Kh, monkeypatch: pytest.MonkeyPatch, password: str, sent: int
) -> None:
    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == b"right", handled=False)

    monkeypatch.setenv("KH_SMTP_USER", "kh")
    monkeypatch.setenv("KH_SMTP_PASSWORD", password)
    with on_stage(monkeypatch, authenticator=check, auth_required=True, auth_require_tls=False) as play:
        said = started("tick", "--at", ON).err
    assert len(play.mails) == sent
    assert ("login refused" in said) == (not sent)
    assert password not in said


def test_after_the_last_attempt_a_message_is_a_dead_letter(started: Kh, play: Play) -> None:
    play.script = {"RCPT h1@": "451 try later"}
    now = at("2020-03-04 08:00")
    for minutes in (0, *BACK_OFF):
        now += timedelta(minutes=minutes * (1 + JITTER), seconds=1)
        started("tick", "--at", now.isoformat())
    rows = started("notices", "list", "--status", "dead", "--json").json
    assert [(row["recipient"], row["attempts"]) for row in rows[:1]] == [("h1@t.example.vn", len(BACK_OFF) + 1)]


def row(**more: Any) -> MessageRow:
    values = {"id": 1, "recipient": "h1@t.example.vn", "channel": "email", "office_date": at("2020-03-04 08:00").date(),
              "message_id": "<0a1b@kh.invalid>", "subject": "x", "body": "x\n", "html": "", "attachments": "[]",
              "severity": 0, "rung": "opening", "reason": None, "attempts": 0}  # fmt: skip
    return MessageRow(**{**values, **more})


def test_what_failed_together_does_not_come_back_together() -> None:
    waits = [back_off(row(message_id=f"<{number}@kh.invalid>")) for number in range(50)]
    assert waits == [back_off(row(message_id=f"<{number}@kh.invalid>")) for number in range(50)]
    assert len(set(waits)) > 30
    assert timedelta(minutes=1) <= min(waits) < max(waits) <= timedelta(minutes=1.25)


class Hours:
    """A clock that only sleeping moves; `meanwhile` happens during the first sleep."""

    def __init__(self) -> None:
        self.now, self.naps = 0.0, list[float]()
        self.meanwhile: Callable[[], Any] = lambda: None

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.naps.append(seconds)
        if len(self.naps) == 1:
            self.meanwhile()


@pytest.fixture
def hours() -> Hours:
    return Hours()


def _tick(office: Office, hours: Hours, per_minute: float) -> Any:
    pace = Pace(per_minute, lambda: hours.now, hours.sleep)
    return tick(office, at("2020-03-04 08:00"), deliver=partial(deliver, pace=pace)).delivered


def test_a_rate_limit_waits_and_leaves_nothing_behind(
    mailbox: Mailbox, office: Office, plan_file: Write, hours: Hours
) -> None:
    text = plan_file().read_text("utf-8").replace("{level: district}", "[h1, h2, so-a, ubnd]")
    start(office, plan_file(text, "four.yaml"), "x", act(at("2020-03-04 08:00")))
    assert _tick(office, hours, per_minute=30).sent == len(mailbox.mails) == 4
    assert hours.naps == [2, 2, 2]


def test_what_is_settled_while_others_are_sent_is_not_sent(
    mailbox: Mailbox, office: Office, plan_file: Write, hours: Hours
) -> None:
    now = at("2020-03-04 08:00")
    start(office, plan_file(), "x", act(now))
    hours.meanwhile = lambda: move(office, Selection(["x/bao-cao/h2"]), Trigger.SUBMIT, act(now))
    done = _tick(office, hours, per_minute=10)
    assert (done.sent, done.cancelled) == (1, 1)
    assert [mail["To"] for mail in mailbox.mails] == ["h1@t.example.vn"]


def test_without_a_limit_nothing_waits(mailbox: Mailbox, office: Office, plan_file: Write, hours: Hours) -> None:
    start(office, plan_file(), "x", act(at("2020-03-04 08:00")))
    assert _tick(office, hours, per_minute=0).sent == 2
    assert hours.naps == []


def test_a_reminder_is_read_under_the_first_notice_of_its_task(started: Kh, mailbox: Mailbox) -> None:
    started("tick", "--at", ON)
    started("tick", "--at", "2020-03-19T08:00")
    opening, reminder = mailbox.to("h1@t.example.vn")
    assert opening["In-Reply-To"] is None
    assert reminder["In-Reply-To"] == reminder["References"] == opening["Message-ID"]


def test_a_mail_has_text_html_and_its_attachments() -> None:
    files = '[{"name": "đôn đốc.txt", "type": "text/plain", "text": "Kính gửi\\n"}, ' \
            '{"name": "a.docx", "type": "application/vnd.openxmlformats", "base64": "UEsDBA=="}]'  # fmt: skip
    message = row(subject="Nhắc việc", body="Kính gửi: Huyện Một\n", html="<p>Huyện Một</p>\n", attachments=files)
    raw = mime.compose(message, "Sở A <a@t.example.vn>", at(ON))
    assert mime.differences(raw, message, "a@t.example.vn") == []
    assert raw == mime.compose(message, "Sở A <a@t.example.vn>", at(ON))
    assert max(map(len, raw.split(b"\r\n"))) <= 200
    mail = mime.email.message_from_bytes(raw, policy=mime.email.policy.default)  # type: ignore[attr-defined]
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/plain",
        "application/vnd.openxmlformats",
    ]  # fmt: skip
    text, docx = mail.iter_attachments()
    assert (text.get_filename(), text.get_content()) == ("đôn đốc.txt", "Kính gửi\n")
    assert (docx.get_filename(), docx.get_content()) == ("a.docx", b"PK\x03\x04")


@given(subject=st.text(max_size=300), body=st.text())
def test_whatever_is_written_a_reader_sees_the_same(subject: str, body: str) -> None:
    message = row(subject=subject, body=body, html=body)
    assert mime.differences(mime.compose(message, "a@t.example.vn", at(ON)), message, "a@t.example.vn") == []


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (b"To: h1@t.example.vn", b"To: h1@t.example.vn, evil@t.example.vn", "recipients"),
        (b"To: h1@t.example.vn", b"To: h1@t.example.vn\r\nBcc: evil@t.example.vn", "recipients"),
        (b"Subject: x", b"Subject: =?utf-8?q?y?=", "subject"),
        (b"Subject: x", b"Subject: x\r\nSubject: y", "number of headers"),
        (b"<0a1b@kh.invalid>", b"<0000@kh.invalid>", "Message-ID"),
        (b"From: a@", b"From: b@", "sender"),
        (b"eAo=", b"eQo=", "text"),
        (b"Auto-Submitted", b"Reply-To", "headers"),
    ],
)
def test_a_mail_that_would_read_otherwise_is_found_out(old: bytes, new: bytes, what: str) -> None:
    raw = mime.compose(row(), "a@t.example.vn", at(ON))
    assert raw.count(old) == 1
    assert what in mime.differences(raw.replace(old, new), row(), "a@t.example.vn")


def test_what_cannot_be_written_as_stored_is_parked(started: Kh, mailbox: Mailbox, tamper: Callable[..., None]) -> None:
    mailbox.answer = lambda _mail: "451 later"
    started("tick", "--at", ON)
    tamper("UPDATE message SET recipient = 'h1@t.example.vn, evil@t.example.vn' WHERE recipient LIKE 'h1%'")
    mailbox.answer = lambda _mail: "250 OK"
    started("tick", "--at", "2020-03-04T08:02")
    (dead,) = started("notices", "list", "--status", "dead", "--json").json
    assert dead["reason"] == "not sent: recipients would read otherwise than stored"
    assert [mail["To"] for mail in mailbox.mails] == ["h2@t.example.vn"]


def test_another_library_s_charsets_change_no_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    before = mime.compose(row(), "a@t.example.vn", at(ON))
    monkeypatch.setattr(charset, "CHARSETS", {**charset.CHARSETS, "utf-8": (charset.QP, charset.QP, "utf-8")})
    assert mime.compose(row(), "a@t.example.vn", at(ON)) == before
