"""Care: what the doctor sees, backups proved and restored under load, old databases, what a monitoring reads."""

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Kh, Mailbox, at
from pages import parts_of

from engine import db
from engine.office import Office
from engine.reports import health
from engine.reports.metrics import exposition
from engine.vitals import vitals

Write = Callable[..., Path]
OLD = sorted((ROOT / "tests" / "data").glob("schema-*.sql"))
ON = at("2020-03-04 08:00")


@pytest.fixture
def finding(kh: Kh) -> Callable[[str], dict[str, Any]]:
    """One check of `kh doctor`, by its name."""

    def look(name: str) -> dict[str, Any]:
        ran = kh("doctor", "--json", ok=False)
        found = json.loads(ran.out)["findings"]
        assert ran.code == int(not all(item["ok"] for item in found))
        return next(item for item in found if item["check"] == name)

    return look


Look = Callable[[str], dict[str, Any]]

# ---- doctor ---------------------------------------------------------------------------------------------------------


def test_a_new_office_is_in_order(kh: Kh, mailbox: Mailbox) -> None:
    found = kh("doctor", "--json").json["findings"]
    assert [item["check"] for item in found] == [*health.CHECKS, *health.CHECKS_OF_VITALS]
    assert all(item["ok"] and item["text"] for item in found)


def test_doctor_sees_work_that_nobody_does(kh: Kh, plan_file: Write, mailbox: Mailbox, finding: Look,
                                           freezer: Any) -> None:  # fmt: skip
    freezer.move_to("2020-03-04T01:30:00Z")
    kh("start", str(plan_file()), "--id", "x")
    assert finding("due") == {"check": "due", "ok": True, "text": "due since 04/03/2020 08:30 and not swept yet"}
    kh("tick")
    assert finding("due")["text"] == "nothing is due and undone"
    freezer.move_to("2020-03-30T01:30:00Z")
    assert not finding("due")["ok"]
    assert not finding("tick")["ok"]


def test_doctor_sees_messages_that_do_not_get_out(kh: Kh, plan_file: Write, finding: Look, freezer: Any) -> None:
    freezer.move_to("2020-03-04T01:30:00Z")
    kh("start", str(plan_file()), "--id", "x")
    kh("tick")
    assert finding("outbox")["text"] == "messages waiting to be sent: 2, the oldest since 04/03/2020 08:30"
    freezer.move_to("2020-03-05T02:30:00Z")
    assert not finding("outbox")["ok"]


def test_doctor_sees_a_clock_that_went_back(kh: Kh, plan_file: Write, finding: Look, freezer: Any) -> None:
    freezer.move_to("2020-03-04T01:30:00Z")
    kh("start", str(plan_file()), "--id", "x")
    assert finding("clock")["ok"]
    freezer.move_to("2020-03-03T01:30:00Z")
    assert finding("clock") == {
        "check": "clock", "ok": False,
        "text": "clock: 03/03/2020 08:30 – the newest entry was recorded later, at 04/03/2020 08:30: "
        "set the clock right",
    }  # fmt: skip


@pytest.mark.store("sqlite")
@pytest.mark.skipif(os.name != "posix", reason="file rights are POSIX")
def test_doctor_sees_files_that_others_may_read(kh: Kh, tmp_path: Path, finding: Look) -> None:
    assert finding("files") == {"check": "files", "ok": True, "text": "files: the owner's alone"}
    (tmp_path / "kh.db").chmod(0o640)
    assert str(tmp_path / "kh.db") in finding("files")["text"]
    (tmp_path / "kh.db").chmod(0o600)
    (tmp_path / "kh.toml").write_text('[smtp]\npassword = "bí mật"\n', encoding="utf-8")
    assert str(tmp_path / "kh.toml") in finding("files")["text"]
    (tmp_path / "kh.toml").chmod(0o600)
    tmp_path.chmod(0o722)
    assert finding("files")["text"].startswith(f"files others may read or change: {tmp_path} (")


@pytest.mark.store("sqlite")
def test_doctor_wants_room_for_a_backup(office: Office, tmp_path: Path) -> None:
    look = health.Look(office, ON, db.head_version(), None, office.calendar, [])
    ok, text = health.CHECKS["disk"](look)
    free = shutil.disk_usage(tmp_path).free
    assert ok == (free >= 200 << 20)
    os.truncate(tmp_path / "kh.db", free + (8 << 30))  # a sparse file: as large as the disk has no room for
    assert health.CHECKS["disk"](look)[0] is False, text


