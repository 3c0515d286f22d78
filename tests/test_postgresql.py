"""What holds on PostgreSQL beyond what every store does: no transaction is lost, hangs, or is done twice."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Kh, Mailbox, act, at
from sqlalchemy import text

from engine import db, leases, pace, postgresql, store, tallies
from engine.again import again
from engine.errors import Interrupted, Unavailable
from engine.escalation import sweep_batch
from engine.office import Office
from engine.service.moves import move
from engine.service.select import Selection
from engine.service.start import start
from engine.service.ticking import SWEEPING, tick
from engine.states import Trigger

pytestmark = pytest.mark.store("postgresql")
Write = Callable[..., Path]
ON, LATER = at("2020-03-04 08:00"), at("2020-03-20 08:00")


def submit(office: Office, unit: str) -> None:
    move(office, Selection([f"x/bao-cao/{unit}"]), Trigger.SUBMIT, act(LATER))


def setting(office: Office, name: str) -> str:
    with db.reading(office.engine) as connection:
        return str(connection.execute(text(f"SHOW {name}")).scalar())


@pytest.fixture
def started(office: Office, plan_file: Write) -> Office:
    start(office, plan_file(), "x", act(ON))
    return office


def test_no_connection_waits_for_ever(office: Office) -> None:
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "tcp_keepalives_idle")
    assert [setting(office, name) for name in names] == ["10min", "30s", "5min", "2"]


def test_what_the_address_says_wins(office: Office) -> None:
    url = office.engine.url.update_query_dict({"options": "-c lock_timeout=5s", "application_name": "mine"})
    other = Office(db.connect(url.render_as_string(hide_password=False)), office.settings, office.calendar)
    assert [setting(other, name) for name in ("lock_timeout", "application_name", "statement_timeout")] == [
        "5s", "mine", "10min",
    ]  # fmt: skip
    other.engine.dispose()


def test_its_indexes_hold_as_little_as_those_of_sqlite(office: Office) -> None:
    with db.reading(office.engine) as connection:
        partial = connection.execute(text("SELECT indexdef FROM pg_indexes WHERE indexname = 'task_overdue'")).scalar()
    assert "WHERE" in str(partial)


@pytest.mark.parametrize("round_", range(5))
def test_of_two_last_predecessors_at_once_one_opens_what_follows(started: Office, round_: int) -> None:
    """Whoever comes second sees the first."""
    threads = [threading.Thread(target=submit, args=(started, unit)) for unit in ("h1", "h2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.reading(started.engine) as connection:
        states = Counter(task.state for task in store.tasks(connection))
        tally = next(row for row in tallies.of_stages(connection, 1) if row.stage == "bao-cao")
    assert states == {"completed": 2, "assigned": 1}
    assert tally.done == 2


def kill_others(office: Office) -> None:
    """As a server that is restarted, or a link that is cut, ends every connection."""
    with office.engine.connect() as connection:
        connection.execute(text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ))  # fmt: skip


@pytest.fixture
def other(office: Office) -> Iterator[Office]:
    """The same office on another machine."""
    found = Office(
        db.connect(office.engine.url.render_as_string(hide_password=False)), office.settings, office.calendar
    )
    yield found
    found.engine.dispose()


def entries(office: Office, trigger: str) -> int:
    with db.reading(office.engine) as connection:
        return sum(row.trigger == trigger for row in store.entries(connection))


def test_an_interrupted_move_is_done_again_and_once(started: Office, other: Office, monkeypatch: Any) -> None:
    """The connection goes in the middle of the transaction: nothing remains of the first try."""
    cut: list[str] = []
    count = tallies.count_on

    def cut_off(*words: Any, **more: Any) -> Any:
        found = count(*words, **more)
        if not cut:
            cut.append("now")
            kill_others(other)
        return found

    monkeypatch.setattr(tallies, "count_on", cut_off)
    with pytest.raises(Interrupted):
        submit(started, "h1")
    assert entries(started, "submit") == 0
    cut.clear()
    again(lambda: submit(started, "h1"), sleep=lambda _seconds: None)
    assert entries(started, "submit") == 1


@pytest.mark.parametrize("fresh", [True, False])
def test_a_connection_that_rested_is_asked_before_use(
    started: Office, other: Office, fresh: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was used a moment ago is not: where it is dead, the transaction is done again."""
    monkeypatch.setattr(postgresql, "FRESH_SECONDS", 3600 if fresh else 0)
    submit(started, "h1")
    kill_others(other)
    if fresh:
        with pytest.raises(Interrupted):
            submit(started, "h2")
        again(lambda: submit(started, "h2"), sleep=lambda _seconds: None)
    else:
        submit(started, "h2")
    assert entries(started, "submit") == 2


