"""A plan changes while it runs: what differs is told, what has happened stays, and all of it can be taken back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import SMALL, Kh, Mailbox, Ran, act, at, text_of
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from engine import store, tallies
from engine.calendar import Calendar
from engine.config import load_settings
from engine.db import in_memory, reading
from engine.errors import BadValue, KhError, PlanError
from engine.office import Office
from engine.rows import TaskRow
from engine.service.adjusting import Choices
from engine.service.amend import amend
from engine.service.facts import fix_date
from engine.service.moves import move
from engine.service.reverting import take_back
from engine.service.select import Selection
from engine.service.start import start
from engine.states import DROPPED, Trigger

Write = Callable[..., Path]
Yaml = dict[str, Any]
PAPER = ("--doc", "9/QĐ-UBND, 2020-03-16", "--reason", "điều chỉnh")
ON = "2020-03-16"

NEW_STAGE = """
  kiem-tra:
    name: Kiểm tra
    clause: I.3
    responsible: {each: huyen}
    deadline: ngày 30/6/2020
"""
YEARLY = SMALL.replace("2020-03-04 .. 2020-12-31", "2020-03-04 .. 2022-12-31").replace(
    "trước ngày 30/3/2020", "trước ngày 10 tháng 12 hằng năm"
)


@pytest.fixture
def started(kh: Kh, plan_file: Write) -> None:
    kh("start", str(plan_file()), "--id", "x", "--at", "2020-03-04")


def tasks(kh: Kh, selector: str = "x", moment: str = "2020-03-20") -> dict[str, Yaml]:
    return {row["task"]: row for row in kh("tasks", selector, "--at", moment, "--json").json}


def amended(kh: Kh, path: Path, *more: str, on: str = ON) -> list[Yaml]:
    return list(kh("amend", "x", str(path), "--apply", *PAPER, "--at", on, "--json", *more).json)


def refused(kh: Kh, *words: str) -> str:
    ran: Ran = kh("amend", "x", *words, ok=False)
    assert ran.code == 1
    return ran.err


def whats(changes: list[Yaml], *kinds: str) -> dict[str, str]:
    return {row["task"]: row["what"] for row in changes if row["task"] and (not kinds or row["what"] in kinds)}


def test_the_same_file_changes_nothing(kh: Kh, started: None, plan_file: Write) -> None:
    before = kh("log", "x", "--json").json
    assert amended(kh, plan_file()) == []
    assert "nothing differs" in kh("amend", "x", str(plan_file())).out
    assert kh("log", "x", "--json").json == before


def test_without_apply_it_only_shows(kh: Kh, started: None, plan_file: Write) -> None:
    before = tasks(kh), kh("log", "x", "--json").json
    later = plan_file(**{"30/3/2020": "15/4/2020"})
    shown = kh("amend", "x", str(later), "--at", ON).out
    assert "29/03/2020" in shown
    assert "14/04/2020" in shown
    assert "--apply" in shown
    assert kh("amend", "x", str(later), "--apply", "--dry-run", ok=False).code == 2
    assert (tasks(kh), kh("log", "x", "--json").json) == before


def test_a_moved_date_is_in_force_and_the_original_stays(
    kh: Kh, started: None, plan_file: Write, mailbox: Mailbox
) -> None:
    for day in ("04", "19"):  # the assignment, and T-7
        kh("tick", "--at", f"2020-03-{day}T08:00")
    assert len(mailbox.to("h1@t.example.vn")) == 2
    moved = amended(kh, plan_file(**{"30/3/2020": "15/4/2020"}), on="2020-03-19T12:00")
    assert whats(moved) == {"x/bao-cao/h1": "moved", "x/bao-cao/h2": "moved"}
    found = tasks(kh)["x/bao-cao/h1"]
    assert (found["last_day"], found["original_last_day"]) == ("2020-04-14", "2020-03-29")
    story = kh("log", "--task", "x/bao-cao/h1", "--json").json
    assert (story[-1]["trigger"], story[-1]["doc"]) == ("amend", "9/QĐ-UBND, 2020-03-16")
    assert story[-1]["data"]["changed"]["last_day"] == ["2020-03-29", "2020-04-14"]
    for day in ("03-30", "03-31", "04-02"):
        kh("tick", "--at", f"2020-{day}T08:00")
    assert len(mailbox.to("h1@t.example.vn")) == 2  # nothing of the old date goes out
    kh("tick", "--at", "2020-04-03T08:00")
    assert "Nhắc việc" in str(mailbox.to("h1@t.example.vn")[-1]["Subject"])  # T-7 of the new one


def test_timers_may_be_kept(kh: Kh, started: None, plan_file: Write) -> None:
    changes = amended(kh, plan_file(**{"30/3/2020": "15/4/2020"}), "--keep-timers")
    assert whats(changes) == {"x/bao-cao/h1": "date-kept", "x/bao-cao/h2": "date-kept"}
    assert tasks(kh)["x/bao-cao/h1"]["last_day"] == "2020-03-29"


def test_a_date_set_by_hand_stays_and_is_told(kh: Kh, started: None, plan_file: Write) -> None:
    kh("extend", "request", "x/bao-cao/h1", "--until", "2020-04-05", "--doc", "1/CV", "--reason", "mưa", "--at", ON)
    kh("extend", "grant", "x/bao-cao/h1", "--at", ON)
    changes = amended(kh, plan_file(**{"30/3/2020": "15/4/2020"}), on="2020-03-17")
    assert whats(changes) == {"x/bao-cao/h1": "date-kept", "x/bao-cao/h2": "moved"}
    assert tasks(kh)["x/bao-cao/h1"]["last_day"] == "2020-04-05"


def test_stages_come_and_go(kh: Kh, started: None, plan_file: Write, mailbox: Mailbox) -> None:
    kh("tick", "--at", "2020-03-04T08:00")
    text = SMALL[: SMALL.index("  tong-hop:")] + NEW_STAGE.lstrip("\n")
    changes = amended(kh, plan_file(text))
    assert whats(changes) == {"x/tong-hop/so-a": "dropped", "x/kiem-tra/h1": "added", "x/kiem-tra/h2": "added"}
    assert [(row["what"], row["stage"]) for row in changes if row["what"].startswith("stage")] == [
        ("stage-added", "kiem-tra"), ("stage-dropped", "tong-hop"),
    ]  # fmt: skip
    found = tasks(kh)
    assert (found["x/kiem-tra/h1"]["state"], found["x/kiem-tra/h1"]["last_day"]) == ("assigned", "2020-06-30")
    assert found["x/tong-hop/so-a"]["state"] == "cancelled"
    status = kh("status", "x", "--at", "2020-03-20", "--json").json
    assert [row["stage"] for row in status["stages"]] == ["bao-cao", "kiem-tra"]
    kh("graph", "x")
    assert kh("show", "x", "--json").json["stages_dropped"] == ["tong-hop"]
    kh("tick", "--at", "2020-03-16T08:00")
    assert "Kiểm tra" in text_of(mailbox.to("h1@t.example.vn")[-1])
    back = amended(kh, plan_file(), on="2020-03-18")
    assert whats(back) == {"x/tong-hop/so-a": "back", "x/kiem-tra/h1": "dropped", "x/kiem-tra/h2": "dropped"}
    assert tasks(kh)["x/tong-hop/so-a"]["state"] == "waiting"
    kh("submit", "x/bao-cao", "--at", "2020-03-19")
    assert tasks(kh)["x/tong-hop/so-a"]["state"] == "assigned"


def test_a_dropped_unit_may_be_what_a_stage_waited_for(kh: Kh, started: None, plan_file: Write) -> None:
    kh("submit", "x/bao-cao/h1", "--at", "2020-03-10")
    changes = amended(kh, plan_file(**{"{each: huyen}": "{each: huyen, except: [h2]}"}))
    assert whats(changes) == {"x/bao-cao/h2": "dropped", "x/tong-hop/so-a": "opened"}
    assert tasks(kh)["x/tong-hop/so-a"]["last_day"] == "2020-03-30"  # ten working days after the amendment


def test_relative_dates_are_counted_anew(kh: Kh, started: None, plan_file: Write) -> None:
    kh("submit", "x/bao-cao", "--at", "2020-03-10")
    assert tasks(kh)["x/tong-hop/so-a"]["last_day"] == "2020-03-24"
    amended(kh, plan_file(**{"10 ngày làm việc": "15 ngày làm việc"}))
    assert tasks(kh)["x/tong-hop/so-a"]["last_day"] == "2020-03-31"


def test_what_hangs_on_a_date_follows_the_task_that_is_left(kh: Kh, plan_file: Write) -> None:
    text = SMALL.replace("{each: huyen}", "h1").replace("10 ngày làm việc sau khi bao-cao", "3 ngày trước bao-cao")
    kh("start", str(plan_file(text.replace("    after: [bao-cao]\n", ""))), "--id", "x", "--at", "2020-03-04")
    assert tasks(kh)["x/tong-hop/so-a"]["last_day"] == "2020-03-27"
    later = text.replace("    after: [bao-cao]\n", "").replace("30/3/2020", "15/4/2020")
    changes = amended(kh, plan_file(later.replace("responsible: h1", "responsible: h2")))
    assert whats(changes) == {
        "x/bao-cao/h1": "dropped", "x/bao-cao/h2": "added", "x/tong-hop/so-a": "moved",
    }  # fmt: skip
    assert tasks(kh)["x/tong-hop/so-a"]["last_day"] == "2020-04-12"
    assert len(kh("show", "x", "--json").json["amendments"]) == 1


def test_all_that_would_falsify_history_is_refused_at_once(kh: Kh, started: None, plan_file: Write) -> None:
    kh("submit", "x/bao-cao/h1", "--at", "2020-03-10")
    before = kh("log", "x", "--json").json
    text = SMALL.replace("issuer: ubnd}", "issuer: so-a}").replace("1/KH-UBND", "2/KH-UBND")
    text = text.replace("  bao-cao:\n", "  bao-cao-moi:\n").replace("[bao-cao]", "[bao-cao-moi]")
    text = text.replace("sau khi bao-cao", "sau khi bao-cao-moi")
    told = refused(kh, str(plan_file(text)), "--apply", "--at", ON)
    for part in ("another office", "document.number is 2/KH-UBND, not 1/KH-UBND", "renamed to bao-cao-moi"):
        assert part in told
    assert kh("log", "x", "--json").json == before


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("plan: nho", "plan: khac", "another plan: khac, not nho"),
        ("{each: huyen}", "{each: huyen, except: [h1]}", "h1 cannot leave bao-cao"),
        ("    responsible: {each: huyen}", "    type: event\n    responsible: {each: huyen}", "cannot become “event”"),
        ("30/3/2020", "10/3/2020", "the new date (09/03/2020) lies before the amendment"),
        ("issued: 2020-03-04", "issued: 2020-03-05", "document.issued"),
    ],
)
def test_each_refusal_says_why(kh: Kh, started: None, plan_file: Write, old: str, new: str, why: str) -> None:
    kh("submit", "x/bao-cao/h1", "--at", "2020-03-10")
    before = tasks(kh)
    assert why in refused(kh, str(plan_file(**{old: new})), "--apply", "--at", ON)
    assert tasks(kh) == before


def test_quotas_go_no_lower_than_what_was_decided_on(kh: Kh, plan_file: Write) -> None:
    text = SMALL + "quotas:\n  bang-khen: {stage: bao-cao, collective: 5, individual: 10}\n"
    text = text.replace(
        "    submit_to: so-a\n", "    submit_to: so-a\n    outputs: [{name: Quyết định, kind: decision}]\n"
    )
    kh("start", str(plan_file(text)), "--id", "x", "--at", "2020-03-04")
    kh("submit", "x/bao-cao/h1", "--count", "bang-khen=3+2", "--at", "2020-03-10")
    less = plan_file(text, **{"collective: 5": "collective: 2"})
    assert "quota bang-khen cannot be 2+10: 3+2 were decided on" in refused(kh, str(less), "--at", ON)
    assert "quota bang-khen cannot go" in refused(kh, str(plan_file(text[: text.index("quotas:")])), "--at", ON)
    amended(kh, plan_file(text, **{"collective: 5": "collective: 3"}))


def test_a_rung_that_goes_is_said_no_more(kh: Kh, started: None, plan_file: Write, mailbox: Mailbox) -> None:
    kh("tick", "--at", "2020-03-19T18:00")  # T-7 fell due; it is to go out the next morning
    amended(kh, plan_file(**{"coordinator: so-a": "coordinator: so-a\nladder: none"}), on="2020-03-19T18:30")
    kh("tick", "--at", "2020-03-20T08:00")
    reasons = {row["reason"] for row in kh("notices", "why-not", "x/bao-cao/h1", "--json").json if row["rung"] == "T-7"}
    assert reasons == {"the plan was amended: the ladder has this rung no more"}
    assert not mailbox.mails


def test_a_later_document_that_cites_the_former_takes_its_place(kh: Kh, started: None, plan_file: Write) -> None:
    later = "{number: 7/KH-UBND, issued: 2020-03-16, issuer: ubnd, basis: [thay thế Kế hoạch số 1/KH-UBND]}"
    text = SMALL.replace("{number: 1/KH-UBND, issued: 2020-03-04, issuer: ubnd}", later)
    amended(kh, plan_file(text))
    assert kh("status", "x", "--json").json["number"] == "7/KH-UBND"


def test_periods_to_come_follow_and_those_that_are_over_stay(kh: Kh, plan_file: Write) -> None:
    kh("start", str(plan_file(YEARLY)), "--id", "x", "--at", "2020-03-04")
    kh("submit", "x/bao-cao/2020/h1", "--at", "2020-12-01")
    changes = amended(kh, plan_file(YEARLY, **{"{each: huyen}": "{each: huyen, except: [h1]}"}), on="2021-03-01")
    ours = {task: what for task, what in whats(changes).items() if "/bao-cao/" in task}
    assert ours == {
        "x/bao-cao/2020/h1": "stays", "x/bao-cao/2021/h1": "dropped", "x/bao-cao/2022/h1": "dropped",
    }  # fmt: skip
    shorter = plan_file(YEARLY.replace("2022-12-31", "2020-11-30"))
    assert "2020 cannot fall out of the plan: h1" in refused(kh, str(shorter), "--at", "2021-03-02")
    longer = plan_file(YEARLY, **{"2022-12-31": "2023-12-31", "{each: huyen}": "{each: [huyen, ubnd]}"})
    changes = amended(kh, longer, on="2021-03-03")
    made = {task: what for task, what in whats(changes).items() if "/bao-cao/" in task}
    assert made["x/bao-cao/2020/ubnd"] == "not-made"
    assert made["x/bao-cao/2021/h1"] == "back"
    assert made["x/bao-cao/2023/h2"] == made["x/bao-cao/2021/ubnd"] == "added"


def test_units_may_be_added_and_dropped_by_themselves(kh: Kh, started: None) -> None:
    assert "needs a --reason" in refused(kh, "--add-unit", "bao-cao/ubnd")
    kh("amend", "x", "--add-unit", "bao-cao/ubnd", "--reason", "bổ sung", "--at", ON, "--dry-run")
    assert "x/bao-cao/ubnd" not in tasks(kh)
    kh("amend", "x", "--add-unit", "bao-cao/ubnd", "--drop-unit", "bao-cao/h2", "--reason", "đổi", "--at", ON)
    found = tasks(kh)
    assert (found["x/bao-cao/ubnd"]["state"], found["x/bao-cao/h2"]["state"]) == ("assigned", "cancelled")
    assert kh("show", "x", "--json").json["stages"]["bao-cao"]["responsible"]["units"] == ["h1", "ubnd"]
    stage = kh("status", "x", "--at", "2020-03-20", "--json").json["stages"][0]
    assert (stage["tasks"], stage["needed"], stage["missing"]) == (3, 2, ["h1", "ubnd"])
    kh("submit", "x/bao-cao", "--except", "h2", "--at", "2020-03-18")
    assert tasks(kh)["x/tong-hop/so-a"]["state"] == "assigned"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--add-unit", "bao-cao/h1"), "h1 holds that stage already"),
        (("--add-unit", "bao-cao/h3"), "unit not found: h3"),
        (("--add-unit", "bao-kao/h1"), "stage not found: bao-kao"),
        (("--add-unit", "bao-cao"), "is not STAGE/UNIT"),
        (("--drop-unit", "bao-cao/so-a"), "unit not found: so-a"),
        (("--drop-unit", "tong-hop/so-a"), "nobody would be left"),
        (("--add-unit", "bao-cao/ubnd", "--at", "2020-04-01"), "is over on 01/04/2020"),
        (("--drop-unit", "bao-cao/h1", "--at", "2020-03-01"), "started on 04/03/2020"),
    ],
)
def test_small_cases_are_refused_with_the_reason(kh: Kh, started: None, words: tuple[str, ...], why: str) -> None:
    at_once = () if "--at" in words else ("--at", ON)
    assert why in refused(kh, *words, "--reason", "…", *at_once)


def test_several_instances_go_over_together_or_not_at_all(kh: Kh, plan_file: Write) -> None:
    for name in ("x", "y"):
        kh("start", str(plan_file()), "--id", name, "--at", "2020-03-04")
    kh("submit", "y/bao-cao/h1", "--at", "2020-03-10")
    without_h1 = plan_file(**{"{each: huyen}": "{each: huyen, except: [h1]}"})
    ran = kh("amend", "x", "y", str(without_h1), "--apply", "--at", ON, ok=False)
    assert ran.code == 1
    assert "y: h1 cannot leave" in ran.err
    assert tasks(kh)["x/bao-cao/h1"]["state"] == "assigned"
    moved = plan_file(**{"30/3/2020": "15/4/2020"})
    changes = kh("amend", "{x,y}", str(moved), "--apply", "--at", ON, "--json").json
    assert {row["instance"] for row in changes if row["what"] == "moved"} == {"x", "y"}


def test_it_is_taken_back_until_something_else_happened(kh: Kh, started: None, plan_file: Write) -> None:
    before = tasks(kh)
    amended(kh, plan_file(SMALL + NEW_STAGE, **{"30/3/2020": "15/4/2020"}))
    entry = kh("log", "x", "--json").json[-1]["entry"]
    part = next(
        row["entry"]
        for row in kh("log", "x", "--json").json
        if row["task"] == "x/bao-cao/h1" and row["trigger"] == "amend"
    )
    assert "part of an amendment" in kh("undo", str(part), "--reason", "nhầm", ok=False).err
    kh("note", "x/bao-cao/h1", "đã báo", "--at", "2020-03-17")
    kh("undo", str(entry), "--reason", "nhầm", "--at", "2020-03-17")
    after = tasks(kh)
    assert {task: row for task, row in after.items() if task in before} == before
    assert after["x/kiem-tra/h1"]["state"] == "cancelled"
    assert "was not amended" in refused(kh, "--undo", "--reason", "nhầm")
    amended(kh, plan_file(SMALL + NEW_STAGE), on="2020-03-18")
    assert tasks(kh)["x/kiem-tra/h1"]["state"] == "assigned"
    kh("ack", "x/kiem-tra/h1", "--at", "2020-03-19")
    assert "first entry" in refused(kh, "--undo", "--reason", "nhầm")
    assert "(ack, x/kiem-tra/h1)" in refused(kh, "--undo", "--reason", "nhầm")


def test_an_undo_tells_what_went_out_meanwhile(kh: Kh, plan_file: Write, mailbox: Mailbox, freezer: Any) -> None:
    freezer.move_to(at("2020-03-04 08:00"))
    kh("start", str(plan_file()), "--id", "x")
    freezer.move_to(at("2020-03-16 08:00"))
    kh("amend", "x", str(plan_file(SMALL + NEW_STAGE)), "--apply")
    kh("tick")
    freezer.move_to(at("2020-03-17 08:00"))
    out = kh("amend", "x", "--undo", "--reason", "nhầm").out
    assert str(mailbox.to("h1@t.example.vn")[-1]["Message-ID"]) in out


def test_only_a_coordinator_amends(kh: Kh, plan_file: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    text = SMALL.replace("  groups:", "  people: [{user: lan, unit: so-a, may: [coordinate]}]\n  groups:")
    monkeypatch.setenv("KH_USER", "lan")
    kh("start", str(plan_file(text)), "--id", "x", "--at", "2020-03-04")
    monkeypatch.setenv("KH_USER", "minh")
    assert "coordinates" in refused(kh, str(plan_file(text, **{"30/3": "15/4"})), "--apply", "--at", ON)
    assert "coordinates" in refused(kh, "--drop-unit", "bao-cao/h1", "--reason", "…", "--at", ON)
    assert kh("log", "x", "--json").json[-1]["trigger"] == "create"


# ---- What holds for any two versions ---------------------------------------------------------------------------------

HOLDERS = (
    {"each": ["huyen"]},
    {"each": ["huyen"], "except": ["h2"]},
    {"joint": ["h1", "h2"]},
    "h2",
    {"each": ["h1", "ubnd"]},
)
DATES = (
    "trước ngày 30/4/2020", "ngày 20/5/2020", "trước ngày 10 tháng 12 hằng năm", "hằng quý", "cuối tháng 6/2020",
    "thường xuyên", "5 ngày sau khi b", "3 ngày trước b",
)  # fmt: skip
stage = st.fixed_dictionaries(
    {"name": st.just("Việc"), "clause": st.just("I"), "responsible": st.sampled_from(HOLDERS)},
    optional={
        "deadline": st.sampled_from(DATES[:6]),
        "soft": st.booleans(),
        "complete_when": st.sampled_from(["all", "1"]),
    },
)
follower = st.fixed_dictionaries(
    {"name": st.just("Tiếp"), "clause": st.just("II"), "responsible": st.sampled_from(HOLDERS),
     "inferred": st.sampled_from(DATES[6:])},
    optional={"after": st.sampled_from([["b"], [{"same": "b"}], [{"below": "b"}], [{"any": ["b"]}]])},
)  # fmt: skip
stages = st.fixed_dictionaries({"b": stage}, optional={"a": stage, "c": stage, "f": follower, "g": follower})
moves = st.lists(
    st.tuples(st.sampled_from(["ack", "submit", "exempt", "cancel", "fix"]), st.integers(0, 30)), max_size=5
)


def plan_of(chosen: Yaml) -> str:
    plan = yaml.safe_load(SMALL) | {"stages": chosen, "span": "2020-03-04 .. 2021-12-31"}
    return json.dumps(plan, ensure_ascii=False, default=str)


def rows(office: Office) -> list[TaskRow]:
    with reading(office.engine) as connection:
        return store.tasks(connection)


def picture(office: Office, known: set[int]) -> Any:
    """Tasks and counters of whole stages without what only counts changes, or says when the sweep comes by."""
    left_out = {"version": 0, "deadline_version": 0, "touched_at": at("2020-01-01 00:00"), "next_action_at": None}
    with reading(office.engine) as connection:
        counters = {
            (row.stage, row.period, row.scope): (row.total - row.dropped, row.done, row.reached_at)
            for row in tallies.of_stages(connection, 1)
            if row.total > row.dropped and not row.scope
        }
        blueprint = office.blueprint(connection, office.instance(connection, "x"))
    return [row._replace(**left_out) for row in rows(office) if row.id in known], counters, blueprint.stages


def happen(office: Office, deeds: list[tuple[str, int]]) -> None:
    """People do what they may."""
    for number, (what, which) in enumerate(deeds):
        found = rows(office)
        task, moment = found[which % len(found)], act(at(f"2020-03-{5 + number:02} 09:00"), reason="…")
        try:
            if what == "fix":
                fix_date(office, Selection([task.selector]), at("2020-06-10 00:00").date(), moment)
            else:
                move(office, Selection([task.selector]), Trigger(what), moment)
        except KhError:
            continue


@pytest.mark.slow
@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
@given(old=stages, new=stages, deeds=moves, keep=st.booleans())
def test_there_and_back_is_where_one_was(
    tmp_path: Path, old: Yaml, new: Yaml, deeds: list[tuple[str, int]], keep: bool
) -> None:
    office = Office(in_memory(), load_settings(tmp_path), Calendar())
    file = tmp_path / "plan.yaml"
    file.write_text(plan_of(old), encoding="utf-8")
    try:
        start(office, file, "x", act(at("2020-03-04 08:00")))
    except PlanError:
        assume(False)
    happen(office, deeds)
    known = {row.id for row in rows(office)}
    before = picture(office, known)
    again = act(at("2020-03-20 08:00"), reason="…")
    assert amend(office, ["x"], file, again)[0].changes == ()
    file.write_text(plan_of(new), encoding="utf-8")
    try:
        (amended,) = amend(office, ["x"], file, again, Choices(keep_timers=keep))
    except PlanError:
        assume(False)
    except BadValue:  # it would falsify what happened
        assert picture(office, known) == before
        return
    assert amend(office, ["x"], file, again)[0].changes == ()
    if old == new:
        assert amended.changes == ()
        return
    assert take_back(office, ["x"], act(at("2020-03-21 08:00"), reason="…"))[0].instance == "x"
    assert picture(office, known) == before
    assert {row.state for row in rows(office) if row.id not in known} <= {str(state) for state in DROPPED}
    office.engine.dispose()
