"""No secret is ever printed, logged or stored: all that a day of an office says and keeps is searched for them."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from conftest import Kh, Mailbox
from test_rights import PLAN

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store
Write = Callable[..., Path]
SECRETS = {
    "KH_SMTP_PASSWORD": "hush-smtp", "KH_WEBHOOK_SECRET": "hush-hook", "KH_BOARD_TOKEN": "hush-board",
}  # fmt: skip
LOOKED_AT = (
    "list", "status x", "status x --json", "tasks x", "tasks x --json", "show x/bao-cao/h1", "notices list x",
    "notices list x --json", "notices why-not x/bao-cao/h1 --json", "log", "log --json", "log x --told --unit h1",
    "units list nho", "units list nho --json", "audit verify", "audit export", "doctor", "doctor --json",
    "report tracking x",
    "simulate plan.yaml --json", "check plan.yaml --json", "db upgrade", "backup copy.db", "calendar 2020",
)  # fmt: skip


@pytest.fixture
def said(kh: Kh, plan_file: Write, monkeypatch: pytest.MonkeyPatch, mailbox: Mailbox) -> Callable[..., str]:
    """Run a command line; all it prints."""

    def call(line: str) -> str:
        ran = kh(*line.split(), ok=False)
        assert ran.code not in (2, 3), ran.err
        return ran.out + ran.err

    for name, secret in SECRETS.items():
        monkeypatch.setenv(name, secret)
    monkeypatch.setenv("KH_SMTP_USER", "kh")
    monkeypatch.setenv("KH_USER", "lan")
    plan_file(PLAN.replace("{email: h2@t.example.vn}", "{webhook: https://10.0.0.1/x}"))
    return call


def test_nothing_that_is_said_or_kept_holds_a_secret(
    said: Callable[..., str], kh: Kh, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = said("start plan.yaml --id x --at 2020-03-04T08:00")
    token = kh("units", "token", "mai").out.strip()
    told += said("tick --at 2020-03-04T08:00 --json")  # the server does not know how to log in: it fails in words
    monkeypatch.setenv("KH_USER", "mai")
    monkeypatch.setenv("KH_TOKEN", token + "x")
    told += said("submit x/bao-cao/h1 --at 2020-03-10")
    monkeypatch.setenv("KH_TOKEN", token)
    told += said("submit x/bao-cao/h1 --at 2020-03-10") + said("cancel x/bao-cao/h1 --reason r --at 2020-03-10")
    told += "".join(said(line) for line in LOOKED_AT)
    for path in sorted(tmp_path.rglob("*")):
        if path.is_file():
            told += path.read_bytes().decode("utf-8", "replace") if path.suffix != ".db" else ""
    with closing(sqlite3.connect(tmp_path / "kh.db")) as database:
        told += "\n".join(database.iterdump())
    assert [secret for secret in (*SECRETS.values(), token) if secret in told] == []
    assert "2020-03-10" in told


@pytest.mark.parametrize("url", ["postgresql+psycopg://kh:{}@127.0.0.1:1/kh", "postgresql+none://kh:{}@h/kh", "no:{}@"])
def test_a_database_that_does_not_answer_is_named_without_its_password(
    said: Callable[..., str], monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("KH_DATABASE_URL", url.format("hush-db"))
    for line in ("list", "doctor", "doctor --json", "tick", "start plan.yaml --id x"):
        assert "hush-db" not in said(line), line
