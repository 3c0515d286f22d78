"""The views as rows from Python: the same as the command line's, and only to look at."""

import os
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from conftest import ROOT, Kh, Mailbox, at
from lived import AS_OF, CELLS, live
from sqlalchemy import text

import engine
from engine.db import head_version, open_store, writing
from engine.errors import BadValue, NotFound, Unavailable

Write = Callable[..., Path]
NOW = datetime.fromisoformat(f"{AS_OF}+07:00")


@pytest.fixture
def url(kh: Kh, plan_file: Write, mailbox: Mailbox) -> str:
    live(kh, plan_file)
    return os.environ["KH_DATABASE_URL"]


def test_the_rows_are_those_of_the_command_line(url: str, kh: Kh) -> None:
    with engine.open(url, at=NOW) as book:
        status = book.status("dt")
        assert {cell: status[cell] for cell in CELLS} == CELLS
        tasks = kh("tasks", "dt", "--at", AS_OF, "--json").json
        assert [row["task"] for row in book.tasks("dt")] == [row["task"] for row in tasks]
        assert [row["instance"] for row in book.instances()] == ["dt"]
        assert book.report("late", "dt")[0]["unit"] == "Huyện Ba"
        assert book.report("summary", "dt", table="levels", period="2020-04")[0]["rate"] is None
        assert len(book.notices()) == len(kh("notices", "list", "--json").json)
        assert len(book.entries("dt")) == len(kh("log", "dt", "--json").json)
        assert book.board("dt").startswith("<!DOCTYPE html>")


def test_it_only_looks(url: str) -> None:
    with (
        engine.open(url) as book,
        pytest.raises(Unavailable, match=r"read-?only"),
        writing(book.office.engine) as connection,
    ):
        connection.execute(text("DELETE FROM task"))


def test_what_is_not_there(url: str, tmp_path: Path) -> None:
    with pytest.raises(BadValue, match=r"there is no database at sqlite:///.*other.db"):
        engine.open(f"sqlite:///{tmp_path / 'other.db'}")
    assert not (tmp_path / "other.db").exists()
    with engine.open(url) as book:
        with pytest.raises(NotFound, match=r"kind of report not found: lat .did you mean late"):
            book.report("lat")
        with pytest.raises(NotFound, match=r"table not found: level .did you mean levels"):
            book.report("summary", "dt", table="level")


def test_an_older_database_is_left_alone(url: str) -> None:
    store = open_store(url)
    with writing(store) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    try:
        with pytest.raises(Unavailable, match=r"schema 0001.*kh doctor"):
            engine.open(url)
    finally:
        with writing(store) as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head_version()})
        store.dispose()


@pytest.mark.store("sqlite")  # which the page opens
@pytest.mark.parametrize("page", ["docs/python.md", "docs/vi/python.md"])
def test_the_page_about_it_runs(page: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every example of the page, in order, as one program."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)
    monkeypatch.setattr("engine.book.system_clock", lambda: at("2020-04-10 09:00"))
    exec("\n".join(block for block in blocks if "pandas" not in block), {})