@pytest.mark.store("sqlite")
def test_doctor_looks_at_an_older_schema_without_touching_it(
    kh: Kh, old: Callable[[Path], Path], finding: Look
) -> None:
    path = old(OLD[0])
    assert finding("schema")["text"].endswith(f"schema 0001 – this program's is {db.head_version()}: kh db upgrade")
    with closing(sqlite3.connect(path)) as store_:
        assert store_.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)


def test_doctor_knows_when_the_log_was_anchored(kh: Kh, finding: Look, freezer: Any) -> None:
    freezer.move_to("2020-03-04T01:30:00Z")
    assert finding("anchor") == {
        "check": "anchor",
        "ok": True,
        "text": "the log was last anchored: never (kh audit anchor)",
    }
    kh("audit", "anchor")
    freezer.move_to("2020-04-03T01:30:00Z")
    assert finding("anchor")["ok"]
    freezer.move_to("2020-04-05T01:30:00Z")
    assert not finding("anchor")["ok"]


# ---- the schema -----------------------------------------------------------------------------------------------------


@pytest.fixture
def old(tmp_path: Path) -> Callable[[Path], Path]:
    """Put a kept old database in the office's place."""

    def put(dump: Path) -> Path:
        path = tmp_path / "kh.db"
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(dump.read_text("utf-8"))
        path.chmod(0o600)
        return path

    return put


def _objects(path: Path) -> set[tuple[str, str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return set(connection.execute("SELECT type, name, tbl_name FROM sqlite_master").fetchall())


@pytest.mark.store("sqlite")
@pytest.mark.parametrize("dump", OLD, ids=lambda path: path.stem)
def test_an_old_database_is_upgraded_and_works_on(
    kh: Kh, dump: Path, old: Callable[[Path], Path], mailbox: Mailbox, tmp_path: Path
) -> None:
    path = old(dump)
    version = dump.stem.removeprefix("schema-")
    with closing(sqlite3.connect(path)) as before:
        count = "SELECT (SELECT count(*) FROM entry), (SELECT count(*) FROM decision), (SELECT count(*) FROM message)"
        held = before.execute(count).fetchone()
    if version == db.head_version():
        assert "up to date" in kh("db", "upgrade").out
    else:
        assert kh("db", "upgrade", "--dry-run").out == f"schema {version} → {db.head_version()}\n"
        assert kh("backup", "before.db", "--json").json["schema"] == version
        assert kh("db", "upgrade").out == f"schema {version} → {db.head_version()}\n"
    assert "up to date" in kh("db", "upgrade").out
    db.open_store(f"sqlite:///{tmp_path / 'fresh.db'}").dispose()
    assert _objects(path) == _objects(tmp_path / "fresh.db")
    with closing(sqlite3.connect(path)) as after:
        assert after.execute("PRAGMA foreign_key_check").fetchall() == []
        assert after.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert after.execute(count).fetchone() == held
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            after.execute("DELETE FROM entry")
    kh("submit", "nho/bao-cao/{h2,h3}", "--at", "2020-04-06T09:00")
    kh("tick", "--at", "2020-04-07T08:00")
    status = kh("status", "nho", "--at", "2020-04-07T08:00", "--json").json
    in_time = 1 + (version >= "0005")  # since then one had been given more time
    assert (status["done_on_time"], status["done_late"], status["open_in_time"]) == (in_time, 3 - in_time, 1)
    assert "so-a@t.example.vn" in {mail["To"] for mail in mailbox.mails}
    undone = kh("log", "nho", "--json").json
    assert [row["trigger"] for row in undone].count("submit") == 3


@pytest.mark.store("sqlite")
def test_of_many_programs_that_find_an_old_database_each_goes_on(old: Callable[[Path], Path], kh: Kh) -> None:
    path = old(OLD[0])
    failures: list[BaseException] = []

    def opened() -> None:
        try:
            db.open_store(f"sqlite:///{path}").dispose()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=opened) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert "up to date" in kh("db", "upgrade").out


@pytest.mark.store("sqlite")
def test_an_upgrade_that_would_break_references_changes_nothing(old: Callable[[Path], Path], kh: Kh) -> None:
    path = old(OLD[2])
    with closing(sqlite3.connect(path)) as broken:
        broken.execute("UPDATE echo SET decision_id = 999")
        broken.commit()
    ran = kh("db", "upgrade", ok=False)
    assert (ran.code, "was not brought up to date" in ran.err) == (4, True)
    with closing(sqlite3.connect(path)) as after:
        assert after.execute("SELECT version_num FROM alembic_version").fetchone() == ("0003",)


@pytest.mark.store("sqlite")
def test_a_database_of_a_newer_program_is_left_alone(kh: Kh, tmp_path: Path) -> None:
    kh("doctor", ok=False)
    with closing(sqlite3.connect(tmp_path / "kh.db")) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
        newer.commit()
    for words in (("db", "upgrade"), ("doctor",), ("tick",)):
        ran = kh(*words, ok=False)
        assert (ran.code, "update the program" in ran.err) == (4, True)


# ---- backup ---------------------------------------------------------------------------------------------------------


@pytest.mark.store("sqlite")
def test_a_backup_is_private_and_one_file_and_writes_over_nothing(kh: Kh, plan_file: Write, tmp_path: Path) -> None:
    kh("start", str(plan_file()), "--id", "x", "--at", "2020-03-04T08:00")
    ran = kh("backup", "copy.db")
    assert ran.out == (f"copy.db is sound: schema {db.head_version()}; "
                       "instance 1, task 3, entry 4, decision 0, message 0\n")  # fmt: skip
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.glob("*copy*")) == ["copy.db"]
    ran = kh("backup", "copy.db", ok=False)
    assert (ran.code, "writes over nothing" in ran.err) == (1, True)
    assert kh("backup", "--verify", "copy.db", "--json").json["problems"] == []
    assert kh("backup", "khong-co/copy.db", ok=False).code == 4


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4096] = os.urandom(4096)
    path.write_bytes(data)


