"""The command line as users and scripts rely on it: keys, exit codes, selectors, and one clear line for bad input."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SMALL, Kh

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store

Write = Callable[..., Path]
ON = "2020-03-04T08:00"

TASK_KEYS = {
    "task", "instance", "stage", "period", "unit", "state", "timeliness", "phrase", "named", "last_day",
    "original_last_day", "from", "to", "approximate", "inferred", "waits_for", "days_late",
}  # fmt: skip
STATUS_KEYS = {
    "instance", "plan", "done_on_time", "done_late", "open_in_time", "open_overdue", "undated", "questions", "stages",
}  # fmt: skip
NOTICE_KEYS = {
    "at", "date", "recipient", "severity", "rung", "items", "template", "channel", "status", "reason",
}  # fmt: skip


@pytest.fixture
def started(kh: Kh, plan_file: Write) -> Kh:
    kh("start", str(plan_file()), "--id", "nho", "--at", ON)
    return kh


def tasks(kh: Kh, *words: str) -> dict[str, dict[str, object]]:
    return {row["task"]: row for row in kh("tasks", *words, "--json").json}


def test_json_carries_the_keys_that_outside_tools_rely_on(started: Kh) -> None:
    kh = started
    kh("tick", "--at", ON)
    rows = tasks(kh, "nho")
    assert all(set(row) >= TASK_KEYS for row in rows.values())
    assert rows["nho/bao-cao/h1"]["last_day"] == "2020-03-29"
    assert rows["nho/bao-cao/h1"]["named"] == "2020-03-30"
    assert rows["nho/bao-cao/h1"]["inferred"] is False
    assert rows["nho/tong-hop/so-a"]["inferred"] is True
    assert rows["nho/tong-hop/so-a"]["waits_for"] == ["bao-cao"]
    status = kh("status", "nho", "--json").json
    assert set(status) >= STATUS_KEYS
    assert all({"stage", "tasks", "done", "missing"} <= set(row) for row in status["stages"])
    notices = kh("notices", "list", "--json").json
    assert notices
    assert all(set(row) >= NOTICE_KEYS for row in notices)
    assert all(set(item) >= {"task", "rung", "severity"} for row in notices for item in row["items"])


def test_exit_codes(kh: Kh, plan_file: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kh("status", "nowhere", ok=False).code == 1
    assert kh("nosuch", ok=False).code == 2
    assert kh("submit", ok=False).code == 2
    assert kh("tasks", "--nosuch", ok=False).code == 2
    assert kh("start", "missing.yaml", ok=False).code == 1
    monkeypatch.setenv("KH_DATABASE_URL", "sqlite:////proc/nowhere/kh.db")
    assert kh("list", ok=False).code == 4
    monkeypatch.setenv("KH_DATABASE_URL", "nonsense")
    assert kh("list", ok=False).code == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["status", "nh"], "instance not found: nh (did you mean nho?)"),
        (["tasks", "nho/bao-ca"], "stage not found: bao-ca (did you mean bao-cao?)"),
        (["tasks", "nho/bao-cao/h9"], "unit not found: h9"),
        (["tasks", "nho", "--state", "done"], "state not found: done"),
        (["tasks", "nho/bao-cao/2020/h1/x"], "names no task"),
        (["submit", "nho/bao-cao", "--at", "30/3/2020"], "not an ISO time: 30/3/2020"),
        (["submit", "nho/bao-cao", "--at", "2150-01-01"], "lies in the future"),
        (["submit", "nho/bao-cao", "--at", "2020-03-01"], "lies before its last entry"),
        (["submit", "nho/tong-hop"], "“submit” is not allowed in state “Waiting for its turn”; allowed now:"),
        (["accept", "nho/bao-cao"], "allowed now: ack, cancel, exempt, submit"),
        (["cancel", "nho/bao-cao/h1"], "needs a --reason"),
        (["ack", "nho", "--state", "returned"], "no task matches"),
        (["ack", "nho/bao-cao", "--for", "h9"], "unit not found: h9"),
        (["answer", "nho", "q9", "text"], "question not found: q9"),
        (["fix-date", "nho/bao-cao", "2020-04-01"], "the document gives the date"),
        (["fix-date", "nho/tong-hop", "April"], "not a day: April"),
        (["undo", "999", "--reason", "x"], "entry not found: 999"),
        (["notices", "show", "9"], "message not found: 9"),
        (["tasks", "nho", "--due-within", "soon"], "takes days"),
        (["tasks", "nho/{bao-cao"], "the braces do not match"),
        (["tasks", "nho/bao-cao", "--at", "9999-12-31T23:59:59-14:00"], "the calendar knows the years 1900 to 2200"),
    ],
)
def test_bad_input_is_one_clear_line_and_changes_nothing(started: Kh, words: list[str], said: str) -> None:
    before = started("log", "nho", "--json").out
    ran = started(*words, ok=False)
    assert ran.code == 1
    assert said in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert started("log", "nho", "--json").out == before


def test_a_bad_plan_leaves_nothing_behind(kh: Kh, plan_file: Write) -> None:
    ran = kh("start", str(plan_file(SMALL.replace("each: huyen", "each: huyn"))), "--id", "x", ok=False)
    assert ran.code == 1
    assert "unknown unit or group: huyn (did you mean huyen?)" in ran.err
    assert kh("list", "--json").json == []


def test_a_name_is_taken_once(started: Kh, plan_file: Write) -> None:
    ran = started("start", str(plan_file()), "--id", "nho", "--at", ON, ok=False)
    assert ran.code == 1
    assert "exists already" in ran.err
    assert started("start", str(plan_file()), "--id", "a/b", "--at", ON, ok=False).code == 1


def test_a_past_date_needs_backdate_and_then_sends_nothing_for_the_past(kh: Kh, plan_file: Write) -> None:
    refused = kh("start", str(plan_file()), "--id", "x", "--at", "2020-04-02T08:00", ok=False)
    assert refused.code == 1
    assert "--backdate" in refused.err
    kh("start", str(plan_file()), "--id", "x", "--at", "2020-04-02T08:00", "--backdate")
    kh("tick", "--at", "2020-04-03T08:00")
    rungs = {item["rung"] for row in kh("notices", "list", "--json").json for item in row["items"]}
    assert "T+1" not in rungs  # 31 March lies before the start
    assert rungs == {"T+3"}  # the third working day after the 30th (2 April is a holiday); it supersedes the opening


def test_the_snapshot_outlives_the_file(started: Kh, tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").unlink()
    started("submit", "nho/bao-cao", "--at", "2020-03-20")
    assert tasks(started, "nho/tong-hop")["nho/tong-hop/so-a"]["last_day"] == "2020-04-06"
    assert started("show", "nho", "--json").json["title"] == "Kế hoạch nhỏ"


def test_dry_runs_show_and_change_nothing(started: Kh, plan_file: Write) -> None:
    before = started("log", "--json").out
    assert "2 tasks would change" in started("submit", "nho/bao-cao", "--at", "2020-03-20", "--dry-run").out
    started("start", str(plan_file()), "--id", "other", "--at", ON, "--dry-run")
    started("fix-date", "nho/tong-hop", "2020-05-05", "--dry-run")
    started("note", "nho/bao-cao/h1", "gọi điện", "--dry-run")
    assert started("log", "--json").out == before
    assert len(started("list", "--json").json) == 1


def test_bulk_is_all_or_nothing(started: Kh) -> None:
    started("submit", "nho/bao-cao/h1", "--at", "2020-03-20")
    ran = started("submit", "nho/bao-cao", "--at", "2020-03-21", ok=False)
    assert "nho/bao-cao/h1" in ran.err
    assert tasks(started, "nho/bao-cao/h2")["nho/bao-cao/h2"]["state"] == "assigned"
    started("submit", "nho/bao-cao", "--except", "h1", "--at", "2020-03-21")
    assert tasks(started, "nho/tong-hop")["nho/tong-hop/so-a"]["state"] == "assigned"


def test_selectors(started: Kh, plan_file: Write) -> None:
    kh = started
    assert set(tasks(kh, "nho/*/h1")) == {"nho/bao-cao/h1"}
    assert set(tasks(kh, "nho/bao-cao/{h1,h2}")) == {"nho/bao-cao/h1", "nho/bao-cao/h2"}
    assert set(tasks(kh, "nho/bao-cao/huyen")) == {"nho/bao-cao/h1", "nho/bao-cao/h2"}
    assert set(tasks(kh, "nho", "--unit", "h2")) == {"nho/bao-cao/h2"}
    assert set(tasks(kh, "nho", "--state", "waiting")) == {"nho/tong-hop/so-a"}
    assert set(tasks(kh, "nho", "--overdue", "--at", "2020-03-30T00:00")) == {"nho/bao-cao/h1", "nho/bao-cao/h2"}
    assert set(tasks(kh, "nho", "--overdue", "--at", "2020-03-29T23:59")) == set()
    assert set(tasks(kh, "nho", "--due-within", "7d", "--at", "2020-03-25")) == {"nho/bao-cao/h1", "nho/bao-cao/h2"}
    kh("start", str(plan_file()), "--id", "nho2", "--at", ON)
    assert set(tasks(kh, "nho*/bao-cao/h1")) == {"nho/bao-cao/h1", "nho2/bao-cao/h1"}
    assert len(tasks(kh)) == 6


def test_a_morning_s_post_from_a_table(started: Kh, tmp_path: Path) -> None:
    table = tmp_path / "den.csv"
    table.write_text("unit,number,date,arrival\nh1,12/BC-UBND,2020-03-18,2020-03-20T09:00\n", encoding="utf-8")
    started("submit", "nho/bao-cao", "--from", str(table))
    entry = started("log", "nho/bao-cao/h1", "--json").json[-1]
    assert (entry["doc"], entry["happened_at"]) == ("12/BC-UBND, 2020-03-18", "2020-03-20T02:00:00+00:00")
    assert tasks(started, "nho/bao-cao/h2")["nho/bao-cao/h2"]["state"] == "assigned"
    table.write_text("h9,1,2020-03-18,2020-03-20\n", encoding="utf-8")
    assert "unit not found: h9" in started("submit", "nho/bao-cao", "--from", str(table), ok=False).err
    table.write_text("h2,1,31/2/2020,2020-03-20\n", encoding="utf-8")
    assert "den.csv:1: not a day: 2020-02-31" in started("submit", "nho/bao-cao", "--from", str(table), ok=False).err
    table.write_text("huyện hai,15/BC-UBND,18/3/2020,20/3/2020\n", encoding="utf-8")  # as offices write
    started("submit", "nho/bao-cao", "--from", str(table))
    entry = started("log", "nho/bao-cao/h2", "--json").json[-1]
    assert (entry["doc"], entry["happened_at"][:10]) == ("15/BC-UBND, 2020-03-18", "2020-03-20")


def test_show_tells_a_person_what_there_is_to_know(started: Kh) -> None:
    started("submit", "nho/bao-cao/h1", "--at", "2020-03-20T09:00", "--doc", "12/BC-UBND, 2020-03-19")
    facts = started("show", "nho/bao-cao/h1", "--at", "2020-04-01").out
    for line in (
        "Duty          Báo cáo (I.1)",
        "Unit          Huyện Một",
        "State         Completed · done on time",
        "Deadline      29/03/2020; the plan says “trước ngày 30/3/2020”",
        "Submitted to  Sở A",
        "20/03/2020 09:00  tester: Handed in; now “Completed”. Paper: 12/BC-UBND, 2020-03-19.",
    ):
        assert line in facts
    late = started("--lang", "vi", "show", "nho/bao-cao/h2", "--at", "2020-04-01").out
    assert "Trạng thái     " in late
    assert "Chờ tiếp nhận · quá hạn · trễ 3 ngày" in late
    assert "{" not in facts + late
    plan = started("show", "nho", "--at", "2020-04-01").out
    assert "Kế hoạch nhỏ" in plan
    assert "1/KH-UBND · 04/03/2020 · UBND tỉnh" in plan
    assert re.search(r"bao-cao +Báo cáo +each of: huyen \(2\) +trước ngày 30/3/2020 → 29/03/2020 +‼ overdue 1/2", plan)


def test_show_names_whom_groups_superiors_and_defaults_mean(kh: Kh, plan_file: Write) -> None:
    text = SMALL.replace("submit_to: so-a", "submit_to: parent\n    with: [huyen]")
    kh(
        "start",
        str(plan_file(text.replace("coordinator: so-a", "coordinator: so-a\naccept_by: so-a"))),
        "--id",
        "x",
        "--at",
        ON,
    )
    facts = [line.rstrip() for line in kh("show", "x/bao-cao/h1", "--at", ON).out.splitlines()]
    for line in ("With          Huyện Một; Huyện Hai", "Submitted to  UBND tỉnh", "Accepted by   Sở A"):
        assert line in facts


def test_a_day_without_an_hour_yields_within_the_day(started: Kh) -> None:
    started("ack", "nho/bao-cao/h1", "--at", "2020-03-20T15:00")
    started("submit", "nho/bao-cao/h1", "--at", "2020-03-20")
    assert started("log", "nho/bao-cao/h1", "--json").json[-1]["happened_at"] == "2020-03-20T08:00:00+00:00"


def test_timeliness_of_a_finished_task_is_that_of_its_arrival(started: Kh) -> None:
    started("submit", "nho/bao-cao/h1", "--at", "2020-03-29T23:59")
    started("submit", "nho/bao-cao/h2", "--at", "2020-03-30T00:00")
    rows = tasks(started, "nho/bao-cao")
    assert (rows["nho/bao-cao/h1"]["timeliness"], rows["nho/bao-cao/h1"]["days_late"]) == ("done_on_time", 0)
    assert (rows["nho/bao-cao/h2"]["timeliness"], rows["nho/bao-cao/h2"]["days_late"]) == ("done_late", 1)
    status = started("status", "nho", "--json").json
    assert (status["done_on_time"], status["done_late"]) == (1, 1)


def test_the_clock_says_how_a_task_stands(started: Kh) -> None:
    def clock(moment: str) -> object:
        return tasks(started, "nho/bao-cao/h1", "--at", moment)["nho/bao-cao/h1"]["timeliness"]

    assert clock("2020-03-10") == "in_time"
    assert clock("2020-03-24") == "due_soon"  # 25, 26, 27 March: three working days to Sunday the 29th
    assert clock("2020-03-23") == "in_time"
    assert clock("2020-03-29") == "due_today"
    assert clock("2020-03-30T00:00") == "overdue"


def test_a_return_reopens_with_a_new_date_and_keeps_the_first(started: Kh) -> None:
    kh = started
    kh("submit", "nho/bao-cao/h1", "--at", "2020-03-20")
    kh("return", "nho/bao-cao/h1", "--reason", "thiếu biểu", "--new-date", "2020-04-08", "--at", "2020-03-23")
    row = tasks(kh, "nho/bao-cao/h1")["nho/bao-cao/h1"]
    assert (row["state"], row["last_day"], row["original_last_day"]) == ("returned", "2020-04-08", "2020-03-29")
    kh("submit", "nho/bao-cao/h1", "--at", "2020-04-08")
    assert tasks(kh, "nho/bao-cao/h1")["nho/bao-cao/h1"]["timeliness"] == "done_on_time"


def test_undo_compensates_and_closes_what_opened_because_of_it(started: Kh) -> None:
    kh = started
    kh("submit", "nho/bao-cao", "--at", "2020-03-20")
    assert tasks(kh, "nho/tong-hop")["nho/tong-hop/so-a"]["state"] == "assigned"
    wrong = kh("log", "nho/bao-cao/h1", "--json").json[-1]["entry"]
    kh("undo", str(wrong), "--reason", "nhầm đơn vị")
    rows = tasks(kh, "nho")
    assert rows["nho/bao-cao/h1"]["state"] == "assigned"
    assert rows["nho/tong-hop/so-a"]["state"] == "waiting"
    assert "is not the task's last one" in kh("undo", str(wrong), "--reason", "x", ok=False).err
    story = kh("log", "nho/bao-cao/h1", "--json").json
    assert [entry["trigger"] for entry in story] == ["create", "submit", "undo"]
    kh("submit", "nho/bao-cao/h1", "--at", kh("log", "nho", "--json").json[-1]["happened_at"])
    assert tasks(kh, "nho/tong-hop")["nho/tong-hop/so-a"]["state"] == "assigned"


def test_notes_answers_and_the_log_tell_the_story(started: Kh) -> None:
    started("note", "nho/bao-cao/h1", "chị Lan hẹn thứ Sáu", "--by", "phone")
    entry = started("log", "nho/bao-cao/h1", "--json").json[-1]
    assert entry["data"] == {"text": "chị Lan hẹn thứ Sáu", "by": "phone"}
    assert (entry["actor"], entry["before"], entry["after"]) == ("tester", "assigned", "assigned")


def test_both_languages(started: Kh) -> None:
    out = started("--lang", "vi", "tasks", "nho").out
    assert "Chờ tiếp nhận" in out
    assert "Chưa đến lượt" in out
    assert "Assigned" in started("tasks", "nho").out


def test_a_corrected_address_works_at_once(started: Kh, tmp_path: Path) -> None:
    rows = {row["unit"]: row for row in started("units", "list", "--json").json}
    assert rows["h1"]["email"] == "h1@t.example.vn"
    directory = tmp_path / "nho.yaml"
    directory.write_text(
        "units:\n  h1: {name: Huyện Một, level: district, parent: ubnd, contact: {email: moi@t.example.vn}}\n"
        "  ubnd: {name: UBND tỉnh, level: province, contact: {email: ubnd@t.example.vn}}\n",
        encoding="utf-8",
    )
    assert "new units: 0; changed: 1" in started("units", "load", str(directory), "--dry-run").out
    started("units", "load", str(directory))
    started("tick", "--at", ON)
    assert "moi@t.example.vn" in {row["recipient"] for row in started("notices", "list", "--json").json}
