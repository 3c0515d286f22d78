"""The board's server: nothing without the token, nothing but looking, calendars at secret addresses."""

import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from conftest import SMALL, Kh, at, free_port

from engine.config import load_settings
from engine.db import open_read_only, writing
from engine.errors import Unavailable
from engine.office import office_of
from engine.web import Server, application

Write = Callable[..., Path]
TOKEN = "mot-chuoi-bi-mat-khong-ai-doan-duoc"
NOW = at("2020-04-01 09:00")


@dataclass
class Answer:
    status: int
    headers: Message
    body: str


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any) -> None:
        return None


@dataclass
class Site:
    server: Server
    port: int

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method, headers=headers)
        opener = urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as answer:
                return Answer(answer.status, answer.headers, answer.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read().decode())

    def look(self, path: str) -> Answer:
        return self.ask(path, Authorization=f"Bearer {TOKEN}")


@pytest.fixture
def site(kh: Kh, plan_file: Write, tmp_path: Path) -> Iterator[Site]:
    kh("start", plan_file(SMALL), "--id", "dt", "--at", "2020-03-04")
    kh("start", plan_file(SMALL.replace("plan: nho", "plan: kin")), "--id", "kin", "--at", "2020-03-04")
    settings = load_settings(tmp_path)
    office = office_of(open_read_only(settings.database_url), settings)
    server = Server(office, ["dt"], TOKEN, lambda: NOW, "en")
    port = free_port()
    running = uvicorn.Server(uvicorn.Config(application(server), port=port, access_log=False, log_level="error"))
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        assert thread.is_alive()
    yield Site(server, port)
    running.should_exit = True
    thread.join()
    office.engine.dispose()


def test_nothing_is_told_without_the_token(site: Site) -> None:
    for path in ("/", "/board/dt", "/?token=falsch", "/board/dt?token=" + TOKEN):
        answer = site.ask(path)
        assert answer.status == 401
        assert "Kế hoạch" not in answer.body
    assert site.ask("/", Authorization="Bearer x").status == 401
    assert site.ask("/", Cookie=f"kh_board={TOKEN}").status == 401


def test_the_token_opens_the_board_once_and_leaves_the_address(site: Site) -> None:
    answer = site.ask(f"/?token={TOKEN}")
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    cookie = answer.headers["Set-Cookie"]
    assert TOKEN not in cookie
    assert "HttpOnly" in cookie
    opened = site.ask("/", Cookie=cookie.split(";")[0])
    assert opened.status == 200
    assert 'href="/board/dt"' in opened.body


def test_the_page_is_live_and_shows_only_what_it_may(site: Site, kh: Kh) -> None:
    assert "done late" in site.look("/board/dt").body
    before = site.look("/board/dt").body
    kh("submit", "dt/bao-cao/h1", "--at", "2020-03-27")
    assert site.look("/board/dt").body != before
    assert site.look("/board/kin").status == 404
    assert site.look("/board/kin").body == "instance not found: kin\n"
    assert "kin" not in site.look("/").body


def test_answers_may_neither_be_kept_nor_framed_nor_fetch_anything(site: Site) -> None:
    headers = site.look("/").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy


def test_the_calendar_needs_only_its_own_address(site: Site) -> None:
    path = site.server.feed_path("dt")
    assert f'href="{path}"' in site.look("/board/dt").body
    answer = site.ask(path)
    assert (answer.status, answer.body[:15]) == (200, "BEGIN:VCALENDAR")
    assert site.ask(path.replace("dt.ics", "kin.ics")).status == 404
    assert site.ask("/feed/0000/dt.ics").status == 404
    assert site.ask(site.server.feed_path("kin")).status == 404  # an address of its own, but not shown


def test_nothing_can_be_changed(site: Site) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert site.ask("/", method, Authorization=f"Bearer {TOKEN}").status == 405
    with pytest.raises(Unavailable, match=r"read-?only"), writing(site.server.office.engine) as connection:
        connection.exec_driver_sql("UPDATE task SET state = 'cancelled'")


@pytest.mark.parametrize(
    ("words", "variables", "code", "said"),
    [
        (("--serve", "-o", "x.html"), {}, 2, "--serve shows what is now"),
        (("khong-co", "--serve"), {}, 1, "instance not found: khong-co"),
        (("--serve",), {"KH_BOARD_TOKEN": "ngan"}, 1, "KH_BOARD_TOKEN has at least 24"),
        (("--serve", "--bind", "203.0.113.1"), {}, 4, "Cannot assign requested address"),
    ],
)
def test_bad_words(
    words: tuple[str, ...], variables: dict[str, str], code: int, said: str, kh: Kh, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    ran = kh("board", *words, ok=False)
    assert (ran.code, said in ran.err) == (code, True), ran.err


def test_the_command_serves_until_it_is_stopped(kh: Kh, plan_file: Write) -> None:
    kh("start", plan_file(SMALL), "--id", "dt", "--at", "2020-03-04")
    program = "from engine.commands.main import main; main()"
    serving = subprocess.Popen(
        [sys.executable, "-c", program, "board", "--serve", "--port", "0"], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    assert serving.stdout is not None
    try:
        address = serving.stdout.readline().strip()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor())
        with opener.open(address, timeout=30) as answer:
            page = answer.read().decode()
    finally:
        serving.send_signal(signal.SIGINT)
    out, err = serving.communicate(timeout=30)
    assert 'href="/board/dt"' in page
    assert (serving.returncode, out, err) == (0, "", "")  # no request, and so no token, is ever logged
