"""The same with python-statemachine: a machine class, an instance for each row, a commit for each move."""

import json
import sys
from time import perf_counter

from sqlalchemy import event
from sqlmodel import Field, Session, SQLModel, create_engine, select
from statemachine import State, StateMachine


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


class Life(StateMachine):
    assigned = State(initial=True)
    in_progress = State()
    completed = State(final=True)
    ack = assigned.to(in_progress)
    submit = assigned.to(completed) | in_progress.to(completed)


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
        before, life = task.state, Life(start_value=task.state)
        life.submit()
        task.state = "completed"
        session.add(Entry(task_id=task.id, trigger="submit", before=before, after=task.state))
        session.commit()


def main(path, items, sample):
    engine = opened(path)
    with Session(engine) as session:
        session.add_all([Task(unit=f"x{number}") for number in range(items)])
        session.commit()
    begun = perf_counter()
    for number in range(sample):
        submit(engine, f"x{number}")
    print(json.dumps({"items": sample, "seconds": perf_counter() - begun}))


main(sys.argv[1] + "/statemachine.db", int(sys.argv[2]), int(sys.argv[3]))
