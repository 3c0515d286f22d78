"""What one writes first: an SQLModel row and a `transitions` machine for each task, a commit for each move."""

import json
import sys
from time import perf_counter

from sqlalchemy import event
from sqlmodel import Field, Session, SQLModel, create_engine, select
from transitions import Machine


class Task(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    unit: str = Field(index=True)
    state: str = "assigned"


class Entry(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    task_id: int
    trigger: str
    before: str
    after: str


class Subject:
    state = "assigned"


TRANSITIONS = [["ack", "assigned", "in_progress"], ["submit", ["assigned", "in_progress"], "completed"],
               ["cancel", "*", "cancelled"]]  # fmt: skip


def opened(path):
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def durable(connection, _record):
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    SQLModel.metadata.create_all(engine)
    return engine


def submit(engine, unit):
    with Session(engine) as session:
        task = session.exec(select(Task).where(Task.unit == unit)).one()
        subject = Subject()
        machine = Machine(subject, ["assigned", "in_progress", "completed", "cancelled"], transitions=TRANSITIONS,
                          initial=task.state)  # fmt: skip
        before, _moved = task.state, subject.submit()
        task.state = subject.state
        session.add(Entry(task_id=task.id, trigger="submit", before=before, after=task.state))
        session.commit()
        assert machine.states


def main(path, items, sample):
    engine = opened(path)
    with Session(engine) as session:
        session.add_all([Task(unit=f"x{number}") for number in range(items)])
        session.commit()
    begun = perf_counter()
    for number in range(sample):
        submit(engine, f"x{number}")
    print(json.dumps({"items": sample, "seconds": perf_counter() - begun}))


main(sys.argv[1] + "/naive.db", int(sys.argv[2]), int(sys.argv[3]))
