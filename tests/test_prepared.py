"""Prepared statements say what SQLAlchemy would: lists of any length, numbers in the order of the rows."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import SMALL, act, at

from engine import db, handins, store
from engine.office import Office
from engine.service.start import start

ON = at("2020-03-04 08:00")
NAMES = [f"u{number}" for number in range(1100)]


@pytest.mark.parametrize("length", [0, 1, 2, 8, 9, 512, 513, 1100])
def test_a_list_of_any_length_finds_each_row_once(office: Office, length: int) -> None:
    with db.writing(office.engine) as connection:
        store.add_units(connection, "t", dict.fromkeys(NAMES, '{"valid_to": null}'))
        store.add_units(connection, "other", {"u1": "{}"})
        found = store.unit_facts(connection, "t", [*NAMES[:length], "nobody"])
    assert sorted(found) == sorted(NAMES[:length])


def test_new_rows_are_told_their_numbers_in_order(office: Office, plan_file: Callable[..., Path]) -> None:
    start(office, plan_file(), "x", act(ON))
    with db.reading(office.engine) as connection:
        task = store.tasks(connection)[0]

    def handed(output: str) -> Mapping[str, Any]:
        return {"task_id": task.id, "output": output, "form": "", "doc": None, "pieces": 1, "arrived_at": ON,
                "file": None, "file_name": None, "file_size": None,
                "quota": "", "collective": 0, "individual": 0, "actor": "lan"}  # fmt: skip

    with db.writing(office.engine) as connection:
        first = handins.add(connection, [handed("a")])
        more = handins.add(connection, [handed(name) for name in "bcd"])
        assert handins.add(connection, []) == []
    with db.reading(office.engine) as connection:
        rows = handins.every(connection, task.id)
    assert [(row.id, row.output) for row in rows] == list(zip([*first, *more], "abcd", strict=True))
    assert rows[0].arrived_at == datetime(2020, 3, 4, 1, tzinfo=UTC)


def test_many_rows_at_once_are_written_as_one_by_one(office: Office, plan_file: Callable[..., Path]) -> None:
    """Values that are not there among them; and of rows that were changed since it is told."""
    district = "    d{0}: {{name: Huyện {0}, level: district, parent: ubnd}}\n"
    districts = "".join(map(district.format, range(80)))
    start(office, plan_file(SMALL.replace("  groups:", f"{districts}  groups:")), "x", act(ON))
    with db.reading(office.engine) as connection:
        tasks = [task for task in store.tasks(connection) if task.stage == "bao-cao"]
    assert len(tasks) > 80
    changes = [(task, {"acked_until": ON if task.id % 2 else None, "state": "in_progress"}) for task in tasks]
    with db.writing(office.engine) as connection:
        assert store.update_tasks(connection, changes)
        assert not store.update_tasks(connection, changes)
        found = store.tasks_by_id(connection, [task.id for task in tasks])
    assert {task.version for task in found.values()} == {tasks[0].version + 1}
    assert all(found[task.id].acked_until == new["acked_until"] for task, new in changes)
    assert {task.state for task in found.values()} == {"in_progress"}