def _orphan(path: Path) -> None:
    with closing(sqlite3.connect(path)) as broken:
        broken.execute("UPDATE decision SET task_id = 999 WHERE id = 1")
        broken.execute("UPDATE task SET instance_id = 7 WHERE id = 1")
        broken.commit()


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
        newer.commit()


def _foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE x (y)")


@pytest.mark.store("sqlite")
@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_flip, ""),
        (_orphan, "1 rows without their owner"),
        (_newer, "its schema 9999 is newer"),
        (_foreign, "this is no database of kh"),
        (lambda path: path.write_text("not a database at all, but long enough" * 50), "file is not a database"),
        (lambda path: os.truncate(path, 40960), ""),
    ],
)
def test_verify_finds_what_is_wrong(
    kh: Kh, plan_file: Write, tmp_path: Path, damage: Callable[[Path], None], said: str
) -> None:
    kh("start", str(plan_file()), "--id", "x", "--at", "2020-03-04T08:00")
    kh("backup", "copy.db")
    damage(tmp_path / "copy.db")
    ran = kh("backup", "--verify", "copy.db", ok=False)
    assert (ran.code, ran.out.startswith("PROBLEM: "), said in ran.out) == (1, True, True), ran


@pytest.mark.store("sqlite")
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes are POSIX")
@pytest.mark.parametrize("name", ["pipe", "/dev/null", "folder", "gone.db"])
def test_verify_reads_files_and_nothing_else(kh: Kh, tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    ran = kh("backup", "--verify", name, ok=False)
    assert (ran.code, "is not a file" in ran.err) == (1, True)


@pytest.mark.store("sqlite")
def test_a_store_that_is_no_file_is_backed_up_by_its_own_tools(kh: Kh, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KH_DATABASE_URL", "sqlite://")
    ran = kh("backup", "copy.db", ok=False)
    assert (ran.code, "pg_dump" in ran.err) == (1, True)


@pytest.mark.store("sqlite")
def test_a_broken_database_is_not_backed_up_as_if_it_were_sound(kh: Kh, plan_file: Write, tmp_path: Path) -> None:
    kh("start", str(plan_file()), "--id", "x", "--at", "2020-03-04T08:00")
    with closing(sqlite3.connect(tmp_path / "kh.db")) as broken:
        broken.execute("UPDATE task SET instance_id = 7 WHERE id = 1")
        broken.commit()
    ran = kh("backup", "copy.db", ok=False)
    assert (ran.code, "nothing was written" in ran.err) == (4, True)
    assert list(tmp_path.glob("*copy*")) == []


WRITER = """
import sys
from engine.commands.main import run
for number in range(1000):
    if run(["note", "x/bao-cao/h1", f"call {number} of {sys.argv[1]}", "--at", "2020-03-05T09:00"]): sys.exit(1)
    print(number, flush=True)
"""


@pytest.fixture
def writers(tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Four processes that write without pause."""
    found = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(number)], stdout=subprocess.PIPE) for number in range(4)
    ]
    yield found
    for one in found:
        one.kill()
        one.communicate()


@pytest.mark.store("sqlite")
def test_the_restore_drill_under_load(
    kh: Kh, plan_file: Write, mailbox: Mailbox, tmp_path: Path, finding: Look, request: pytest.FixtureRequest
) -> None:
    """As docs/care.md says: back up while the office works, lose the disk, put the backup back, go on."""
    kh("start", str(plan_file()), "--id", "x", "--at", "2020-03-04T08:00")
    kh("tick", "--at", "2020-03-04T08:00")
    writers = request.getfixturevalue("writers")
    for one in writers:
        one.stdout.readline()  # each has written
    backups = [kh("backup", f"copy-{number}.db", "--json").json for number in range(5)]
    assert all(one.stdout.readline() for one in writers)  # nobody was kept from writing, nobody failed
    assert [one.poll() for one in writers] == [None] * 4
    entries = [found["counts"]["entry"] for found in backups]
    assert entries == sorted(entries)
    assert entries[0] >= 4 + 4  # what was acknowledged before the backup began is in it
    for one in writers:
        one.kill()
        one.wait()
    for path in tmp_path.glob("kh.db*"):
        path.unlink()
    assert kh("backup", "--verify", "copy-4.db").code == 0
    shutil.copy(tmp_path / "copy-4.db", tmp_path / "kh.db")
    assert finding("files")["ok"]
    sent = len(mailbox.mails)
    kh("tick", "--at", "2020-03-04T08:00")
    assert len(mailbox.mails) == sent  # what the backup knows as sent is not sent again
    kh("submit", "x/bao-cao", "--at", "2020-03-20T08:00")
    kh("tick", "--at", "2020-03-20T08:00")
    assert kh("status", "x", "--at", "2020-03-20T08:00", "--json").json["done_on_time"] == 2


@pytest.mark.store("sqlite")
def test_verify_sees_a_log_that_was_rewritten(kh: Kh, plan_file: Write, tmp_path: Path) -> None:
    kh("start", str(plan_file()), "--id", "x", "--at", "2020-03-04T08:00")
    kh("tick", "--at", "2020-03-04T08:00")
    kh("backup", "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as forged:
        forged.execute("DROP TRIGGER entry_no_update")
        forged.execute("UPDATE entry SET actor = 'somebody else' WHERE id = 2")
        forged.commit()
    ran = kh("backup", "--verify", "copy.db", ok=False)
    assert (ran.code, "was changed" in ran.out) == (1, True)


# ---- metrics --------------------------------------------------------------------------------------------------------


def test_each_tick_leaves_what_prometheus_reads(
    kh: Kh, plan_file: Write, mailbox: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KH_METRICS_FILE", str(tmp_path / "kh.prom"))
    kh("start", str(plan_file()), "--id", "x", "--at", "2020-03-04T08:00")
    kh("tick", "--at", "2020-03-04T08:00")
    lines = (tmp_path / "kh.prom").read_text("utf-8").splitlines()
    assert f"kh_last_tick_timestamp_seconds {ON.timestamp():.0f}" in lines
    assert 'kh_messages{status="sent"} 2' in lines
    assert 'kh_messages{status="dead"} 0' in lines
    assert stat.S_IMODE((tmp_path / "kh.prom").stat().st_mode) == 0o644
    families = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(families) == len(set(families))
    assert {line.partition("{")[0].split()[0] for line in lines if not line.startswith("#")} <= set(families)


def test_what_never_happened_has_no_sample(office: Office) -> None:
    with db.reading(office.engine) as connection:
        text = exposition(vitals(connection, "tick", "anchor"), "0001")
    assert "kh_last_tick_timestamp_seconds " not in text.replace("# HELP kh_last", "").replace("# TYPE kh_last", "")
    assert "kh_plans_running 0\n" in text


def test_metrics_that_cannot_be_written_stop_no_tick(
    kh: Kh, plan_file: Write, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KH_METRICS_FILE", "/dev/null/kh.prom")
    kh("start", str(plan_file()), "--id", "x", "--at", "2020-03-04T08:00")
    ran = kh("tick", "--at", "2020-03-04T08:00")
    assert "cannot write /dev/null/kh.prom" in ran.err
    assert len(mailbox.mails) == 2


# ---- the page about it ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["docs/care.md", "docs/vi/care.md"])
def test_the_page_names_every_check(page: str) -> None:
    tables = [part for part in parts_of(ROOT / page) if part.kind == "table"]
    assert [row[0].strip("`") for row in tables[0].rows[1:]] == [*health.CHECKS, *health.CHECKS_OF_VITALS]
