"""`kh db copy`: an office moves from a file to a server and back, whole, and goes on there."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Kh, Mailbox
from lived import live
from sqlalchemy import text
from stores import Server

from engine import db
from engine.service import copying

Write = Callable[..., Path]


@pytest.fixture
def urls(kh: Kh, plan_file: Write, mailbox: Mailbox, tmp_path: Path, server: Server) -> Iterator[tuple[str, str]]:
    """An office that has lived, in a file; and an empty database."""
    live(kh, plan_file)
    kh("tick", "--at", "2020-06-01T08:00")
    yield f"sqlite:///{tmp_path / 'kh.db'}", server.empty()
    server.empty()


def rows(url: str) -> dict[str, list[Any]]:
    """All there is, by table."""
    engine = db.connect(url)
    with db.reading(engine) as connection:
        found = {table.name: sorted(map(repr, connection.execute(table.select()))) for table in copying._tables()}
    engine.dispose()
    return found


pytestmark = pytest.mark.store("sqlite")


def test_there_and_back_it_is_the_same_office(
    urls: tuple[str, str], kh: Kh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = urls
    ran = kh("db", "copy", source, target)
    assert "the log's seals hold" in ran.out
    assert rows(source) == rows(target)
    back = f"sqlite:///{tmp_path / 'archive.db'}"
    kh("db", "copy", target, back)
    assert rows(source) == rows(back)
    monkeypatch.setenv("KH_DATABASE_URL", target)
    monkeypatch.setenv("KH_CLOCK", "host")
    before = len(kh("log", "--json").json)
    kh("note", "dt", "đã chuyển sang máy chủ", "--at", "2020-06-02")
    assert len(kh("log", "--json").json) > before  # new rows get new numbers
    assert kh("audit", "verify").code == 0


def test_a_target_that_is_not_empty_is_left_alone(urls: tuple[str, str], kh: Kh) -> None:
    source, target = urls
    kh("db", "copy", source, target)
    ran = kh("db", "copy", source, target, ok=False)
    assert (ran.code, "the target is not empty" in ran.err) == (1, True)
    same = kh("db", "copy", source, source, ok=False)
    assert "the same database" in same.err


def test_an_interrupted_copy_is_gone_on_with(urls: tuple[str, str], kh: Kh, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = urls
    insert, done = copying.insert_rows, []

    def fail(*words: Any) -> None:
        if len(done) == 6:
            raise OSError("the link is cut")
        done.append(words[1].name)
        insert(*words)

    monkeypatch.setattr(copying, "insert_rows", fail)
    assert kh("db", "copy", source, target, ok=False).code == 4
    monkeypatch.setattr(copying, "insert_rows", insert)
    kh("db", "copy", source, target)
    assert rows(source) == rows(target)


@pytest.mark.parametrize("harm", ["other", "shorter", "gone"])
def test_files_come_along_and_a_damaged_one_is_refused(
    urls: tuple[str, str], kh: Kh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    source, target = urls
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "server"))  # where the files of a server's office lie
    (tmp_path / "bao-cao.docx").write_bytes(b"all that was asked for")
    kh("submit", "dt/bao-cao/h3", "--file", tmp_path / "bao-cao.docx", "--at", "2020-06-01T09:00")
    (kept,) = [path for path in (tmp_path / "kh.db-files").rglob("*") if path.is_file()]
    if harm == "gone":
        kept.rename(tmp_path / "aside")
    else:
        kept.write_bytes(b"all that was asked FOR" if harm == "other" else b"all that was")
    ran = kh("db", "copy", source, target, ok=False)
    assert (ran.code != 0, str(kept.name) in ran.err) == (True, True), ran.err
    assert not any(path.is_file() for path in (tmp_path / "server").rglob("*"))
    kept.write_bytes(b"all that was asked for")
    assert kh("db", "copy", source, target).code == 0  # what was left out is made up for
    (there,) = [path for path in (tmp_path / "server").rglob("*") if path.is_file()]
    assert (there.read_bytes(), there.parent.name + there.name) == (kept.read_bytes(), kept.parent.name + kept.name)
    monkeypatch.setenv("KH_DATABASE_URL", target)
    monkeypatch.setenv("KH_CLOCK", "host")
    kh("show", "dt/bao-cao/h3", "--save", tmp_path / "out")
    assert (tmp_path / "out" / "bao-cao.docx").read_bytes() == kept.read_bytes()


def test_a_source_that_changed_in_between_is_told(urls: tuple[str, str], kh: Kh, monkeypatch: Any) -> None:
    source, target = urls
    with monkeypatch.context() as cut:
        cut.setattr(copying, "_finish", lambda _target: (_ for _ in ()).throw(OSError("cut")))
        assert kh("db", "copy", source, target, ok=False).code == 4
    kh("note", "dt", "một việc nữa", "--at", "2020-06-02")
    ran = kh("db", "copy", source, target, ok=False)
    assert "changed since the copy was begun (entry)" in ran.err


def test_a_source_that_is_not_there_is_not_made(urls: tuple[str, str], kh: Kh, tmp_path: Path) -> None:
    gone = tmp_path / "none" / "kh.db"
    ran = kh("db", "copy", f"sqlite:///{gone}", urls[1], ok=False)
    assert (ran.code, "there is no database at" in ran.err, gone.parent.exists()) == (1, True, False), ran.err


def test_the_schema_of_the_source_is_this_program_s(urls: tuple[str, str], kh: Kh, tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    ran = kh("db", "copy", f"sqlite:///{tmp_path / 'empty.db'}", urls[1], ok=False)
    assert (ran.code, "kh db upgrade" in ran.err) == (1, True)


def test_the_application_s_role_changes_no_entry(urls: tuple[str, str], kh: Kh, server: Server) -> None:
    """The shipped script, and what a role of its kind may do."""
    import shutil
    import subprocess

    from conftest import ROOT
    from stores import plain

    if shutil.which("psql") is None:
        pytest.skip("there is no psql here")
    source, target = urls
    kh("db", "copy", source, target)
    script = ROOT / "engine" / "roles.sql"
    words = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-v", f"database={server.name}", "-f", str(script), plain(target)]
    subprocess.run(words, check=True, capture_output=True)
    engine = db.connect(target)
    for statement, allowed in (
        ("UPDATE entry SET actor = 'x'", False), ("DELETE FROM seal", False), ("DROP TABLE task", False),
        ("DELETE FROM message", False), ("UPDATE task SET version = version + 1", True),
        ("INSERT INTO heartbeat VALUES ('role', now())", True),
    ):  # fmt: skip
        with engine.connect() as connection:
            connection.execute(text("SET ROLE kh_app"))
            if allowed:
                connection.execute(text(statement))
            else:
                with pytest.raises(db.DBAPIError, match=r"permission denied|must be owner"):
                    connection.execute(text(statement))
            connection.rollback()
    with engine.begin() as connection:
        connection.execute(text("DROP OWNED BY kh_app, kh_owner"))
        connection.execute(text("DROP SCHEMA IF EXISTS queue CASCADE"))
    engine.dispose()
