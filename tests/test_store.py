"""The store's own promises: one schema, one winner, one index scan, nothing lost to a killed process."""

import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from conftest import Kh, Mailbox, act, at
from sqlalchemy import text

from engine import db, outbox, store, tallies
from engine.config import load_settings
from engine.errors import Conflict, IllegalMove, KhError
from engine.office import Office
from engine.rows import DecisionRow, TaskRow
from engine.service.moves import move
from engine.service.select import Selection
from engine.service.start import start
from engine.service.ticking import tick
from engine.states import Trigger

Write = Callable[..., Path]
ON = at("2020-03-04 08:00")


def test_migrations_lead_to_the_tables(office: Office) -> None:
    config = Config()
    config.set_main_option("script_location", str(db.MIGRATIONS))
    with office.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.check(config)
    assert db.schema_version(office.engine) == db.head_version()


def test_rows_are_the_tables_columns() -> None:
    assert set(TaskRow._fields) - {"instance"} == set(store.TASK.c.keys())
    assert set(DecisionRow._fields) == set(outbox.DECISION.c.keys())


@pytest.mark.store("sqlite")
def test_sqlite_is_durable_private_and_checked(office: Office, tmp_path: Path) -> None:
    with db.reading(office.engine) as connection:
        pragmas = {name: connection.execute(text(f"PRAGMA {name}")).scalar()
                   for name in ("journal_mode", "synchronous", "foreign_keys")}  # fmt: skip
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert stat.S_IMODE((tmp_path / "kh.db").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE task SET state = 'done'",
        "UPDATE task SET state = 'completed', completed_at = NULL",
        "UPDATE tally SET done = total + 1",
        "UPDATE tally SET done = -1",
        "INSERT INTO task SELECT id + 1000, instance_id, stage, period, unit, state, version, opens_at, opened_at,"
        " touched_at, submitted_at, returned_at, completed_at, deadline_version, named, last_day, due_time,"
        " original_last_day, from_on, to_on, approximate, provisional, overdue_at, swept_at, next_action_at FROM task",
        "UPDATE task SET instance_id = 99",
    ],
)
def test_the_schema_refuses_what_must_never_hold(office: Office, plan_file: Write, statement: str) -> None:
    start(office, plan_file(), "x", act(ON))
    with pytest.raises(db.DBAPIError), office.engine.begin() as connection:
        connection.execute(text(statement))


def test_of_two_who_move_the_same_task_one_wins(office: Office, plan_file: Write) -> None:
    start(office, plan_file(), "x", act(ON))
    results: list[str] = []

    def submit() -> None:
        try:
            move(office, Selection(["x/bao-cao/h1"]), Trigger.SUBMIT, act(at("2020-03-20 08:00")))
            results.append("won")
        except (IllegalMove, Conflict):
            results.append("lost")

    threads = [threading.Thread(target=submit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(results) == {"won": 1, "lost": 7}
    with db.reading(office.engine) as connection:
        tally = next(row for row in tallies.of_stages(connection, 1) if row.stage == "bao-cao")
        log = [row.trigger for row in store.entries(connection) if row.trigger == "submit"]
    assert (tally.done, log) == (1, ["submit"])


def test_a_move_is_wholly_there_or_not_at_all(office: Office, plan_file: Write, monkeypatch: Any) -> None:
    start(office, plan_file(), "x", act(ON))

    def fail(*_args: Any, **_options: Any) -> None:
        raise KhError("the disk is gone")

    monkeypatch.setattr(tallies, "count_on", fail)
    with pytest.raises(KhError):
        move(office, Selection(["x/bao-cao"]), Trigger.SUBMIT, act(at("2020-03-20 08:00")))
    with db.reading(office.engine) as connection:
        assert {task.state for task in store.tasks(connection)} == {"assigned", "waiting"}
        assert all(row.trigger != "submit" for row in store.entries(connection))


def test_two_offices_ticking_one_file_send_each_notice_once(
    office: Office, plan_file: Write, mailbox: Mailbox, tmp_path: Path
) -> None:
    start(office, plan_file(), "x", act(ON))
    offices = []
    for _ in range(4):
        settings = load_settings(tmp_path)
        offices.append(Office(db.open_store(settings.database_url), settings, office.calendar))
    threads = [threading.Thread(target=tick, args=(one, ON)) for one in offices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(mail["To"] for mail in mailbox.mails) == {"h1@t.example.vn": 1, "h2@t.example.vn": 1}
    for one in offices:
        one.engine.dispose()


KILLED = """
import os, signal, sys
from engine.commands.main import main
step = int(sys.argv[1])
import sqlalchemy.engine.base as base
commits = 0
real = base.Connection._commit_impl
def counted(self):
    global commits
    commits += 1
    if commits == step: os.kill(os.getpid(), signal.SIGKILL)
    real(self)
base.Connection._commit_impl = counted
main(["tick", "--at", "2020-03-04T08:00"])
"""


@pytest.mark.slow
@pytest.mark.store("sqlite")  # put back as a file
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_tick_killed_at_any_commit_finishes_next_time_and_sends_each_notice_once(
    kh: Kh, plan_file: Write, mailbox: Mailbox, tmp_path: Path
) -> None:
    kh("start", str(plan_file()), "--id", "x", "--at", "2020-03-04T08:00")
    backup = tmp_path / "before.db"
    source = sqlite3.connect(tmp_path / "kh.db")
    with sqlite3.connect(backup) as copy:
        source.backup(copy)
    source.close()
    copy.close()
    for step in range(1, 12):
        for suffix in ("", "-wal", "-shm"):
            (tmp_path / f"kh.db{suffix}").unlink(missing_ok=True)
        (tmp_path / "kh.db").write_bytes(backup.read_bytes())
        mailbox.mails.clear()
        ran = subprocess.run([sys.executable, "-c", KILLED, str(step)], capture_output=True, check=False, timeout=60)
        kh("tick", "--at", "2020-03-04T08:00")
        ids = [mail["Message-ID"] for mail in mailbox.mails]
        assert len(set(ids)) == 2
        assert len(ids) <= 3  # the one under way when the process died, under the same id
        statuses = [row["status"] for row in kh("notices", "list", "--json").json]
        assert statuses == ["sent", "sent"]
        if ran.returncode == 0:
            break
    assert ran.returncode == 0
    assert step > 4
