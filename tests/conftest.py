"""What tests share: a real store, a real mail server on loopback, the command line in process."""

import email
import email.policy
import json
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller

# All models are made before any test freezes the time: pydantic refuses a frozen `datetime` (see freezegun's docs).
from engine.calendar import Calendar
from engine.commands.main import run, speak
from engine.config import load_settings
from engine.db import open_store
from engine.machine import Act
from engine.office import Office

pytest_plugins = ["stores"]
ROOT = Path(__file__).parent.parent
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def pytest_configure() -> None:
    """Started in the background of a script, Ctrl-C is ignored, and so it would be in every program a test starts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def at(text: str) -> datetime:
    """An office time such as '2020-03-04 08:00' as a UTC instant."""
    return datetime.fromisoformat(text).replace(tzinfo=HANOI).astimezone(UTC)


@pytest.fixture(autouse=True)
def no_outside_world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only loopback, no settings of the machine, English."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {address}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    for name in list(__import__("os").environ):
        if name.startswith("KH_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("KH_USER", "tester")
    monkeypatch.setenv("KH_DATABASE_URL", f"sqlite:///{tmp_path / 'kh.db'}")
    monkeypatch.chdir(tmp_path)
    speak("en")


@dataclass
class Mailbox:
    """What a mail server on loopback was sent; `answer` is what it says to the next message."""

    mails: list[EmailMessage] = field(default_factory=list)
    answer: Callable[[EmailMessage], str] = lambda _mail: "250 OK"
    host: str = "127.0.0.1"
    port: int = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        said = self.answer(mail)  # type: ignore[arg-type]
        if said.startswith("250"):
            self.mails.append(mail)  # type: ignore[arg-type]
        return said

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    box = Mailbox()
    box.port = free_port()
    controller = Controller(box, hostname=box.host, port=box.port)
    controller.start()
    monkeypatch.setenv("KH_SMTP_HOST", box.host)
    monkeypatch.setenv("KH_SMTP_PORT", str(box.port))
    monkeypatch.setenv("KH_SMTP_FROM", "kh@office.example.vn")
    yield box
    controller.stop()


@pytest.fixture
def office(tmp_path: Path, database: str) -> Iterator[Office]:
    """The office that the environment names (its store is the test's own)."""
    settings = load_settings(tmp_path)
    found = Office(open_store(settings.database_url), settings, Calendar())
    yield found
    found.engine.dispose()


@dataclass
class Hooks:
    """What a web server on loopback was sent, and what it answers: a status, a place to go instead, or nothing."""

    url: str = ""
    answer: int | str | None = 204
    posts: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hooks]:
    found = Hooks()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.posts.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            if found.answer is None:
                found.done.wait()
                self.close_connection = True
                return
            self.send_response(found.answer if isinstance(found.answer, int) else 307)
            if isinstance(found.answer, str):
                self.send_header("Location", found.answer)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_words: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("KH_WEBHOOK_SECRET", "hush-hush")
    monkeypatch.setenv("KH_WEBHOOK_ALLOW", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield found
    found.done.set()
    server.shutdown()
    thread.join()
    server.server_close()


def act(moment: datetime, **more: Any) -> Act:
    """Something recorded as it happens."""
    return Act("tester", moment, moment, **more)


def text_of(mail: EmailMessage) -> str:
    """What a mail says to a reader who wants no HTML."""
    plain = mail.get_body(("plain",))
    assert plain is not None
    return str(plain.get_content())


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)


Kh = Callable[..., Ran]


@pytest.fixture
def kh(capfd: pytest.CaptureFixture[str], database: str) -> Kh:
    """Run one command line in this process, in English unless `--lang vi`."""

    def call(*words: str, ok: bool = True) -> Ran:
        speak(words[1] if words and words[0] == "--lang" else "en")
        capfd.readouterr()
        code = run([str(word) for word in words])
        out, err = capfd.readouterr()
        speak("en")
        assert "Traceback" not in err, err
        if ok:
            assert code == 0, f"kh {' '.join(map(str, words))}: {err}"
        return Ran(code, out, err)

    return call


SMALL = """
plan: nho
title: Kế hoạch nhỏ
document: {number: 1/KH-UBND, issued: 2020-03-04, issuer: ubnd}
directory:
  units:
    ubnd: {name: UBND tỉnh, level: province, contact: {email: ubnd@t.example.vn}}
    so-a: {name: Sở A, level: department, parent: ubnd, contact: {email: so-a@t.example.vn}}
    h1: {name: Huyện Một, level: district, parent: ubnd, contact: {email: h1@t.example.vn}}
    h2: {name: Huyện Hai, level: district, parent: ubnd, contact: {email: h2@t.example.vn}}
  groups:
    huyen: {level: district}
coordinator: so-a
span: 2020-03-04 .. 2020-12-31
stages:
  bao-cao:
    name: Báo cáo
    clause: I.1
    responsible: {each: huyen}
    submit_to: so-a
    deadline: trước ngày 30/3/2020
  tong-hop:
    name: Tổng hợp
    clause: I.2
    responsible: so-a
    after: [bao-cao]
    inferred: 10 ngày làm việc sau khi bao-cao
"""


@pytest.fixture
def plan_file(tmp_path: Path) -> Callable[..., Path]:
    """Write a plan; by default the small one, with parts replaced."""

    def write(text: str = SMALL, name: str = "plan.yaml", **replaced: str) -> Path:
        for old, new in replaced.items():
            text = text.replace(old, new)
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


MORNING = time(7, 30)


@pytest.fixture
def begin(kh: Kh, tmp_path: Path, freezer: Any) -> Callable[[str], None]:
    """Start a plan of these stages, for the units of handing.py, as `x` on 4 March 2020; it is 10 April now."""
    from handing import HEAD

    def start(stages: str) -> None:
        freezer.move_to("2020-04-10T03:00:00Z")
        (tmp_path / "p.yaml").write_text(HEAD + stages, encoding="utf-8")
        kh("start", tmp_path / "p.yaml", "--id", "x", "--at", "2020-03-04")

    return start
