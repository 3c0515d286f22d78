"""The chain of seals: any edit, deletion, insertion or cut tail is found; the log as a story and as a table."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Kh, Mailbox

from engine import db, seals
from engine.office import Office
from engine.service.audit import seal, verify

Write = Callable[..., Path]
Tamper = Callable[..., None]


@pytest.fixture
def lived(kh: Kh, plan_file: Write, mailbox: Mailbox) -> None:
    """A plan of which two mornings are sealed and one entry is not."""
    kh("start", str(plan_file()), "--id", "x", "--at", "2020-03-04")
    kh("tick", "--at", "2020-03-04T08:00")
    kh("submit", "x/bao-cao/h1", "--at", "2020-03-20", "--doc", "12/BC-UBND, 2020-03-19")
    kh("tick", "--at", "2020-03-20T08:00")
    kh("note", "x/bao-cao/h2", "chị Lan hẹn thứ Sáu", "--at", "2020-03-23")


def test_an_untouched_log_verifies_and_says_what_is_not_sealed_yet(kh: Kh, lived: None) -> None:
    found = kh("audit", "verify", "--json").json
    assert (found["ok"], found["links"], found["unsealed"]) == (True, 2, 1)
    kh("tick", "--at", "2020-03-23T08:00")
    found = kh("audit", "verify", "--json").json
    assert (found["links"], found["unsealed"]) == (3, 0)
    assert found["entries"] == len(kh("log", "--json").json)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE entry SET actor = 'nobody' WHERE id = 2", "was changed"),
        ("UPDATE entry SET happened_at = '2020-03-01 00:00:00.000000' WHERE id = 3", "was changed"),
        ("UPDATE entry SET doc = NULL WHERE doc LIKE '12/BC%'", "was changed"),
        ("DELETE FROM entry WHERE id = 2", "entry 2 is missing"),
        ("UPDATE seal SET digest = substr(digest, 2) || 'g' WHERE position = 1", "does not follow"),
        ("DELETE FROM seal WHERE position = 1", "does not follow"),
        ("INSERT INTO sealed_entry VALUES ((SELECT max(id) FROM entry), 1)", "put in"),
    ],
)
def test_what_was_changed_is_found(kh: Kh, lived: None, tamper: Tamper, statement: str, said: str) -> None:
    tamper(statement)
    ran = kh("audit", "verify", ok=False)
    assert ran.code == 1
    assert said in ran.err


@pytest.mark.store("sqlite")  # elsewhere a lower id may be committed later
def test_an_entry_put_in_among_sealed_ones_is_found(kh: Kh, lived: None, tamper: Tamper) -> None:
    columns = "at, happened_at, actor, for_unit, instance_id, task_id, trigger, before, after, doc, reason, data"
    tamper(f"INSERT INTO entry (id, {columns}) SELECT -1, {columns} FROM entry WHERE id = 2")
    ran = kh("audit", "verify", ok=False)
    assert ran.code == 1
    assert "entry -1 was put in" in ran.err


def test_a_cut_tail_shows_against_an_anchor_only(kh: Kh, lived: None, tmp_path: Path, tamper: Tamper) -> None:
    anchor = tmp_path / "anchor.json"
    kh("audit", "anchor", "-o", str(anchor))
    position = json.loads(anchor.read_text("utf-8"))["position"]
    assert position == 3  # what was not sealed yet is sealed first
    tamper(
        "DELETE FROM entry WHERE id IN (SELECT entry_id FROM sealed_entry WHERE position = 3)",
        "DELETE FROM sealed_entry WHERE position = 3",
        "DELETE FROM seal WHERE position = 3",
    )
    assert kh("audit", "verify").code == 0
    ran = kh("audit", "verify", "--anchor", str(anchor), ok=False)
    assert ran.code == 1
    assert "cut off" in ran.err


def test_a_chain_written_anew_shows_against_an_anchor(
    kh: Kh, lived: None, tmp_path: Path, office: Office, tamper: Tamper
) -> None:
    anchor = tmp_path / "anchor.json"
    kh("audit", "anchor", "-o", str(anchor))
    tamper("UPDATE entry SET actor = 'nobody' WHERE id = 2", "DELETE FROM sealed_entry", "DELETE FROM seal")
    for _link in range(3):
        with db.writing(office.engine) as connection:
            seals.seal_next(connection, office_time(connection))
    assert kh("audit", "verify").code == 0
    assert "anchor" in kh("audit", "verify", "--anchor", str(anchor), ok=False).err


def office_time(connection: Any) -> Any:
    return connection.execute(seals.select(seals.func.max(seals.ENTRY.c.at))).scalar()


def test_sealing_twice_makes_one_link(office: Office, kh: Kh, lived: None) -> None:
    with db.reading(office.engine) as connection:
        now = office_time(connection)
    assert seal(office, now) == 1
    assert seal(office, now) == 0
    assert verify(office).links == 3


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"position": "x", "digest": 1}', "\x00"])
def test_what_is_no_anchor_is_refused_in_one_line(kh: Kh, tmp_path: Path, text: str) -> None:
    path = tmp_path / "anchor.json"
    path.write_text(text)
    ran = kh("audit", "verify", "--anchor", str(path), ok=False)
    assert ran.code == 1
    assert "is no anchor" in ran.err


def test_the_log_of_a_task_reads_as_a_story(kh: Kh, lived: None) -> None:
    lines = kh("log", "--task", "x/bao-cao/h1").out.splitlines()
    assert lines[0] == "x/bao-cao/h1"
    assert "The task was made" in lines[1]
    assert "Notice to h1: Assignment (opening)." in lines[2]
    assert "Handed in; now “Completed”. Paper: 12/BC-UBND, 2020-03-19." in lines[3]
    told = kh("--lang", "vi", "log", "--task", "x/bao-cao/h2").out
    assert "Ghi chú (phone): chị Lan hẹn thứ Sáu" in told


def test_an_inspector_gets_the_log_as_a_table_no_cell_of_which_runs(kh: Kh, lived: None, tmp_path: Path) -> None:
    kh("note", "x/bao-cao/h2", '=HYPERLINK("x")', "--reason", "=1+1", "--at", "2020-03-24")
    path = tmp_path / "log.csv"
    kh("audit", "export", "x", "-o", str(path))
    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
    assert len(rows) == len(kh("log", "x", "--json").json)
    assert rows[-1]["reason"] == "'=1+1"
    assert rows[-1]["happened_at"] == "2020-03-24T07:30:00+07:00"
    assert json.loads(rows[-1]["data"])["text"] == '=HYPERLINK("x")'