@pytest.mark.parametrize("reached", [True, False])
def test_a_commit_whose_reply_is_lost_is_looked_up(started: Office, other: Office, reached: bool) -> None:
    """Where it was committed all is well; where not, it is to be done again."""

    def commit() -> None:
        with db.commanding(started.engine) as connection:
            store.add_entries(connection, [{**_ENTRY, "at": ON, "happened_at": ON}])
            raw: Any = connection.connection.dbapi_connection
            if reached:
                raw.commit()  # on the server; the reply to our own never comes
                connection.execute(text("SELECT 1"))
            kill_others(other)

    if reached:
        commit()
    else:
        with pytest.raises(Interrupted):
            commit()
    assert entries(started, "test") == int(reached)


_ENTRY = {"actor": "tester", "trigger": "test", "data": "{}"}


def test_a_commit_under_way_is_waited_for(started: Office, other: Office) -> None:
    """Asked while the transaction still runs on the server: the answer is what became of it."""
    with other.engine.connect() as connection, connection.begin() as under_way:
        postgresql.write_key(connection, "c1")
        answers: list[bool] = []
        asking = threading.Thread(target=lambda: answers.append(postgresql.was_committed(started.engine, "c1")))
        asking.start()
        until_it_waits(started, asking)
        assert answers == []
        under_way.commit()
        asking.join()
    assert answers == [True]
    assert not postgresql.was_committed(started.engine, "c2")


def until_it_waits(office: Office, thread: threading.Thread) -> None:
    """For a lock in the database of this office; or until it has ended without."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with office.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watching:
        while thread.is_alive() and not watching.execute(waiting).scalar():
            pass


def test_who_may_release_does_so_though_others_decided_everything(
    mailbox: Mailbox, started: Office, other: Office
) -> None:
    """The others leave to it what they decide: did it look at its own alone, a morning would wait for the next tick."""
    ticking = threading.Thread(target=tick, args=(started, ON))
    with db.writing(other.engine) as connection:
        db.among_others(connection, SWEEPING)
        assert sweep_batch(other, connection, ON).decisions == 2
        ticking.start()
        until_it_waits(other, ticking)
    ticking.join()
    assert Counter(mail["To"] for mail in mailbox.mails) == {"h1@t.example.vn": 1, "h2@t.example.vn": 1}


def test_a_server_that_is_gone_is_a_plain_word(kh: Kh, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KH_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    ran = kh("list", ok=False)
    assert ran.code == 4
    assert "the database does not answer" in ran.err


def test_a_lease_that_ran_out_leaves_nothing_to_say(started: Office, kh: Kh, mailbox: Mailbox) -> None:
    """Whoever was stopped past its lease may not record an outcome: the token is another's now."""
    mailbox.answer = lambda _mail: "451 later"
    kh("tick", "--at", "2020-03-04T08:00")
    late, fresh = leases.Lease("a", timeout=-leases.SLACK), leases.Lease("b", timeout=30)
    moment = at("2020-03-04 09:00")
    with db.writing(started.engine) as connection:
        taken = late.take(connection, moment, 50)  # it ends at once
    with db.writing(started.engine) as connection:
        assert fresh.take(connection, moment, 50) == taken
        assert len(taken) == 2
    with db.writing(started.engine) as connection:
        assert not late.settle(connection, taken[0])
        with pytest.raises(Interrupted, match="ran out"):
            late.renew(connection, taken)
        assert leases.Lease("c", timeout=30).take(connection, moment, 50) == []
        assert fresh.settle(connection, taken[0])


def test_machines_keep_one_pace_together(office: Office) -> None:
    with db.writing(office.engine) as connection:
        waits = [pace.take_slot(connection, 60) for _ in range(3)]
    assert [round(seconds / 60) for seconds in waits] == [0, 1, 2]


def test_what_is_due_is_so_by_the_database_s_clock(
    kh: Kh, office: Office, freezer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host whose clock is years behind records what is done now as done now."""
    monkeypatch.delenv("KH_CLOCK")
    freezer.move_to("2001-01-01T03:00:00Z")
    kh("tick")
    with db.reading(office.engine) as connection:
        beat = store.last_beat(connection, "tick")
        skew = connection.execute(text("SELECT abs(extract(epoch FROM now() - :beat))"), {"beat": beat}).scalar()
    assert skew is not None
    assert skew < 60


def test_who_may_only_read_cannot_write(office: Office) -> None:
    found = db.open_read_only(office.engine.url.render_as_string(hide_password=False))
    with pytest.raises(Unavailable, match="read-only"), db.writing(found) as connection:
        connection.execute(text("DELETE FROM task"))
    found.dispose()
